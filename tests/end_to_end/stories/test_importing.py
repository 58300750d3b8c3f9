"""Which Amazon orders become commerce orders, when, and what is in them."""

from decimal import Decimal

import pytest

from tests.end_to_end.stories.asking import (
    CREATED,
    LAMP,
    MUG,
    SENT_BY_AMAZON,
    TOWEL,
    choose,
    look,
    notes,
    pass_minutes,
    worth,
)
from tests.end_to_end.town import Town

WHERE = """query($status: DisplayStatus!) {
  amazonOrders(first: 5, where: {displayStatus: {eq: $status}}) { nodes { amazonOrderId } } }"""
NONE, YES, HELD, BLOCKED = "NONE", "YES", "HELD", "BLOCKED"
IN_STOCK, UNCOUNTED, SOLD_OUT = "IN-STOCK", "NOT-COUNTED", "SOLD-OUT"


async def test_import_process_pending_unshipped_commerce_processing(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG, status="PENDING", quantity=2)
    await shop.pass_time()
    pending = await look(shop, number)
    assert (pending["status"], pending["displayStatus"], pending["commerceOrder"]) == ("PENDING", "PENDING", None)
    assert (pending["total"], pending["buyer"]) == (None, None)  # Amazon tells neither before the payment
    assert await shop.http_to_amazon(f"/_sim/orders/{number}/ship", {}) == 409

    await shop.happens(number, "pay")
    await shop.pass_time()
    paid = await look(shop, number)
    assert (paid["status"], paid["commerceOrder"]["state"]) == ("UNSHIPPED", "PROCESSING")
    assert paid["commerceOrder"]["status"]["code"] == "processing"
    assert paid["buyer"]["email"]
    assert CREATED in notes(paid)
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 2, "salable": 8}

    assert (await shop.ship(number))["errors"] == []
    await shop.pass_time()
    await shop.pass_time()
    assert (await shop.at_amazon(number))["fulfillmentStatus"] == "SHIPPED"
    shipped = await look(shop, number)
    assert (shipped["status"], shipped["displayStatus"]) == ("SHIPPED", "COMPLETED")
    assert (shipped["commerceOrder"]["state"], shipped["commerceOrder"]["status"]["code"]) == ("COMPLETE", "complete")


MATRIX = [
    # who sends, Amazon's status, what becomes of it with goods, uncounted, sold out, and sold out where FBA needs stock
    ("AMAZON", "PENDING", NONE, NONE, NONE, NONE),
    ("AMAZON", "PENDING_AVAILABILITY", NONE, NONE, NONE, NONE),
    ("AMAZON", "CANCELLED", NONE, NONE, NONE, NONE),
    ("AMAZON", "UNFULFILLABLE", NONE, NONE, NONE, NONE),
    ("AMAZON", "UNSHIPPED", NONE, NONE, NONE, NONE),
    ("AMAZON", "PARTIALLY_SHIPPED", NONE, NONE, NONE, NONE),
    ("AMAZON", "SHIPPED", YES, YES, YES, BLOCKED),
    ("MERCHANT", "PENDING", HELD, NONE, NONE, NONE),
    ("MERCHANT", "PENDING_AVAILABILITY", NONE, NONE, NONE, NONE),
    ("MERCHANT", "CANCELLED", NONE, NONE, NONE, NONE),
    ("MERCHANT", "UNSHIPPED", YES, YES, BLOCKED, BLOCKED),
    ("MERCHANT", "PARTIALLY_SHIPPED", YES, YES, BLOCKED, BLOCKED),
    ("MERCHANT", "SHIPPED", YES, YES, BLOCKED, BLOCKED),
]


@pytest.mark.parametrize("case", MATRIX, ids=lambda case: f"{case[0]}-{case[1]}")
async def test_fbm_fba_decision_matrix(shop: Town, case: tuple[str, str, str, str, str, str]):
    sent_by, status, *expected = case
    for sku, quantity in ((IN_STOCK, 5), (UNCOUNTED, None), (SOLD_OUT, 0), ("SOLD-OUT-TOO", 0)):
        await shop.stock(sku, quantity)
    numbers = [await arrived(shop, sku, sent_by, status) for sku in (IN_STOCK, UNCOUNTED, SOLD_OUT)]
    await shop.pass_time(minutes=5)
    assert await choose(shop, fbaRequiresStock=True) == []
    numbers.append(await arrived(shop, "SOLD-OUT-TOO", sent_by, status))
    await shop.pass_time(minutes=6)

    for number, outcome in zip(numbers, expected, strict=True):
        order = await look(shop, number)
        assert (order["commerceOrder"] is not None) == (outcome == YES), order["importDecision"]
        assert (order["displayStatus"] == "ERROR") == (outcome == BLOCKED)
        assert [blocker["kind"] for blocker in order["blockers"]] == ["OUT_OF_STOCK"] * (outcome == BLOCKED)
        if outcome == YES:
            state = "COMPLETE" if status == "SHIPPED" else "PROCESSING"
            assert order["commerceOrder"]["state"] == state
    assert await shop.shelf(IN_STOCK) == what_is_left(sent_by, status, expected[0])
    for sku in (UNCOUNTED, SOLD_OUT, "SOLD-OUT-TOO"):
        assert await shop.shelf(sku) == {"stock": 0, "reserved": 0, "salable": 0}


def what_is_left(sent_by: str, status: str, outcome: str) -> dict[str, int]:
    """Return what is on a shelf of five after an order of two: all of an order is held, and what is sent is gone."""
    if sent_by == "AMAZON" or outcome not in (YES, HELD):
        return {"stock": 5, "reserved": 0, "salable": 5}
    return (
        {"stock": 3, "reserved": 0, "salable": 3} if status == "SHIPPED" else {"stock": 5, "reserved": 2, "salable": 3}
    )


async def arrived(shop: Town, sku: str, sent_by: str, status: str) -> str:
    """Place two of a product; Amazon's own parcels are partially shipped for as long as we say so."""
    if (sent_by, status) != ("AMAZON", "PARTIALLY_SHIPPED"):
        return shop.place(sku, status=status, quantity=2, price=1000, fulfilled_by=sent_by)
    number = shop.place(sku, status="UNSHIPPED", quantity=2, price=1000, fulfilled_by=sent_by)
    document = (await shop.at_amazon(number))["order"]
    document["fulfillment"]["fulfillmentStatus"] = status
    await shop.load(document)
    return number


async def test_fba_create_at_shipped_complete(shop: Town):
    await shop.stock(SENT_BY_AMAZON, 1)
    number = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON", quantity=3)
    await shop.pass_time()
    waiting = await look(shop, number)
    assert (waiting["importDecision"]["outcome"], waiting["importDecision"]["code"]) == ("WAITING", "AMAZON_FULFILS")
    assert (waiting["status"], waiting["commerceOrder"]) == ("UNSHIPPED", None)
    for refused in (await shop.ship(number), await shop.cancel(number)):
        assert [error["code"] for error in refused["errors"]] == ["ACTION_NOT_ALLOWED"]

    await shop.happens(number, "ship")
    await shop.pass_time()
    order = await look(shop, number)
    assert (order["displayStatus"], order["commerceOrder"]["state"]) == ("COMPLETED", "COMPLETE")
    assert order["commerceOrder"]["total"] == order["total"]
    assert order["shippingAddress"]["line1"] is None  # Amazon keeps it to itself, and that stops nothing
    assert CREATED in notes(order)
    assert await shop.shelf(SENT_BY_AMAZON) == {"stock": 1, "reserved": 0, "salable": 1}


async def test_fba_placeholder_data(shop: Town):
    await shop.stock(SENT_BY_AMAZON, None)
    number = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON", status="SHIPPED")
    withheld = (await shop.at_amazon(number))["order"]
    del withheld["buyer"]
    withheld["recipient"] = {"deliveryAddress": {"city": "Austin", "countryCode": "US"}}
    await shop.load(withheld)
    await shop.pass_time()

    order = await look(shop, number)
    assert (order["displayStatus"], order["commerceOrder"]["state"]) == ("COMPLETED", "COMPLETE")
    assert (order["buyer"] or {"name": None})["name"] is None
    assert (order["shippingAddress"]["line1"], order["shippingAddress"]["city"]) == (None, "Austin")
    correct = 'mutation($id: ID!) { correctAddress(orderId: $id, address: {line1: "1"}) { errors { code } } }'
    refused = (await shop.ask(correct, id=order["id"]))["correctAddress"]
    assert refused["errors"] == [{"code": "ACTION_NOT_ALLOWED"}]


async def test_amounts_amazon_prices_discount_tax(shop: Town):
    await shop.stock(MUG, 100)
    await shop.stock(LAMP, 100)
    numbers = [shop.place(MUG, LAMP, quantity=3, price=1000 + cents) for cents in range(20)]
    await shop.pass_time()

    discounted = 0
    for number in numbers:
        order = await look(shop, number)
        commerce, paid = order["commerceOrder"], (await shop.at_amazon(number))["order"]["proceeds"]["grandTotal"]
        assert (commerce["total"]["currencyCode"], worth(commerce["total"])) == ("USD", Decimal(paid["amount"]))
        parts = (commerce["subtotal"], commerce["shipping"], commerce["tax"])
        assert sum(map(worth, parts)) + worth(commerce["discount"]) == worth(commerce["total"])
        assert sum(worth(line["total"]) for line in commerce["lines"]) == worth(commerce["total"])
        assert [line["total"] for line in commerce["lines"]] == [item["lineTotal"] for item in order["items"]]
        assert worth(commerce["tax"]) > 0
        discounted += worth(commerce["discount"]) < 0
    assert discounted > 0


async def test_auto_invoice_at_import(shop: Town):
    await shop.stock(MUG)
    await shop.stock(TOWEL)
    number = shop.place(MUG, TOWEL, quantity=3)
    await shop.pass_time()
    order = await look(shop, number)
    (invoice,) = order["commerceOrder"]["invoices"]
    assert invoice["total"] == order["commerceOrder"]["total"]
    assert [line["quantity"] for line in invoice["lines"]] == [3, 3]
    assert [line["quantityInvoiced"] for line in order["commerceOrder"]["lines"]] == [3, 3]
    assert order["commerceOrder"]["state"] == "PROCESSING"
    assert notes(order).count(CREATED) == 1
    await pass_minutes(shop, 12)
    assert (await look(shop, number))["commerceOrder"]["invoices"] == [invoice]


async def test_two_way_order_link_unique(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)
    await shop.pass_time()
    order = await look(shop, number)
    commerce_number = order["commerceOrder"]["number"]
    assert order["commerceOrder"]["amazonOrder"]["amazonOrderId"] == number
    by = "query($by: AmazonOrderBy!) { amazonOrder(by: $by) { amazonOrderId } }"
    assert (await shop.ask(by, by={"commerceNumber": commerce_number}))["amazonOrder"] == {"amazonOrderId": number}
    back = "query($by: CommerceOrderBy!) { commerceOrder(by: $by) { number } }"
    assert (await shop.ask(back, by={"amazonOrderId": number}))["commerceOrder"] == {"number": commerce_number}
    assert (await shop.ask(back, by={"amazonOrderId": "999-9999999-9999999"}))["commerceOrder"] is None

    document = (await shop.at_amazon(number))["order"]
    for _ in range(3):  # Amazon reports the same order again and again
        await shop.load(document)
        await shop.pass_time()
    retry = "mutation($ids: [ID!]!) { retryImport(orderIds: $ids) { succeeded results { errors { code } } } }"
    answer = (await shop.ask(retry, ids=[order["id"]]))["retryImport"]
    assert (answer["succeeded"], answer["results"][0]["errors"]) == (0, [{"code": "ACTION_NOT_ALLOWED"}])
    assert (await look(shop, number))["commerceOrder"] == order["commerceOrder"]
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 1, "salable": 9}


async def test_stock_reservation_fba_none(shop: Town):
    await shop.stock(MUG, 5)
    await shop.stock(SENT_BY_AMAZON, 5)
    pending = shop.place(MUG, status="PENDING", quantity=4)
    theirs = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON", status="SHIPPED", quantity=4)
    await shop.pass_time()
    assert "Inventory reserved." in notes(await look(shop, pending))
    assert await shop.shelf(MUG) == {"stock": 5, "reserved": 4, "salable": 1}
    assert (await look(shop, theirs))["commerceOrder"]["state"] == "COMPLETE"
    assert await shop.shelf(SENT_BY_AMAZON) == {"stock": 5, "reserved": 0, "salable": 5}

    too_late = shop.place(MUG, status="PENDING", quantity=2)
    await shop.pass_time()
    assert any("reserve" in note for note in notes(await look(shop, too_late))), "it says that nothing is held"
    assert await shop.shelf(MUG) == {"stock": 5, "reserved": 4, "salable": 1}

    await shop.happens(pending, "pay")
    await shop.pass_time()
    assert await shop.shelf(MUG) == {"stock": 5, "reserved": 4, "salable": 1}  # what was held is used, not taken twice
    assert (await shop.ship(pending))["errors"] == []
    assert await shop.shelf(MUG) == {"stock": 1, "reserved": 0, "salable": 1}


@pytest.mark.parametrize(
    ("wire", "here"),
    [
        ("PENDING", "PENDING"),
        ("PENDING_AVAILABILITY", "PENDING_AVAILABILITY"),
        ("UNSHIPPED", "UNSHIPPED"),
        ("PARTIALLY_SHIPPED", "PARTIALLY_SHIPPED"),
        ("SHIPPED", "COMPLETED"),
        ("CANCELLED", "CANCELED"),
        ("UNFULFILLABLE", "UNFULFILLABLE"),
        ("TELEPORTED", "UNKNOWN"),
    ],
)
async def test_amazon_status_values(shop: Town, wire: str, here: str):
    await shop.stock(MUG, 100)
    number = shop.place(MUG, quantity=2, status="UNSHIPPED" if wire in ("UNFULFILLABLE", "TELEPORTED") else wire)
    document = (await shop.at_amazon(number))["order"]
    document["fulfillment"]["fulfillmentStatus"] = wire
    shop.world.book.load(seller="demo", document=document)  # the control plane takes only words that Amazon has
    await shop.pass_time()

    order = await look(shop, number)
    assert order["displayStatus"] == here
    assert order["rawStatus"] == wire
    found = await shop.ask(WHERE, status=here)
    assert found["amazonOrders"]["nodes"] == [{"amazonOrderId": number}]
