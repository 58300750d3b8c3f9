"""The account of one order: charges for what was sent, refunds of them, and what is left to refund."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from simulator.finances.charges import Parts, currency_of, due_for, includes_tax, parts_of, sent_units
from simulator.orders.documents import Document, marketplace_of

# Components that take from what was paid for the line as a whole, for nothing was paid under their name.
WITHOUT_A_CAP: Final = frozenset({"Goodwill", "ExportCharge", "Other"})
DEDUCTIONS: Final = frozenset({"RestockingFee", "ReturnShipping"})  # they lower what the buyer gets back


class MoreThanPaid(Exception):
    """A refund would give back more than was paid for an item, in all or of one component."""

    def __init__(self, item_id: str, component: str | None) -> None:
        super().__init__(item_id, component)
        self.item_id = item_id
        self.component = component


class Charged(msgspec.Struct):
    """So many units of an order item, and what was charged for them."""

    units: int
    parts: Parts


class Charge(msgspec.Struct, kw_only=True):
    """What a buyer was charged at a moment, by order item."""

    posted: int
    items: dict[str, Charged]


class RefundedItem(msgspec.Struct, kw_only=True):
    """What is paid back for an order item; deductions are negative. The quantity multiplies nothing."""

    item_id: str
    reason: str
    parts: Parts
    quantity: int | None = None


class Refund(msgspec.Struct, kw_only=True):
    """One refund, and the message of the feed that asked for it."""

    feed_id: str
    message: int
    posted: int
    items: list[RefundedItem]


class Account(msgspec.Struct, kw_only=True):
    """All charges and refunds of an order."""

    seller: str
    marketplace_id: str | None
    currency: str
    charges: list[Charge] = msgspec.field(default_factory=list)
    refunds: list[Refund] = msgspec.field(default_factory=list)

    def units(self, item_id: str) -> int:
        """Return how many units of an item were charged."""
        return sum(charge.items[item_id].units for charge in self.charges if item_id in charge.items)

    def paid(self, item_id: str) -> Parts:
        """Return what was charged for an item."""
        return _sum(charge.items[item_id].parts for charge in self.charges if item_id in charge.items)

    def refunded(self, item_id: str) -> Parts:
        """Return what was paid back for an item."""
        return _sum(item.parts for refund in self.refunds for item in refund.items if item.item_id == item_id)

    def demand_left(self, items: Sequence[RefundedItem]) -> None:
        """Check that what is left of each item covers a refund, by component and in all. Raises MoreThanPaid."""
        for item in items:
            paid, refunded = self.paid(item.item_id), self.refunded(item.item_id)
            for component, amount in item.parts.items():
                is_capped = component not in WITHOUT_A_CAP | DEDUCTIONS
                if is_capped and amount + refunded.get(component, 0) > paid.get(component, 0):
                    raise MoreThanPaid(item.item_id, component)
            if sum(item.parts.values()) + sum(refunded.values()) > sum(paid.values()):
                raise MoreThanPaid(item.item_id, None)

    def charge(self, document: Document, *, posted: int) -> bool:
        """Charge for the units that were sent and not charged yet, and say whether there were any."""
        tax_included = includes_tax(document)
        charged: dict[str, Charged] = {}
        for item in document["orderItems"]:
            item_id, ordered = item["orderItemId"], item["quantityOrdered"]
            sent, before = sent_units(item, document), self.units(item_id)
            if sent > before:
                parts = parts_of(item, currency=self.currency, tax_included=tax_included)
                due, had = due_for(parts, sent, ordered), due_for(parts, before, ordered)
                charged[item_id] = Charged(sent - before, {name: due[name] - had[name] for name in due})
        if charged:
            self.charges.append(Charge(posted=posted, items=charged))
        return bool(charged)


def open_account(document: Document, *, seller: str, posted: int) -> Account:
    """Return the account of an order as it stands, all that was sent charged at once."""
    account = Account(seller=seller, marketplace_id=marketplace_of(document), currency=currency_of(document))
    account.charge(document, posted=posted)
    return account


def _sum(several: Iterable[Parts]) -> Parts:
    total: Parts = {}
    for parts in several:
        for name, amount in parts.items():
            total[name] = total.get(name, 0) + amount
    return total
