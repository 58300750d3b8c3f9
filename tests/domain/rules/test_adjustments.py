from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.amazon.adjustments import charged, give_back
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.channel.refund_rules import REASONS, Account, Wanted, components_of
from domain.commerce.refund_reasons import BY_PERSON
from domain.errors import ActionNotAllowed
from domain.money import Money
from simulator.amounts import money
from simulator.feeds.adjusting import REASONS as AMAZONS
from simulator.finances.accounts import Refund, RefundedItem, open_account
from simulator.orders.proceeds import Charges, item_proceeds
from tests.counted import rounds

SHIPPED = AmazonOrderStatus.SHIPPED
KINDS = {"ITEM": "price", "SHIPPING": "shipping", "GIFT_WRAP": "gift_wrap", "TAX": "tax", "DISCOUNT": "discount"}
MARKETPLACES = {"US": ("ATVPDKIKX0DER", "USD"), "DE": ("A1PA6795UKMFR9", "EUR"), "JP": ("A1VC38T7YXB528", "JPY")}


def item_of(document: dict[str, Any], *, status: AmazonOrderStatus = SHIPPED) -> AmazonItem:
    """Return an item as the intake stores what Amazon says of it."""
    columns: dict[str, Any] = {}
    details: dict[str, dict[str, int]] = {}
    for part in document["proceeds"]["breakdowns"]:
        name = f"{KINDS.get(part['type'], 'other')}_minor"
        columns[name] = columns.get(name, 0) + minor(part["subtotal"])
        if "detailedBreakdowns" in part:
            details[part["type"]] = {one["subtype"]: minor(one["value"]) for one in part["detailedBreakdowns"]}
    told = document["fulfillment"]
    return AmazonItem(
        item_id=document["orderItemId"],
        quantity_ordered=document["quantityOrdered"],
        quantity_shipped=told["quantityFulfilled"],
        quantity_unshipped=told["quantityUnfulfilled"],
        details=details or None,
        **columns,
    )


def minor(amount: dict[str, str]) -> int:
    return int(amount["amount"].replace(".", ""))


def document_of(country: str, lines: list[tuple[Charges, int, int]]) -> dict[str, Any]:
    marketplace, currency = MARKETPLACES[country]
    return {
        "orderId": "1",
        "salesChannel": {"marketplaceId": marketplace},
        "proceeds": {"grandTotal": money(0, currency)},
        "fulfillment": {"fulfillmentStatus": "PARTIALLY_SHIPPED"},
        "orderItems": [
            {
                "orderItemId": f"i{at}",
                "quantityOrdered": ordered,
                "proceeds": item_proceeds(charges, currency),
                "fulfillment": {"quantityFulfilled": sent, "quantityUnfulfilled": ordered - sent},
            }
            for at, (charges, ordered, sent) in enumerate(lines)
        ],
    }


@st.composite
def sold(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    country = draw(st.sampled_from(sorted(MARKETPLACES)))
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        price, shipping = draw(st.integers(1, 9999)), draw(st.integers(0, 999))
        charges = Charges(
            item=price,
            shipping=shipping,
            gift_wrap=draw(st.integers(0, 300)),
            discount=draw(st.integers(0, price // 2)),
            shipping_discount=draw(st.integers(0, shipping)),
            tax_rate=draw(st.integers(0, 2000)) if country == "US" else 0,
        )
        ordered = draw(st.integers(1, 5))
        lines.append((charges, ordered, draw(st.integers(0, ordered))))
    return country, document_of(country, lines)


ORDER = AmazonOrder(amazon_status=SHIPPED)
AMOUNTS = st.tuples(st.integers(0, 3), st.integers(-200, 6000), st.integers(0, 900))


@settings(max_examples=rounds(500))
@given(sold(), st.lists(st.tuples(st.lists(AMOUNTS, max_size=2), st.integers(-300, 3000)), max_size=6))
def test_amazon_takes_every_refund_and_it_comes_to_the_memos_total(
    case: tuple[str, dict[str, Any]], memos: list[tuple[list[tuple[int, int, int]], int]]
) -> None:
    country, document = case
    amazon = open_account(document, seller="demo", posted=0)
    ours = {}
    for one in document["orderItems"]:
        paid = charged(item_of(one), status=AmazonOrderStatus.PARTIALLY_SHIPPED, country=country)
        assert paid == {name: amount for name, amount in amazon.paid(one["orderItemId"]).items() if amount}
        ours[one["orderItemId"]] = Account(paid, {})
    for lines, besides in memos:
        wanted = [
            Wanted(item_id=f"i{at}", sku="MUG", goods=goods, shipping=shipping)
            for at, goods, shipping in {line[0]: line for line in lines}.values()
        ]
        total = sum(one.goods + one.shipping for one in wanted) + besides
        shipping = sum(one.shipping for one in wanted) + max(0, besides) // 2
        working = {item_id: Account(dict(one.paid), dict(one.given)) for item_id, one in ours.items()}
        try:
            found = components_of(ORDER, working, wanted, total=Money(total, "JPY"), shipping=shipping)
        except ActionNotAllowed:
            left = sum(one.left for one in ours.values())
            too_much = any(
                one.item_id not in ours or one.goods + one.shipping > ours[one.item_id].left for one in wanted
            )
            assert total <= 0 or too_much or total > left
            continue
        assert sum(sum(parts.values()) for parts in found.values()) == total
        assert all(sum(parts.values()) > 0 for parts in found.values())
        refunded = [RefundedItem(item_id=item_id, reason="Other", parts=parts) for item_id, parts in found.items()]
        amazon.demand_left(refunded)
        for item_id, parts in found.items():
            ours[item_id].add(parts)
        amazon.refunds.append(refund_of(refunded))


def refund_of(items: list[RefundedItem]) -> Any:
    return Refund(feed_id="1", message=1, posted=0, items=items)


def test_a_line_that_gives_nothing_back_is_not_told() -> None:
    accounts = {"i0": Account({"Principal": 100}, {}), "i1": Account({"Principal": 100}, {})}
    wanted = [
        Wanted(item_id="i0", sku="MUG", goods=0, shipping=0),
        Wanted(item_id="i1", sku="PEN", goods=40, shipping=0),
    ]
    assert components_of(ORDER, accounts, wanted, total=Money(40, "EUR"), shipping=0) == {"i1": {"Principal": 40}}


def test_a_refund_of_too_much_says_how_much_amazon_can_give_back() -> None:
    mug = Wanted(item_id="i0", sku="MUG", goods=1106, shipping=0)
    accounts = {"i0": Account({"Principal": 1905}, {"Principal": 800})}
    with pytest.raises(ActionNotAllowed) as refused:
        components_of(ORDER, accounts, [mug], total=Money(1106, "USD"), shipping=0)
    assert refused.value.message == (
        "Amazon charged the buyer for what has left only: of MUG it can give back 11.05 USD, and 11.06 USD is asked "
        "for. Ask for no more, or make the credit memo without telling Amazon."
    )
    some_stays = AmazonOrder(amazon_status=AmazonOrderStatus.PARTIALLY_SHIPPED)
    with pytest.raises(ActionNotAllowed) as refused:
        components_of(some_stays, accounts, [], total=Money(1106, "USD"), shipping=0)
    assert "of the order it can give back 11.05 USD, and 11.06 USD is asked for." in refused.value.message
    assert refused.value.message.endswith("; what has not left is canceled with cancelRest.")
    with pytest.raises(ActionNotAllowed, match=r"of PEN it can give back 0.00 USD"):
        components_of(
            ORDER, {}, [Wanted(item_id="", sku="PEN", goods=1, shipping=0)], total=Money(1, "USD"), shipping=0
        )


def test_what_a_memo_lowers_of_the_goods_is_taken_from_the_shipping_it_gives_back() -> None:
    accounts = {"i0": Account({"Principal": 100, "Shipping": 50}, {})}
    wanted = [Wanted(item_id="i0", sku="MUG", goods=-10, shipping=50)]
    assert components_of(ORDER, accounts, wanted, total=Money(40, "EUR"), shipping=50) == {"i0": {"Shipping": 40}}


def test_shipping_comes_out_of_shipping_and_goods_out_of_the_rest_in_proportion() -> None:
    paid = {"Principal": 1000, "Tax": 100, "Shipping": 200, "ShippingTax": 20}
    assert give_back(paid, {}, goods=550, shipping=100) == {"Shipping": 100, "Principal": 500, "Tax": 50}
    assert give_back(paid, {}, goods=0, shipping=210) == {"Shipping": 200, "ShippingTax": 10}
    assert give_back(paid, {"Principal": 900}, goods=300, shipping=0) == {"Principal": 100, "Tax": 100, "Shipping": 100}
    assert give_back(paid, {"Principal": 1000, "RestockingFee": -50}, goods=100, shipping=0) == {"Tax": 100}
    assert give_back({"Principal": 10}, {"Principal": 10, "RestockingFee": -5}, goods=5, shipping=0) == {"Goodwill": 5}


def test_without_details_all_tax_is_on_the_goods_and_without_parts_all_is_the_price() -> None:
    plain = AmazonItem(quantity_ordered=1, quantity_shipped=1, price_minor=100, shipping_minor=20, tax_minor=12)
    assert charged(plain, status=SHIPPED, country="US") == {"Principal": 100, "Shipping": 20, "Tax": 12}
    assert charged(plain, status=SHIPPED, country="DE") == {"Principal": 112, "Shipping": 20}
    assert charged(AmazonItem(quantity_ordered=1, quantity_shipped=1, total_minor=7), status=SHIPPED, country="DE") == {
        "Principal": 7
    }


@pytest.mark.parametrize(
    ("status", "shipped", "unshipped", "units"),
    [("SHIPPED", 0, None, 3), ("SHIPPED", 0, 1, 2), ("SHIPPED", 2, 0, 2), ("PARTIALLY_SHIPPED", 0, None, 0)],
)
def test_amazon_may_say_by_the_status_alone_that_all_has_left(
    status: str, shipped: int, unshipped: int | None, units: int
) -> None:
    item = AmazonItem(quantity_ordered=3, quantity_shipped=shipped, quantity_unshipped=unshipped, price_minor=300)
    assert sum(charged(item, status=AmazonOrderStatus(status), country="DE").values()) == 100 * units


def test_every_reason_of_a_person_has_a_word_that_amazon_knows() -> None:
    assert set(REASONS) == {reason.value for reason in BY_PERSON}
    assert set(REASONS.values()) <= AMAZONS
