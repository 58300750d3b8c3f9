"""What can still be given back of an order: units, their amounts, shipping, and money in all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.commerce.given_back import Given, given_back, left_of, shipping_given
from domain.commerce.orders import quantities
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.money import share


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLeft:
    """What of a line was billed and not given back: units, and minor units of the order's currency.

    Goods are all of the line's amount but shipping, tax included.
    """

    line: CommerceOrderLine
    quantity: int
    goods: int
    shipping: int

    def goods_of(self, quantity: int) -> int:
        """Return what so many of the units, at least one, come to; the last gets the rest: parts add up exactly."""
        return self.goods - share(self.goods, part=self.quantity - quantity, of=self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refundable:
    """An order with what is left of it; `money` is what was paid and not given back, whatever the parts come to."""

    order: CommerceOrder
    lines: Sequence[LineLeft]
    shipping: int
    money: int

    @property
    def goods(self) -> int:
        """What is left of all lines together, without shipping."""
        return sum(line.goods for line in self.lines)


async def refundables(orders: Sequence[CommerceOrder], lines: Iterable[CommerceOrderLine]) -> dict[int, Refundable]:
    """Return what is left of these commerce orders with these lines, by order id."""
    ids = [order.id for order in orders]
    given, shipping = await given_back(ids), await shipping_given(ids)
    of_order: defaultdict[int, list[LineLeft]] = defaultdict(list)
    for line in lines:
        of_order[line.order_id].append(_left(line, given[line.id]))
    return {
        order.id: Refundable(
            order=order,
            lines=of_order[order.id],
            shipping=max(0, order.shipping_minor - shipping[order.id]),
            money=max(0, order.paid_minor - order.refunded_minor),
        )
        for order in orders
    }


def _left(line: CommerceOrderLine, given: Given) -> LineLeft:
    left = left_of(line, given)
    unbilled = max(0, line.quantity_ordered - line.quantity_invoiced)
    goods = share(line.total_minor - line.shipping_minor, part=unbilled, of=line.quantity_ordered) if unbilled else 0
    return LineLeft(
        line=line,
        quantity=quantities(line).to_refund,
        goods=max(0, left.goods - goods),
        shipping=max(0, left.shipping),
    )
