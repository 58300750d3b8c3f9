"""What an order brings the seller: line prices, shipping, wrapping, tax and discounts that add up exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from simulator.amounts import money
from simulator.orders.documents import Document

IN_ORDER: Final = ("ITEM", "SHIPPING", "GIFT_WRAP", "TAX", "DISCOUNT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """The amounts of one order item, in minor units; each is for the whole line."""

    item: int
    shipping: int = 0
    gift_wrap: int = 0
    discount: int = 0
    tax_rate: int = 0  # hundredths of a percent on top; 0 where prices include the tax

    def parts(self) -> dict[str, dict[str, int]]:
        """Return each proceeds type with its subtypes; the sum of all is what the line brings."""
        parts = {"ITEM": {"": self.item}}
        if self.shipping:
            parts["SHIPPING"] = {"": self.shipping}
        if self.gift_wrap:
            parts["GIFT_WRAP"] = {"": self.gift_wrap}
        if self.tax_rate:
            parts["TAX"] = self._taxes()
        if self.discount:
            parts["DISCOUNT"] = {"ITEM": -self.discount}
        return parts

    def total(self) -> int:
        """Return what the line brings, in minor units."""
        return sum(sum(part.values()) for part in self.parts().values())

    def _taxes(self) -> dict[str, int]:
        taxed = {"ITEM": self.item - self.discount, "SHIPPING": self.shipping, "GIFT_WRAP": self.gift_wrap}
        return {
            name: (amount * self.tax_rate + 5_000) // 10_000
            for name, amount in taxed.items()
            if amount or name == "ITEM"
        }


def item_proceeds(charges: Charges, currency: str) -> Document:
    """Return the proceeds block of an order item."""
    return {
        "proceedsTotal": money(charges.total(), currency),
        "breakdowns": [_breakdown(kind, part, currency) for kind, part in charges.parts().items()],
    }


def order_proceeds(lines: Iterable[Charges], currency: str) -> Document:
    """Return the proceeds block of an order: each type summed over the items, and the grand total."""
    sums: dict[str, int] = {}
    for charges in lines:
        for kind, part in charges.parts().items():
            sums[kind] = sums.get(kind, 0) + sum(part.values())
    return {
        "grandTotal": money(sum(sums.values()), currency),
        "breakdowns": [{"type": kind, "subtotal": money(sums[kind], currency)} for kind in IN_ORDER if kind in sums],
    }


def _breakdown(kind: str, part: dict[str, int], currency: str) -> Document:
    breakdown: Document = {"type": kind, "subtotal": money(sum(part.values()), currency)}
    if kind in ("TAX", "DISCOUNT"):
        breakdown["detailedBreakdowns"] = [
            {"subtype": subtype, "value": money(amount, currency)} for subtype, amount in part.items()
        ]
    return breakdown
