"""What the credit memos of an order gave back so far, by its lines."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from domain.commerce.records import CommerceOrderLine, CreditMemo, Document, DocumentLine
from domain.commerce.refund_reasons import RefundReason

CANCELED_ON_AMAZON: Final = RefundReason.CANCELED_ON_AMAZON.value
"""The reason of the credit memo that ends an order which Amazon shows as canceled."""

QUANTITY_LOWERED: Final = RefundReason.QUANTITY_LOWERED.value
"""The reason of a credit memo of units that Amazon no longer lists."""

PRICE_LOWERED: Final = RefundReason.PRICE_LOWERED.value
"""The reason of a credit memo of money by which Amazon's amount of a line fell."""

REST_CANCELED: Final = RefundReason.REST_CANCELED.value
"""The reason of a credit memo of units that Amazon canceled because it was asked to."""

_FOLLOWING: Final = (CANCELED_ON_AMAZON, QUANTITY_LOWERED, PRICE_LOWERED, REST_CANCELED)


@dataclass(slots=True)
class Given:
    """What credit memos gave back of an order line, in minor units; goods are all of it but shipping.

    `unlisted` counts the units that were given back because Amazon no longer listed them; `by_person` is the money
    that somebody here decided on, which Amazon's own amounts need not show.
    """

    goods: int = 0
    shipping: int = 0
    unlisted: int = 0
    by_person: int = 0

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
        goods, shipping, reason = line.amount_minor or 0, line.shipping_minor or 0, reasons[line.document_id]
        of_line = given[line.line_id]
        of_line.goods += goods
        of_line.shipping += shipping
        of_line.unlisted += line.quantity if reason == QUANTITY_LOWERED else 0
        of_line.by_person += 0 if reason in _FOLLOWING else goods + shipping
    return given


async def shipping_given(order_ids: Collection[int]) -> defaultdict[int, int]:
    """Return how much of the shipping of these commerce orders was given back, by order id."""
    given: defaultdict[int, int] = defaultdict(int)
    for memo in await CreditMemo.filter(order_id__in=list(order_ids)):
        given[memo.order_id] += memo.shipping_minor
    return given


async def canceled_orders(order_ids: Collection[int]) -> set[int]:
    """Return those of these commerce orders that were given back because Amazon showed them as canceled."""
    if not order_ids:
        return set()
    memos = await CreditMemo.filter(order_id__in=list(order_ids), reason=CANCELED_ON_AMAZON)
    return {memo.order_id for memo in memos}


def left_of(line: CommerceOrderLine, given: Given) -> Given:
    """Return what of a line's amount was not given back."""
    goods = line.total_minor - line.shipping_minor - given.goods
    return Given(goods=goods, shipping=line.shipping_minor - given.shipping)
