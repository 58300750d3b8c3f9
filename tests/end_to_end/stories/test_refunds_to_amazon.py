"""Money that Amazon is asked to pay back, and parts of orders that it is to cancel: asked once, seen, settled."""

from typing import Any

from simulator.faults.rules import Effect
from tests.end_to_end.stories.asking import (
    FAILURE,
    LAMP,
    MONEY,
    MUG,
    apply,
    look,
    notes,
    pass_minutes,
    states,
    to_do,
    worth,
)
from tests.end_to_end.town import Town

REFUND = f"""mutation($input: RefundOrderInput!) {{ refundOrder(input: $input) {{
  creditMemo {{ number total {MONEY} command {{ id kind state feedId }} }} {FAILURE} }} }}"""
CANCEL = f"""mutation($input: CancelRestInput!) {{ cancelRest(input: $input) {{
  order {{ displayStatus }} command {{ kind state }} {FAILURE} }} }}"""
MEMOS = f"""query($number: String!) {{ amazonOrder(by: {{amazonOrderId: $number}}) {{ commerceOrder {{
  creditMemos {{ number reason total {MONEY} command {{ kind state }} }} }} }} }}"""


async def sold(shop: Town, *, sent: dict[str, int] | None = None) -> dict[str, Any]:
    """Let an order of three mugs and three lamps come, of which all or some have left in Seller Central."""
    for sku in (MUG, LAMP):
        await shop.stock(sku)
    number = shop.place(MUG, LAMP, quantity=3)
    await shop.pass_time()
    if sent is None:
        await shop.happens(number, "ship")
    elif sent:
        items = {item["sellerSku"]: item["amazonOrderItemId"] for item in (await look(shop, number))["items"]}
        leaving = [{"orderItemId": items[sku], "quantity": quantity} for sku, quantity in sent.items()]
        await shop.happens(number, "ship", items=leaving)
    await shop.pass_time()
    return await look(shop, number)


async def refund(shop: Town, order: dict[str, Any], key: str = "r", **given: Any) -> dict[str, Any]:
    wanted = {"orderId": order["id"], "reason": "BUYER_RETURN", "tellAmazon": True, "idempotencyKey": key} | given
    payload: dict[str, Any] = (await shop.ask(REFUND, input=wanted))["refundOrder"]
    return payload


async def cancel_rest(shop: Town, order: dict[str, Any], key: str = "c", **given: Any) -> dict[str, Any]:
    wanted = {"orderId": order["id"], "reason": "NO_INVENTORY", "idempotencyKey": key} | given
    payload: dict[str, Any] = (await shop.ask(CANCEL, input=wanted))["cancelRest"]
    return payload


async def memos(shop: Town, order: dict[str, Any]) -> list[dict[str, Any]]:
    found = (await shop.ask(MEMOS, number=order["amazonOrderId"]))["amazonOrder"]["commerceOrder"]
    papers: list[dict[str, Any]] = found["creditMemos"]
    return papers


def paid_back(shop: Town, order: dict[str, Any]) -> list[int]:
    """Return what Amazon's ledger says of an order: what each refund came to, in cents."""
    there = shop.world.book.get(order["amazonOrderId"])
    assert there is not None
    return [
        sum(sum(item.parts.values()) for item in refund.items) for refund in shop.world.ledger.account(there).refunds
    ]


def fault(shop: Town, effect: Effect, **more: Any) -> None:
    shop.world.faults.plan(effect, operations=("POST_PAYMENT_ADJUSTMENT_DATA",), times=1, **more)


async def test_refund_towards_amazon(shop: Town):
    order = await sold(shop)
    line = {"itemId": order["items"][0]["id"], "quantity": 1}
    first = await refund(shop, order, lines=[line], adjustmentFee="0.50")
    assert first["errors"] == []
    assert (first["creditMemo"]["command"]["kind"], first["creditMemo"]["command"]["state"]) == ("REFUND", "QUEUED")
    again = await refund(shop, order, lines=[line], adjustmentFee="0.50")
    assert again["creditMemo"]["number"] == first["creditMemo"]["number"]
    rest = await refund(shop, order, "rest")
    await pass_minutes(shop, 8)

    asked = [int(worth(payload["creditMemo"]["total"]) * 100) for payload in (first, rest)]
    assert paid_back(shop, order) == asked
    assert sum(asked) == int(worth(order["total"]) * 100)
    after = await look(shop, order["amazonOrderId"])
    assert states(after) == [("REFUND", "CONFIRMED"), ("REFUND", "CONFIRMED")]
    assert after["commands"][0]["feedId"]
    assert notes(after).count("Amazon has taken the refund and pays the buyer.") == 2
    assert after["commerceOrder"]["state"] == "CLOSED"
    assert await to_do(shop) == []


async def test_refund_towards_amazon_is_told_only_where_amazon_was_paid(shop: Town):
    order = await sold(shop, sent={MUG: 1})
    lamp = order["items"][1]["id"]
    (error,) = (await refund(shop, order, lines=[{"itemId": lamp, "quantity": 1}]))["errors"]
    assert (error["__typename"], error["path"]) == ("ActionNotAllowedError", ["input", "tellAmazon"])
    assert "cancelRest" in error["message"]
    assert await memos(shop, order) == []
    local = await refund(shop, order, lines=[{"itemId": lamp, "quantity": 1}], tellAmazon=False)
    assert (local["errors"], local["creditMemo"]["command"]) == ([], None)


async def test_refund_towards_amazon_whose_fate_nobody_knows_waits_for_a_person(shop: Town):
    fault(shop, Effect.FEED_FATAL, messages=1)
    order = await sold(shop)
    await refund(shop, order, amount="5.00")
    await pass_minutes(shop, 8)
    assert paid_back(shop, order) == [500]
    (entry,) = await to_do(shop)
    assert (entry["kind"], entry["message"]) == (
        "COMMAND_PARKED",
        "Amazon gave up in the middle and does not say what became of this order. Look into Seller Central whether "
        "the buyer has been paid: it is not sent again by itself.",
    )
    ways = [(way["id"], way["needsInput"]) for way in entry["resolutions"]]
    assert ways == [("CONFIRM_COMMAND", ["NOTE"]), ("RETRY_COMMAND", ["NOTE"]), ("GIVE_UP_COMMAND", ["NOTE"])]
    (error,) = (await apply(shop, entry["id"], "RETRY_COMMAND"))["errors"]
    assert error["path"] == ["input", "note"]
    assert (await apply(shop, entry["id"], "CONFIRM_COMMAND", note="It is paid there."))["errors"] == []
    await pass_minutes(shop, 8)
    assert states(await look(shop, order["amazonOrderId"])) == [("REFUND", "CONFIRMED")]
    assert (paid_back(shop, order), await to_do(shop)) == ([500], [])


async def test_partial_cancellation_of_the_rest(shop: Town):
    order = await sold(shop, sent={MUG: 2})
    payload = await cancel_rest(shop, order, note="The kiln broke")
    assert payload["errors"] == []
    assert payload["order"]["displayStatus"] == "PARTIALLY_SHIPPED"
    assert payload["command"] == {"kind": "PARTIAL_CANCEL", "state": "QUEUED"}
    assert (await cancel_rest(shop, order, "again"))["errors"][0]["message"].startswith("The cancellation of a part")
    await pass_minutes(shop, 12)

    after = await look(shop, order["amazonOrderId"])
    assert (after["status"], after["displayStatus"]) == ("SHIPPED", "COMPLETED")
    assert states(after) == [("PARTIAL_CANCEL", "CONFIRMED")]
    (memo,) = await memos(shop, order)
    assert (memo["reason"], memo["command"]) == ("REST_CANCELED", {"kind": "PARTIAL_CANCEL", "state": "CONFIRMED"})
    assert [line["quantityRefunded"] for line in after["commerceOrder"]["lines"]] == [1, 3]
    assert await shop.shelf(MUG) == {"stock": 8, "reserved": 0, "salable": 8}
    assert await shop.shelf(LAMP) == {"stock": 10, "reserved": 0, "salable": 10}
    assert (paid_back(shop, order), await to_do(shop)) == ([], [])


async def test_partial_cancellation_of_some_units_before_anything_leaves(shop: Town):
    order = await sold(shop, sent={})
    lamp = order["items"][1]["id"]
    (error,) = (await cancel_rest(shop, order))["errors"]
    assert (error["path"], "cancelOrder" in error["message"]) == (["input", "lines"], True)
    assert (await cancel_rest(shop, order, lines=[{"itemId": lamp, "quantity": 3}]))["errors"] == []
    await pass_minutes(shop, 12)
    after = await look(shop, order["amazonOrderId"])
    assert (after["status"], states(after)) == ("UNSHIPPED", [("PARTIAL_CANCEL", "CONFIRMED")])
    assert (await shop.ship(order["amazonOrderId"]))["errors"] == []
    await pass_minutes(shop, 12)
    done = await look(shop, order["amazonOrderId"])
    assert (done["displayStatus"], done["commerceOrder"]["state"]) == ("COMPLETED", "COMPLETE")
    assert await shop.shelf(LAMP) == {"stock": 10, "reserved": 0, "salable": 10}


async def test_partial_cancellation_leaves_the_rest_to_be_canceled_as_a_whole(shop: Town):
    order = await sold(shop, sent={})
    lamp = order["items"][1]["id"]
    assert (await cancel_rest(shop, order, lines=[{"itemId": lamp, "quantity": 2}]))["errors"] == []
    await pass_minutes(shop, 12)
    assert (await shop.cancel(order["amazonOrderId"]))["errors"] == []
    await pass_minutes(shop, 12)
    after = await look(shop, order["amazonOrderId"])
    assert states(after) == [("PARTIAL_CANCEL", "CONFIRMED"), ("CANCEL", "CONFIRMED")]
    assert after["commerceOrder"]["totalRefunded"] == order["total"]
    assert [memo["reason"] for memo in await memos(shop, order)] == ["REST_CANCELED", "CANCELED_ON_AMAZON"]
    for sku in (MUG, LAMP):
        assert await shop.shelf(sku) == {"stock": 10, "reserved": 0, "salable": 10}
