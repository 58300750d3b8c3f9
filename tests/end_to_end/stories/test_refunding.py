"""Money given back by credit memos: of goods, of shipping, on top and less a fee."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.end_to_end.stories.asking import LAMP, MONEY, MUG, look, notes, pass_minutes, worth
from tests.end_to_end.town import Town

CENT = Decimal("0.01")
REFUND = f"""mutation($input: RefundOrderInput!) {{ refundOrder(input: $input) {{
  creditMemo {{ number reason restocked note createdAt command {{ state }} shipping {MONEY} adjustmentRefund {MONEY}
    adjustmentFee {MONEY} total {MONEY} lines {{ quantity amount {MONEY} shipping {MONEY} item {{ sellerSku }} }} }}
  amounts {{ total {MONEY} left {MONEY} }}
  errors {{ __typename code message path ... on AmountTooLargeError {{ available {MONEY} }} }} }} }}"""
REFUNDABLE = f"""query($number: String!) {{ amazonOrder(by: {{amazonOrderId: $number}}) {{ commerceOrder {{
  refundable {{ lines {{ quantity amount {MONEY} shipping {MONEY} }} shipping {MONEY} total {MONEY} }} }} }} }}"""


async def arrived(shop: Town, *skus: str, quantity: int = 3) -> dict[str, Any]:
    """Let an order come that is imported."""
    for sku in skus:
        await shop.stock(sku)
    number = shop.place(*skus, quantity=quantity)
    await shop.pass_time()
    return await look(shop, number)


async def refund(shop: Town, order: dict[str, Any], key: str, *lines: Any, **given: Any) -> dict[str, Any]:
    """Give back; lines pair an item's place with how many, or are as the API takes them."""
    asked = [
        {"itemId": order["items"][line[0]]["id"], "quantity": line[1]} if isinstance(line, tuple) else line
        for line in lines
    ]
    wanted = {"orderId": order["id"], "reason": "BUYER_RETURN", "idempotencyKey": key} | given
    if lines:
        wanted["lines"] = asked
    payload: dict[str, Any] = (await shop.ask(REFUND, input=wanted))["refundOrder"]
    return payload


async def left(shop: Town, order: dict[str, Any]) -> dict[str, Any]:
    found = (await shop.ask(REFUNDABLE, number=order["amazonOrderId"]))["amazonOrder"]["commerceOrder"]
    refundable: dict[str, Any] = found["refundable"]
    return refundable


async def state_of(shop: Town, order: dict[str, Any]) -> str:
    state: str = (await look(shop, order["amazonOrderId"]))["commerceOrder"]["state"]
    return state


async def test_credit_memo_refund(shop: Town):
    order = await arrived(shop, MUG, LAMP)
    total = worth(order["total"])
    start = await left(shop, order)
    assert worth(start["total"]) == total
    assert [line["quantity"] for line in start["lines"]] == [3, 3]
    for line in start["lines"]:
        assert worth(line["shipping"]) <= worth(start["shipping"])

    memos = []
    for number in range(3):  # unit by unit, the shipping with the last
        asked = {"shipping": "0"} if number < 2 else {}
        payload = await refund(shop, order, f"k{number}", (0, 1), (1, 1), **asked)
        assert payload["errors"] == []
        memos.append(payload["creditMemo"])
    assert [memo["number"] for memo in memos] == ["000000001", "000000002", "000000003"]
    assert sum(worth(memo["total"]) for memo in memos) == total
    for at, line in enumerate(start["lines"]):
        assert sum(worth(memo["lines"][at]["amount"]) for memo in memos) == worth(line["amount"])
    assert [worth(memo["shipping"]) for memo in memos] == [0, 0, worth(start["shipping"])]
    assert all(memo["command"] is None for memo in memos)  # it stays here unless Amazon is to be told

    after = await look(shop, order["amazonOrderId"])
    commerce = after["commerceOrder"]
    assert (commerce["state"], commerce["totalRefunded"]) == ("CLOSED", order["total"])
    assert [line["quantityRefunded"] for line in commerce["lines"]] == [3, 3]
    assert len(commerce["creditMemos"]) == 3
    assert sum(note.startswith("Credit memo 00000000") for note in notes(after)) == 3
    for sku in (MUG, LAMP):
        assert await shop.shelf(sku) == {"stock": 10, "reserved": 0, "salable": 10}
    assert await shop.feeds_at_amazon() == []
    (error,) = (await refund(shop, order, "more"))["errors"]
    (action,) = [one for one in after["actions"] if one["kind"] == "REFUND"]
    assert not action["allowed"]
    assert [reason["message"] for reason in action["reasons"]] == [error["message"]]


async def test_credit_memo_refund_of_a_part_with_adjustments(shop: Town):
    order = await arrived(shop, MUG)
    start = await left(shop, order)
    mug = order["items"][0]["id"]
    tried = await refund(shop, order, "k", (0, 1), adjustmentRefund="2.50", adjustmentFee="1", dryRun=True)
    done = await refund(shop, order, "k", (0, 1), adjustmentRefund="2.50", adjustmentFee="1", note="The handle broke")
    memo = done["creditMemo"]
    (line,) = memo["lines"]
    whole = worth(line["amount"]) + worth(start["shipping"]) + Decimal("1.50")
    assert worth(memo["total"]) == whole == worth(tried["amounts"]["total"])
    assert (worth(memo["adjustmentRefund"]), worth(memo["adjustmentFee"])) == (Decimal("2.50"), 1)
    assert (memo["reason"], memo["note"], memo["shipping"]) == ("BUYER_RETURN", "The handle broke", start["shipping"])

    less = await refund(
        shop, order, "price", {"itemId": mug, "amount": "0.75"}, shipping="0", reason="PRICE_ADJUSTMENT"
    )
    assert worth(less["creditMemo"]["total"]) == Decimal("0.75")
    alone = await refund(shop, order, "alone", amount="0.10", reason="OTHER")
    assert (alone["creditMemo"]["lines"], worth(alone["creditMemo"]["total"])) == ([], Decimal("0.10"))
    rest = await left(shop, order)
    assert worth(rest["total"]) == worth(order["total"]) - whole - Decimal("0.85")
    assert (rest["lines"][0]["quantity"], worth(rest["shipping"])) == (2, 0)
    assert await state_of(shop, order) == "PROCESSING"


async def test_credit_memo_refund_has_its_limits_to_the_cent(shop: Town):
    order = await arrived(shop, MUG)
    start = await left(shop, order)
    mug, total = order["items"][0]["id"], worth(order["total"])
    line, shipping = worth(start["lines"][0]["amount"]), worth(start["shipping"])
    tries: list[tuple[dict[str, Any], list[str], Decimal]] = [
        ({"amount": str(total + CENT)}, ["input", "amount"], total),
        ({"shipping": str(shipping + CENT)}, ["input", "shipping"], shipping),
        ({"adjustmentRefund": "0.01"}, ["input", "adjustmentRefund"], Decimal(0)),
        ({"adjustmentFee": str(total)}, ["input", "adjustmentFee"], total - CENT),
        ({"lines": [{"itemId": mug, "amount": str(line + CENT)}]}, ["input", "lines", "0", "amount"], line),
    ]
    for given, path, available in tries:
        (error,) = (await refund(shop, order, "k", **given))["errors"]
        assert (error["__typename"], error["path"], worth(error["available"])) == (
            "AmountTooLargeError", path, available,
        )  # fmt: skip
    (error,) = (await refund(shop, order, "k", (0, 4)))["errors"]
    assert (error["code"], error["path"]) == ("QUANTITY_TOO_LARGE", ["input", "lines", "0", "quantity"])
    (error,) = (await refund(shop, order, "k", lines=[], shipping="0"))["errors"]
    assert "has to give something back" in error["message"]
    assert (await look(shop, order["amazonOrderId"]))["version"] == order["version"]

    assert (await refund(shop, order, "k", amount=str(total - CENT)))["errors"] == []
    both = await asyncio.gather(*(refund(shop, order, key, amount="0.01") for key in ("a", "b")))
    assert sorted(len(payload["errors"]) for payload in both) == [0, 1]
    assert worth((await left(shop, order))["total"]) == 0


@pytest.mark.parametrize(("restock", "on_shelf"), [(None, 7), (True, 9)])
async def test_credit_memo_refund_returns_to_stock(shop: Town, restock: bool | None, on_shelf: int):
    order = await arrived(shop, MUG)
    assert (await shop.ship(order["amazonOrderId"]))["errors"] == []
    await pass_minutes(shop, 12)
    assert await state_of(shop, order) == "COMPLETE"
    payload = await refund(shop, order, "k", (0, 2), restock=restock)
    assert payload["creditMemo"]["restocked"] is bool(restock)
    assert await shop.shelf(MUG) == {"stock": on_shelf, "reserved": 0, "salable": on_shelf}
    assert ("2 back on the shelf." in notes(await look(shop, order["amazonOrderId"]))) is bool(restock)
    assert await state_of(shop, order) == "COMPLETE"
    assert (await refund(shop, order, "rest"))["errors"] == []
    assert await state_of(shop, order) == "CLOSED"
    await pass_minutes(shop, 12)
    closed = await look(shop, order["amazonOrderId"])
    assert (closed["commerceOrder"]["state"], closed["displayStatus"]) == ("CLOSED", "COMPLETED")


async def test_credit_memo_refund_of_the_rest_when_amazon_cancels(shop: Town):
    order = await arrived(shop, MUG)
    part = (await refund(shop, order, "k", (0, 1), adjustmentFee="0.50"))["creditMemo"]
    await shop.happens(order["amazonOrderId"], "cancel", by="BUYER", reason="No longer needed")
    await shop.pass_time()
    commerce = (await look(shop, order["amazonOrderId"]))["commerceOrder"]
    first, last = commerce["creditMemos"]
    assert (first["total"], last["reason"]) == (part["total"], "CANCELED_ON_AMAZON")
    assert worth(first["total"]) + worth(last["total"]) == worth(order["total"])
    assert [line["quantityRefunded"] for line in commerce["lines"]] == [3]
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}
