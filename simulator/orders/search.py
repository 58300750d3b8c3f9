"""The search for orders: what is wanted, and one page of what is found, without looking at the rest."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from simulator.marketplaces import FIRST_MARKETPLACE, MARKETPLACES
from simulator.orders.book import OrderBook, SimulatedOrder


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

    def start(self) -> tuple[int, str]:
        """Return the key just before the first order that can be found."""
        return (self.after, "")

    def wants(self, order: SimulatedOrder, *, now: int) -> bool:
        """Say whether the order is among what is looked for; time bounds are not checked here."""
        return (
            (self.statuses is None or order.status in self.statuses)
            and (self.marketplace_ids is None or order.marketplace_id in self.marketplace_ids)
            and (self.fulfilled_by is None or order.fulfilled_by in self.fulfilled_by)
            and is_served(order, now=now)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search; ``last`` is the key to go on from, if more follows."""

    orders: list[SimulatedOrder]
    last: tuple[int, str] | None
    looked_at: int


def is_served(order: SimulatedOrder, *, now: int) -> bool:
    """Say whether Amazon still serves the order; a loaded one is served whatever its age."""
    marketplace = MARKETPLACES.get(order.marketplace_id or "", MARKETPLACES[FIRST_MARKETPLACE])
    return order.is_verbatim or order.created >= marketplace.oldest_order(now)


def find_page(
    book: OrderBook,
    search: Search,
    *,
    start: tuple[int, str],
    limit: int,
    now: int,
    hidden: Callable[[SimulatedOrder], bool] | None = None,
) -> Found:
    """Return up to so many orders after the start, ordered by time and then by id; none that is hidden."""
    orders: list[SimulatedOrder] = []
    looked_at = 0
    for order in book.after(seller=search.seller, family=search.family, key=start):
        if order.key(search.family)[0] > search.before:
            break
        looked_at += 1
        if not search.wants(order, now=now) or (hidden is not None and hidden(order)):
            continue
        if len(orders) == limit:
            return Found(orders, orders[-1].key(search.family), looked_at)
        orders.append(order)
    return Found(orders, None, looked_at)
