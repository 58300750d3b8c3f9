"""Orders canceled here, by their buyers, and in Seller Central."""

import pytest

from domain.amazon.cancel_reasons import FEED_REASONS
from tests.end_to_end.stories.asking import (
    LAMP,
    MUG,
    UNKNOWN_SKU,
    apply,
    choose,
    look,
    notes,
    pass_minutes,
    states,
    to_do,
)
from tests.end_to_end.town import Town


async def test_cancel_unshipped_order_with_reason(shop: Town):
    await shop.stock(MUG, 100)
    numbers = {reason.value: shop.place(MUG, quantity=2) for reason in FEED_REASONS}
    await shop.pass_time()
    for reason, number in numbers.items():
        payload = await shop.cancel(number, reason=reason)
        assert payload["errors"] == []
        assert (payload["command"]["state"], payload["order"]["status"]) == ("QUEUED", "UNSHIPPED")
        assert payload["order"]["displayStatus"] == "CANCEL_REQUESTED"
        asked = await look(shop, number)
        assert asked["commerceOrder"]["state"] == "PROCESSING"
        assert f"Cancellation asked for: {reason.lower().replace('_', ' ')}." in notes(asked)
    assert (await shop.shelf(MUG))["reserved"] == 2 * len(numbers)
    await pass_minutes(shop, 10)

    (feed,) = await shop.feeds_at_amazon()
    assert feed["messages"] == {"processed": len(numbers), "successful": len(numbers), "withError": 0}
    for number in numbers.values():
        order = await look(shop, number)
        assert (await shop.at_amazon(number))["fulfillmentStatus"] == "CANCELLED"
        assert (order["status"], order["displayStatus"]) == ("CANCELED", "CANCELED")
        assert states(order) == [("CANCEL", "CONFIRMED")]
    assert await shop.shelf(MUG) == {"stock": 100, "reserved": 0, "salable": 100}


async def test_cancel_unshipped_order_with_reason_refuses_what_is_no_reason(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)
    await shop.pass_time()
    order_id = (await look(shop, number))["id"]
    given = f'{{orderId: "{order_id}", idempotencyKey: "k"REASON}}'
    document = f"mutation {{ cancelOrder(input: {given}) {{ errors {{ code }} }} }}"
    for reason in ("", ", reason: BORED", ', reason: "NO_INVENTORY"'):
        answer = await shop.http.post("/graphql", json={"query": document.replace("REASON", reason)})
        assert answer.json()["errors"]
    long_note = await shop.cancel(number, note="x" * 501)
    assert [(error["code"], error["path"]) for error in long_note["errors"]] == [("INVALID", ["input", "note"])]
    assert (await shop.cancel(number))["errors"] == []
    other = await shop.cancel(number, reason="PRICING_ERROR")
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert len((await look(shop, number))["commands"]) == 1


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        ("PENDING", "Seller Central"),
        ("PENDING_AVAILABILITY", "Seller Central"),
        ("PARTIALLY_SHIPPED", "cancelRest"),
        ("SHIPPED", "returns and exchanges are handled in Seller Central"),
        ("CANCELLED", "canceled already"),
    ],
)
async def test_cancel_refused_unless_unshipped(shop: Town, status: str, way_out: str):
    await shop.stock(MUG)
    number = shop.place(MUG, status=status, quantity=2)
    await shop.pass_time()
    before = await look(shop, number)
    held = await shop.shelf(MUG)

    payload = await shop.cancel(number)

    (error,) = payload["errors"]
    assert (error["__typename"], error["code"]) == ("ActionNotAllowedError", "ACTION_NOT_ALLOWED")
    assert (error["action"], error["currentStatus"]) == ("CANCEL", status.replace("LLED", "LED"))
    assert way_out in error["message"]
    (action,) = [action for action in before["actions"] if action["kind"] == "CANCEL"]
    assert not action["allowed"]
    assert [reason["message"] for reason in action["reasons"]] == [error["message"]]
    after = await look(shop, number)
    assert (after["commands"], after["version"]) == ([], before["version"])
    assert await shop.shelf(MUG) == held
    await pass_minutes(shop, 3)
    assert await shop.feeds_at_amazon() == []


@pytest.mark.parametrize("end", ["COMPLETE", "CLOSED", "CANCELED"])
async def test_cancel_effect_on_commerce_order(shop: Town, end: str):
    if end != "COMPLETE":  # the documented end is what is chosen from the start
        assert await choose(shop, canceledOrderEndState=end) == []
    assert (await choose(shop, canceledOrderEndState="PROCESSING")) != []
    await shop.stock(MUG)
    await shop.stock(LAMP)
    number = shop.place(MUG, LAMP, quantity=2)
    await shop.pass_time()
    assert (await shop.cancel(number))["errors"] == []
    await pass_minutes(shop, 10)

    order = await look(shop, number)
    commerce = order["commerceOrder"]
    assert (commerce["state"], commerce["status"]["code"]) == (end, end.lower())
    (memo,) = commerce["creditMemos"]
    assert memo["total"] == commerce["total"] == commerce["totalRefunded"] == order["total"]
    assert (memo["reason"], memo["restocked"]) == ("CANCELED_ON_AMAZON", True)
    assert [line["quantity"] for line in memo["lines"]] == [2, 2]
    assert [line["quantityRefunded"] for line in commerce["lines"]] == [2, 2]
    assert notes(order)[-1] == "Status updated to canceled."
    assert "Inventory released." in notes(order)
    for sku in (MUG, LAMP):
        assert await shop.shelf(sku) == {"stock": 10, "reserved": 0, "salable": 10}
    await pass_minutes(shop, 12)
    assert (await look(shop, number))["commerceOrder"] == commerce
    assert (await shop.ship(number))["errors"][0]["code"] == "ACTION_NOT_ALLOWED"


async def test_cancel_effect_on_commerce_order_of_goods_that_are_not_there(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG, quantity=3)
    await shop.pass_time()
    assert (await shop.cancel(number, restock=False))["errors"] == []
    await pass_minutes(shop, 10)

    (memo,) = (await look(shop, number))["commerceOrder"]["creditMemos"]
    assert not memo["restocked"]
    assert await shop.shelf(MUG) == {"stock": 7, "reserved": 0, "salable": 7}


async def test_cancel_effect_on_commerce_order_that_there_is_none_of(shop: Town):
    number = shop.place(UNKNOWN_SKU, price=1000)
    await shop.pass_time()
    assert (await look(shop, number))["displayStatus"] == "ERROR"
    assert (await shop.cancel(number))["errors"] == []
    await pass_minutes(shop, 10)

    order = await look(shop, number)
    assert (order["status"], order["displayStatus"], order["commerceOrder"]) == ("CANCELED", "CANCELED", None)
    assert (order["importDecision"]["outcome"], order["blockers"]) == ("SKIPPED", [])
    assert await to_do(shop) == []


async def test_cancel_notice_to_amazon_and_buyer(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)
    await shop.pass_time()
    assert (await shop.cancel(number, reason="SHIPPING_ADDRESS_UNDELIVERABLE"))["errors"] == []
    assert (await shop.cancel(number, reason="SHIPPING_ADDRESS_UNDELIVERABLE"))["errors"] == []  # asked twice
    await shop.pass_time(minutes=0.1)
    assert await shop.feeds_at_amazon() == []  # it waits for others that can go along
    await shop.pass_time(minutes=0.2)

    sent = await look(shop, number)
    assert states(sent) == [("CANCEL", "SENT")]
    assert (await shop.at_amazon(number))["fulfillmentStatus"] == "UNSHIPPED"
    await pass_minutes(shop, 10)
    told = await shop.at_amazon(number)
    (feed,) = await shop.feeds_at_amazon()
    assert (feed["feedType"], feed["processingStatus"]) == ("POST_ORDER_ACKNOWLEDGEMENT_DATA", "DONE")
    assert feed["feedId"] == (await look(shop, number))["commands"][0]["feedId"]
    cancellation = told["order"]["orderItems"][0]["cancellation"]
    assert cancellation["cancellationExecution"] == {
        "cancelledBy": "MERCHANT",
        "cancelReason": "ShippingAddressUndeliverable",
    }
    kinds = [event["kind"] for event in (await look(shop, number))["events"]["nodes"]]
    in_time = ["CANCEL_REQUESTED", "MARKETPLACE_SENT", "MARKETPLACE_ACCEPTED", "MARKETPLACE_CONFIRMED", "CANCELED"]
    assert [kind for kind in kinds if kind in in_time] == in_time


async def test_cancel_confirmation_rollback(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG, quantity=2)
    await shop.pass_time()
    assert (await shop.cancel(number))["errors"] == []
    await shop.happens(number, "ship")
    await pass_minutes(shop, 12)

    order = await look(shop, number)
    assert (order["status"], order["displayStatus"]) == ("SHIPPED", "COMPLETED")
    assert states(order) == [("CANCEL", "REFUSED")]
    assert (order["commerceOrder"]["state"], order["commerceOrder"]["creditMemos"]) == ("COMPLETE", [])
    assert await shop.shelf(MUG) == {"stock": 8, "reserved": 0, "salable": 8}
    (entry,) = await to_do(shop, "COMMAND_REFUSED")
    assert entry["order"]["amazonOrderId"] == number
    assert "shipped" in entry["message"]

    way = next(way for way in entry["resolutions"] if way["id"] == "GIVE_UP_COMMAND")
    assert way["needsInput"] == ["NOTE"]
    assert (await apply(shop, entry["id"], "GIVE_UP_COMMAND"))["errors"][0]["code"] == "REQUIRED"
    assert (await apply(shop, entry["id"], "GIVE_UP_COMMAND", note="It has shipped", key="noted"))["errors"] == []
    assert await to_do(shop) == []


@pytest.mark.parametrize(
    ("by", "is_imported"), [("BUYER", True), ("SELLER", True), ("AMAZON", True), ("BUYER", False), ("AMAZON", False)]
)
async def test_buyer_or_amazon_cancel_inbound(shop: Town, by: str, is_imported: bool):
    await shop.stock(MUG)
    number = shop.place(MUG, quantity=4, status="UNSHIPPED" if is_imported else "PENDING")
    await shop.pass_time()
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 4, "salable": 6}
    await shop.happens(number, "cancel", by=by, reason="No longer needed")
    assert await shop.http_to_amazon(f"/_sim/orders/{number}/cancel", {"by": by}) == 409  # a second time
    await shop.pass_time()

    order = await look(shop, number)
    assert (order["status"], order["displayStatus"], order["commands"]) == ("CANCELED", "CANCELED", [])
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}
    assert "Inventory released." in notes(order)
    if is_imported:
        assert "Status updated to canceled." in notes(order)
        (memo,) = order["commerceOrder"]["creditMemos"]
        assert (memo["total"], order["commerceOrder"]["state"]) == (order["total"], "COMPLETE")
    else:
        assert "Amazon's status changed from PENDING to CANCELED." in notes(order)
        assert (order["importDecision"]["code"], order["commerceOrder"]) == ("CANCELED", None)
    known = notes(order)
    await pass_minutes(shop, 12)
    assert notes(await look(shop, number)) == known


async def test_buyer_or_amazon_cancel_inbound_as_a_request(shop: Town):
    await shop.stock(MUG)
    numbers = [shop.place(MUG), shop.place(MUG)]
    await shop.pass_time()
    for number in numbers:
        await shop.happens(number, "request-cancel", reason="Found it cheaper elsewhere")
    await shop.pass_time()
    entries = {entry["order"]["amazonOrderId"]: entry for entry in await to_do(shop, "BUYER_CANCELLATION")}
    assert set(entries) == set(numbers)
    for number in numbers:
        order = await look(shop, number)
        assert order["buyerCancellation"]["requestedAt"]
        assert (order["displayStatus"], order["commands"]) == ("UNSHIPPED", [])  # nothing goes by itself
        assert "The buyer asks to cancel the order." in notes(order)

    follows, ships = numbers
    assert [way["id"] for way in entries[ships]["resolutions"]] == ["CANCEL_ORDER", "DISMISS"]
    assert (await apply(shop, entries[follows]["id"], "CANCEL_ORDER"))["errors"] == []
    assert (await apply(shop, entries[ships]["id"], "DISMISS", note="It is packed already"))["errors"] == []
    assert (await shop.ship(ships))["errors"] == []
    await pass_minutes(shop, 12)
    assert [(await look(shop, number))["displayStatus"] for number in numbers] == ["CANCELED", "COMPLETED"]
    assert await to_do(shop) == []
    assert await shop.shelf(MUG) == {"stock": 9, "reserved": 0, "salable": 9}
