"""What happens when a timer is due, unless the order has moved on since."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from simulator import agenda
from simulator.feeds import feeding
from simulator.orders import arrivals, lifecycle, parcels
from simulator.orders.documents import status_of

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.documents import Document
    from simulator.world import World

BOUGHT_BY_MISTAKE: Final = "Order created by mistake"
NOT_SHIPPED_IN_TIME: Final = "Not shipped in time"
WAITS_FOR: Final = {
    agenda.RELEASE: {"PENDING_AVAILABILITY"},
    agenda.PAYMENT: {"PENDING"},
    agenda.PAYMENT_FAILURE: {"PENDING"},
    agenda.BUYER_CANCEL: {"PENDING"},
    agenda.BUYER_REQUEST: {"UNSHIPPED"},
    agenda.WAREHOUSE: {"UNSHIPPED"},
    agenda.CANCELLATION: {"UNSHIPPED"},
    agenda.GIVING_UP: {"UNSHIPPED", "PARTIALLY_SHIPPED"},
    agenda.HANDOVER: {"PARTIALLY_SHIPPED", "SHIPPED"},
    agenda.IN_TRANSIT: {"PARTIALLY_SHIPPED", "SHIPPED"},
    agenda.DELIVERY: {"PARTIALLY_SHIPPED", "SHIPPED"},
    agenda.LOSS: {"PARTIALLY_SHIPPED", "SHIPPED"},
}
WHO_CANCELS: Final = {
    agenda.PAYMENT_FAILURE: ("AMAZON", lifecycle.PAYMENT_FAILED),
    agenda.BUYER_CANCEL: ("BUYER", BOUGHT_BY_MISTAKE),
}
PACKAGE_STATUS: Final = {
    agenda.HANDOVER: "SHIPPED",
    agenda.IN_TRANSIT: "IN_TRANSIT",
    agenda.DELIVERY: "DELIVERED",
    agenda.LOSS: "UNDELIVERABLE",
}


def fire(world: World, timer: Timer) -> None:
    """Let happen what the timer stands for, unless the order has moved on since."""
    match timer.kind:
        case agenda.ARRIVAL:
            arrivals.arrive(world, timer)
        case agenda.STREAM:
            arrivals.flow(world, timer)
        case agenda.FEED_START | agenda.FEED_END:
            feeding.befall(world, timer)
        case agenda.REPORT_START | agenda.REPORT_END:
            world.reports.befall(world, timer)
        case agenda.LISTING:
            world.offers.befall(world, timer)
        case agenda.MESSAGE:
            world.notifications.befall(world, timer)
        case _:
            _befall(world, timer)


def _befall(world: World, timer: Timer) -> None:
    order = world.book.get(timer.subject)
    if order is None or order.is_verbatim or order.status not in WAITS_FOR[timer.kind]:
        return
    if timer.kind in PACKAGE_STATUS:
        _move_package(world, order, timer)
    else:
        world.change(order, lambda document: _happen(order, document, timer), at=timer.due)


def _happen(order: SimulatedOrder, document: Document, timer: Timer) -> None:
    match timer.kind:
        case agenda.RELEASE:
            lifecycle.release(document)
        case agenda.PAYMENT:
            lifecycle.pay(document, at=timer.due)
        case agenda.BUYER_REQUEST:
            lifecycle.request_cancel(document, reason=BOUGHT_BY_MISTAKE)
        case agenda.WAREHOUSE:
            lifecycle.send_from_warehouse(document)
        case agenda.GIVING_UP:
            _give_up(order, document)
        case agenda.CANCELLATION:
            lifecycle.cancel(document, by="SELLER", reason=timer.detail)
        case _:
            by, reason = WHO_CANCELS[timer.kind]
            lifecycle.cancel(document, by=by, reason=reason)


def _give_up(order: SimulatedOrder, document: Document) -> None:
    """Cancel what was not shipped in time: the order, or the rest of it."""
    is_whole = status_of(document) == "UNSHIPPED"
    cancel = lifecycle.cancel if is_whole else lifecycle.cancel_rest
    cancel(document, by="AMAZON", reason=NOT_SHIPPED_IN_TIME)
    order.is_delivered = parcels.is_delivered(document)


def _move_package(world: World, order: SimulatedOrder, timer: Timer) -> None:
    if order.fulfilled_by == "AMAZON":
        order.is_delivered = True  # Amazon's own parcels are not shown
        return
    with suppress(lifecycle.NotAllowed):
        parcels.carry(world, order, PACKAGE_STATUS[timer.kind], at=timer.due, reference=timer.detail or None)
