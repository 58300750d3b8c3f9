"""The notifications that were made, and how far each delivery of them is."""

from enum import StrEnum
from typing import Final

import msgspec
import orjson

from simulator.instants import wire_time
from simulator.orders.documents import Document

LONGEST: Final = 20_000  # the oldest that arrived go first


class DeliveryState(StrEnum):
    """How far a delivery is."""

    HELD = "HELD"  # waits for the notification that is to overtake it
    UNDER_WAY = "UNDER_WAY"
    POSTING = "POSTING"  # is to be pushed, now or once more
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"  # nobody took what was pushed
    DROPPED = "DROPPED"  # the destination or its queue is gone


IS_OVER: Final = frozenset({DeliveryState.DELIVERED, DeliveryState.GIVEN_UP, DeliveryState.DROPPED})


class Delivery(msgspec.Struct, kw_only=True):
    """One way of a notification to its destination."""

    due: int
    state: DeliveryState = DeliveryState.UNDER_WAY
    attempts: int = 0
    delivered: int | None = None

    def show(self) -> Document:
        """Return the delivery as the control plane shows it."""
        delivered = None if self.delivered is None else wire_time(self.delivered)
        return {
            "due": wire_time(self.due),
            "state": self.state.value,
            "attempts": self.attempts,
            "delivered": delivered,
        }


class Notification(msgspec.Struct, kw_only=True):
    """One logical notification: one change of one order for one subscription, or a test without either."""

    notification_id: str
    subscription_id: str
    destination_id: str
    at: int
    change_type: str
    body: str
    seller: str | None = None
    order_id: str | None = None
    status: str | None = None  # as the notification spells it
    deliveries: list[Delivery] = msgspec.field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether no delivery is under way any more."""
        return all(delivery.state in IS_OVER for delivery in self.deliveries)

    def show(self, *, whole: bool = False) -> Document:
        """Return the notification as the control plane shows it; the message itself only if asked for."""
        shown: Document = {
            "notificationId": self.notification_id,
            "subscriptionId": self.subscription_id,
            "destinationId": self.destination_id,
            "seller": self.seller,
            "orderId": self.order_id,
            "orderChangeType": self.change_type,
            "orderStatus": self.status,
            "isTest": self.order_id is None,
            "time": wire_time(self.at),
            "deliveries": [delivery.show() for delivery in self.deliveries],
        }
        return shown | ({"message": orjson.loads(self.body)} if whole else {})
