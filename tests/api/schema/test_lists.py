from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.database import read_connection
from api.schema.ids import id_of
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

LIST = """query ($first: Int, $after: String, $last: Int, $before: String, $w: AmazonOrderWhere, $o: AmazonOrderOrder) {
  amazonOrders(first: $first, after: $after, last: $last, before: $before, where: $w, orderBy: $o) {
    edges { cursor node { amazonOrderId } } nodes { amazonOrderId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } count { value precision } } }"""

EVERYTHING = """query ($first: Int) { amazonOrders(first: $first) { edges { cursor node {
  id version amazonOrderId status rawStatus displayStatus fulfillmentChannel defaultTarget sellerCentralUrl isPrime
  isBusiness purchasedAt lastUpdatedAt latestShipAt total { amount } buyer { name email } shippingAddress { line1 }
  store { id name status orderSettings { version } } replacedOrder { id } buyerCancellation { requestedAt reason }
  latestEvent { kind cursor actor { kind } order { id } } commands { id kind state lastError { message } }
  items { id title product { sku stock reserved salable } match { source } quantityRefunded }
  importDecision { outcome steps { rule inputs { name value } } }
  blockers(includeResolved: true) { id kind item { id } order { id } nextCheckAt
    ... on OutOfStockBlocker { product { id stock } } ... on ProductDisabledBlocker { product { id } } }
  commerceOrder { id number customerEmail status { code } total { amount } amazonOrder { id }
    lines { id unitPrice { amount } total { amount } product { sku } item { id } }
    invoices { id lines { quantity amount { amount } item { id } } }
    shipments { id lines { item { id } } packages { id lines { item { id } } command { state } } }
    creditMemos { id lines { item { id } } } }
  actions { kind allowed reasons { code } }
  events(first: 3) { nodes { id kind ... on BlockerEvent { blocker { id } } } pageInfo { hasNextPage } }
} } pageInfo { endCursor } count { value } } }"""


async def numbers(client: Client, **variables: Any) -> list[str]:
    shown = (await client.ask(LIST, **variables))["amazonOrders"]
    assert [edge["node"] for edge in shown["edges"]] == shown["nodes"]
    return [node["amazonOrderId"] for node in shown["nodes"]]


async def test_the_newest_purchases_come_first_twenty_at_a_time(client: Client, stage: Stage) -> None:
    orders = []
    for _ in range(25):
        stage.later(minutes=1)
        orders += await stage.see(stage.facts())
    expected = [order.number for order in reversed(orders)]

    shown = (await client.ask(LIST))["amazonOrders"]
    rest = await numbers(client, after=shown["pageInfo"]["endCursor"])
    end = await numbers(client, last=3)
    before = await numbers(client, last=2, before=shown["pageInfo"]["startCursor"])

    assert [node["amazonOrderId"] for node in shown["nodes"]] == expected[:20]
    assert (shown["pageInfo"]["hasNextPage"], shown["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert shown["count"] == {"value": 25, "precision": "EXACT"}
    assert (rest, end, before) == (expected[20:], expected[-3:], [])


async def test_rows_that_arrive_meanwhile_shift_nothing(client: Client, stage: Stage) -> None:
    for _ in range(4):
        stage.later(minutes=1)
        await stage.see(stage.facts())
    every = await numbers(client)
    first = (await client.ask(LIST, first=2))["amazonOrders"]
    stage.later(minutes=1)
    await stage.see(stage.facts())

    assert await numbers(client, first=2, after=first["pageInfo"]["endCursor"]) == every[2:]


async def test_a_count_stops_at_its_cap_and_says_so(client: Client, stage: Stage) -> None:
    await stage.see(stage.facts(), stage.facts(), stage.facts())
    query = "query ($cap: Int) { amazonOrders { count(cap: $cap) { value precision } } }"

    async def count(cap: int | None) -> dict[str, Any]:
        answer = await client.ask(query, cap=cap)
        found: dict[str, Any] = answer["amazonOrders"]["count"]
        return found

    assert await count(2) == {"value": 2, "precision": "AT_LEAST"}
    assert await count(3) == {"value": 3, "precision": "EXACT"}
    assert await count(0) == {"value": 0, "precision": "AT_LEAST"}
    assert await count(None) == {"value": 3, "precision": "EXACT"}


async def test_a_cursor_serves_only_the_list_it_came_from(client: Client, stage: Stage) -> None:
    await stage.see(stage.facts(), stage.facts())
    cursor = (await client.ask(LIST, first=1))["amazonOrders"]["pageInfo"]["endCursor"]

    for elsewhere in (
        {"w": {"status": {"eq": "UNSHIPPED"}}},
        {"o": {"field": "PURCHASED_AT", "direction": "ASC"}},
        {"o": {"field": "UPDATED_AT"}},
    ):
        refused = await client.refused(LIST, after=cursor, **elsewhere)
        assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", ["after"])
    assert len(await numbers(client, after=cursor, o={"field": "PURCHASED_AT"})) == 1


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"status": {"eq": "PENDING"}}, [1]),
        ({"status": {"notIn": ["PENDING"]}}, [0, 2]),
        ({"displayStatus": {"oneOf": ["ERROR"]}}, [2]),
        ({"importOutcome": {"eq": "IMPORTED"}}, [0]),
        ({"blockerKind": {"eq": "PRODUCT_NOT_MATCHED"}}, [2]),
        ({"blockerKind": {"oneOf": []}}, []),
        ({"fulfillmentChannel": {"eq": "MERCHANT"}}, [0, 1, 2]),
        ({"sku": {"eq": "MUG"}}, [0, 1]),
        ({"sku": {"startsWith": "ne"}}, [2]),
        ({"search": "FINE n%w"}, []),
        ({"search": "FINE n_w"}, []),
        ({"search": "fine ne"}, [2]),
        ({"commerceNumber": {"startsWith": "0"}}, [0]),
        ({"search": "000000001"}, [0]),
        ({"total": {"currencyCode": "EUR", "gte": "19.90", "lt": "19.91"}}, [0, 1]),
        ({"total": {"currencyCode": "EUR", "gte": "19.901"}}, [2]),
        ({"total": {"currencyCode": "USD"}}, []),
        ({"purchasedAt": {"gte": "2026-03-02T09:01:00Z", "lt": "2026-03-02T10:02:00+01:00"}}, [1]),
        ({"latestShipAt": {"lt": "2026-03-02T09:00:00Z"}}, []),
        ({"NOT": {"OR": [{"status": {"eq": "PENDING"}}, {"sku": {"contains": "W"}}]}}, [0]),
        ({"AND": [{"status": {"eq": "UNSHIPPED"}}, {"NOT": {"importOutcome": {"eq": "BLOCKED"}}}]}, [0]),
        ({"AND": []}, [0, 1, 2]),
        ({"OR": []}, []),
        ({"ids": []}, []),
        ({}, [0, 1, 2]),
    ],
)
async def test_orders_are_filtered(client: Client, stage: Stage, where: dict[str, Any], found: list[int]) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    orders = []
    for bought, facts in (
        (item("MUG"), {}),
        (item("MUG"), {"status": "PENDING"}),
        (item("NEW", cents=2500), {}),
    ):
        orders.append(await stage.arrive(bought, **facts))
        stage.later(minutes=1)

    shown = await numbers(client, w=where, o={"field": "PURCHASED_AT", "direction": "ASC"})

    assert shown == [orders[at].number for at in found]


async def test_what_is_not_known_does_not_match_and_its_opposite_does(client: Client, stage: Stage) -> None:
    known, unknown = await stage.see(stage.facts(), stage.facts(latest_ship_at=None))
    late = {"latestShipAt": {"gte": "2026-03-01T00:00:00Z"}}

    assert await numbers(client, w=late) == [known.number]
    assert await numbers(client, w={"NOT": late}) == [unknown.number]
    assert await numbers(client, w={"NOT": {"NOT": late}}) == [known.number]
    for direction in ("ASC", "DESC"):
        by_time = {"field": "SHIP_BY", "direction": direction}
        assert await numbers(client, o=by_time) == [known.number, unknown.number]


async def test_orders_are_filtered_by_store_and_id(client: Client, stage: Stage) -> None:
    first, second = await stage.see(stage.facts(), stage.facts())
    nobody = id_of(type(stage.store)(id=99, account_id=1))

    assert await numbers(client, w={"storeId": {"eq": id_of(stage.store)}, "ids": [id_of(second)]}) == [second.number]
    assert await numbers(client, w={"storeId": {"oneOf": [nobody]}}) == []
    assert await numbers(client, w={"amazonOrderId": {"oneOf": [first.number, "x"]}}) == [first.number]


async def test_products_are_listed_by_sku_and_found_by_a_part(client: Client, stage: Stage) -> None:
    await stage.products(*({"sku": sku, "name": f"The {sku}"} for sku in ("b_1", "a", "B21", "c")))
    query = """query ($first: Int, $after: String, $s: String) { products(first: $first, after: $after, search: $s) {
      nodes { sku } pageInfo { hasNextPage endCursor } } }"""

    first = (await client.ask(query, first=3))["products"]
    rest = (await client.ask(query, first=3, after=first["pageInfo"]["endCursor"]))["products"]
    found = (await client.ask(query, s="b_"))["products"]
    named = (await client.ask(query, s="the b"))["products"]

    assert [node["sku"] for node in first["nodes"] + rest["nodes"]] == ["B21", "a", "b_1", "c"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert [node["sku"] for node in found["nodes"]] == ["b_1"]
    assert [node["sku"] for node in named["nodes"]] == ["B21", "b_1"]


@asynccontextmanager
async def counting(statements: list[str]) -> AsyncIterator[None]:
    """Note every statement that reaches the reading connection."""
    client = read_connection()
    async with client.acquire_connection() as connection:
        await connection.set_trace_callback(statements.append)
    try:
        yield
    finally:
        async with client.acquire_connection() as connection:
            await connection.set_trace_callback(None)


async def test_a_page_of_fifty_with_everything_selected_asks_no_more_than_a_page_of_ten(
    client: Client, stage: Stage
) -> None:
    await stage.products({"sku": "MUG", "quantity": "60"}, {"sku": "OFF", "quantity": "9", "enabled": "false"})
    skus = ["MUG", "NEW", "OFF", "MUG", "MUG"]
    orders = await stage.see(*(stage.facts(item(skus[at % 5], 1)) for at in range(50)))
    await stage.evaluate(limit=50)
    imported = [order for order, sku in zip(orders, skus * 10, strict=True) if sku == "MUG"][-6:]
    for at, order in enumerate(imported):
        await stage.ship(order, key=str(at))
    await client.ask(EVERYTHING, first=50)

    counts = {}
    for size in (10, 50):
        statements: list[str] = []
        async with counting(statements):
            shown = (await client.ask(EVERYTHING, first=size))["amazonOrders"]
        assert len(shown["edges"]) == size
        counts[size] = len(statements)

    assert shown["count"] == {"value": 50}
    assert counts[50] == counts[10]
    assert counts[50] < 50
