"""Credit memos: money given back on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.commerce.base_amounts import base_of_paper
from domain.commerce.given_back import Given
from domain.commerce.numbers import Numbered, take_numbers
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo, Document, DocumentLine
from domain.commerce.refundable import LineLeft, refundables


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoLine:
    """What a credit memo gives back of one line: units, and minor units; goods are all of the money but shipping."""

    line: CommerceOrderLine
    quantity: int
    goods: int
    shipping: int = 0

    @classmethod
    def of(cls, left: LineLeft) -> "MemoLine":
        """Return all that is left of a line."""
        return cls(line=left.line, quantity=left.quantity, goods=left.goods, shipping=left.shipping)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoDraft:
    """A credit memo about to be made, in minor units of its order's currency.

    Some of the shipping may belong to no line; the adjustments belong to none, and neither is negative.
    """

    order: CommerceOrder
    lines: Sequence[MemoLine]
    shipping: int
    adjustment_refund: int = 0
    adjustment_fee: int = 0
    reason: str
    note: str | None = None

    @property
    def goods(self) -> int:
        """What the lines come to without shipping."""
        return sum(line.goods for line in self.lines)

    @property
    def total(self) -> int:
        """What is given back in all."""
        return self.goods + self.shipping + self.adjustment_refund - self.adjustment_fee


def adjustments(net: int, *, fee: int = 0) -> tuple[int, int]:
    """Return an adjustment refund and fee that come to `net`, with a fee of at least this; neither is negative."""
    charged = max(fee, -net)
    return net + charged, charged


async def refund_everything(
    connection: BaseDBAsyncClient,
    *,
    order: CommerceOrder,
    lines: Sequence[CommerceOrderLine],
    reason: str,
    restocked: bool = False,
    now: datetime,
) -> CreditMemo | None:
    """Give back whatever of an order is paid and not refunded, and all units; None if nothing is left.

    `restocked` says whether goods of the order are free for others again. A memo's line amounts leave shipping out;
    shipping and what belongs to no line stand in columns of their own.
    """
    left = (await refundables([order], lines))[order.id]
    parts = [MemoLine.of(line) for line in left.lines if line.quantity or line.goods or line.shipping]
    if left.money == 0 and not any(part.quantity for part in parts):
        return None
    refund, fee = adjustments(left.money - left.shipping - left.goods)
    draft = MemoDraft(
        order=order, lines=parts, shipping=left.shipping, adjustment_refund=refund, adjustment_fee=fee, reason=reason
    )
    return await issue_memo(connection, draft, restocked=restocked, now=now)


async def refund_line(
    connection: BaseDBAsyncClient,
    *,
    order: CommerceOrder,
    line: CommerceOrderLine,
    quantity: int,
    amount: Given,
    reason: str,
    restocked: bool,
    now: datetime,
) -> CreditMemo:
    """Give back so many units of one line, or money alone (quantity 0), never more than is left of the order.

    Where the order as a whole cost less than its lines, the rest of that discount counts against the last of them.
    """
    total = min(amount.total, order.paid_minor - order.refunded_minor)
    refund, fee = adjustments(total - amount.total)
    draft = MemoDraft(
        order=order,
        lines=[MemoLine(line=line, quantity=quantity, goods=amount.goods, shipping=amount.shipping)],
        shipping=amount.shipping,
        adjustment_refund=refund,
        adjustment_fee=fee,
        reason=reason,
    )
    return await issue_memo(connection, draft, restocked=restocked, now=now)


async def issue_memo(connection: BaseDBAsyncClient, draft: MemoDraft, *, restocked: bool, now: datetime) -> CreditMemo:
    """Store a credit memo with its lines and the next number, and count it on the order and its lines."""
    order = draft.order
    numbers = await take_numbers(connection, store_view=order.store_view, kind=Numbered.CREDIT_MEMO, count=1)
    base_total = base_of_paper(order, before=order.refunded_minor, amount=draft.total)
    order.refunded_minor += draft.total
    order.version += 1
    await order.save(update_fields=["refunded_minor", "version"])
    memo = await CreditMemo.create(
        order_id=order.id,
        account_id=order.account_id,
        store_view=order.store_view,
        number=numbers[0],
        currency=order.currency,
        shipping_minor=draft.shipping,
        adjustment_minor=draft.adjustment_refund - draft.adjustment_fee,
        adjustment_fee_minor=draft.adjustment_fee,
        total_minor=draft.total,
        base_currency=order.base_currency,
        base_total_minor=base_total,
        reason=draft.reason,
        note=draft.note,
        restocked=restocked,
        created_at=now,
    )
    await DocumentLine.bulk_create([_document_line(memo, part) for part in draft.lines])
    for part in draft.lines:
        part.line.quantity_refunded += part.quantity
        await part.line.save(update_fields=["quantity_refunded"])
    return memo


def _document_line(memo: CreditMemo, part: MemoLine) -> DocumentLine:
    return DocumentLine(
        document=Document.CREDIT_MEMO,
        document_id=memo.id,
        account_id=memo.account_id,
        line_id=part.line.id,
        quantity=part.quantity,
        amount_minor=part.goods,
        shipping_minor=part.shipping,
    )
