"""What sellers ask for in feeds: to cancel or acknowledge, to take note of a parcel, to refund or cancel in part.

Texts are as they were written; whoever carries a request out checks them against the order.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class NamedItem:
    """An order item as an acknowledgement names it."""

    item_code: str
    reason: str | None = None
    quantity: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a seller says about an order: that it will be shipped, or that it is cancelled."""

    order_id: str
    is_cancellation: bool
    items: tuple[NamedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedItem:
    """An order item in a parcel; without a quantity, all of it that is open."""

    item_code: str
    quantity: str | None = None
    transparency_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfillment:
    """A parcel that a seller handed over; without items, it holds all of the order that is open."""

    order_id: str
    reference: str | None = None  # the seller's number of the parcel; without one it is a new parcel
    shipped: str = ""
    carrier_code: str = ""
    carrier_name: str = ""
    shipping_method: str | None = None
    tracking_number: str = ""
    items: tuple[ShippedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """A part of an adjustment: of which kind, how much, in which currency."""

    kind: str
    amount: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedItem:
    """An order item as an adjustment names it."""

    item_code: str
    reason: str
    components: tuple[Component, ...] = ()
    quantity: str | None = None
    cancelled: str | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a seller pays back for an order, or which open units of it are cancelled."""

    order_id: str
    is_cancellation: bool
    items: tuple[AdjustedItem, ...]


Request: TypeAlias = Acknowledgement | Fulfillment | Adjustment
