"""Amazon's amounts as an order's and a line's sums, exact to the minor unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.amazon.facts import Breakdown, BreakdownKind
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.channel.checks import AmountLine
from domain.money import Money

_COLUMN: Final = MappingProxyType(
    {
        BreakdownKind.ITEM: "price",
        BreakdownKind.SHIPPING: "shipping",
        BreakdownKind.GIFT_WRAP: "gift_wrap",
        BreakdownKind.TAX: "tax",
        BreakdownKind.DISCOUNT: "discount",
    }
)

_AS_ITEMS_KEEP_IT: Final = MappingProxyType({BreakdownKind.COD_FEE.value: BreakdownKind.OTHER})


@dataclass(slots=True)
class Sums:
    """What a line or an order comes to, by kind, in minor units; a discount is negative as Amazon gives it."""

    price: int = 0
    shipping: int = 0
    gift_wrap: int = 0
    tax: int = 0
    discount: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """Everything together."""
        return self.price + self.shipping + self.gift_wrap + self.tax + self.discount + self.other

    def add(self, part: Breakdown) -> None:
        """Add one part of the proceeds."""
        column = _COLUMN.get(part.kind, "other")
        setattr(self, column, getattr(self, column) + part.amount.minor)


def amount_line(item: AmazonItem) -> AmountLine:
    """Return what Amazon says an item comes to."""
    return AmountLine(
        item_id=item.id,
        total=_money(item.total_minor, item.currency),
        parts=_parts(item),
        quantity=item.quantity_ordered,
    )


def grand_total(order: AmazonOrder) -> Money | None:
    """Return Amazon's total of an order, None where it does not say one."""
    return _money(order.total_minor, order.currency)


def order_parts(order: AmazonOrder) -> tuple[Breakdown, ...]:
    """Return the parts that Amazon gives for the order as a whole; items keep a fee for cash on delivery as OTHER."""
    return tuple(
        Breakdown(_AS_ITEMS_KEEP_IT.get(kind, BreakdownKind(kind)), Money(minor, currency))
        for kind, minor, currency in order.breakdowns
    )


def line_sums(line: AmountLine) -> Sums:
    """Return a line's sums; without parts its whole total is the price."""
    sums = Sums()
    for part in line.parts:
        sums.add(part)
    if not line.parts and line.total:
        sums.price = line.total.minor
    return sums


def order_sums(lines: Sequence[Sums], alone: Iterable[Breakdown]) -> Sums:
    """Return an order's sums: of its lines, and of the parts that belong to the order alone."""
    sums = Sums(
        price=sum(line.price for line in lines),
        shipping=sum(line.shipping for line in lines),
        gift_wrap=sum(line.gift_wrap for line in lines),
        tax=sum(line.tax for line in lines),
        discount=sum(line.discount for line in lines),
        other=sum(line.other for line in lines),
    )
    for part in alone:
        sums.add(part)
    return sums


def _parts(item: AmazonItem) -> tuple[Breakdown, ...]:
    minors = {
        BreakdownKind.ITEM: item.price_minor,
        BreakdownKind.SHIPPING: item.shipping_minor,
        BreakdownKind.GIFT_WRAP: item.gift_wrap_minor,
        BreakdownKind.TAX: item.tax_minor,
        BreakdownKind.DISCOUNT: item.discount_minor,
        BreakdownKind.OTHER: item.other_minor,
    }
    currency = item.currency
    if currency is None:
        return ()
    return tuple(Breakdown(kind, Money(minor, currency)) for kind, minor in minors.items() if minor is not None)


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)
