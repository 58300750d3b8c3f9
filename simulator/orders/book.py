"""All orders of the world, found by id and walked by seller and time."""

from collections.abc import Callable, Iterator
from typing import Final

from simulator.instants import parse_time, to_milliseconds, wire_time
from simulator.orders.documents import (
    Document,
    fulfilled_by,
    is_requested,
    marketplace_of,
    pack,
    status_of,
    unpack,
)
from simulator.sorted_keys import SortedKeys

CREATED: Final = "created"
LAST_UPDATED: Final = "lastUpdated"


class SimulatedOrder:
    """An order: its packed document, and beside it what is searched by."""

    __slots__ = (
        "awaits_invoice", "created", "fulfilled_by", "is_delivered", "is_requested", "is_returned", "is_verbatim",
        "marketplace_id", "order_id", "packed", "seller", "status", "updated",
    )  # fmt: skip

    def __init__(self, *, seller: str, document: Document, is_verbatim: bool) -> None:
        self.seller = seller
        self.order_id: str = document["orderId"]
        self.is_delivered = False
        self.is_returned = False
        self.awaits_invoice = False  # v0 shows InvoiceUnconfirmed, for which v2026-01-01 has no word
        self.write(document, is_verbatim=is_verbatim)

    def read(self) -> Document:
        """Return a fresh copy of the whole document."""
        return unpack(self.packed)

    def write(self, document: Document, *, is_verbatim: bool) -> None:
        """Replace the document; a verbatim one is served just as it was loaded."""
        self.packed = pack(document)
        self.is_verbatim = is_verbatim
        self.marketplace_id = marketplace_of(document)
        self.status = status_of(document)
        self.fulfilled_by = fulfilled_by(document)
        self.is_requested = is_requested(document)
        self.created = _milliseconds(document["createdTime"])
        self.updated = _milliseconds(document["lastUpdatedTime"])

    def key(self, family: str) -> tuple[int, str]:
        """Return the order's place among all orders by creation or by last update."""
        return (self.created if family == CREATED else self.updated, self.order_id)


class OrderBook:
    """The orders, with an index by time for each seller."""

    def __init__(self) -> None:
        self._orders: dict[str, SimulatedOrder] = {}
        self._keys: dict[tuple[str, str], SortedKeys] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[SimulatedOrder]:
        return iter(self._orders.values())

    def get(self, order_id: str) -> SimulatedOrder | None:
        """Return the order, or nothing."""
        return self._orders.get(order_id)

    def add(self, order: SimulatedOrder) -> None:
        """Take in an order whose id is new."""
        self._orders[order.order_id] = order
        self._index(order)

    def load(self, *, seller: str, document: Document) -> SimulatedOrder:
        """Take in or replace an order that is served verbatim."""
        order = self._orders.get(document["orderId"])
        if order is None:
            order = SimulatedOrder(seller=seller, document=document, is_verbatim=True)
            self.add(order)
            return order
        self._rewrite(order, document, is_verbatim=True)
        order.is_delivered = order.is_returned = False
        return order

    def change(self, order: SimulatedOrder, change: Callable[[Document], object], *, at: int) -> None:
        """Change an order, which makes it live. Its last update never moves back.

        Whatever the change raises leaves the order as it was.
        """
        document = order.read()
        change(document)
        document["lastUpdatedTime"] = wire_time(max(at, order.updated))
        self._rewrite(order, document, is_verbatim=False)

    def after(self, *, seller: str, family: str, key: tuple[int, str]) -> Iterator[SimulatedOrder]:
        """Walk a seller's orders by time, from the first one after the key."""
        keys = self._keys.get((seller, family))
        for _, order_id in keys.after(key) if keys else ():
            yield self._orders[order_id]

    def _rewrite(self, order: SimulatedOrder, document: Document, *, is_verbatim: bool) -> None:
        for family in (CREATED, LAST_UPDATED):
            self._keys[order.seller, family].remove(order.key(family))
        order.write(document, is_verbatim=is_verbatim)
        self._index(order)

    def _index(self, order: SimulatedOrder) -> None:
        for family in (CREATED, LAST_UPDATED):
            self._keys.setdefault((order.seller, family), SortedKeys()).add(order.key(family))


def _milliseconds(text: str) -> int:
    moment = parse_time(text)
    if moment is None:
        raise ValueError(f"not a date and time of ISO 8601: {text}")
    return to_milliseconds(moment)
