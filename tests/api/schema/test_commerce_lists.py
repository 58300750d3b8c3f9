import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.schema.ids import NodeId, id_of
from domain.amazon.facts import BuyerFacts
from domain.amazon.records import AmazonOrder
from domain.buyer_index import BuyerTerm
from domain.buyers import BuyerRecord
from domain.channel.retention import index_buyers, redact_expired
from domain.commerce.records import CommerceOrder
from tests.api.schema.asking import Client
from tests.domain.channel.stage import ADDRESS, Stage, commerce_of, item

LIST = """query ($first: Int, $after: String, $where: CommerceOrderWhere, $order: CommerceOrderOrder) {
  commerceOrders(first: $first, after: $after, where: $where, orderBy: $order) {
    nodes { number amazonOrder { amazonOrderId } }
    edges { cursor node { number } } pageInfo { hasNextPage endCursor } count(cap: 2) { value precision } } }"""
AMAZON = """query ($where: AmazonOrderWhere, $order: AmazonOrderOrder) {
  amazonOrders(where: $where, orderBy: $order) { nodes { amazonOrderId } } }"""
GRACE = BuyerFacts(name="Grace Brewster Hopper", email="grace@relay.example")
EUR = {"currencyCode": "EUR"}

Orders = list[AmazonOrder]


@pytest.fixture
async def orders(stage: Stage) -> Orders:
    """Three imported orders, a minute apart: 19.90, 5.00 and 7.05 EUR."""
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP_50%", "quantity": "9"})
    first = await stage.arrive(item("MUG"))
    stage.later(minutes=1)
    second = await stage.arrive(item("CUP_50%", cents=500), buyer=GRACE, address=replace(ADDRESS, name="Li Wei"))
    stage.later(minutes=1)
    third = await stage.arrive(item("MUG", cents=705), address=replace(ADDRESS, name="José Müller-Lüdenscheidt"))
    return [first, second, third]


async def commerce(client: Client, orders: Orders, **where: Any) -> list[int]:
    """Return which of the orders a filter of commerce orders finds, counted from 1."""
    nodes = (await client.ask(LIST, where=where))["commerceOrders"]["nodes"]
    return sorted(_places(orders, [node["amazonOrder"]["amazonOrderId"] for node in nodes]))


async def amazon(client: Client, orders: Orders, **where: Any) -> list[int]:
    """Return which of the orders a filter of Amazon orders finds, counted from 1."""
    nodes = (await client.ask(AMAZON, where=where))["amazonOrders"]["nodes"]
    return sorted(_places(orders, [node["amazonOrderId"] for node in nodes]))


def _places(orders: Orders, numbers: list[str]) -> list[int]:
    return [[order.number for order in orders].index(number) + 1 for number in numbers]


async def test_every_filter_finds_what_it_says(client: Client, stage: Stage, orders: Orders) -> None:
    made = [(await commerce_of(order))[0] for order in orders]
    await CommerceOrder.filter(id=made[0].id).update(state="ON_HOLD", status="holded")
    await CommerceOrder.filter(id=made[1].id).update(refunded_minor=300, customer_id=None, store_view="de")
    minute = f"{stage.now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    for where, places in (
        ({"ids": [id_of(made[2])]}, [3]),
        ({"ids": []}, []),
        ({"storeId": {"eq": id_of(stage.store)}}, [1, 2, 3]),
        ({"number": {"eq": made[1].number}}, [2]),
        ({"amazonOrderId": {"oneOf": [orders[0].number, orders[2].number]}}, [1, 3]),
        ({"storeView": {"startsWith": "D"}}, [1, 2, 3]),
        ({"storeView": {"eq": "de"}}, [2]),
        ({"state": {"eq": "ON_HOLD"}}, [1]),
        ({"state": {"notIn": ["ON_HOLD"]}}, [2, 3]),
        ({"status": {"eq": "holded"}}, [1]),
        ({"onHold": True}, [1]),
        ({"onHold": False}, [2, 3]),
        ({"isGuest": True}, [1, 2, 3]),
        ({"isGuest": False}, []),
        ({"createdAt": {"gte": minute}}, [2, 3]),
        ({"purchasedAt": {"lt": minute}}, [1]),
        ({"createdAt": {}}, [1, 2, 3]),
        ({"createdAt": {"gte": minute, "lt": minute}}, []),
        ({"updatedAt": {"gte": "2027-01-01T00:00:00Z", "lt": "2026-01-01T00:00:00Z"}}, []),
        ({"total": EUR | {"gte": "5.00", "lt": "19.90"}}, [2, 3]),
        ({"total": EUR | {"gte": "7.050"}}, [1, 3]),
        ({"total": EUR | {"gte": "7.0500001"}}, [1]),
        ({"total": EUR | {"gte": "9", "lt": "3"}}, []),
        ({"total": {"currencyCode": "USD"}}, []),
        ({"totalRefunded": EUR | {"gte": "0.01"}}, [2]),
        ({"sku": {"contains": "_50%"}}, [2]),
        ({"sku": {"contains": "CUP%50"}}, []),
        ({"AND": [{"sku": {"eq": "MUG"}}, {"NOT": {"onHold": True}}]}, [3]),
        ({"OR": [{"onHold": True}, {"sku": {"startsWith": "cup"}}]}, [1, 2]),
        ({"OR": []}, []),
        ({"search": "fine mug"}, [1, 3]),
        ({"search": made[1].number[3:]}, [1, 2, 3] if made[1].number[3:] in made[0].number else [2]),
        ({"search": orders[1].number[-4:]}, [2]),
        ({"search": "%"}, [2]),
        ({"search": "  "}, [1, 2, 3]),
    ):
        assert (where, await commerce(client, orders, **where)) == (where, places)


async def test_buyers_are_found_by_name_part_and_e_mail_while_they_are_kept(
    client: Client, stage: Stage, orders: Orders
) -> None:
    for where, places in (
        ({"billToName": {"eq": "ada  byron"}}, [1, 3]),
        ({"billToName": {"eq": "Byron"}}, []),
        ({"billToName": {"startsWith": "hop"}}, [2]),
        ({"billToName": {"startsWith": "grace hopp"}}, [2]),
        ({"billToName": {"startsWith": "gr"}}, []),
        ({"billToName": {"startsWith": "li"}}, []),
        ({"shipToName": {"startsWith": "li"}}, [2]),
        ({"shipToName": {"startsWith": "MULLER"}}, [3]),
        ({"shipToName": {"startsWith": "lüdenscheidtxxxx"}}, []),
        ({"shipToName": {"eq": "jose muller ludenscheidt"}}, [3]),
        ({"shipToName": {"startsWith": "Byr"}}, [1]),
        ({"customerEmail": "GRACE@relay.example"}, [2]),
        ({"customerEmail": "grace@relay"}, []),
        ({"search": "hopper gra"}, [2]),
        ({"search": "ADA@example.org"}, [1, 3]),
        ({"NOT": {"billToName": {"startsWith": "ada"}}}, [2]),
    ):
        assert (where, await commerce(client, orders, **where)) == (where, places)
    assert await amazon(client, orders, buyerName={"startsWith": "byr"}) == [1, 3]
    assert await amazon(client, orders, buyerName={"eq": "Grace Brewster Hopper"}) == [2]
    assert await amazon(client, orders, search="brew") == [2]

    await BuyerRecord.all().update(purge_at=stage.now)
    await redact_expired(now=stage.now)

    assert await amazon(client, orders, buyerName={"startsWith": "byr"}) == []
    assert await commerce(client, orders, search="hopper") == []
    assert not await BuyerTerm.all().exists()


async def test_a_name_that_amazon_changes_is_found_as_it_is_now(client: Client, stage: Stage, orders: Orders) -> None:
    await stage.change(orders[1], buyer=BuyerFacts(name="Grace Murray", email=None))

    assert await amazon(client, orders, buyerName={"startsWith": "hopper"}) == []
    assert await amazon(client, orders, buyerName={"startsWith": "murray"}) == [2]
    assert await commerce(client, orders, customerEmail="grace@relay.example") == []


async def test_buyers_stored_before_there_was_an_index_are_found_once_it_is_made(
    client: Client, stage: Stage, orders: Orders
) -> None:
    await BuyerTerm.all().delete()
    await BuyerRecord.all().update(indexed=0)
    await BuyerRecord.filter(owner="AMAZON_ORDER", owner_id=orders[2].id).update(sealed=b"not readable any more")

    assert [await index_buyers(now=stage.now, sealer=stage.sealer, limit=2) for _ in range(3)] == [2, 1, 0]

    assert await amazon(client, orders, buyerName={"startsWith": "byr"}) == [1]


async def test_no_name_is_stored_in_clear_and_another_key_finds_nothing(stage: Stage, orders: Orders) -> None:
    terms = [term.term for term in await BuyerTerm.all()]
    assert len(terms) >= 12
    assert all(set(term[1:]) <= set("0123456789abcdef") for term in terms)
    assert not any("byron" in term for term in terms)


SORTED = {
    "CREATED_AT": [1, 2, 3],
    "UPDATED_AT": [2, 3, 1],
    "PURCHASED_AT": [1, 2, 3],
    "NUMBER": [1, 2, 3],
    "TOTAL": [2, 3, 1],
    "TOTAL_REFUNDED": [1, 3, 2],
}


async def test_the_whole_set_is_sorted_and_read_page_by_page(client: Client, stage: Stage, orders: Orders) -> None:
    await CommerceOrder.filter(channel_order_id=orders[1].id).update(refunded_minor=1)
    stage.later(minutes=1)
    await stage.ship(orders[0])
    for (field, order), direction in itertools.product(SORTED.items(), ("ASC", "DESC")):
        wanted = order if direction == "ASC" else order[::-1]
        assert (field, await paged(client, orders, field, direction)) == (field, wanted)


async def paged(client: Client, orders: Orders, field: str, direction: str) -> list[int]:
    """Read the whole list, an order a page."""
    places: list[int] = []
    after = None
    while True:
        asked = {"field": field, "direction": direction}
        answer = await client.ask(LIST, first=1, after=after, where={"total": EUR}, order=asked)
        page = answer["commerceOrders"]
        places += _places(orders, [node["amazonOrder"]["amazonOrderId"] for node in page["nodes"]])
        assert page["edges"][0]["node"]["number"] == page["nodes"][0]["number"]
        assert page["count"] == {"value": 2, "precision": "AT_LEAST"}
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return places


@pytest.mark.parametrize(
    ("where", "order", "path"),
    [
        ({"ids": ["nonsense"]}, None, ["where", "ids"]),
        ({"ids": [str(NodeId("AmazonOrder", 1, 1))]}, None, ["where", "ids"]),
        ({"storeId": {"eq": "x"}}, None, ["where", "storeId"]),
        ({"total": {"currencyCode": "XXX"}}, None, ["where", "total", "currencyCode"]),
        ({"totalRefunded": {"currencyCode": "XXX"}}, None, ["where", "totalRefunded", "currencyCode"]),
        ({"search": "x" * 10_000}, None, ["where", "search"]),
        ({"search": "x\0"}, None, ["where", "search"]),
        ({"billToName": {"startsWith": "%_"}}, None, ["where", "billToName", "startsWith"]),
        ({"billToName": {"eq": "x" * 201}}, None, ["where", "billToName", "eq"]),
        ({"customerEmail": "x\ny"}, None, ["where", "customerEmail"]),
        ({"status": {"oneOf": ["x"] * 101}}, None, ["where", "status", "oneOf"]),
        ({"AND": [{} for _ in range(50)]}, None, ["where"]),
        (None, {"field": "TOTAL"}, ["orderBy", "field"]),
        ({"OR": [{"total": EUR}]}, {"field": "TOTAL_REFUNDED"}, ["orderBy", "field"]),
    ],
)
async def test_bad_filters_are_refused_with_their_place(
    client: Client, where: Any, order: Any, path: list[str]
) -> None:
    refused = await client.refused(LIST, where=where, order=order)
    assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", path)
