"""What can still be given back of an order: units, their amounts, shipping, and money in all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.commerce.given_back import Given, given_back, shipping_given
from domain.commerce.invoices import billed
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
    of_order: defaultdict[int, list[CommerceOrderLine]] = defaultdict(list)
    for line in lines:
        of_order[line.order_id].append(line)
    return {order.id: refundable(order, of_order[order.id], given, shipping=shipping[order.id]) for order in orders}


def refundable(
    order: CommerceOrder, lines: Sequence[CommerceOrderLine], given: Mapping[int, Given], *, shipping: int
) -> Refundable:
    """Return what is left of an order of which this was given back by line id, and so much of its shipping in all."""
    bill = billed(order, lines)
    return Refundable(
        order=order,
        lines=[_line_left(line, bill.lines[line.id], given[line.id]) for line in lines],
        shipping=max(0, bill.shipping - shipping),
        money=max(0, order.paid_minor - order.refunded_minor),
    )


def _line_left(line: CommerceOrderLine, amount: int, given: Given) -> LineLeft:
    shipping = share(line.shipping_minor, part=line.quantity_invoiced, of=line.quantity_ordered)
    return LineLeft(
        line=line,
        quantity=quantities(line).to_refund,
        goods=max(0, amount - shipping - given.goods),
        shipping=max(0, shipping - given.shipping),
    )
