"""Whatever the simulated Amazon can make of an order comes over its interface, and is taken as it should be."""

from typing import Any

from tests.end_to_end.stories.asking import (
    COUNT,
    LAMP,
    MUG,
    SENT_BY_AMAZON,
    UNKNOWN_SKU,
    look,
    notes,
    states,
)
from tests.end_to_end.town import Town

FLAGS = """query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  isPrime isPremium isBusiness isReplacement } }"""
ODD = {
    "NO_STATE": None,
    "STATE_IN_WORDS": "PROCESSING",
    "MISSING_NAME": "PROCESSING",
    "MISSING_CITY": None,
    "MISSING_PHONE": "PROCESSING",
    "LONG_LINES": "PROCESSING",
    "MULTI_LINE_NAME": "PROCESSING",
    "EMOJI": "PROCESSING",
    "PADDED": "PROCESSING",
    "MILITARY": "PROCESSING",
    "TERRITORY": "PROCESSING",
    "PICKUP_POINT": "PROCESSING",
}
"""Kinds of odd addresses, and the state of the commerce order that is made of each; None: it is blocked."""


async def placed(shop: Town, **wish: Any) -> str:
    """Let a buyer order a mug in some way, and return the number."""
    given = {"fulfillmentStatus": "UNSHIPPED", "items": [{"sku": MUG, "quantity": 1}], "programs": []} | wish
    before = {entry["order"]["orderId"] for entry in await shop.seen_by_amazon()}
    assert await shop.http_to_amazon("/_sim/orders", given) == 201
    (number,) = {entry["order"]["orderId"] for entry in await shop.seen_by_amazon()} - before
    return str(number)


async def fail(shop: Town, effect: str, operation: str, **conditions: Any) -> None:
    rule = {"effect": effect, "operation": operation, **conditions}
    assert await shop.http_to_amazon("/_sim/faults", rule) == 201


async def test_marketplace_simulator_orders_from_the_click_to_the_door(shop: Town):
    await shop.stock(MUG, 100)
    await shop.stock(SENT_BY_AMAZON, None)
    pending, pre = shop.place(MUG, status="PENDING"), shop.place(MUG, status="PENDING_AVAILABILITY")
    by_buyer, by_seller, whole, part = (shop.place(MUG, quantity=2) for _ in range(4))
    by_amazon = shop.place(SENT_BY_AMAZON, status="PENDING", fulfilled_by="AMAZON")
    await shop.pass_time()
    for number in (pending, pre, by_amazon):
        order = await look(shop, number)
        assert (order["buyer"], order["total"], order["commerceOrder"]) == (None, None, None)
        assert order["items"][0]["sellerSku"]

    await shop.happens(pending, "pay")
    await shop.happens(pre, "release")
    await shop.happens(by_buyer, "cancel", by="BUYER", reason="Found it cheaper")
    await shop.happens(by_seller, "cancel", by="SELLER", reason="No stock")
    await shop.happens(whole, "ship")
    (item,) = (await shop.at_amazon(part))["order"]["orderItems"]
    await shop.happens(part, "ship", items=[{"orderItemId": item["orderItemId"], "quantity": 1}])
    await shop.happens(by_amazon, "pay")
    await shop.pass_time()
    paid = await look(shop, pending)
    assert paid["buyer"]["name"]
    assert paid["commerceOrder"]["state"] == "PROCESSING"
    expected = {pre: "PENDING", by_buyer: "CANCELED", by_seller: "CANCELED", whole: "SHIPPED"}
    expected |= {part: "PARTIALLY_SHIPPED", by_amazon: "UNSHIPPED"}
    assert {number: (await look(shop, number))["status"] for number in expected} == expected
    assert (await look(shop, whole))["commerceOrder"]["state"] == "COMPLETE"
    assert (await look(shop, by_amazon))["commerceOrder"] is None

    await shop.happens(part, "ship")
    await shop.happens(part, "deliver")
    await shop.happens(by_amazon, "ship")
    await shop.pass_time()
    assert (await look(shop, part))["commerceOrder"]["state"] == "COMPLETE"
    sent = await look(shop, by_amazon)
    assert (sent["status"], sent["commerceOrder"]["state"], sent["buyer"]) == ("SHIPPED", "COMPLETE", None)
    assert sent["shippingAddress"]["line1"] is None


async def test_marketplace_simulator_orders_out_of_the_ordinary(shop: Town):
    await shop.stock(MUG, 100)
    odd = {kind: await placed(shop, address=kind) for kind in ODD}
    programs = ["PRIME"], ["PREMIUM"], ["AMAZON_BUSINESS"]
    flagged = [await placed(shop, programs=names, fulfillmentStatus="SHIPPED") for names in programs]
    replacement = await placed(shop, replacementFor=flagged[0])
    unknown = shop.place(UNKNOWN_SKU, price=2599)
    nothing = await placed(shop, items=[{"sku": MUG, "quantity": 1}, {"sku": LAMP, "quantity": 0}])
    old = (await shop.at_amazon(shop.place(MUG)))["order"]
    old["createdTime"] = "2026-01-05T10:00:00Z"
    await shop.load(old)
    await shop.pass_time()

    for kind, number in odd.items():
        order = await look(shop, number)
        assert (order["commerceOrder"] or {}).get("state") == ODD[kind], (kind, order["blockers"])
    names = ("isPrime", "isPremium", "isBusiness", "isReplacement")
    for at, number in enumerate([*flagged, replacement]):
        shown = (await shop.ask(FLAGS, number=number))["amazonOrder"]
        assert [shown[name] for name in names] == [at == place for place in range(4)], names[at]
    assert [one["kind"] for one in (await look(shop, unknown))["blockers"]] == ["PRODUCT_NOT_MATCHED"]
    (line,) = (await look(shop, nothing))["commerceOrder"]["lines"]  # the row of quantity 0 is nothing to sell
    assert line["sku"] == MUG
    before = (await look(shop, old["orderId"]))["importDecision"]
    assert (before["outcome"], before["code"]) == ("SKIPPED", "BEFORE_INTEGRATION")


async def test_marketplace_simulator_updates_that_come_late_twice_or_in_the_wrong_order(shop: Town):
    await shop.stock(MUG)
    for _ in range(101):  # more than a page, with a token to the next
        shop.place(LAMP, status="PENDING")
    late, stale = shop.place(MUG), shop.place(MUG)
    await fail(shop, "DUPLICATE_PAGE", "searchOrders", times=1)
    await shop.pass_time()
    assert (await shop.ask(COUNT))["amazonOrders"]["count"]["value"] == 103
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 2, "salable": 8}

    await fail(shop, "LATE", "searchOrders", orderId=late, seconds=500)
    await fail(shop, "STALE", "searchOrders", orderId=stale, times=1)
    for number in (late, stale):
        await shop.happens(number, "cancel", by="BUYER")
    await shop.pass_time()
    assert [(await look(shop, number))["status"] for number in (late, stale)] == ["UNSHIPPED", "UNSHIPPED"]
    for _ in range(2):
        await shop.pass_time()
    for number in (late, stale):
        order = await look(shop, number)
        assert order["status"] == "CANCELED"
        assert notes(order).count("Status updated to canceled.") == 1
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}


async def test_marketplace_simulator_refuses_throttles_and_forgets_who_we_are(shop: Town):
    await shop.stock(MUG, 100)
    canceled, shipped = shop.place(MUG), shop.place(MUG)
    await shop.pass_time()
    assert (await shop.ship(canceled))["errors"] == []
    assert (await shop.cancel(shipped))["errors"] == []
    await shop.happens(canceled, "cancel", by="BUYER")  # nobody here knows yet
    await shop.happens(shipped, "ship")
    await fail(shop, "THROTTLED", "searchOrders", times=1)
    await fail(shop, "DENIED", "searchOrders", times=1)  # as with an access token whose time is over
    for _ in range(3):
        await shop.pass_time()
    assert states(await look(shop, canceled))[0][1] in ("REFUSED", "PARKED", "DEAD", "WITHDRAWN")
    assert states(await look(shop, shipped)) == [("CANCEL", "REFUSED")]
    assert (await look(shop, canceled))["status"] == "CANCELED"
    assert (await look(shop, shipped))["commerceOrder"]["state"] == "COMPLETE"
