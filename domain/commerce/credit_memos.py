"""Credit memos: money given back on paper."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.commerce.numbers import Numbered, take_numbers
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo, Document, DocumentLine

CANCELED_ON_AMAZON: Final = "CANCELED_ON_AMAZON"
"""The reason of the credit memo that ends an order which Amazon shows as canceled."""

QUANTITY_LOWERED: Final = "QUANTITY_LOWERED"
"""The reason of a credit memo of units that Amazon no longer lists."""


@dataclass(slots=True)
class Given:
    """What credit memos gave back of an order line, in minor units; goods are all of it but shipping.

    `unlisted` counts the units that were given back because Amazon no longer listed them.
    """

    goods: int = 0
    shipping: int = 0
    unlisted: int = 0

    @property
    def total(self) -> int:
        """Everything together."""
        return self.goods + self.shipping


async def given_back(order_ids: Collection[int]) -> defaultdict[int, Given]:
    """Return what was given back of the lines of these commerce orders, by line id."""
    given: defaultdict[int, Given] = defaultdict(Given)
    if not order_ids:
        return given
    reasons = dict(await CreditMemo.filter(order_id__in=list(order_ids)).values_list("id", "reason"))
    for line in await DocumentLine.filter(document=Document.CREDIT_MEMO, document_id__in=list(reasons)):
        given[line.line_id].goods += line.amount_minor or 0
        given[line.line_id].shipping += line.shipping_minor or 0
        given[line.line_id].unlisted += line.quantity if reasons[line.document_id] == QUANTITY_LOWERED else 0
    return given


async def canceled_orders(order_ids: Collection[int]) -> set[int]:
    """Return those of these commerce orders that were given back because Amazon showed them as canceled."""
    if not order_ids:
        return set()
    memos = await CreditMemo.filter(order_id__in=list(order_ids), reason=CANCELED_ON_AMAZON)
    return {memo.order_id for memo in memos}


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
    given = await given_back([order.id])
    rest = {line.id: left_of(line, given[line.id]) for line, _ in left}
    shipping = order.shipping_minor - sum(memo.shipping_minor for memo in await CreditMemo.filter(order_id=order.id))
    adjustment = total - shipping - sum(one.goods for one in rest.values())
    memo = await _store(
        connection,
        order=order,
        total=total,
        shipping=shipping,
        adjustment=adjustment,
        reason=reason,
        restocked=restocked,
        now=now,
    )
    await DocumentLine.bulk_create([_line(memo, line, quantity, rest[line.id]) for line, quantity in left])
    for line, quantity in left:
        await _count(line, quantity)
    return memo


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
    total = min(amount.total, order.total_minor - order.refunded_minor)
    memo = await _store(
        connection,
        order=order,
        total=total,
        shipping=amount.shipping,
        adjustment=total - amount.total,
        reason=reason,
        restocked=restocked,
        now=now,
    )
    await DocumentLine.bulk_create([_line(memo, line, quantity, amount)])
    await _count(line, quantity)
    return memo


def left_of(line: CommerceOrderLine, given: Given) -> Given:
    """Return what of a line's amount was not given back."""
    goods = line.total_minor - line.shipping_minor - given.goods
    return Given(goods=goods, shipping=line.shipping_minor - given.shipping)


async def _store(
    connection: BaseDBAsyncClient,
    *,
    order: CommerceOrder,
    total: int,
    shipping: int,
    adjustment: int,
    reason: str,
    restocked: bool,
    now: datetime,
) -> CreditMemo:
    numbers = await take_numbers(connection, store_view=order.store_view, kind=Numbered.CREDIT_MEMO, count=1)
    order.refunded_minor += total
    order.version += 1
    await order.save(update_fields=["refunded_minor", "version"])
    return await CreditMemo.create(
        order_id=order.id,
        account_id=order.account_id,
        store_view=order.store_view,
        number=numbers[0],
        currency=order.currency,
        shipping_minor=shipping,
        adjustment_minor=adjustment,
        total_minor=total,
        reason=reason,
        restocked=restocked,
        created_at=now,
    )


def _line(memo: CreditMemo, line: CommerceOrderLine, quantity: int, amount: Given) -> DocumentLine:
    return DocumentLine(
        document=Document.CREDIT_MEMO,
        document_id=memo.id,
        account_id=memo.account_id,
        line_id=line.id,
        quantity=quantity,
        amount_minor=amount.goods,
        shipping_minor=amount.shipping,
    )


async def _count(line: CommerceOrderLine, quantity: int) -> None:
    line.quantity_refunded += quantity
    await line.save(update_fields=["quantity_refunded"])
