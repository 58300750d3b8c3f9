"""Credit memos of any shape, one after the other, on any order: no cent and no unit is lost or given twice."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.channel.refund_input import RefundRequest, draw_up
from domain.commerce.credit_memos import MemoDraft
from domain.commerce.given_back import Given
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.commerce.refund_reasons import RefundReason
from domain.commerce.refundable import Refundable, refundable
from domain.errors import AmountTooLarge, DomainError
from tests.counted import IS_THOROUGH, rounds
from tests.domain.rules.refunds import advised, requests

MEMOS = 20  # in each of 510 walks: 10,200 steps
SUMS = ("price", "shipping", "gift_wrap", "tax", "discount", "other")


@dataclass
class Book:
    """An order with all that was given back of it, counted here as the database would."""

    order: CommerceOrder
    lines: list[CommerceOrderLine]
    given: dict[int, Given] = field(default_factory=lambda: defaultdict(Given))
    shipping: int = 0
    memos: list[MemoDraft] = field(default_factory=list)

    @property
    def left(self) -> Refundable:
        return refundable(self.order, self.lines, self.given, shipping=self.shipping)

    def issue(self, draft: MemoDraft) -> None:
        self.memos.append(draft)
        self.order.refunded_minor += draft.total
        self.shipping += draft.shipping
        for one in draft.lines:
            one.line.quantity_refunded += one.quantity
            self.given[one.line.id].goods += one.goods
            self.given[one.line.id].shipping += one.shipping

    def check(self) -> None:
        order = self.order
        assert order.refunded_minor == sum(memo.total for memo in self.memos) <= order.paid_minor
        assert sum(memo.shipping for memo in self.memos) <= max(0, order.shipping_minor)
        for line in self.lines:
            assert line.quantity_refunded <= line.quantity_invoiced
            assert 0 <= self.given[line.id].goods <= line.total_minor - line.shipping_minor
            assert 0 <= self.given[line.id].shipping <= line.shipping_minor


def line_of(at: int, quantity: int, amounts: dict[str, int]) -> CommerceOrderLine:
    columns = {f"{name}_minor": minor for name, minor in amounts.items()}
    return CommerceOrderLine(
        id=at, order_id=1, account_id=1, item_id=100 + at, position=at, sku=f"S{at}", title="", unit_price_minor=0,
        quantity_ordered=quantity, quantity_invoiced=quantity, total_minor=sum(amounts.values()), **columns,
    )  # fmt: skip


@st.composite
def books(draw: st.DrawFn, currency: str) -> Book:
    lines = []
    for at in range(draw(st.integers(1, 3))):
        price = draw(st.integers(1, 9999))
        amounts = dict.fromkeys(SUMS, 0) | {"price": price, "shipping": draw(st.integers(0, 999))}
        amounts |= {"tax": draw(st.integers(0, 500)), "discount": -draw(st.integers(0, price))}
        lines.append(line_of(at, draw(st.integers(1, 7)), amounts))
    sums = {f"{name}_minor": sum(getattr(line, f"{name}_minor") for line in lines) for name in SUMS}
    sums["subtotal_minor"] = sums.pop("price_minor")
    alone = draw(st.integers(0, 300))
    sums["shipping_minor"] += alone
    total = sum(sums.values()) + (extra := draw(st.integers(-min(sum(sums.values()), 200), 200)))
    sums["other_minor"] += extra
    order = CommerceOrder(id=1, currency=currency, total_minor=total, paid_minor=total, **sums)
    return Book(order, lines)


def follow_advice(book: Book, request: RefundRequest) -> MemoDraft | None:
    """Ask until the memo is drawn up; what a refusal says is left of one thing is never refused for that thing."""
    told: list[tuple[tuple[str, ...], int]] = []
    asked: RefundRequest | None = request
    while asked is not None:
        drawn = tried(book, asked)
        if isinstance(drawn, MemoDraft):
            return drawn
        if isinstance(drawn, AmountTooLarge):
            assert drawn.requested > drawn.available >= 0
            assert (drawn.path, drawn.available) not in told
            told.append((drawn.path, drawn.available))
        asked = advised(asked, drawn, book.order.currency)
    return None


def tried(book: Book, request: RefundRequest) -> MemoDraft | DomainError:
    try:
        return draw_up(request, book.left)
    except DomainError as refusal:
        return refusal


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
@settings(max_examples=170 if IS_THOROUGH else 8, deadline=None)
@given(data=st.data())
def test_memos_of_any_shape_balance_to_the_last_minor_unit(currency: str, data: st.DataObject) -> None:
    book = data.draw(books(currency))
    for request in data.draw(st.lists(requests(currency), min_size=MEMOS, max_size=MEMOS)):
        draft = follow_advice(book, request)
        if draft is None:
            continue
        assert 0 < draft.total <= book.left.money
        assert min(draft.shipping, draft.adjustment_refund, draft.adjustment_fee) >= 0
        assert sum(one.shipping for one in draft.lines) <= draft.shipping <= book.left.shipping
        book.issue(draft)
        book.check()
    if book.left.money > 0:
        book.issue(draw_up(RefundRequest(reason=RefundReason.OTHER), book.left))
        book.check()
        assert book.order.refunded_minor == book.order.paid_minor
        assert [line.quantity_refunded for line in book.lines] == [line.quantity_ordered for line in book.lines]
        goods = [line.total_minor - line.shipping_minor for line in book.lines]
        assert [book.given[line.id].goods for line in book.lines] == goods
        assert book.shipping == book.order.shipping_minor


@settings(max_examples=rounds(300), deadline=None)
@given(
    goods=st.integers(0, 10**6), units=st.integers(1, 12), parts=st.lists(st.integers(1, 5), min_size=1, max_size=12)
)
def test_parts_of_a_line_add_up_and_differ_by_rounding_alone(goods: int, units: int, parts: list[int]) -> None:
    amounts = dict.fromkeys(SUMS, 0) | {"price": goods, "shipping": 0}
    order = CommerceOrder(
        id=1, currency="EUR", total_minor=goods, paid_minor=goods, subtotal_minor=goods,
        **{f"{name}_minor": 0 for name in SUMS[1:]},
    )  # fmt: skip
    book, given_back = Book(order, [line_of(1, units, amounts)]), 0
    for part in parts:
        quantity = min(part, book.left.lines[0].quantity)
        if quantity == 0:
            break
        amount = book.left.lines[0].goods_of(quantity)
        assert abs(amount - Decimal(goods) * quantity / units) <= len(parts)
        book.given[1].goods += amount
        book.lines[0].quantity_refunded += quantity
        given_back += amount
    left = book.left.lines[0]
    assert given_back + left.goods == goods
    if left.quantity == 0:
        assert given_back == goods
