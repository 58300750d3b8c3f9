"""How a notification travels: some seconds to its destination, at least once, in no order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from simulator import agenda
from simulator.chance import chance
from simulator.faults.rules import Effect
from simulator.instants import HOUR, MINUTE, SECOND
from simulator.notifications.messages import SHIPPING_ROLE, changes, compose, compose_payload
from simulator.notifications.outbox import Delivery, DeliveryState, Notification
from simulator.notifications.subscriptions import ORDER_CHANGE

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.notifications.hub import Notifications
    from simulator.notifications.subscriptions import Subscription
    from simulator.orders.documents import Document
    from simulator.orders.happened import Happened
    from simulator.world import World

WAITING: Final = (DeliveryState.HELD, DeliveryState.UNDER_WAY)
TRAVEL: Final = (1 * SECOND, 5 * SECOND)
HELD_AT_MOST: Final = 1 * HOUR  # one that is to be overtaken arrives then even if nothing follows
PUSHED_AGAIN_AFTER: Final = (5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 1 * HOUR)


def announce(world: World, hub: Notifications, happened: Happened) -> None:
    """Make one notification for each change and each subscription that wants it, and send it off."""
    told = changes(happened)
    order = happened.order
    if not told or world.sellers[order.seller].is_revoked:
        return
    document = order.read()
    for subscription in hub.subscribers(order.seller):
        if subscription.notification_type != ORDER_CHANGE:
            continue
        roles = world.grants.roles(client_id=subscription.client_id, seller=order.seller)
        for change_type in told:
            shows = SHIPPING_ROLE in roles
            payload = compose_payload(order, document, change_type, at=happened.at, shows_postal_code=shows)
            if subscription.wants(change_type, payload):
                _send(world, hub, _note(hub, subscription, payload, at=happened.at), at=happened.at)


def send_test(
    world: World, hub: Notifications, payload: Document, *, client_id: str, destination_id: str, at: int
) -> None:
    """Send a message that is about no order of this world."""
    notification_id = hub.new_id("notification")
    message = compose(
        payload,
        application_id=client_id,
        subscription_id=hub.id_of("test", destination_id),
        notification_id=notification_id,
        at=at,
    )
    told = payload["OrderChangeNotification"]
    notification = Notification(
        notification_id=notification_id,
        subscription_id=hub.id_of("test", destination_id),
        destination_id=destination_id,
        at=at,
        change_type=told["OrderChangeType"],
        status=told["Summary"]["OrderStatus"],
        body=orjson.dumps(message).decode(),
    )
    hub.note(notification)
    dispatch(world, hub, notification, at=at)


def dispatch(world: World, hub: Notifications, notification: Notification, *, at: int, late: int = 0) -> int:
    """Let the notification set out once more, and return when it arrives."""
    number = len(notification.deliveries)
    travel = chance(world.seed, "travel", notification.notification_id, number).randint(*TRAVEL)
    delivery = Delivery(due=at + travel + late)
    notification.deliveries.append(delivery)
    _await(world, notification, number)
    return delivery.due


def deliver(world: World, hub: Notifications, timer: Timer) -> None:
    """Hand over what is due: to the queue of its destination, or to those who push."""
    notification = hub.state.notifications.get(timer.subject)
    if notification is None or int(timer.detail) >= len(notification.deliveries):
        return
    delivery = notification.deliveries[int(timer.detail)]
    if delivery.due != timer.due or delivery.state not in WAITING:  # it was set anew
        return
    if delivery.state is DeliveryState.HELD:
        _let_go(hub, notification)
    destination = hub.state.destinations.get(notification.destination_id)
    queue = None if destination is None else hub.queue_of(destination)
    if destination is not None and hub.push_url(destination.destination_id) is not None:
        delivery.state = DeliveryState.POSTING
        hub.state.parcels.append((notification.notification_id, int(timer.detail)))
    elif queue is None:
        delivery.state = DeliveryState.DROPPED
    else:
        message_id = hub.id_of("message", notification.notification_id, timer.detail)
        queue.put(notification.body, message_id=message_id, at=timer.due)
        arrive(delivery, at=timer.due)


def arrive(delivery: Delivery, *, at: int) -> None:
    """Note that a delivery has reached its destination."""
    delivery.state, delivery.attempts, delivery.delivered = DeliveryState.DELIVERED, delivery.attempts + 1, at


def fail(world: World, notification: Notification, number: int, *, at: int) -> None:
    """Note that nobody took what was pushed, and try again later or give up."""
    delivery = notification.deliveries[number]
    delivery.attempts += 1
    if delivery.attempts > len(PUSHED_AGAIN_AFTER):
        delivery.state = DeliveryState.GIVEN_UP
        return
    delivery.state, delivery.due = DeliveryState.UNDER_WAY, at + PUSHED_AGAIN_AFTER[delivery.attempts - 1]
    _await(world, notification, number)


def _note(hub: Notifications, subscription: Subscription, payload: Document, *, at: int) -> Notification:
    notification_id = hub.new_id("notification")
    message = compose(
        payload,
        application_id=subscription.client_id,
        subscription_id=subscription.subscription_id,
        notification_id=notification_id,
        at=at,
    )
    told = payload["OrderChangeNotification"]
    notification = Notification(
        notification_id=notification_id,
        subscription_id=subscription.subscription_id,
        destination_id=subscription.destination_id,
        at=at,
        change_type=told["OrderChangeType"],
        seller=told["SellerId"],
        order_id=told["AmazonOrderId"],
        status=told["Summary"]["OrderStatus"],
        body=orjson.dumps(message).decode(),
    )
    hub.note(notification)
    return notification


def _send(world: World, hub: Notifications, notification: Notification, *, at: int) -> None:
    """Let a new notification set out as the faults will have it, and those behind it that it is to overtake."""
    order_id, seller = notification.order_id or "", notification.seller

    def seconds(effect: Effect) -> float | None:
        rule = world.faults.strike(effect, operation=ORDER_CHANGE, seller=seller, at=at, subject=order_id)
        return None if rule is None else rule.seconds

    delay = seconds(Effect.MESSAGE_DELAYED)
    is_doubled = seconds(Effect.MESSAGE_DUPLICATED) is not None
    is_swapped = seconds(Effect.MESSAGE_SWAPPED) is not None
    arrival = dispatch(world, hub, notification, at=at, late=round((delay or 0) * SECOND))
    if is_doubled:
        dispatch(world, hub, notification, at=at)
    if is_swapped:
        _hold(world, hub, notification, at=at)
    else:
        _overtake(world, hub, notification.subscription_id, at=arrival)


def _hold(world: World, hub: Notifications, notification: Notification, *, at: int) -> None:
    """Keep the first delivery back until a later notification of the subscription has arrived."""
    delivery = notification.deliveries[0]
    delivery.state, delivery.due = DeliveryState.HELD, max(delivery.due, at + HELD_AT_MOST)
    hub.state.held.setdefault(notification.subscription_id, []).append((notification.notification_id, 0))
    _await(world, notification, 0)


def _overtake(world: World, hub: Notifications, subscription_id: str, *, at: int) -> None:
    """Let go of what waits for this arrival: one after the other, the latest first."""
    for step, (notification_id, number) in enumerate(reversed(hub.state.held.pop(subscription_id, [])), start=1):
        notification = hub.state.notifications.get(notification_id)
        if notification is not None and number < len(notification.deliveries):
            delivery = notification.deliveries[number]
            delivery.state, delivery.due = DeliveryState.UNDER_WAY, at + step
            _await(world, notification, number)


def _let_go(hub: Notifications, notification: Notification) -> None:
    held = hub.state.held.get(notification.subscription_id, [])
    left = [each for each in held if each != (notification.notification_id, 0)]
    if left:
        hub.state.held[notification.subscription_id] = left
    else:
        hub.state.held.pop(notification.subscription_id, None)


def _await(world: World, notification: Notification, number: int) -> None:
    due = notification.deliveries[number].due
    world.agenda.put(due=due, kind=agenda.MESSAGE, subject=notification.notification_id, detail=str(number))
