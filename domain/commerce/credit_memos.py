"""Credit memos: money given back on paper."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.commerce.numbers import Numbered, take_numbers
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo, Document, DocumentLine


async def refund_everything(
    connection: BaseDBAsyncClient,
    *,
    order: CommerceOrder,
    lines: Sequence[CommerceOrderLine],
    reason: str,
    restocked: bool = False,
    now: datetime,
) -> CreditMemo | None:
    """Give back whatever of an order is invoiced and not refunded; None if nothing is left.

    `restocked` says whether goods of the order are free for others again. A memo's line amounts leave shipping out;
    shipping and what belongs to no line stand in columns of their own.
    """
    left = [(line, line.quantity_invoiced - line.quantity_refunded) for line in lines]
    left = [(line, quantity) for line, quantity in left if quantity > 0]
    total = order.total_minor - order.refunded_minor
    if not left and total == 0:
        return None
    refunded = await _refunded_before(order)
    amounts = {line.id: line.total_minor - line.shipping_minor - refunded[line.id] for line, _ in left}
    shipping = order.shipping_minor - sum(memo.shipping_minor for memo in await CreditMemo.filter(order_id=order.id))
    numbers = await take_numbers(connection, store_view=order.store_view, kind=Numbered.CREDIT_MEMO, count=1)
    memo = await CreditMemo.create(
        order_id=order.id,
        account_id=order.account_id,
        store_view=order.store_view,
        number=numbers[0],
        currency=order.currency,
        shipping_minor=shipping,
        adjustment_minor=total - shipping - sum(amounts.values()),
        total_minor=total,
        reason=reason,
        restocked=restocked,
        created_at=now,
    )
    await DocumentLine.bulk_create([_line(memo, line, quantity, amounts[line.id]) for line, quantity in left])
    await _count(order, left)
    return memo


async def _refunded_before(order: CommerceOrder) -> defaultdict[int, int]:
    memos = await CreditMemo.filter(order_id=order.id).values_list("id", flat=True)
    earlier = await DocumentLine.filter(document=Document.CREDIT_MEMO, document_id__in=list(memos))
    refunded: defaultdict[int, int] = defaultdict(int)
    for line in earlier:
        refunded[line.line_id] += line.amount_minor or 0
    return refunded


def _line(memo: CreditMemo, line: CommerceOrderLine, quantity: int, amount: int) -> DocumentLine:
    return DocumentLine(
        document=Document.CREDIT_MEMO,
        document_id=memo.id,
        account_id=memo.account_id,
        line_id=line.id,
        quantity=quantity,
        amount_minor=amount,
    )


async def _count(order: CommerceOrder, left: Sequence[tuple[CommerceOrderLine, int]]) -> None:
    for line, quantity in left:
        line.quantity_refunded += quantity
        await line.save(update_fields=["quantity_refunded"])
    order.refunded_minor = order.total_minor
    order.version += 1
    await order.save(update_fields=["refunded_minor", "version"])
