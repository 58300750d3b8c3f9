"""Answers with words, fields and gaps that no model foresees."""

import orjson

from tests.simulator.faults.planning import plan, progress
from tests.simulator.playing import ORDERS, Amazon


async def test_an_enum_holds_a_new_word(amazon: Amazon) -> None:
    order_id = await amazon.placed()
    await plan(amazon, effect="UNKNOWN_VALUE", operation="getOrder", times=1)
    assert await amazon.status(order_id) == "NOT_IN_THE_MODEL"
    assert await amazon.status(order_id) == "PENDING"


async def test_an_answer_without_the_field_does_not_count(amazon: Amazon) -> None:
    order_id = await amazon.placed()
    await plan(amazon, effect="UNKNOWN_VALUE", times=1)
    assert (await amazon.get(f"{ORDERS}/{order_id}")).status_code == 200
    assert await progress(amazon) == [(0, 0, False)]


async def test_the_journal_says_that_the_field_was_not_asked_for(amazon: Amazon) -> None:
    await amazon.search()  # logged out
    await amazon.log_in()
    await plan(amazon, effect="UNKNOWN_VALUE", times=1)
    await amazon.search()  # a page without orders
    await amazon.placed()
    for included in ("", "FULFILLMENT", "FULFILLMENT"):
        await amazon.search(**({"includedData": included} if included else {}))
    entries = (await amazon.sim("GET", "/journal?operation=searchOrders")).json()["requests"]
    told = "fault-1 finds no fulfillmentStatus to change: includedData may have to ask for it"
    assert [entry.get("hint") for entry in entries] == [None, None, told, None, None]
    assert [len(entry.get("faults", ())) for entry in entries] == [0, 0, 0, 1, 0]


async def test_one_order_of_a_page_holds_a_word_of_ones_own_in_a_field_of_ones_own(amazon: Amazon) -> None:
    one, other = await amazon.place(count=2)
    await amazon.advance(180)
    await plan(
        amazon, effect="UNKNOWN_VALUE", orderId=one, field="fulfilledBy", value="DRONE", operation="searchOrders"
    )
    orders = (await amazon.search(includedData="FULFILLMENT")).json()["orders"]
    found = {order["orderId"]: order["fulfillment"]["fulfilledBy"] for order in orders}
    assert found == {one: "DRONE", other: "MERCHANT"}


async def test_every_object_of_an_answer_has_a_new_field(amazon: Amazon) -> None:
    order_id = await amazon.placed()
    await plan(amazon, effect="UNKNOWN_FIELD", operation="getOrder", times=1, field="mood", value="fine")
    body = (await amazon.get(f"{ORDERS}/{order_id}")).json()
    assert body["mood"] == body["order"]["mood"] == body["order"]["orderItems"][0]["product"]["mood"] == "fine"
    assert b"mood" not in (await amazon.get(f"{ORDERS}/{order_id}")).content


async def test_a_feed_has_a_new_status(amazon: Amazon) -> None:
    await plan(amazon, effect="UNKNOWN_FIELD", operation="getFeeds", times=1)
    headers = {"x-amz-access-token": amazon.token or ""}
    query = {"feedTypes": "POST_ORDER_ACKNOWLEDGEMENT_DATA"}
    body = (await amazon.http.get("/feeds/2021-06-30/feeds", params=query, headers=headers)).json()
    assert body == {"feeds": [], "notInTheModel": "NOT_IN_THE_MODEL"}


async def test_errors_come_without_a_message(amazon: Amazon) -> None:
    await plan(amazon, effect="NULL_MESSAGE", operation="searchOrders", times=1)
    assert (await amazon.search()).status_code == 200
    answer = await amazon.search(maxResultsPerPage=0)
    assert answer.json()["errors"] == [{"code": "InvalidInput", "message": None}]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert (await amazon.search(maxResultsPerPage=0)).json()["errors"][0]["message"]
    assert await progress(amazon) == [(1, 1, True)]


async def test_a_refusal_of_a_rule_loses_its_message_to_another(amazon: Amazon) -> None:
    await plan(amazon, effect="FAILED", times=1)
    await plan(amazon, effect="NULL_MESSAGE", times=1)
    answer = await amazon.search()
    assert orjson.loads(answer.content) == {"errors": [{"code": "InternalFailure", "message": None}]}


async def test_the_rate_header_is_missing(amazon: Amazon) -> None:
    await plan(amazon, effect="NO_RATE_HEADER", operation="searchOrders", times=1)
    answers = [await amazon.search() for _ in range(2)]
    assert ["x-amzn-ratelimit-limit" in answer.headers for answer in answers] == [False, True]
