"""Refusals that a rule asks for: which calls, how often, in what words."""

from typing import Any

import pytest

from tests.simulator.faults.planning import faults, journal, plan, progress, statuses
from tests.simulator.playing import LONG_AGO, ORDERS, Amazon

REFUSALS = {
    "THROTTLED": (429, "QuotaExceeded", False),
    "FAILED": (500, "InternalFailure", False),
    "UNAVAILABLE": (503, "ServiceUnavailable", False),
    "DENIED": (403, "Unauthorized", False),
    "INVALID": (400, "InvalidInput", True),
}


@pytest.mark.parametrize("effect", REFUSALS)
async def test_a_refusal_is_answered_once_and_nothing_is_done(amazon: Amazon, effect: str) -> None:
    status, code, shows_rate = REFUSALS[effect]
    rule_id = await plan(amazon, effect=effect, operation="searchOrders", times=1)
    answer = await amazon.search()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert ("x-amzn-ratelimit-limit" in answer.headers) is shows_rate
    assert (await amazon.search()).status_code == 200
    [rule] = await faults(amazon)
    assert rule["requests"] == [answer.headers["x-amzn-requestid"]]
    struck = (await journal(amazon, "?operation=searchOrders"))[0]
    assert struck["faults"] == [{"id": rule_id, "effect": effect}]
    assert (rule["hits"], rule["spent"]) == (1, True)


async def test_a_confirmation_that_is_refused_leaves_the_order_as_it_was(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    await plan(amazon, effect="FAILED", operation="confirmShipment")
    assert (await amazon.confirm(order_id, {})).status_code == 500
    assert await amazon.status(order_id) == "UNSHIPPED"


async def test_the_words_of_a_refusal_can_be_chosen(amazon: Amazon) -> None:
    await plan(amazon, effect="INVALID", status=422, code="Odd", message="Not today.", times=1)
    answer = await amazon.search()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "Odd")
    assert answer.json()["errors"][0]["message"] == "Not today."


WHEN: dict[str, tuple[dict[str, Any], list[int]]] = {
    "always": ({}, [429] * 6),
    "a storm of three": ({"times": 3}, [429, 429, 429, 200, 200, 200]),
    "the third": ({"nth": 3}, [200, 200, 429, 200, 200, 200]),
    "three from the second": ({"nth": 2, "times": 3}, [200, 429, 429, 429, 200, 200]),
    "each second": ({"every": 2}, [200, 429, 200, 429, 200, 429]),
    "each second, twice": ({"every": 2, "times": 2}, [200, 429, 200, 429, 200, 200]),
    "surely": ({"probability": 1, "times": 1}, [429, 200, 200, 200, 200, 200]),
}


@pytest.mark.parametrize("when", WHEN)
async def test_a_rule_strikes(amazon: Amazon, when: str) -> None:
    conditions, expected = WHEN[when]
    await plan(amazon, effect="THROTTLED", operation="searchOrders", **conditions)
    assert await statuses(amazon, 6) == expected
    hits = expected.count(429)
    is_spent = when not in ("always", "each second")
    assert [(one[1], one[2]) for one in await progress(amazon)] == [(hits, is_spent)]


async def test_a_rule_strikes_between_two_moments(amazon: Amazon) -> None:
    await plan(amazon, effect="UNAVAILABLE", since="2026-11-02T09:01:00Z", until="2026-11-02T09:02:00Z")
    found = []
    for _ in range(4):
        found.append((await amazon.search()).status_code)
        await amazon.advance(30)
    assert found == [200, 200, 503, 503]
    assert (await amazon.search()).status_code == 200
    assert await progress(amazon) == [(2, 2, True)]


WHERE: dict[str, tuple[dict[str, Any], bool]] = {
    "its operation": ({"operation": "searchOrders"}, True),
    "another operation": ({"operation": "getOrder"}, False),
    "one of its operations": ({"operation": ["getOrder", "searchOrders"]}, True),
    "its seller": ({"seller": "demo"}, True),
    "another seller": ({"seller": "other"}, False),
    "a data set": ({"includedData": "FULFILLMENT"}, True),
    "another data set": ({"includedData": "BUYER"}, False),
    "a value of a list": ({"query": {"fulfillmentStatuses": "SHIPPED"}}, True),
    "another value": ({"query": {"fulfillmentStatuses": "PENDING"}}, False),
    "a parameter": ({"query": {"maxResultsPerPage": None}}, True),
    "a parameter that is not there": ({"query": {"paginationToken": None}}, False),
    "a feed type": ({"feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA"}, False),
    "an order": ({"orderId": "123-1234567-1234567"}, False),
}


@pytest.mark.parametrize("where", WHERE)
async def test_a_rule_is_about(amazon: Amazon, where: str) -> None:
    conditions, is_struck = WHERE[where]
    await plan(amazon, effect="INVALID", **conditions)
    answer = await amazon.search(
        includedData="PROCEEDS,FULFILLMENT", fulfillmentStatuses="UNSHIPPED,SHIPPED", maxResultsPerPage=5
    )
    assert answer.status_code == (400 if is_struck else 200)


async def test_a_rule_is_about_one_order(amazon: Amazon) -> None:
    one, other = await amazon.place(count=2)
    await plan(amazon, effect="FAILED", orderId=other)
    assert [(await amazon.get(f"{ORDERS}/{order_id}")).status_code for order_id in (one, other)] == [200, 500]


async def test_a_rule_is_about_feeds_of_one_type(amazon: Amazon) -> None:
    await plan(amazon, effect="FAILED", feedType="POST_ORDER_ACKNOWLEDGEMENT_DATA")
    headers = {"x-amz-access-token": amazon.token or ""}
    for kind, status in (("POST_ORDER_ACKNOWLEDGEMENT_DATA", 500), ("OTHER", 400), (7, 400)):
        body = {"feedType": kind, "marketplaceIds": ["ATVPDKIKX0DER"], "inputFeedDocumentId": "x"}
        answer = await amazon.http.post("/feeds/2021-06-30/feeds", json=body, headers=headers)
        assert answer.status_code == status, kind


async def test_rules_strike_in_the_order_in_which_they_were_planned(amazon: Amazon) -> None:
    rules = [{"effect": "THROTTLED", "times": 2}, {"effect": "FAILED", "times": 1}, {"effect": "DENIED", "nth": 5}]
    answer = await amazon.sim("POST", "/faults", {"rules": rules})
    assert (answer.status_code, answer.json()["ids"]) == (201, ["fault-1", "fault-2", "fault-3"])
    assert await statuses(amazon, 6) == [429, 429, 500, 200, 403, 200]


async def test_faults_come_after_token_and_quota(amazon: Amazon) -> None:
    await plan(amazon, effect="FAILED", operation="searchOrders")
    token, amazon.token = amazon.token, None
    assert (await amazon.search()).status_code == 403
    amazon.token = token
    amazon.world.quotas.is_enabled = True
    found = await statuses(amazon, 21)
    assert (found[:20], found[20]) == ([500] * 20, 429)
    assert await progress(amazon) == [(20, 20, False)]


async def test_the_token_endpoint_can_be_struck(amazon: Amazon) -> None:
    await plan(amazon, effect="UNAVAILABLE", operation="token", seller="demo", times=1)
    refused = await amazon.log_in()
    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
    assert refused.headers["cache-control"] == "no-store"
    assert (await amazon.log_in()).status_code == 200
    assert (await journal(amazon))[-2]["seller"] == "demo"


@pytest.mark.parametrize("operation", ["uploadDocument", "downloadDocument"])
async def test_transfers_can_be_struck(amazon: Amazon, operation: str) -> None:
    headers = {"x-amz-access-token": amazon.token or ""}
    body = {"contentType": "text/xml; charset=UTF-8"}
    made = (await amazon.http.post("/feeds/2021-06-30/documents", json=body, headers=headers)).json()
    await plan(amazon, effect="THROTTLED", operation=operation, seller="demo", times=1)
    put = [await amazon.http.put(made["url"], content=b"<x/>", headers={"content-type": body["contentType"]})]
    if put[0].status_code == 503:
        put.append(await amazon.http.put(made["url"], content=b"<x/>", headers={"content-type": body["contentType"]}))
    described = await amazon.http.get(f"/feeds/2021-06-30/documents/{made['feedDocumentId']}", headers=headers)
    got = await amazon.http.get(described.json()["url"])
    struck = put[0] if operation == "uploadDocument" else got
    assert (struck.status_code, "<Code>SlowDown</Code>" in struck.text) == (503, True)
    assert put[-1].status_code == 200
    assert await progress(amazon) == [(1, 1, True)]


async def test_the_calls_of_two_sellers_are_told_apart(amazon: Amazon) -> None:
    await plan(amazon, effect="FAILED", seller="other", operation="searchOrders")
    assert (await amazon.search()).status_code == 200
    await amazon.log_in("other")
    assert (await amazon.search(lastUpdatedAfter=LONG_AGO)).status_code == 500


async def test_slow_answers_wait_for_as_long_as_the_rule_says(amazon: Amazon, slept: list[float]) -> None:
    await plan(amazon, effect="SLOW", operation="searchOrders", seconds=2.5, times=1)
    await plan(amazon, effect="UNAVAILABLE", operation="searchOrders", times=1)
    assert await statuses(amazon, 2) == [503, 200]
    assert slept == [2.5]
    assert await progress(amazon) == [(1, 1, True), (1, 1, True)]
