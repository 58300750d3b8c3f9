import asyncio
from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Product
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, shelf

STOCK = """product { sku enabled managesStock stock reserved salable } affected { value precision }
  errors { __typename code message path retryable
    ... on InsufficientStockError { requested available product { sku } } }"""
RESTOCK = f"mutation ($i: RestockInput!) {{ restockProduct(input: $i) {{ {STOCK} }} }}"
ENABLE = f"mutation ($id: ID!) {{ enableProduct(productId: $id) {{ {STOCK} }} }}"
DISABLE = f"mutation ($id: ID!) {{ disableProduct(productId: $id) {{ {STOCK} }} }}"
SAVE = f"mutation ($i: ProductInput!) {{ saveProduct(input: $i) {{ {STOCK} }} }}"
IMPORT = """mutation ($p: [ProductInput!]!) { importProducts(products: $p) { created updated unchanged failed
  affected { value } errors { code path } results { index product { sku stock } errors { code path message } } } }"""
MOVES = """query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Product {
  moves(first: $first, after: $after) {
    edges { cursor } nodes { reason onHand reserved note at actor { kind name } order { amazonOrderId } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } } } }"""
DETAILS = """query ($id: ID!) { node(id: $id) { ... on Product {
  asin price { amount currencyCode } createdAt updatedAt } } }"""


async def id_of_sku(sku: str) -> str:
    return id_of(await Product.get(sku=sku))


async def restock(client: Client, sku: str = "MUG", *, key: str = "k1", **change: int) -> Any:
    given: dict[str, Any] = {"productId": await id_of_sku(sku), "change": change, "idempotencyKey": key}
    return (await client.ask(RESTOCK, i=given))["restockProduct"]


async def test_a_restock_imports_the_orders_that_waited_for_it(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    order = await stage.arrive(item("MUG", 3))
    assert order.import_state == "BLOCKED"

    payload = await restock(client, delta=4)

    assert payload["errors"] == []
    assert payload["affected"] == {"value": 1, "precision": "EXACT"}
    assert {name: payload["product"][name] for name in ("stock", "reserved", "salable")} == {
        "stock": 4,
        "reserved": 3,
        "salable": 1,
    }
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"


async def test_the_first_twenty_orders_are_imported_at_once_and_the_worker_is_woken(
    client: Client, stage: Stage
) -> None:
    await stage.products({"sku": "MUG", "quantity": "50", "enabled": "no"})
    await stage.see(*(stage.facts(item("MUG")) for _ in range(23)))
    await stage.evaluate()

    payload = (await client.ask(ENABLE, id=await id_of_sku("MUG")))["enableProduct"]

    assert (payload["affected"]["value"], payload["product"]["reserved"], client.woken) == (23, 20, [1])
    await stage.evaluate()
    assert await shelf() == (50, 23)


async def test_a_restock_with_the_same_key_counts_once(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"}, {"sku": "CUP", "quantity": "1"})
    first = await restock(client, delta=4)
    again = await restock(client, delta=4)
    other = await restock(client, delta=5)
    other_product = await restock(client, "CUP", delta=4)

    assert (first["product"]["stock"], again["product"]["stock"], again["errors"]) == (5, 5, [])
    for refused in (other, other_product):
        (error,) = refused["errors"]
        assert (error["code"], error["path"]) == ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
    assert (await shelf(), await shelf("CUP")) == ((5, 0), (1, 0))


async def test_two_operators_who_count_at_once_are_both_counted(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "10"})
    answers = await asyncio.gather(*(restock(client, key=f"k{at}", delta=-1 if at % 2 else 3) for at in range(8)))
    assert [answer["errors"] for answer in answers] == [[]] * 8
    assert await shelf() == (18, 0)


@pytest.mark.parametrize(
    ("change", "requested", "path"),
    [({"set": 2}, 3, ["input", "change", "set"]), ({"delta": -3}, 3, ["input", "change", "delta"])],
)
async def test_fewer_than_are_promised_are_refused_with_the_product_and_the_way_out(
    client: Client, stage: Stage, change: dict[str, Any], requested: int, path: list[str]
) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.arrive(item("MUG", 3))

    payload = await restock(client, **change)

    assert payload["errors"] == [
        {
            "__typename": "InsufficientStockError",
            "code": "INSUFFICIENT_STOCK",
            "message": "3 of MUG are promised to orders, so there cannot be 2 on hand; count 3 or more, or cancel "
            "orders first.",
            "path": path,
            "retryable": False,
            "requested": requested,
            "available": 2,
            "product": {"sku": "MUG"},
        }
    ]
    assert (payload["product"], await shelf()) == (None, (5, 3))
    assert (await restock(client, key="k2", set=3))["product"]["salable"] == 0


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"delta": 0}, "INVALID", ["input", "change", "delta"]),
        ({"delta": -6}, "INSUFFICIENT_STOCK", ["input", "change", "delta"]),
        ({"delta": 1_000_000_000}, "INVALID", ["input", "change", "delta"]),
        ({"set": 1_000_000_001}, "INVALID", ["input", "change", "set"]),
        ({"set": -1}, "INVALID", ["input", "change", "set"]),
    ],
)
async def test_counts_that_cannot_be_are_refused(
    client: Client, stage: Stage, change: dict[str, Any], code: str, path: list[str]
) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    (error,) = (await restock(client, **change))["errors"]
    assert (error["code"], error["path"], await shelf()) == (code, path, (5, 0))


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"note": "n" * 501}, "INVALID", ["input", "note"]),
        ({"idempotencyKey": " "}, "REQUIRED", ["input", "idempotencyKey"]),
        ({"productId": "nonsense"}, "INVALID", ["input", "productId"]),
        ({"productId": id_of(Product(id=99))}, "NOT_FOUND", ["input", "productId"]),
    ],
)
async def test_a_restock_that_is_wrong_is_refused_by_its_field(
    client: Client, stage: Stage, given: dict[str, Any], code: str, path: list[str]
) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    wanted = {"productId": await id_of_sku("MUG"), "change": {"delta": 1}, "idempotencyKey": "k"}
    (error,) = (await client.ask(RESTOCK, i=wanted | given))["restockProduct"]["errors"]
    assert (error["code"], error["path"], await shelf()) == (code, path, (5, 0))


async def test_a_change_says_exactly_one_of_its_two_forms(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    for change in ({}, {"delta": 1, "set": 2}, {"delta": None}):
        wanted = {"productId": await id_of_sku("MUG"), "change": change, "idempotencyKey": "k"}
        assert (await client.post(RESTOCK, i=wanted))["errors"]
    assert await shelf() == (5, 0)


async def test_stock_that_is_not_counted_is_counted_only_after_somebody_wants_it(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "manages_stock": "no"})
    (error,) = (await restock(client, delta=4))["errors"]
    assert (error["code"], error["path"]) == ("ACTION_NOT_ALLOWED", ["input", "productId"])
    assert "managesStock" in error["message"]

    saved = (await client.ask(SAVE, i={"sku": "MUG", "managesStock": True, "quantity": 2}))["saveProduct"]
    assert (saved["errors"], saved["product"]["stock"]) == ([], 2)
    assert (await restock(client, delta=4))["product"]["stock"] == 6


async def test_a_disabled_product_blocks_what_comes_and_keeps_what_is_held(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    imported = await stage.arrive(item("MUG", 2))
    product = await id_of_sku("MUG")

    disabled = (await client.ask(DISABLE, id=product))["disableProduct"]
    again = (await client.ask(DISABLE, id=product))["disableProduct"]
    blocked = await stage.arrive(item("MUG", 1))

    assert (disabled["product"]["enabled"], disabled["product"]["reserved"], again["errors"]) == (False, 2, [])
    assert (imported.import_state, blocked.import_state) == ("IMPORTED", "BLOCKED")
    enabled = (await client.ask(ENABLE, id=product))["enableProduct"]
    assert (enabled["affected"]["value"], enabled["product"]["reserved"]) == (1, 3)
    assert (await client.ask(ENABLE, id=product))["enableProduct"]["affected"]["value"] == 0
    assert (await Product.get(sku="MUG")).version == 3


@pytest.mark.parametrize("mutation", [ENABLE, DISABLE])
async def test_switching_what_is_not_there_is_refused(client: Client, stage: Stage, mutation: str) -> None:
    for text, code in ((id_of(Product(id=9)), "NOT_FOUND"), (id_of(stage.store), "INVALID"), ("?", "INVALID")):
        (payload,) = (await client.ask(mutation, id=text)).values()
        assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, ["productId"])]


async def test_a_product_is_saved_and_the_orders_behind_it_come_in(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 2))
    mug = {"sku": "MUG", "name": "Mug", "price": "19.9", "currencyCode": "EUR", "asin": "B01", "quantity": 3}

    payload = (await client.ask(SAVE, i=mug))["saveProduct"]

    assert (payload["errors"], payload["affected"]["value"]) == ([], 1)
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"
    shown = await client.ask(DETAILS, id=await id_of_sku("MUG"))
    at = "2026-03-02T09:00:00.000Z"
    price = {"amount": "19.90", "currencyCode": "EUR"}
    assert shown["node"] == {"asin": "B01", "price": price, "createdAt": at, "updatedAt": at}
    again = (await client.ask(SAVE, i=mug))["saveProduct"]
    assert (again["affected"]["value"], (await Product.get(sku="MUG")).version) == (0, 1)


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"sku": " "}, "REQUIRED", ["input", "sku"]),
        ({"price": "1.00"}, "REQUIRED", ["input", "currencyCode"]),
        ({"price": "1.005", "currencyCode": "EUR"}, "INVALID", ["input", "price"]),
        ({"price": "1", "currencyCode": "XXX"}, "INVALID", ["input", "currencyCode"]),
        ({"quantity": -1}, "INVALID", ["input", "quantity"]),
        ({"quantity": 2_000_000_000}, "INVALID", ["input", "quantity"]),
        ({"name": "two\nlines"}, "INVALID", ["input", "name"]),
        ({"asin": "B01", "clear": ["ASIN"]}, "INVALID", ["input", "clear"]),
        ({"price": "1.00", "currencyCode": "EUR", "clear": ["ASIN", "PRICE"]}, "INVALID", ["input", "clear"]),
    ],
)
async def test_a_product_that_cannot_be_is_not_saved(
    client: Client, given: dict[str, Any], code: str, path: list[str]
) -> None:
    (error,) = (await client.ask(SAVE, i={"sku": "MUG"} | given))["saveProduct"]["errors"]
    assert (error["code"], error["path"]) == (code, path)
    assert await Product.all().count() == 0


async def test_a_product_loses_what_is_cleared_and_nothing_else(client: Client) -> None:
    mug = {"sku": "MUG", "name": "Mug", "price": "19.9", "currencyCode": "EUR", "asin": "B01", "quantity": 3}
    await client.ask(SAVE, i=mug)
    for left_out in ({}, {"price": None, "currencyCode": None, "asin": None, "clear": None}):
        assert (await client.ask(SAVE, i={"sku": "MUG"} | left_out))["saveProduct"]["errors"] == []
        assert (await Product.get(sku="MUG")).version == 1

    for version, cleared in ((2, ["PRICE"]), (2, ["PRICE"]), (3, ["ASIN", "PRICE"])):
        assert (await client.ask(SAVE, i={"sku": "MUG", "clear": cleared}))["saveProduct"]["errors"] == []
        kept = await Product.get(sku="MUG")
        asin = None if "ASIN" in cleared else "B01"
        assert (kept.price_minor, kept.currency, kept.asin, kept.version) == (None, None, asin, version)
    assert (await Product.get(sku="MUG")).name == "Mug"
    told = await Event.filter(kind="PRODUCT_CHANGED").order_by("id").values_list("message", flat=True)
    assert told == ["Product MUG changed: currency, price_minor.", "Product MUG changed: asin."]

    answer = (await client.ask(IMPORT, p=[{"sku": "CUP", "clear": ["PRICE"]}]))["importProducts"]
    assert (answer["created"], (await Product.get(sku="CUP")).price_minor) == (1, None)


async def test_each_product_of_many_has_its_answer(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "OLD", "quantity": "2"}, {"sku": "SAME"})
    await stage.arrive(item("NEW", 1))
    sent: list[dict[str, Any]] = [
        {"sku": "NEW", "quantity": 1},
        {"sku": "OLD", "quantity": 5},
        {"sku": "SAME", "enabled": True},
        {"sku": "BAD", "price": "1"},
        {"sku": "NEW"},
        {"sku": "S" * 201},
    ]
    payload = (await client.ask(IMPORT, p=sent))["importProducts"]

    assert [payload[name] for name in ("created", "updated", "unchanged", "failed")] == [1, 1, 1, 3]
    assert (payload["affected"], payload["errors"]) == ({"value": 1}, [])
    products = [result["product"] for result in payload["results"]]
    assert products[:3] == [{"sku": "NEW", "stock": 1}, {"sku": "OLD", "stock": 5}, {"sku": "SAME", "stock": 0}]
    assert products[3:] == [None] * 3
    refused = [(error["code"], error["path"]) for result in payload["results"] for error in result["errors"]]
    assert refused == [
        ("REQUIRED", ["products", "3", "currencyCode"]),
        ("DUPLICATE", ["products", "4", "sku"]),
        ("INVALID", ["products", "5", "sku"]),
    ]


async def test_too_many_products_are_refused_as_a_whole(client: Client) -> None:
    payload = (await client.ask(IMPORT, p=[{"sku": f"S{at}"} for at in range(501)]))["importProducts"]
    assert (payload["errors"], payload["results"]) == ([{"code": "LIMIT_EXCEEDED", "path": ["products"]}], [])
    assert await Product.all().count() == 0


async def test_the_history_of_a_products_stock_is_listed_newest_first(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3))
    await stage.ship(order)
    await client.ask(
        RESTOCK,
        i={"productId": await id_of_sku("MUG"), "change": {"delta": 7}, "note": "pallet 9", "idempotencyKey": "k"},
    )
    asked = {"id": await id_of_sku("MUG"), "first": 3}
    page = (await client.ask(MOVES, **asked))["node"]["moves"]
    rest = (await client.ask(MOVES, **asked, after=page["pageInfo"]["endCursor"]))["node"]["moves"]

    moves = page["nodes"] + rest["nodes"]
    assert [(one["reason"], one["onHand"], one["reserved"]) for one in moves] == [
        ("RESTOCKED", 7, 0),
        ("SHIPPED", -3, -3),
        ("RESERVED", 0, 3),
        ("COUNTED", 5, 0),
    ]
    assert [one["order"] and one["order"]["amazonOrderId"] for one in moves] == [None, order.number, order.number, None]
    assert [one["note"] for one in moves] == ["pallet 9", None, None, None]
    assert [one["actor"]["kind"] for one in moves] == ["USER", "USER", "SYSTEM", "USER"]
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]


@pytest.mark.parametrize(
    "cursor", ["?", "bW92ZTo=", "bW92ZTotMQ==", "ZXZlbnQ6MQ==", "bW92ZTo5OTk5OTk5OTk5OTk5OTk5OTk5"]
)
async def test_a_place_that_was_not_handed_out_is_refused(client: Client, stage: Stage, cursor: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    refused = await client.refused(MOVES, id=await id_of_sku("MUG"), after=cursor)
    assert (refused["code"], "cursor" in refused["message"]) == ("BAD_USER_INPUT", True)
