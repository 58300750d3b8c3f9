"""Amounts to the cent: shipping and its tax, wrapping, discounts, and units that do not divide their row."""

from decimal import Decimal
from typing import Any

from tests.end_to_end.stories.asking import LAMP, MUG, worth
from tests.end_to_end.town import Town

MONEY = "{ amount currencyCode }"
PARTS = ("subtotal", "shipping", "giftWrap", "tax", "discount", "other")
ORDERED = f"""query($number: String!) {{ amazonOrder(by: {{amazonOrderId: $number}}) {{ id
  commerceOrder {{ total {MONEY} totalRefunded {MONEY} state
    {" ".join(f"{part} {MONEY}" for part in PARTS)}
    lines {{ sku quantityOrdered unitPrice {MONEY} total {MONEY} {" ".join(f"{part} {MONEY}" for part in PARTS)} }}
    invoices {{ total {MONEY} }} creditMemos {{ total {MONEY} }} }}
  items {{ id }} }} }}"""
REFUND = """mutation($input: RefundOrderInput!) { refundOrder(input: $input) {
  creditMemo { total { amount } } errors { message path } } }"""


async def ordered(shop: Town, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask(ORDERED, number=number))["amazonOrder"]
    return found


async def at_a_row_price(shop: Town, *, row: str, units: int) -> str:
    """Let a row of units cost what does not divide by them, and return the order's number."""
    document = (await shop.at_amazon(shop.place(MUG, quantity=units)))["order"]
    (item,) = document["orderItems"]
    price = {"amount": row, "currencyCode": "USD"}
    item["proceeds"] = {"proceedsTotal": price, "breakdowns": [{"type": "ITEM", "subtotal": price}]}
    del item["product"]["price"]
    document["proceeds"] = {"grandTotal": price, "breakdowns": [{"type": "ITEM", "subtotal": price}]}
    await shop.load(document)
    await shop.pass_time()
    return str(document["orderId"])


async def test_shipping_price_tax_gift_wrap_remainder_rounding(shop: Town):
    await shop.stock(MUG)
    await shop.stock(LAMP)
    mug = {"sku": MUG, "quantity": 3, "price": "9.99", "shipping": "7.77", "giftWrap": "3.33"}
    mug |= {"discount": "1.01", "shippingDiscount": "2.22"}
    wish = {"fulfillmentStatus": "UNSHIPPED", "items": [mug, {"sku": LAMP, "quantity": 1, "price": "24.00"}]}
    assert await shop.http_to_amazon("/_sim/orders", wish | {"taxRate": "8.25", "programs": []}) == 201
    await shop.pass_time()
    (entry,) = await shop.seen_by_amazon()
    told = entry["order"]

    seen = (await ordered(shop, told["orderId"]))["commerceOrder"]
    assert worth(seen["total"]) == Decimal(told["proceeds"]["grandTotal"]["amount"])
    assert sum(worth(seen[part]) for part in PARTS) == worth(seen["total"])
    mugs, lamp = seen["lines"]
    assert [worth(mugs[part]) for part in ("subtotal", "shipping", "giftWrap", "discount")] == [
        Decimal("29.97"),
        Decimal("7.77"),
        Decimal("3.33"),
        Decimal("-3.23"),
    ]
    # 8.25 % of each part by itself, as Amazon charges it: goods 2.47, shipping 0.64, wrapping 0.27, discounts -0.27.
    assert worth(mugs["tax"]) == Decimal("3.11")
    assert [worth(lamp[part]) for part in ("subtotal", "shipping", "giftWrap", "tax")] == [
        Decimal("24.00"),
        0,
        0,
        Decimal("1.98"),
    ]
    for line in seen["lines"]:
        assert sum(worth(line[part]) for part in PARTS) == worth(line["total"])
    for part in PARTS:
        assert sum(worth(line[part]) for line in seen["lines"]) == worth(seen[part]), part
    assert [invoice["total"] for invoice in seen["invoices"]] == [seen["total"]]


async def test_shipping_price_tax_gift_wrap_remainder_rounding_of_units_that_do_not_divide(shop: Town):
    await shop.stock(MUG, 100)
    for row, units, each in (("10.00", 3, "3.33"), ("0.05", 3, "0.02"), ("100.00", 7, "14.29")):
        number = await at_a_row_price(shop, row=row, units=units)
        order = await ordered(shop, number)
        (line,) = order["commerceOrder"]["lines"]
        assert (worth(line["subtotal"]), worth(line["unitPrice"])) == (Decimal(row), Decimal(each))
        assert worth(order["commerceOrder"]["total"]) == Decimal(row)

    await shop.happens(number, "ship")
    await shop.pass_time()
    given = []
    for unit in range(units):
        line = {"itemId": order["items"][0]["id"], "quantity": 1}
        wanted = {"orderId": order["id"], "lines": [line], "reason": "BUYER_RETURN", "idempotencyKey": str(unit)}
        payload = (await shop.ask(REFUND, input=wanted))["refundOrder"]
        assert payload["errors"] == []
        given.append(Decimal(payload["creditMemo"]["total"]["amount"]))
    assert sum(given) == Decimal(row)
    assert max(given) - min(given) <= Decimal("0.02")
    after = (await ordered(shop, number))["commerceOrder"]
    assert (worth(after["totalRefunded"]), after["state"]) == (Decimal(row), "CLOSED")
