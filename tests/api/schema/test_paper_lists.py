"""Invoices, shipments and credit memos of all orders: listed, filtered by what their orders are like."""

from dataclasses import replace
from typing import Any, Final

import pytest

from api.schema.ids import NodeId, id_of
from domain.amazon.records import AmazonOrder
from tests.api.schema.asking import Client
from tests.domain.channel.refunds import refund, request
from tests.domain.channel.stage import ADDRESS, Stage, item

KINDS: Final = ("invoices", "shipments", "creditMemos")
LIST: Final = """query ($first: Int, $after: String, $where: PaperWhere) {
  PAPERS(first: $first, after: $after, where: $where) {
  nodes { id number commerceOrder { number amazonOrder { amazonOrderId } } }
  edges { cursor node { number } } pageInfo { hasNextPage endCursor } count(cap: 2) { value precision } } }"""


@pytest.fixture
async def orders(stage: Stage) -> list[AmazonOrder]:
    """Three orders, an hour apart, each with one paper of every kind."""
    await stage.products({"sku": "MUG", "quantity": "9"})
    made = []
    for at, name in enumerate(("Ada Byron", "Li Wei", "José Müller")):
        order = await stage.arrive(item("MUG", 2, cents=1000 * (at + 1)), address=replace(ADDRESS, name=name))
        await stage.ship(order, key=f"s{at}")
        await refund(stage, order, request(amount="1"), key=f"r{at}")
        made.append(order)
        stage.later(hours=1)
    return made


async def listed(client: Client, kind: str, **given: Any) -> Any:
    return (await client.ask(LIST.replace("PAPERS", kind), **given))[kind]


@pytest.mark.parametrize("kind", KINDS)
async def test_papers_come_the_newest_first_by_pages_and_lead_to_their_orders(
    client: Client, orders: list[AmazonOrder], kind: str
) -> None:
    first = await listed(client, kind, first=2)
    rest = await listed(client, kind, first=2, after=first["pageInfo"]["endCursor"])
    papers = first["nodes"] + rest["nodes"]
    assert [one["number"] for one in papers] == ["000000003", "000000002", "000000001"]
    numbers = [one["commerceOrder"]["amazonOrder"]["amazonOrderId"] for one in papers]
    assert numbers == [order.number for order in orders][::-1]
    assert [edge["node"]["number"] for edge in first["edges"]] == ["000000003", "000000002"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert first["count"] == {"value": 2, "precision": "AT_LEAST"}
    alone = "query ($id: ID!) { node(id: $id) { ... on Invoice { commerceOrder { number } } \
      ... on Shipment { commerceOrder { number } } ... on CreditMemo { commerceOrder { number } } } }"
    assert (await client.ask(alone, id=papers[0]["id"]))["node"] == {"commerceOrder": {"number": "000000003"}}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("where", "places"),
    [
        ({}, [3, 2, 1]),
        ({"number": {"eq": "000000002"}}, [2]),
        ({"number": {"contains": "3"}}, [3]),
        ({"createdAt": {"gte": "2026-03-02T10:00:00Z", "lt": "2026-03-02T11:00:00Z"}}, [2]),
        ({"order": {"shipToName": {"startsWith": "mull"}}}, [3]),
        ({"order": {"number": {"oneOf": ["000000001", "000000003"]}}, "number": {"startsWith": "0"}}, [3, 1]),
        ({"order": {"total": {"currencyCode": "EUR", "lt": "20.00"}}}, [1]),
        ({"order": {"search": "MUG", "NOT": {"isGuest": False}}}, [3, 2, 1]),
        ({"order": {"OR": []}}, []),
    ],
)
async def test_papers_are_found_by_what_they_and_their_orders_are_like(
    client: Client, orders: list[AmazonOrder], kind: str, where: Any, places: list[int]
) -> None:
    found = (await listed(client, kind, where=where))["nodes"]
    assert [int(one["number"]) for one in found] == places


async def test_a_filter_that_cannot_be_is_refused_where_it_stands(client: Client, orders: list[AmazonOrder]) -> None:
    query = LIST.replace("PAPERS", "invoices")
    wrong = await client.refused(query, where={"order": {"storeId": {"eq": id_of(orders[0])}}})
    assert "expected is the id of Store" in wrong["message"]
    deep: Any = {"isGuest": True}
    for _ in range(6):
        deep = {"NOT": deep}
    assert "nests at most" in (await client.refused(query, where={"order": deep}))["message"]
    assert "control characters" in (await client.refused(query, where={"number": {"eq": "a\0b"}}))["message"]
    nowhere = str(NodeId("Store", 99, 99))
    assert (await listed(client, "invoices", where={"order": {"storeId": {"eq": nowhere}}}))["nodes"] == []
