from typing import Any

import pytest

from tests.simulator.feeds.writing import (
    ADJUSTMENT,
    ADJUSTMENT_COLUMNS,
    FLAT_ADJUSTMENT,
    adjusted,
    adjustment,
    codes,
    component,
    document,
    ledger,
    refunded,
    report_on,
    table,
)
from tests.simulator.playing import Amazon, package
from tests.simulator.submitting import feed, processed, submit

JAPANESE = "A1VC38T7YXB528"


def line(
    item_id: str, quantity: int, currency: str = "USD", *, sent: int | None = None, **amounts: str
) -> dict[str, Any]:
    """An order item with its proceeds, by type."""

    def money(amount: str) -> dict[str, str]:
        return {"amount": amount, "currencyCode": currency}

    breakdowns: list[dict[str, Any]] = [
        {"type": kind, "subtotal": money(amount)} for kind, amount in amounts.items() if kind != "TAXES"
    ]
    if "TAXES" in amounts:
        item, shipping = amounts["TAXES"].split()
        details = [{"subtype": "ITEM", "value": money(item)}, {"subtype": "SHIPPING", "value": money(shipping)}]
        total = f"{float(item) + float(shipping):.2f}"
        breakdowns.append({"type": "TAX", "subtotal": money(total), "detailedBreakdowns": details})
    fulfilled = quantity if sent is None else sent
    return {
        "orderItemId": item_id,
        "quantityOrdered": quantity,
        "product": {"asin": "B000000001", "title": "A mug", "sellerSku": "MUG"},
        "proceeds": {"breakdowns": breakdowns},
        "fulfillment": {"quantityFulfilled": fulfilled, "quantityUnfulfilled": quantity - fulfilled},
    }


async def load(
    amazon: Amazon, *lines: dict[str, Any], status: str = "SHIPPED", marketplace: str = "ATVPDKIKX0DER"
) -> str:
    """Load an order that stands in a status, and return its id."""
    order_id = "902-0000001-0000001"
    loaded = {
        "orderId": order_id,
        "createdTime": "2026-11-01T00:00:00Z",
        "lastUpdatedTime": "2026-11-01T12:00:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": marketplace},
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": "MERCHANT"},
        "orderItems": list(lines),
    }
    answer = await amazon.sim("PUT", "/orders", {"orders": [loaded]})
    assert answer.status_code == 200, answer.text
    return order_id


@pytest.fixture
async def order_id(amazon: Amazon) -> str:
    """An order of two mugs for 20.00, 5.00 shipping, 1.65 and 0.41 tax, and a lamp for 10.00."""
    mugs = line("1", 2, ITEM="20.00", SHIPPING="5.00", TAXES="1.65 0.41")
    return await load(amazon, mugs, line("2", 1, ITEM="10.00"))


class TestRefunding:
    async def test_a_refund_is_in_the_ledger_and_leaves_the_order_as_it_is(self, amazon: Amazon, order_id: str) -> None:
        before = await amazon.order(order_id)
        item = adjusted("1", component("Principal", "12.34"), component("Tax", "0.50"), quantity=1)
        feed_id = await submit(amazon, document(ADJUSTMENT, adjustment(order_id, item, number=5)), ADJUSTMENT)
        await amazon.advance(60)
        assert (await feed(amazon, feed_id))["processingStatus"] == "DONE"
        assert (await ledger(amazon, order_id))["refunds"] == [
            {
                "postedTime": "2026-11-02T09:01:00.000Z",
                "feedId": feed_id,
                "messageId": 5,
                "items": [
                    {
                        "orderItemId": "1",
                        "reason": "CustomerReturn",
                        "quantity": 1,
                        "total": {"amount": "12.84", "currencyCode": "USD"},
                        "components": [
                            {"type": "Principal", "amount": {"amount": "12.34", "currencyCode": "USD"}},
                            {"type": "Tax", "amount": {"amount": "0.50", "currencyCode": "USD"}},
                        ],
                    }
                ],
            }
        ]
        assert await amazon.order(order_id) == before

    async def test_the_same_message_refunds_again_while_money_is_left(self, amazon: Amazon, order_id: str) -> None:
        messages = [adjustment(order_id, adjusted("1", component("Principal", "8.00")), number=n) for n in (1, 2, 3)]
        report = await report_on(amazon, ADJUSTMENT, *messages)
        assert (report.counts, report.numbers, report.codes) == ((3, 2, 1, 0), [3], [6035])
        assert (await report_on(amazon, ADJUSTMENT, messages[0])).codes == [6035]
        assert refunded(await ledger(amazon, order_id)) == [{"Principal": "8.00"}] * 2

    async def test_a_quantity_multiplies_nothing(self, amazon: Amazon, order_id: str) -> None:
        item = adjusted("1", component("Principal", "20.00"), quantity=2)
        assert (await report_on(amazon, ADJUSTMENT, adjustment(order_id, item))).errors == {}
        assert refunded(await ledger(amazon, order_id)) == [{"Principal": "20.00"}]

    async def test_all_that_was_paid_can_be_refunded_and_not_a_cent_more(self, amazon: Amazon, order_id: str) -> None:
        paid = [("Principal", "20.00"), ("Shipping", "5.00"), ("Tax", "1.65"), ("ShippingTax", "0.41")]
        whole = adjustment(order_id, adjusted("1", *(component(*one) for one in paid)))
        cents = [
            adjustment(order_id, adjusted("1", component(one, "0.01")), number=n)
            for n, one in enumerate(
                ("Principal", "Shipping", "Tax", "ShippingTax", "GiftWrap", "GiftWrapTax", "COD", "Goodwill", "Other"),
                2,
            )
        ]
        report = await report_on(amazon, ADJUSTMENT, whole, *cents)
        assert (report.counts, set(report.codes)) == ((10, 1, 9, 0), {6035})

    async def test_items_of_one_message_are_refunded_together_or_not_at_all(
        self, amazon: Amazon, order_id: str
    ) -> None:
        good, bad = adjusted("1", component("Principal", "1.00")), adjusted("2", component("Principal", "10.01"))
        report = await report_on(amazon, ADJUSTMENT, adjustment(order_id, good, bad))
        assert report.codes == [6035]
        assert (await ledger(amazon, order_id))["refunds"] == []

    async def test_a_component_that_is_named_twice_is_added_up(self, amazon: Amazon, order_id: str) -> None:
        item = adjusted("2", component("Principal", "6.00"), component("Principal", "4.00"))
        over = adjusted("2", component("Principal", "6.00"), component("Principal", "4.01"))
        report = await report_on(amazon, ADJUSTMENT, adjustment(order_id, over), adjustment(order_id, item, number=2))
        assert report.codes == [6035]
        assert refunded(await ledger(amazon, order_id)) == [{"Principal": "10.00"}]

    @pytest.mark.parametrize("fee", ["2.50", "-2.50"])
    @pytest.mark.parametrize("name", ["RestockingFee", "ReturnShipping"])
    async def test_a_fee_lowers_what_the_buyer_gets(self, amazon: Amazon, order_id: str, name: str, fee: str) -> None:
        item = adjusted("2", component("Principal", "10.00"), component(name, fee))
        later = adjusted("2", component("Goodwill", "2.50"))
        last = adjusted("2", component("Goodwill", "0.01"))
        messages = [adjustment(order_id, one, number=number) for number, one in enumerate((item, later, last), 1)]
        report = await report_on(amazon, ADJUSTMENT, *messages)
        assert (report.numbers, report.codes) == ([3], [6035])
        entry = await ledger(amazon, order_id)
        assert refunded(entry) == [{"Principal": "10.00", name: "-2.50"}, {"Goodwill": "2.50"}]
        assert entry["refunds"][0]["items"][0]["total"]["amount"] == "7.50"

    async def test_goodwill_takes_from_what_was_paid_in_all(self, amazon: Amazon, order_id: str) -> None:
        goodwill = adjustment(order_id, adjusted("2", component("Goodwill", "4.00")))
        rest = adjustment(order_id, adjusted("2", component("Principal", "6.01")), number=2)
        report = await report_on(amazon, ADJUSTMENT, goodwill, rest)
        assert report.codes == [6035]
        assert "in all" in report.errors[2]


class TestWhatWasPaid:
    async def test_only_units_that_were_sent_are_refunded(self, amazon: Amazon) -> None:
        order_id = await load(amazon, line("1", 3, ITEM="10.00", sent=1), status="PARTIALLY_SHIPPED")
        share = adjustment(order_id, adjusted("1", component("Principal", "3.33"), quantity=1))
        assert (await report_on(amazon, ADJUSTMENT, share)).errors == {}
        more = adjustment(order_id, adjusted("1", component("Principal", "0.01")))
        assert (await report_on(amazon, ADJUSTMENT, more)).codes == [6035]
        many = adjustment(order_id, adjusted("1", component("Principal", "0.01"), quantity=2))
        assert (await report_on(amazon, ADJUSTMENT, many)).codes == [6013]

    async def test_each_parcel_is_charged_when_it_is_sent_and_all_of_them_are_the_whole(self, amazon: Amazon) -> None:
        items = [{"sku": "MUG-STONEWARE-350", "quantity": 3, "price": "3.35"}]
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=items, programs=["PRIME"])
        order = await amazon.order(order_id)
        await amazon.log_in()
        for reference in ("1", "2", "3"):
            one = [{"orderItemId": codes(order)[0], "quantity": 1}]
            assert (await amazon.confirm(order_id, package(order, reference, orderItems=one))).status_code == 204
            await amazon.advance(3600)
            await amazon.log_in()
        entry = await ledger(amazon, order_id)
        amounts = [charge["items"][0]["total"]["amount"] for charge in entry["charges"]]
        total = (await amazon.order(order_id))["orderItems"][0]["proceeds"]["proceedsTotal"]["amount"]
        assert sum(round(float(amount) * 100) for amount in amounts) == round(float(total) * 100)
        assert [charge["postedTime"][11:13] for charge in entry["charges"]] == ["09", "10", "11"]

    async def test_taking_units_out_of_a_parcel_gives_nothing_back(self, amazon: Amazon) -> None:
        items = [{"sku": "MUG-STONEWARE-350", "quantity": 2}]
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=items)
        order = await amazon.order(order_id)
        await amazon.log_in()
        both, one = ([{"orderItemId": codes(order)[0], "quantity": units}] for units in (2, 1))
        for packed, reference in ((both, "1"), (one, "1"), (one, "2")):
            assert (await amazon.confirm(order_id, package(order, reference, orderItems=packed))).status_code == 204
        [charge] = (await ledger(amazon, order_id))["charges"]
        assert charge["items"][0]["quantity"] == 2

    async def test_an_order_that_says_no_prices_has_nothing_to_refund(self, amazon: Amazon) -> None:
        order_id = await load(amazon, line("1", 1))
        report = await report_on(
            amazon, ADJUSTMENT, adjustment(order_id, adjusted("1", component("Principal", "0.01")))
        )
        assert report.codes == [6035]

    async def test_a_discount_lowers_the_principal(self, amazon: Amazon) -> None:
        order_id = await load(amazon, line("1", 1, ITEM="10.00", DISCOUNT="-1.00"))
        over = adjustment(order_id, adjusted("1", component("Principal", "9.01")))
        just = adjustment(order_id, adjusted("1", component("Principal", "9.00")), number=2)
        assert (await report_on(amazon, ADJUSTMENT, over, just)).numbers == [1]

    async def test_an_order_that_is_loaded_again_begins_a_new_account(self, amazon: Amazon, order_id: str) -> None:
        whole = adjustment(order_id, adjusted("2", component("Principal", "10.00")))
        assert (await report_on(amazon, ADJUSTMENT, whole)).errors == {}
        await load(amazon, line("2", 1, ITEM="12.00"))
        assert (await ledger(amazon, order_id))["refunds"] == []
        assert (await report_on(amazon, ADJUSTMENT, whole)).errors == {}

    @pytest.mark.parametrize("amount", ["-5.00", "0.0000000001", pytest.param("9" * 5000, id="endless")])
    async def test_odd_prices_of_a_loaded_order_break_nothing(self, amazon: Amazon, amount: str) -> None:
        order_id = await load(amazon, line("1", 1, ITEM=amount))
        report = await report_on(
            amazon, ADJUSTMENT, adjustment(order_id, adjusted("1", component("Principal", "0.01")))
        )
        assert report.codes == [6035]


class TestWhereTaxIsIncluded:
    async def test_all_goes_into_the_principal(self, amazon: Amazon) -> None:
        item = line("1", 1, "JPY", ITEM="1000", TAX="100", SHIPPING="300")
        order_id = await load(amazon, item, marketplace=JAPANESE)
        taxes = [
            adjustment(order_id, adjusted("1", component(kind, "1", "JPY")), number=number)
            for number, kind in enumerate(("Tax", "ShippingTax", "GiftWrapTax"), 1)
        ]
        whole = adjusted("1", component("Principal", "1100", "JPY"), component("Shipping", "300", "JPY"))
        report = await report_on(amazon, ADJUSTMENT, *taxes, adjustment(order_id, whole, number=4))
        assert (report.numbers, set(report.codes)) == ([1, 2, 3], {6036})

    async def test_yen_have_no_decimals(self, amazon: Amazon) -> None:
        order_id = await load(amazon, line("1", 1, "JPY", ITEM="1000"), marketplace=JAPANESE)
        report = await report_on(
            amazon, ADJUSTMENT, adjustment(order_id, adjusted("1", component("Principal", "1.5", "JPY")))
        )
        assert report.codes == [6034]


class TestRefusals:
    @pytest.mark.parametrize(
        ("item", "code"),
        [
            (adjusted("9", component("Principal", "1.00")), 6011),
            (adjusted("1", component("Principal", "1.00")) * 2, 6012),
            (adjusted("1", component("Principal", "1.00"), reason="customerreturn"), 6015),
            (adjusted("1", component("Principal", "1.00"), reason=""), 6015),
            (adjusted("1", component("Price", "1.00")), 6032),
            (adjusted("1", component("", "1.00")), 6032),
            (adjusted("1", component("Principal", "1.00", "EUR")), 6033),
            (adjusted("1", "<Component><Type>Principal</Type><Amount>1.00</Amount></Component>"), 6033),
            (adjusted("1", "<Component><Type>Principal</Type></Component>"), 6033),
            (adjusted("1", component("Principal", "1.001")), 6034),
            (adjusted("1", component("Principal", "-1.00")), 6034),
            (adjusted("1", component("Principal", "1e3")), 6034),
            (adjusted("1", component("Principal", "")), 6034),
            pytest.param(adjusted("1", component("Principal", "9" * 5000)), 6034, id="endless"),
            (adjusted("1", component("Principal", "0.00")), 6034),
            (adjusted("1", component("RestockingFee", "1.00")), 6034),
            (adjusted("1"), 6034),
            (adjusted("1", "<Type>Principal</Type>", '<Amount currency="USD">1.00</Amount>'), 5002),
            (adjusted("1", component("Principal", "1.00"), quantity=3), 6013),
            (adjusted("1", component("Principal", "1.00"), quantity=0), 6013),
            (adjusted("1", component("Principal", "1.00"), quantity="one"), 6013),
            (adjusted("1", component("Principal", "1.00"), cancelled=1), 5002),
            ("<AdjustedItem><AdjustmentReason>Other</AdjustmentReason></AdjustedItem>", 5002),
            (adjusted("1").replace("</AdjustedItem>", "<PromotionAdjustments/></AdjustedItem>"), 5002),
            ("", 5002),
        ],
    )
    async def test_a_refund_that_is_not_well_made_is_refused(
        self, amazon: Amazon, order_id: str, item: str, code: int
    ) -> None:
        report = await report_on(amazon, ADJUSTMENT, adjustment(order_id, item))
        assert (report.counts, report.codes) == ((1, 0, 1, 0), [code])
        assert (await ledger(amazon, order_id))["refunds"] == []

    async def test_only_two_actions_are_known(self, amazon: Amazon, order_id: str) -> None:
        item = adjusted("1", component("Principal", "1.00"))
        messages = [
            adjustment(order_id, item, number=number, action=action)
            for number, action in enumerate(("refund", "", "Reverse", None), 1)
        ]
        assert (await report_on(amazon, ADJUSTMENT, *messages)).codes == [5002] * 3

    @pytest.mark.parametrize(
        ("wish", "code"),
        [
            ({"fulfillmentStatus": "PENDING"}, 6031),
            ({"fulfillmentStatus": "UNSHIPPED"}, 6031),
            ({"fulfillmentStatus": "CANCELLED"}, 6031),
            ({"fulfillmentStatus": "SHIPPED", "fulfilledBy": "AMAZON"}, 6002),
            ({"fulfillmentStatus": "SHIPPED", "seller": "other"}, 6001),
        ],
    )
    async def test_an_order_that_was_not_sent_by_the_seller_is_refused(
        self, amazon: Amazon, wish: dict[str, Any], code: int
    ) -> None:
        [order_id] = await amazon.place(**wish)
        order = (await amazon.sim("GET", f"/state?orderId={order_id}")).json()["orders"][0]["order"]
        item = adjusted(codes(order)[0], component("Principal", "0.01"))
        assert (await report_on(amazon, ADJUSTMENT, adjustment(order_id, item))).codes == [code]


class TestFlatFiles:
    async def test_each_column_is_a_component(self, amazon: Amazon, order_id: str) -> None:
        row = {
            "order-id": order_id,
            "order-item-id": "1",
            "adjustment-reason-code": "Exchange",
            "currency": "USD",
            "item-price-adj": "2.00",
            "item-tax-adj": "0.10",
            "shipping-price-adj": "1.00",
            "shipping-tax-adj": "0.05",
        }
        wrapped = row | {"gift-wrap-price-adj": "1.00"}
        promoted = row | {"item-promotion-adj": "-1.00"}
        columns = (*ADJUSTMENT_COLUMNS, "item-promotion-adj")
        text = (await processed(amazon, table(columns, row, wrapped, row, promoted), FLAT_ADJUSTMENT)).decode()
        assert [line.split("\t")[:4:3] for line in text.splitlines()[5:]] == [["2", "6035"], ["4", "5002"]]
        parts = {"Principal": "2.00", "Shipping": "1.00", "Tax": "0.10", "ShippingTax": "0.05"}
        assert [dict(sorted(one.items())) for one in refunded(await ledger(amazon, order_id))] == [
            dict(sorted(parts.items()))
        ] * 2

    @pytest.mark.parametrize("column", ["order-id", "order-item-id", "adjustment-reason-code", "currency"])
    async def test_what_is_required_is_asked_for(self, amazon: Amazon, order_id: str, column: str) -> None:
        row = {"order-id": order_id, "order-item-id": "1", "adjustment-reason-code": "Other", "currency": "USD"}
        row |= {"item-price-adj": "1.00"}
        text = await processed(amazon, table(ADJUSTMENT_COLUMNS, row | {column: ""}), FLAT_ADJUSTMENT)
        assert b"successful\t\t0\n" in text
        columns = tuple(one for one in ADJUSTMENT_COLUMNS if one != column)
        assert b"5001" in await processed(amazon, table(columns, row), FLAT_ADJUSTMENT)
