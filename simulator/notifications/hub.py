"""Who is told of what: destinations, subscriptions, queues, and the messages under way."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from simulator.chance import digest
from simulator.notifications import sending
from simulator.notifications.destinations import Destination
from simulator.notifications.expressions import read_expression
from simulator.notifications.outbox import LONGEST, Notification
from simulator.notifications.queues import Queue
from simulator.notifications.subscriptions import Subscription

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.orders.happened import Happened
    from simulator.world import World


class State(msgspec.Struct, kw_only=True):
    """All that a snapshot keeps; everything is in the order in which it came about."""

    made: int = 0  # ids given out
    destinations: dict[str, Destination] = msgspec.field(default_factory=dict)
    subscriptions: dict[str, Subscription] = msgspec.field(default_factory=dict)
    notifications: dict[str, Notification] = msgspec.field(default_factory=dict)
    queues: dict[str, Queue] = msgspec.field(default_factory=dict)
    pushes: dict[str, str] = msgspec.field(default_factory=dict)  # URL by destination id; "" stands for all others
    parcels: list[tuple[str, int]] = msgspec.field(default_factory=list)  # deliveries to be pushed now
    held: dict[str, list[tuple[str, int]]] = msgspec.field(default_factory=dict)  # by subscription, to be overtaken


class Notifications:
    """All destinations, subscriptions, queues and messages of the world."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._become(State())

    def hear(self, world: World, happened: Happened) -> None:
        """Tell the subscribers what happened to an order."""
        if happened.order.seller in self._by_seller:
            sending.announce(world, self, happened)

    def befall(self, world: World, timer: Timer) -> None:
        """Deliver the message that a timer was set for."""
        sending.deliver(world, self, timer)

    def keep(self) -> Any:
        """Return everything."""
        return msgspec.to_builtins(self.state)

    def restore(self, kept: Any) -> None:
        """Become what was kept. Raises ValueError or msgspec.ValidationError."""
        self._become(msgspec.convert(kept, State))

    def new_id(self, kind: str) -> str:
        """Return an id that the seed and the count of ids decide."""
        self.state.made += 1
        return self.id_of(kind, self.state.made)

    def id_of(self, *purpose: str | int) -> str:
        """Return the id that belongs to a purpose."""
        return str(uuid.UUID(bytes=digest(self._seed, "notifications", *purpose)[:16], version=4))

    def destinations_of(self, client_id: str) -> Iterator[Destination]:
        """Walk an application's destinations, oldest first."""
        return (each for each in self.state.destinations.values() if each.client_id == client_id)

    def destination(self, destination_id: str, *, client_id: str) -> Destination | None:
        """Return a destination of an application, or nothing."""
        found = self.state.destinations.get(destination_id)
        return found if found is not None and found.client_id == client_id else None

    def subscribers(self, seller: str) -> list[Subscription]:
        """Return the subscriptions to changes at a seller, oldest first."""
        return [self.state.subscriptions[each] for each in self._by_seller.get(seller, ())]

    def subscribe(self, subscription: Subscription) -> None:
        """Take in a subscription."""
        self.state.subscriptions[subscription.subscription_id] = subscription
        self._by_seller.setdefault(subscription.seller, []).append(subscription.subscription_id)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Send nothing more to a subscription; what is under way still arrives."""
        del self.state.subscriptions[subscription.subscription_id]
        ids = self._by_seller[subscription.seller]
        ids.remove(subscription.subscription_id)
        if not ids:
            del self._by_seller[subscription.seller]

    def queue_of(self, destination: Destination) -> Queue | None:
        """Return the queue of a destination, if it has one that is still there."""
        return self.state.queues.get(destination.queue_key or "")

    def add_queue(self, *, name: str, account: str, region: str, at: int) -> Queue:
        """Return the queue of this name and account, new if there is none."""
        fresh = Queue(name=name, account=account, region=region, created=at)
        return self.state.queues.setdefault(fresh.key, fresh)

    def push_url(self, destination_id: str) -> str | None:
        """Return where what goes to a destination is pushed instead, if it is."""
        return self.state.pushes.get(destination_id, self.state.pushes.get(""))

    def note(self, notification: Notification) -> None:
        """Take in a notification, and forget the oldest that are over if there are too many."""
        notifications = self.state.notifications
        notifications[notification.notification_id] = notification
        while len(notifications) > LONGEST and next(iter(notifications.values())).is_over:
            del notifications[next(iter(notifications))]

    def _become(self, state: State) -> None:
        by_seller: dict[str, list[str]] = {}
        for subscription in state.subscriptions.values():
            if subscription.expression is not None:
                read_expression(subscription.expression)
            by_seller.setdefault(subscription.seller, []).append(subscription.subscription_id)
        self.state = state
        self._by_seller = by_seller
