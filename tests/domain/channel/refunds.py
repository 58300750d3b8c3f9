"""Short ways to give money back on the stage, and the books that have to balance after it."""

from decimal import Decimal
from typing import Any, Final

from domain.amazon.records import AmazonOrder
from domain.channel.refund import RefundLine, RefundRequest, Rehearsed, refund_order, rehearse_refund
from domain.commerce.given_back import given_back
from domain.commerce.mail_rules import Mailing
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo, Document, DocumentLine, Invoice
from domain.commerce.refund_reasons import RefundReason
from domain.commerce.refundable import refundables
from tests.domain.channel.stage import CLERK, Stage, commerce_of

_MONEY: Final = ("amount", "shipping", "adjustment_refund", "adjustment_fee")


def part(item_id: int, quantity: int = 0, amount: str | None = None, *, restock: bool | None = None) -> RefundLine:
    """Say how much of an item is given back."""
    exact = None if amount is None else Decimal(amount)
    return RefundLine(item_id=item_id, quantity=quantity, amount=exact, restock=restock)


def request(*parts: RefundLine, **values: Any) -> RefundRequest:
    """Say what is given back; without lines and an amount, all that is left."""
    exact = {name: Decimal(values.pop(name)) for name in _MONEY if name in values}
    lines: dict[str, Any] = {"lines": parts} if parts else {}
    return RefundRequest(**({"reason": RefundReason.BUYER_RETURN} | lines | exact | values))


async def refund(
    stage: Stage, order: AmazonOrder, wanted: RefundRequest, *, key: str = "r1", **arguments: Any
) -> CreditMemo:
    """Give back, as a clerk."""
    given: dict[str, Any] = {"expected_version": None, "now": stage.now, "mailing": Mailing()} | arguments
    return await refund_order(
        order_id=order.id, request=wanted, idempotency_key=key, actor=CLERK, sealer=stage.sealer, **given
    )


async def rehearse(stage: Stage, order: AmazonOrder, wanted: RefundRequest, **arguments: Any) -> Rehearsed:
    """Say what a refund would be."""
    given: dict[str, Any] = {"expected_version": None, "now": stage.now, "mailing": Mailing()} | arguments
    return await rehearse_refund(order_id=order.id, request=wanted, actor=CLERK, sealer=stage.sealer, **given)


async def memos_of(order: AmazonOrder) -> list[tuple[int, int, int, int]]:
    """Return total, shipping, adjustment and fee of an order's credit memos in minor units."""
    commerce, _ = await commerce_of(order)
    memos = await CreditMemo.filter(order_id=commerce.id).order_by("id")
    return [
        (memo.total_minor, memo.shipping_minor, memo.adjustment_minor + memo.adjustment_fee_minor,
         memo.adjustment_fee_minor)
        for memo in memos
    ]  # fmt: skip


async def check_books(order: AmazonOrder) -> None:
    """Check that no cent and no unit of an order's papers is lost or counted twice."""
    commerce, lines = await commerce_of(order)
    await _check_memos(commerce)
    await _check_lines(commerce, lines)
    assert commerce.paid_minor == sum(bill.total_minor for bill in await Invoice.filter(order_id=commerce.id))
    left = (await refundables([commerce], lines))[commerce.id]
    assert left.money == commerce.paid_minor - commerce.refunded_minor >= 0
    assert left.shipping >= sum(line.shipping for line in left.lines)
    if commerce.state == "CLOSED":
        assert left.money == 0


async def _check_memos(commerce: CommerceOrder) -> None:
    memos = await CreditMemo.filter(order_id=commerce.id)
    assert commerce.refunded_minor == sum(memo.total_minor for memo in memos) <= commerce.paid_minor
    assert 0 <= sum(memo.shipping_minor for memo in memos) <= commerce.shipping_minor
    for memo in memos:
        covered = await DocumentLine.filter(document=Document.CREDIT_MEMO, document_id=memo.id)
        goods, shipping = (sum(getattr(one, name) for one in covered) for name in ("amount_minor", "shipping_minor"))
        assert memo.total_minor == goods + memo.shipping_minor + memo.adjustment_minor >= 0
        assert 0 <= shipping <= memo.shipping_minor
        assert memo.adjustment_fee_minor >= 0
        assert memo.adjustment_minor + memo.adjustment_fee_minor >= 0


async def _check_lines(commerce: CommerceOrder, lines: list[CommerceOrderLine]) -> None:
    given = await given_back([commerce.id])
    memos = await CreditMemo.filter(order_id=commerce.id).values_list("id", flat=True)
    for line in lines:
        covered = await DocumentLine.filter(document=Document.CREDIT_MEMO, document_id__in=list(memos), line_id=line.id)
        assert sum(one.quantity for one in covered) == line.quantity_refunded <= line.quantity_invoiced
        assert 0 <= given[line.id].total <= line.total_minor
        assert 0 <= given[line.id].shipping <= line.shipping_minor
