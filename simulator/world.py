"""The simulated world: its time, its sellers, its orders, and all that happens to them."""

import uuid
from collections.abc import Callable
from typing import Final

from simulator import happenings
from simulator.access.tokens import AccessTokens
from simulator.agenda import Agenda
from simulator.cast.catalog import draw_catalog
from simulator.cast.people import Crowd
from simulator.cast.sellers import FIRST_SELLER, Seller
from simulator.chance import digest
from simulator.clock import SimulatedClock
from simulator.feeds.queue import Feeds
from simulator.journal import Journal
from simulator.orders import progress
from simulator.orders.arrivals import Stream
from simulator.orders.book import OrderBook, SimulatedOrder
from simulator.orders.documents import Document
from simulator.storage.documents import FeedDocuments
from simulator.throttling import Quotas

DEFAULT_SEED: Final = "1"


class World:
    """One run of the simulation. The same seed, clock and requests make the same world again.

    ``moves_packages`` lets packages travel by themselves, which moves the order's last update.
    """

    def __init__(self, *, clock: SimulatedClock, seed: str = DEFAULT_SEED, moves_packages: bool = True) -> None:
        self.clock = clock
        self.moves_packages = moves_packages
        self.reset(seed=seed)

    def reset(self, *, seed: str | None = None) -> None:
        """Begin anew with the seller demo and no orders; the clock goes on."""
        if seed is not None:
            self.seed = seed
        self.book = OrderBook()
        self.agenda = Agenda()
        self.crowd = Crowd(self.seed)
        self.sellers: dict[str, Seller] = {}
        self.tokens = AccessTokens(self.seed)
        self.quotas = Quotas()
        self.journal = Journal()
        self.feeds = Feeds(self.seed)
        self.feed_documents = FeedDocuments(self.seed)
        self.streams: list[Stream] = []
        self.orders_drafted = 0
        self._requests = 0
        self.welcome(FIRST_SELLER)

    def catch_up(self) -> int:
        """Let everything happen that is due by now, each at its own moment, and return the time."""
        now = self.clock.milliseconds()
        while (timer := self.agenda.take(until=now)) is not None:
            happenings.fire(self, timer)
        return now

    def welcome(self, name: str) -> Seller:
        """Return the seller of this name, new to Amazon if never seen before."""
        if name not in self.sellers:
            self.sellers[name] = Seller(name, draw_catalog(self.seed, name))
        return self.sellers[name]

    def revoke(self, name: str) -> None:
        """Take the application's permission to act for a seller. Raises KeyError."""
        self.sellers[name].is_revoked = True
        self.tokens.revoke(name)

    def change(self, order: SimulatedOrder, change: Callable[[Document], object], *, at: int) -> None:
        """Change an order and plan what follows from it. Raises what the change raises."""
        before = order.status
        self.book.change(order, change, at=at)
        if order.status != before:
            progress.plan(self, order, at=at)

    def next_request_id(self) -> str:
        """Return the id of the next request, which the seed and the count of requests decide."""
        self._requests += 1
        return str(uuid.UUID(bytes=digest(self.seed, "request", self._requests)[:16], version=4))
