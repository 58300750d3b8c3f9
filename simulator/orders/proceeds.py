"""What an order brings the seller: line prices, shipping, wrapping, tax and discounts that add up exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from simulator.amounts import money
from simulator.orders.documents import Document

IN_ORDER: Final = ("ITEM", "SHIPPING", "GIFT_WRAP", "COD_FEE", "OTHER", "TAX", "DISCOUNT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """The amounts of one order item, in minor units; each is for the whole line."""

    item: int
    shipping: int = 0
    gift_wrap: int = 0
    cod_fee: int = 0
    other: int = 0
    discount: int = 0
    shipping_discount: int = 0
    tax_rate: int = 0  # hundredths of a percent on top; 0 where prices include the tax

    def parts(self) -> dict[str, dict[str, int]]:
        """Return each proceeds type with its subtypes; the sum of all is what the line brings."""
        charged = self._charged()
        parts = {name: {"": amount} for name, amount in charged.items() if amount or name == "ITEM"}
        discounts = {"ITEM": self.discount, "SHIPPING": self.shipping_discount}
        if self.tax_rate:
            parts["TAX"] = self._taxes(charged, sum(discounts.values()))
        if any(discounts.values()):
            parts["DISCOUNT"] = {name: -amount for name, amount in discounts.items() if amount}
        return parts

    def total(self) -> int:
        """Return what the line brings, in minor units."""
        return sum(sum(part.values()) for part in self.parts().values())

    def _charged(self) -> dict[str, int]:
        return {
            "ITEM": self.item,
            "SHIPPING": self.shipping,
            "GIFT_WRAP": self.gift_wrap,
            "COD_FEE": self.cod_fee,
            "OTHER": self.other,
        }

    def _taxes(self, charged: dict[str, int], discount: int) -> dict[str, int]:
        taxes = {name: self._tax(amount) for name, amount in charged.items() if amount or name == "ITEM"}
        return taxes | ({"DISCOUNT": -self._tax(discount)} if discount else {})

    def _tax(self, amount: int) -> int:
        return (amount * self.tax_rate + 5_000) // 10_000


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
