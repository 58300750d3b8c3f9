"""The simulated world: its time, its sellers, its orders, and all that happens to them."""

import uuid
from collections.abc import Callable
from typing import Any, Final

from simulator import happenings
from simulator.access.grants import Grants
from simulator.access.tokens import AccessTokens
from simulator.agenda import Agenda
from simulator.cast.catalog import draw_catalog
from simulator.cast.people import Crowd
from simulator.cast.sellers import FIRST_SELLER, Seller
from simulator.chance import digest
from simulator.clock import SimulatedClock
from simulator.faults.rules import Faults
from simulator.feeds.queue import Feeds
from simulator.finances.ledger import Ledger
from simulator.journal import Journal
from simulator.keeping import keep_world, restore_world
from simulator.listings.offers import Offers
from simulator.notifications.hub import Notifications
from simulator.options import Options
from simulator.orders import disclosure, lifecycle, progress
from simulator.orders.arrivals import Stream
from simulator.orders.book import OrderBook, SimulatedOrder
from simulator.orders.documents import Document, status_of
from simulator.orders.happened import Happened, Kind
from simulator.orders.notes import Notes
from simulator.reports.queue import Reports
from simulator.storage.documents import StoredDocuments
from simulator.throttling import Quotas

DEFAULT_SEED: Final = "1"


class World:
    """One run of the simulation. The same seed, clock and requests make the same world again.

    A reset leaves the clock and the options as they are.
    """

    def __init__(self, *, clock: SimulatedClock, seed: str = DEFAULT_SEED, options: Options | None = None) -> None:
        self.clock = clock
        self.options = options or Options()
        self.reset(seed=seed)

    def reset(self, *, seed: str | None = None) -> None:
        """Begin anew with the seller demo and no orders; the clock goes on."""
        if seed is not None:
            self.seed = seed
        self.book = OrderBook()
        self.notes = Notes()
        self.agenda = Agenda()
        self.crowd = Crowd(self.seed)
        self.sellers: dict[str, Seller] = {}
        self.tokens = AccessTokens(self.seed)
        self.quotas = Quotas()
        self.journal = Journal(began=self.clock.milliseconds())
        self.feeds = Feeds(self.seed)
        self.documents = StoredDocuments(self.seed)
        self.grants = Grants()
        self.ledger = Ledger()
        self.offers = Offers(self.seed)
        self.reports = Reports(self.seed)
        self.notifications = Notifications(self.seed)
        self.faults = Faults(self.seed)
        self.streams: list[Stream] = []
        self.orders_drafted = 0
        self._requests = 0
        self.welcome(FIRST_SELLER)

    def keep(self) -> dict[str, Any]:
        """Return a snapshot of everything."""
        return keep_world(self)

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Become the world of a snapshot, or stay as it is. Raises BrokenSnapshot."""
        restore_world(self, snapshot)

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

    def change(
        self, order: SimulatedOrder, change: Callable[[Document], object], *, at: int, is_update: bool = True
    ) -> None:
        """Change an order, plan what follows from it, and tell. Raises what the change raises.

        A change that is no update leaves the time of the last update where it is.
        """
        before, was_requested, packed_before = order.status, order.is_requested, order.packed
        awaited_invoice = order.awaits_invoice

        def and_forget(document: Document) -> None:
            change(document)
            if before in disclosure.UNPAID and status_of(document) == "CANCELLED":
                disclosure.withhold_until_paid(document)
            if self.options.zeroes_cancelled:
                lifecycle.forget_cancelled(document)

        self.book.change(order, and_forget, at=at if is_update else order.updated)
        if order.status != before:
            progress.plan(self, order, at=at)
        self.tell(
            Happened(
                kind=Kind.CHANGED,
                order=order,
                at=at,
                before=before,
                was_requested=was_requested,
                awaited_invoice=awaited_invoice,
                packed_before=packed_before,
            )
        )

    def tell(self, happened: Happened) -> None:
        """Tell everyone who follows orders."""
        self.faults.hear(happened)
        self.ledger.hear(happened)
        self.offers.hear(self, happened)
        self.notifications.hear(self, happened)

    def next_request_id(self) -> str:
        """Return the id of the next request, which the seed and the count of requests decide."""
        self._requests += 1
        return str(uuid.UUID(bytes=digest(self.seed, "request", self._requests)[:16], version=4))
