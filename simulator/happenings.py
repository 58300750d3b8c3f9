"""What happens when a timer is due, unless the order has moved on since."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from simulator import agenda
from simulator.feeds import feeding
from simulator.orders import arrivals, lifecycle

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.documents import Document
    from simulator.world import World

PAYMENT_FAILED: Final = "Payment could not be authorised"
BOUGHT_BY_MISTAKE: Final = "Order created by mistake"
NOT_SHIPPED_IN_TIME: Final = "Not shipped in time"
WAITS_FOR: Final = {
    agenda.RELEASE: {"PENDING_AVAILABILITY"},
    agenda.PAYMENT: {"PENDING"},
    agenda.PAYMENT_FAILURE: {"PENDING"},
    agenda.BUYER_CANCEL: {"PENDING"},
    agenda.BUYER_REQUEST: {"UNSHIPPED"},
    agenda.WAREHOUSE: {"UNSHIPPED"},
    agenda.GIVING_UP: {"UNSHIPPED"},
    agenda.IN_TRANSIT: {"PARTIALLY_SHIPPED", "SHIPPED"},
    agenda.DELIVERY: {"PARTIALLY_SHIPPED", "SHIPPED"},
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
    if timer.kind in (agenda.IN_TRANSIT, agenda.DELIVERY):
        _move_package(world, order, timer)
    else:
        world.change(order, lambda document: _happen(document, timer.kind), at=timer.due)


def _happen(document: Document, kind: str) -> None:
    match kind:
        case agenda.RELEASE:
            lifecycle.release(document)
        case agenda.PAYMENT:
            lifecycle.pay(document)
        case agenda.PAYMENT_FAILURE:
            lifecycle.cancel(document, by="AMAZON", reason=PAYMENT_FAILED)
        case agenda.BUYER_CANCEL:
            lifecycle.cancel(document, by="BUYER", reason=BOUGHT_BY_MISTAKE)
        case agenda.BUYER_REQUEST:
            lifecycle.request_cancel(document, reason=BOUGHT_BY_MISTAKE)
        case agenda.WAREHOUSE:
            lifecycle.send_from_warehouse(document)
        case agenda.GIVING_UP:
            lifecycle.cancel(document, by="AMAZON", reason=NOT_SHIPPED_IN_TIME)


def _move_package(world: World, order: SimulatedOrder, timer: Timer) -> None:
    status = "DELIVERED" if timer.kind == agenda.DELIVERY else "IN_TRANSIT"
    with suppress(lifecycle.NotAllowed):
        world.change(
            order,
            lambda document: lifecycle.move_packages(document, status, reference=timer.detail),
            at=timer.due,
        )
    if status == "DELIVERED":
        order.is_delivered = lifecycle.is_delivered(order.read())
