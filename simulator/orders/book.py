"""All orders of the world, found by id and walked by seller, time, and what searches filter by."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from sys import intern
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from simulator.instants import wire_time
from simulator.orders.documents import (
    Common,
    Document,
    fulfilled_by,
    is_requested,
    marketplace_of,
    moment_of,
    pack,
    status_of,
    unpack,
)
from simulator.orders.kept import KeptBook, KeptOrder, entries, text
from simulator.sorted_keys import SortedKeys

CREATED: Final = "created"
LAST_UPDATED: Final = "lastUpdated"
FAMILIES: Final = (CREATED, LAST_UPDATED)
FOLDED_FROM: Final = 256  # orders; a smaller book keeps its documents as they are


Key: TypeAlias = tuple[int, str]


class Group(NamedTuple):
    """What a search filters by; the orders of a group have an index of their own."""

    status: str | None
    marketplace_id: str | None
    fulfilled_by: str | None
    is_verbatim: bool


class SimulatedOrder:
    """An order: its packed document, and beside it what is searched by."""

    __slots__ = (
        "_common", "_kept", "awaits_invoice", "created", "group", "is_delivered", "is_requested", "is_returned",
        "moved", "order_id", "seller", "updated",
    )  # fmt: skip
    group: Group
    moved: int

    def __init__(self, *, seller: str, document: Document, is_verbatim: bool) -> None:
        self._common: Common | None = None
        self.seller = intern(seller)
        self.order_id: str = document["orderId"]
        self.is_delivered = False
        self.is_returned = False
        self.awaits_invoice = False  # v0 shows InvoiceUnconfirmed, for which v2026-01-01 has no word
        self.write(document, is_verbatim=is_verbatim)

    @property
    def packed(self) -> bytes:
        """The document as JSON."""
        return self._kept if self._common is None else self._common.unfold(self._kept)

    @property
    def status(self) -> str | None:
        """The fulfillment status, which a loaded order may lack."""
        return self.group.status

    @property
    def marketplace_id(self) -> str | None:
        """The marketplace id, which a loaded order may lack."""
        return self.group.marketplace_id

    @property
    def fulfilled_by(self) -> str | None:
        """MERCHANT or AMAZON, which a loaded order may lack."""
        return self.group.fulfilled_by

    @property
    def is_verbatim(self) -> bool:
        """Whether the order is served just as it was loaded."""
        return self.group.is_verbatim

    def read(self) -> Document:
        """Return a fresh copy of the whole document."""
        return unpack(self.packed)

    def write(self, document: Document, *, is_verbatim: bool) -> None:
        """Replace the document; a verbatim one is served just as it was loaded."""
        created, updated = moment_of(document, "createdTime"), moment_of(document, "lastUpdatedTime")
        group = Group(status_of(document), marketplace_of(document), fulfilled_by(document), is_verbatim)
        self.is_requested = is_requested(document)
        packed = pack(document)
        self._kept = packed if self._common is None else self._common.fold(packed)
        self.created = created
        self.updated = created if updated == created else updated
        if not hasattr(self, "moved") or group.status != self.group.status:
            self.moved = self.updated  # when it came to its status, which is all that v0 calls an update
        self.group = group

    def fold(self, common: Common, folded: bytes | None = None) -> None:
        """Keep the document folded from now on; it may have been folded before."""
        self._kept = common.fold(self.packed) if folded is None else folded
        self._common = common

    def keep(self) -> KeptOrder:
        """Return the whole order."""
        return KeptOrder(
            self.seller,
            self.read() if self._common is None else text(self._kept),
            self.is_verbatim,
            self.is_delivered,
            self.is_returned,
            self.awaits_invoice,
            None if self.moved == self.updated else self.moved,
        )

    def key(self, family: str) -> Key:
        """Return the order's place among all orders by creation or by last update."""
        return (self.created if family == CREATED else self.updated, self.order_id)


class OrderBook:
    """The orders, with an index by time for each seller and group."""

    def __init__(self) -> None:
        self._orders: dict[str, SimulatedOrder] = {}
        self._keys: dict[tuple[str, str], dict[Group, SortedKeys]] = {}
        self._groups: dict[Group, Group] = {}
        self._common: Common | None = None

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[SimulatedOrder]:
        return iter(self._orders.values())

    def get(self, order_id: str) -> SimulatedOrder | None:
        """Return the order, or nothing."""
        return self._orders.get(order_id)

    def add(self, order: SimulatedOrder, *, folded: bytes | None = None) -> None:
        """Take in an order whose id is new."""
        self._orders[order.order_id] = order
        self._share(order)
        for family in FAMILIES:
            self._put_in(order.seller, family, order.group, order.key(family))
        if self._common is not None:
            order.fold(self._common, folded)
        elif len(self._orders) == FOLDED_FROM:
            self._fold()

    def load(self, *, seller: str, document: Document) -> SimulatedOrder:
        """Take in or replace an order that is served verbatim."""
        order = self._orders.get(document["orderId"])
        if order is None:
            order = SimulatedOrder(seller=seller, document=document, is_verbatim=True)
            self.add(order)
            return order
        self._rewrite(order, document, is_verbatim=True)
        order.moved = order.updated
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

    def after(
        self, *, seller: str, family: str, key: Key, start: Callable[[Group], Key | None] | None = None
    ) -> Iterator[SimulatedOrder]:
        """Walk a seller's orders by time, from the first one after the key, without looking at those before.

        ``start`` may give each group a key of its own to begin after, or leave the group out by giving none.
        """
        walks = []
        for group, keys in self._keys.get((seller, family), {}).items():
            first = key if start is None else start(group)
            if first is not None:
                walks.append(keys.after(first))
        for _, order_id in heapq.merge(*walks):
            yield self._orders[order_id]

    def keep(self) -> Any:
        """Return all orders."""
        sample = None if self._common is None else text(self._common.sample)
        return msgspec.to_builtins(KeptBook([order.keep() for order in self], sample))

    def restore(self, kept: Any) -> None:
        """Become what was kept. Raises ValueError or msgspec.ValidationError, which name the path."""
        book = msgspec.convert(kept, KeptBook)
        self._orders, self._keys, self._groups, self._common = {}, {}, {}, book.common()
        for one, document, folded in entries(book, self._common):
            order = SimulatedOrder(seller=one.seller, document=document, is_verbatim=one.is_verbatim)
            order.is_delivered, order.is_returned = one.is_delivered, one.is_returned
            order.awaits_invoice = one.awaits_invoice
            order.moved = order.updated if one.moved is None else one.moved
            self.add(order, folded=folded)

    def counts(self) -> Counter[str | None]:
        """Return how many orders there are of each status."""
        counts: Counter[str | None] = Counter()
        for group, keys in self._groups_of(CREATED):
            counts[group.status] += len(keys)
        return counts

    def newest(self, limit: int) -> list[SimulatedOrder]:
        """Return the orders that changed last, the latest first."""
        latest = (key for _, keys in self._groups_of(LAST_UPDATED) for key in keys.last(limit))
        return [self._orders[order_id] for _, order_id in heapq.nlargest(limit, latest)]

    def _groups_of(self, family: str) -> Iterator[tuple[Group, SortedKeys]]:
        return (one for (_, name), groups in self._keys.items() if name == family for one in groups.items())

    def _rewrite(self, order: SimulatedOrder, document: Document, *, is_verbatim: bool) -> None:
        before = [(order.group, order.key(family)) for family in FAMILIES]
        order.write(document, is_verbatim=is_verbatim)
        self._share(order)
        for family, (group, key) in zip(FAMILIES, before, strict=True):
            if (order.group, order.key(family)) != (group, key):
                self._take_out(order.seller, family, group, key)
                self._put_in(order.seller, family, order.group, order.key(family))

    def _put_in(self, seller: str, family: str, group: Group, key: Key) -> None:
        self._keys.setdefault((seller, family), {}).setdefault(group, SortedKeys()).add(key)

    def _take_out(self, seller: str, family: str, group: Group, key: Key) -> None:
        keys = self._keys[seller, family][group]
        keys.remove(key)
        if not keys:
            del self._keys[seller, family][group]

    def _share(self, order: SimulatedOrder) -> None:
        """Let all orders of a group hold the one and same."""
        order.group = self._groups.setdefault(order.group, order.group)

    def _fold(self) -> None:
        self._common = Common.of(order.packed for order in self)
        for order in self:
            order.fold(self._common)
