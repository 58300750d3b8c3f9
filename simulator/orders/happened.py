"""What happened to an order, told to everyone in the world who follows orders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder


class Kind(Enum):
    """What kind of thing happened."""

    PLACED = auto()  # a buyer placed it just now
    CHANGED = auto()  # anything in it changed, its status or not
    LOADED = auto()  # it was loaded as it is, new or over another


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One change of one order, after it was made."""

    kind: Kind
    order: SimulatedOrder
    at: int
    before: str | None  # the fulfillment status before; None for an order that was not there
    was_requested: bool = False  # whether the buyer had asked to cancel before
    awaited_invoice: bool = False  # whether v0 showed InvoiceUnconfirmed before
    packed_before: bytes | None = None  # the document before
