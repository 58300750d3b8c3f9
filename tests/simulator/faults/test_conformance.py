"""Answers that a fault asked for hold against Amazon's models, but for those that are there to break them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon
from tests.simulator.conformance.conftest import Models, opened
from tests.simulator.conformance.schemas import CLOSED, MODES, OPEN
from tests.simulator.conformance.tally import PROPERTY, REQUESTS, Tally

pytestmark = NEEDS_SHARED

MODELS = Models()
EFFECTS = {"THROTTLED": "429", "FAILED": "500", "UNAVAILABLE": "503", "DENIED": "403", "INVALID": "400"}


@pytest.fixture
async def target(request: pytest.FixtureRequest) -> AsyncIterator[Amazon]:
    tally = Tally()
    request.node.user_properties += [(PROPERTY, tally.counts), (REQUESTS, tally.requests)]
    async with opened(MODELS, tally, seed="faults") as amazon:
        yield amazon


async def test_the_token_endpoint_refuses_in_oauths_shape(target: Amazon) -> None:
    await target.control("POST", "faults", {"rules": [{"effect": one, "operation": "token"} for one in EFFECTS]})
    for effect, status in EFFECTS.items():
        answer = await target.client.post("/auth/o2/token", data={"refresh_token": "Atzr|demo"})
        assert (str(answer.status_code), answer.json().keys()) == (status, {"error", "error_description"})
        assert answer.json()["error"] in {  # RFC 6749, sections 5.2 and 4.1.2.1
            "invalid_request", "unauthorized_client", "server_error", "temporarily_unavailable",
        }  # fmt: skip
        rules = (await target.control("GET", "faults"))["faults"]
        assert rules[0]["effect"] == effect
        await target.control("DELETE", f"faults/{rules[0]['id']}")


async def test_pages_that_lack_or_repeat_orders_are_still_valid(target: Amazon) -> None:
    await target.control("POST", "orders", {"count": 12, "fulfillmentStatus": "UNSHIPPED"})
    await target.control("POST", "clock", {"advance": 600})
    rules = [
        {"effect": "MISSING", "probability": 0.3},
        {"effect": "DUPLICATE_PAGE", "every": 2, "times": 2},
        {"effect": "STALE", "probability": 0.5},
        {"effect": "LATE", "seconds": 300, "probability": 0.5},
    ]
    await target.control("POST", "faults", {"rules": rules})
    for entry in (await target.control("GET", "state"))["orders"][::2]:
        await target.act(entry["order"]["orderId"], "ship")
    await target.control("POST", "clock", {"advance": 200})
    query: dict[str, Any] = {"maxResultsPerPage": 3, "includedData": ["FULFILLMENT", "PACKAGES"]}
    for family in ("createdAfter", "lastUpdatedAfter"):
        found = await target.search_all(**{family: "2026-11-01T00:00:00Z"}, **query)
        assert len({order["orderId"] for order in found}) < 12
    hits = {rule["effect"]: rule["hits"] for rule in (await target.control("GET", "faults"))["faults"]}
    assert all(hits.values()), hits


@pytest.mark.parametrize(
    ("rule", "status", "broken"),
    [
        ({"effect": "UNKNOWN_VALUE"}, "200", {OPEN, CLOSED}),
        ({"effect": "UNKNOWN_FIELD"}, "200", {CLOSED}),
        ({"effect": "NULL_MESSAGE"}, "404", {OPEN, CLOSED}),
    ],
)
async def test_what_is_there_to_break_a_model_does(
    target: Amazon, rule: dict[str, Any], status: str, broken: set[str]
) -> None:
    order_id = "123-1234567-1234567" if status == "404" else await target.place()
    await target.control("POST", "faults", rule | {"operation": "getOrder"})
    headers = {"x-amz-access-token": await target.access_token()}
    path = f"/orders/2026-01-01/orders/{order_id}"
    answer = await target.client.get(path, params={"includedData": "FULFILLMENT"}, headers=headers)
    assert str(answer.status_code) == status
    model = MODELS["orders_2026-01-01"]
    assert {mode for mode in MODES if model.faults("getOrder", status, answer.json(), mode=mode)} == broken


async def test_v0_answers_hold_new_words_too(target: Amazon) -> None:
    order_id = await target.place(fulfillmentStatus="UNSHIPPED")
    await target.control("POST", "clock", {"advance": 180})
    await target.control("POST", "faults", {"effect": "UNKNOWN_VALUE", "orderId": order_id})
    headers = {"x-amz-access-token": await target.access_token()}
    one = await target.client.get(f"/orders/v0/orders/{order_id}", headers=headers)
    query = {"MarketplaceIds": "ATVPDKIKX0DER", "CreatedAfter": "2026-11-01T00:00:00Z"}
    page = await target.client.get("/orders/v0/orders", params=query, headers=headers)
    assert one.json()["payload"]["OrderStatus"] == "NOT_IN_THE_MODEL"
    assert [order["OrderStatus"] for order in page.json()["payload"]["Orders"]] == ["NOT_IN_THE_MODEL"]


async def test_v0_listings_leave_orders_out_and_page_twice(target: Amazon) -> None:
    ids = [await target.place(fulfillmentStatus="UNSHIPPED") for _ in range(4)]
    await target.control("POST", "clock", {"advance": 180})
    rules = [
        {"effect": "MISSING", "operation": "getOrders", "orderId": ids[0], "times": 1},
        {"effect": "DUPLICATE_PAGE", "operation": "getOrders", "times": 1},
    ]
    await target.control("POST", "faults", {"rules": rules})
    headers = {"x-amz-access-token": await target.access_token()}
    query = {"MarketplaceIds": "ATVPDKIKX0DER", "CreatedAfter": "2026-11-01T00:00:00Z", "MaxResultsPerPage": "2"}
    found: list[list[str]] = []
    while len(found) < 6:
        payload = (await target.client.get("/orders/v0/orders", params=query, headers=headers)).json()["payload"]
        found.append([order["AmazonOrderId"] for order in payload["Orders"]])
        if "NextToken" not in payload:
            break
        query = {"MarketplaceIds": "ATVPDKIKX0DER", "NextToken": payload["NextToken"]}
    assert ids[0] not in found[0]
    assert len(found[0]) == 2
    assert found[1:] == [sorted(ids)]  # without a limit of its own the page that comes again is longer
