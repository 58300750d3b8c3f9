"""Random walks of orders, with an onlooker who notes every change by looking, not by being told what it was."""

from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

import orjson

from simulator.clock import SimulatedClock
from simulator.instants import DAY, HOUR, SECOND
from simulator.notifications.destinations import Destination
from simulator.notifications.filters import ProcessingDirective
from simulator.notifications.subscriptions import Subscription
from simulator.orders import acting
from simulator.orders.book import SimulatedOrder
from simulator.orders.happened import Happened
from simulator.orders.lifecycle import NotAllowed, open_quantity
from simulator.orders.loading import load_orders
from simulator.orders.placing import Wish, place_order
from simulator.world import World

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
V0 = {
    "PENDING_AVAILABILITY": "PendingAvailability", "PENDING": "Pending", "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped", "SHIPPED": "Shipped", "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}  # fmt: skip
FOR_EVER = 10**9  # seconds: a walk takes longer than SQS keeps messages
BORN = ("PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED")
LOADED = ("102-0000001-0000001", "102-0000002-0000002")
Change = tuple[str, str, str]


class Watched(World):
    """A world whose changes are seen from outside: by comparing an order with how it looked last."""

    def reset(self, *, seed: str | None = None) -> None:
        self.seen: dict[str, tuple[str | None, bool]] = {}
        self.changes: list[Change] = []
        super().reset(seed=seed)

    def tell(self, happened: Happened) -> None:
        order = happened.order
        status, asked = look(order)
        before, had_asked = self.seen.get(order.order_id, (None, False))
        if status is not None and status != before:
            self.changes.append((order.order_id, "OrderStatusChange", status))
        if status is not None and asked and not had_asked:
            self.changes.append((order.order_id, "BuyerRequestedChange", status))
        self.seen[order.order_id] = (status, asked)
        super().tell(happened)


def look(order: SimulatedOrder) -> tuple[str | None, bool]:
    """How an order looks in its document and to v0."""
    document = order.read()
    status = document.get("fulfillment", {}).get("fulfillmentStatus")
    asked = any("cancellationRequest" in item.get("cancellation", {}) for item in document["orderItems"])
    return ("InvoiceUnconfirmed" if order.awaits_invoice else V0.get(status)), asked


def new_watched(seed: str) -> Watched:
    return Watched(clock=SimulatedClock(monotonic=lambda: 0.0, start=START), seed=seed)


def subscribe(world: World, name: str, seller: str = "demo", directive: Any = None) -> None:
    """Subscribe an application of this name, with a queue of this name."""
    hub, now = world.notifications, world.clock.milliseconds()
    queue = hub.add_queue(name=name, account="123456789012", region="us-east-1", at=now)
    queue.retention = FOR_EVER
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    hub.state.destinations[name] = Destination(destination_id=name, client_id=name, name=name, arn=arn)
    hub.subscribe(
        Subscription(
            subscription_id=name, number=1, client_id=name, seller=seller, notification_type="ORDER_CHANGE",
            payload_version="1.0", destination_id=name,
            directive=None if directive is None else ProcessingDirective(**directive),
        )
    )  # fmt: skip


def walk(world: World, random: Random, *, steps: int) -> None:
    """Let people, the seller, carriers, Amazon and time do this and that to orders."""
    world.welcome("other")
    for _ in range(steps):
        world.clock.advance(random.choice((0, 1, 60, 1_800, 4 * HOUR / SECOND, 2 * DAY / SECOND)))
        now = world.catch_up()
        orders = list(world.book)
        if len(orders) < 3 or random.random() < 0.15:
            _come(world, random, now)
        else:
            with suppress(NotAllowed):
                _happen(world, random.choice(orders), random, now)


def _come(world: World, random: Random, now: int) -> None:
    if random.random() < 0.3:
        order_id = random.choice(LOADED)
        load_orders(world, seller="demo", documents=[_document(order_id, random)], at=now)
        return
    party, seller = random.choice(("MERCHANT", "AMAZON")), random.choice(("demo", "demo", "other"))
    born = [status for status in BORN if party == "MERCHANT" or status != "PARTIALLY_SHIPPED"]
    place_order(world, Wish(seller=seller, fulfilled_by=party, status=random.choice(born)), at=now)


def _document(order_id: str, random: Random) -> dict[str, Any]:
    item: dict[str, Any] = {"orderItemId": "1", "quantityOrdered": 2, "product": {}}
    if random.random() < 0.5:
        item["cancellation"] = {"cancellationRequest": {"requester": "BUYER"}}
    order = {
        "orderId": order_id,
        "createdTime": "2026-10-30T10:00:00Z",
        "lastUpdatedTime": "2026-11-01T10:00:00Z",
        "salesChannel": {"channelName": "AMAZON"},
        "orderItems": [item],
    }
    status = random.choice((*BORN, None))
    return order if status is None else order | {"fulfillment": {"fulfillmentStatus": status}}


def _happen(world: World, order: SimulatedOrder, random: Random, now: int) -> None:
    act = random.choice(("pay", "cancel", "ask", "ship", "ship", "deliver", "await invoice", "confirm invoice"))
    match act:
        case "pay":
            acting.pay(world, order, at=now)
        case "cancel":
            acting.cancel(world, order, by=random.choice(("BUYER", "SELLER", "AMAZON")), reason=None, at=now)
        case "ask":
            acting.request_cancel(world, order, reason=None, at=now)
        case "ship":
            rest = [(each["orderItemId"], open_quantity(each)) for each in order.read()["orderItems"]]
            part = {name: random.randint(1, units) for name, units in rest if units > 0}
            is_part = bool(part) and order.fulfilled_by != "AMAZON" and random.random() < 0.6
            acting.ship(world, order, quantities=part if is_part else None, at=now)
        case "deliver":
            acting.deliver(world, order, at=now)
        case "await invoice":
            acting.await_invoice(world, order, at=now)
        case "confirm invoice":
            acting.confirm_invoice(world, order, at=now)


def received(world: World, name: str) -> list[dict[str, Any]]:
    """Take everything out of a queue."""
    queue, now = world.notifications.state.queues[f"123456789012/{name}"], world.catch_up()
    bodies = []
    while taken := queue.receive(most=10, hidden_for=0, now=now):
        for message in taken:
            queue.delete(message.message_id, received=message.received)
            bodies.append(orjson.loads(message.body))
    return bodies
