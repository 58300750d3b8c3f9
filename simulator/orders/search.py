"""The search for orders: what is wanted, and one page of what is found, without looking at the rest."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from simulator.marketplaces import FIRST_MARKETPLACE, MARKETPLACES
from simulator.orders.book import Group, Key, OrderBook, SimulatedOrder

EVER: Final = -(10**15)  # before any moment that a date can name


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a caller looks for; both bounds are inclusive, and an absent list allows everything."""

    seller: str
    family: str  # by creation or by last update
    after: int
    before: int
    statuses: AbstractSet[str] | None = None
    marketplace_ids: AbstractSet[str] | None = None
    fulfilled_by: AbstractSet[str] | None = None

    def start(self) -> Key:
        """Return the key just before the first order that can be found."""
        return (self.after, "")

    def wants(self, group: Group) -> bool:
        """Say whether the orders of a group are among what is looked for."""
        return (
            (self.statuses is None or group.status in self.statuses)
            and (self.marketplace_ids is None or group.marketplace_id in self.marketplace_ids)
            and (self.fulfilled_by is None or group.fulfilled_by in self.fulfilled_by)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search; ``last`` is the key to go on from, if more follows."""

    orders: list[SimulatedOrder]
    last: Key | None
    looked_at: int


def is_served(order: SimulatedOrder, *, now: int) -> bool:
    """Say whether Amazon still serves the order; a loaded one is served whatever its age."""
    return order.created >= _oldest(order.group, now=now)


def walk(book: OrderBook, search: Search, *, start: Key, now: int) -> Iterator[SimulatedOrder]:
    """Walk all that is looked for after the start, ordered by time and then by id.

    The index knows what is filtered by, so nothing else is looked at. Orders that Amazon serves no longer come too:
    those that were last updated since, which ``is_served`` sorts out.
    """

    def start_in(group: Group) -> Key | None:
        return max(start, (_oldest(group, now=now), "")) if search.wants(group) else None

    for order in book.after(seller=search.seller, family=search.family, key=start, start=start_in):
        if order.key(search.family)[0] > search.before:
            return
        yield order


def find_page(
    book: OrderBook,
    search: Search,
    *,
    start: Key,
    limit: int,
    now: int,
    hidden: Callable[[SimulatedOrder], bool] | None = None,
) -> Found:
    """Return up to so many orders after the start, ordered by time and then by id; none that is hidden."""
    orders: list[SimulatedOrder] = []
    looked_at = 0
    for order in walk(book, search, start=start, now=now):
        looked_at += 1
        if not is_served(order, now=now) or (hidden is not None and hidden(order)):
            continue
        if len(orders) == limit:
            return Found(orders, orders[-1].key(search.family), looked_at)
        orders.append(order)
    return Found(orders, None, looked_at)


def _oldest(group: Group, *, now: int) -> int:
    """Return the creation time from which orders of a group are served; no order is updated before its creation."""
    if group.is_verbatim:
        return EVER
    return MARKETPLACES.get(group.marketplace_id or "", MARKETPLACES[FIRST_MARKETPLACE]).oldest_order(now)
