"""Orders that listings leave out, show late or stale, and pages that come twice."""

from tests.simulator.faults.planning import journal, plan, progress
from tests.simulator.playing import LONG_AGO, ORDERS, Amazon


async def pages(amazon: Amazon, most: int = 10, **query: object) -> list[list[str]]:
    """Search page by page and return the order ids of each."""
    found: list[list[str]] = []
    token = None
    while len(found) < most:
        answer = await amazon.search(**query, **({} if token is None else {"paginationToken": token}))
        assert answer.status_code == 200, answer.text
        found.append([order["orderId"] for order in answer.json()["orders"]])
        token = answer.json().get("pagination", {}).get("nextToken")
        if token is None:
            break
    return found


async def test_a_missing_order_is_in_no_listing_and_can_be_got(amazon: Amazon) -> None:
    one, other = await amazon.place(count=2)
    await amazon.advance(180)
    rule_id = await plan(amazon, effect="MISSING", orderId=one, times=2)
    assert [await amazon.found() for _ in range(3)] == [[other], [other], sorted([one, other])]
    assert (await amazon.get(f"{ORDERS}/{one}")).status_code == 200
    assert await progress(amazon) == [(2, 2, True)]
    struck = [entry for entry in await journal(amazon, "?operation=searchOrders") if "faults" in entry]
    assert [entry["faults"] for entry in struck] == [[{"id": rule_id, "effect": "MISSING"}]] * 2


async def test_a_listing_that_would_not_have_the_order_does_not_count(amazon: Amazon) -> None:
    order_id = await amazon.placed()
    await plan(amazon, effect="MISSING", orderId=order_id, times=1)
    assert await amazon.found(fulfillmentStatuses="SHIPPED") == []
    assert await progress(amazon) == [(0, 0, False)]
    assert await amazon.found() == []
    assert await amazon.found() == [order_id]


async def test_a_missing_order_is_missing_from_its_own_page_only(amazon: Amazon) -> None:
    ids = await amazon.place(count=5)
    await amazon.advance(180)
    first, second, third, fourth, fifth = sorted(ids)
    await plan(amazon, effect="MISSING", orderId=third, times=1)
    assert await pages(amazon, maxResultsPerPage=2) == [[first, second], [fourth, fifth]]
    assert await progress(amazon) == [(1, 1, True)]


async def test_chance_keeps_the_same_orders_missing(amazon: Amazon) -> None:
    ids = set(await amazon.place(count=60))
    await amazon.advance(180)
    await plan(amazon, effect="MISSING", probability=0.5)
    first, second = await amazon.found(), await amazon.found()
    assert first == second
    assert 15 < len(first) < 45
    assert set(first) < ids


async def test_each_second_listing_misses_the_order(amazon: Amazon) -> None:
    order_id = await amazon.placed()
    await plan(amazon, effect="MISSING", every=2)
    assert [len(await amazon.found()) for _ in range(4)] == [1, 0, 1, 0]
    assert order_id in await amazon.found()


async def test_a_new_order_is_seen_late(amazon: Amazon) -> None:
    await plan(amazon, effect="LATE", seconds=3_600)
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    assert await amazon.found() == []
    assert await amazon.found(createdAfter=LONG_AGO) == []
    assert (await amazon.get(f"{ORDERS}/{order_id}")).status_code == 200
    await amazon.advance(3_600 - 180)
    assert await amazon.found() == [order_id]


async def test_a_change_is_seen_late_and_then_at_its_own_time(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    await amazon.advance(7_200)
    await plan(amazon, effect="LATE", seconds=3_600, operation="searchOrders")
    await amazon.sim("POST", f"/orders/{order_id}/ship")
    await amazon.advance(300)
    assert await amazon.found() == []
    was = (await amazon.search(createdAfter=LONG_AGO, includedData="FULFILLMENT")).json()["orders"]
    assert [order["fulfillment"]["fulfillmentStatus"] for order in was] == ["UNSHIPPED"]
    assert await amazon.found(createdAfter=LONG_AGO, fulfillmentStatuses="SHIPPED") == []
    assert await amazon.status(order_id) == "SHIPPED"
    await amazon.advance(3_600)
    await amazon.log_in()
    [order] = (await amazon.search(includedData="FULFILLMENT")).json()["orders"]
    assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


async def test_an_order_is_answered_as_it_was_before_its_last_change(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    await plan(amazon, effect="STALE", operation="getOrder", times=2)
    assert await amazon.status(order_id) == "UNSHIPPED"
    await amazon.sim("POST", f"/orders/{order_id}/ship")
    assert [await amazon.status(order_id) for _ in range(3)] == ["UNSHIPPED", "UNSHIPPED", "SHIPPED"]
    assert await progress(amazon) == [(2, 2, True)]


async def test_a_search_answers_an_order_stale(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    await plan(amazon, effect="STALE", operation="searchOrders", orderId=order_id, times=1)
    await amazon.sim("POST", f"/orders/{order_id}/ship")
    await amazon.advance(180)
    found = [(await amazon.search(includedData="FULFILLMENT")).json()["orders"][0] for _ in range(2)]
    assert [order["fulfillment"]["fulfillmentStatus"] for order in found] == ["UNSHIPPED", "SHIPPED"]
    assert found[0]["lastUpdatedTime"] < found[1]["lastUpdatedTime"]


async def test_an_order_that_v0_answers_stale_was_updated_no_later(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    await plan(amazon, effect="STALE", operation="getOrderV0", times=1)
    for _ in range(2):
        await amazon.sim("POST", f"/orders/{order_id}/request-cancel")
        await amazon.advance(180)
    payloads = [(await amazon.get(f"/orders/v0/orders/{order_id}")).json()["payload"] for _ in range(2)]
    assert await progress(amazon) == [(1, 1, True)]
    assert payloads[0]["LastUpdateDate"] == payloads[1]["LastUpdateDate"]  # a request is no update for v0


async def test_orders_are_remembered_only_while_a_rule_needs_it(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    rule_id = await plan(amazon, effect="STALE")
    await amazon.sim("POST", f"/orders/{order_id}/ship")
    assert amazon.world.faults.versions.keep()
    await amazon.sim("DELETE", f"/faults/{rule_id}")
    assert amazon.world.faults.versions.keep() == {}
    await amazon.sim("POST", f"/orders/{order_id}/deliver")
    assert amazon.world.faults.versions.keep() == {}


async def test_a_page_comes_twice(amazon: Amazon) -> None:
    ids = sorted(await amazon.place(count=5))
    await amazon.advance(180)
    await plan(amazon, effect="DUPLICATE_PAGE", nth=2)
    found = await pages(amazon, maxResultsPerPage=2)
    assert found == [ids[:2], ids[2:4], ids[2:4], ids[4:]]
    assert await progress(amazon) == [(2, 1, True)]


async def test_the_first_page_comes_twice(amazon: Amazon) -> None:
    ids = sorted(await amazon.place(count=3))
    await amazon.advance(180)
    await plan(amazon, effect="DUPLICATE_PAGE", operation="searchOrders", times=1)
    assert await pages(amazon, maxResultsPerPage=2) == [ids[:2], ids[:2], ids[2:]]
    assert (await amazon.search(maxResultsPerPage=3)).json().get("pagination") is None
