"""Which timers an order's status sets: payment, Amazon's warehouse, parcels on their way, patience that ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator import agenda
from simulator.chance import chance
from simulator.clock import LATEST
from simulator.instants import DAY, HOUR, MINUTE, SECOND, parse_time, to_milliseconds
from simulator.orders import parcels
from simulator.orders.notes import PlannedPayment
from simulator.orders.windows import given_up_at

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder
    from simulator.world import World

PREORDER_RELEASE: Final = 3 * DAY
PAYMENT_TAKES: Final = (20 * MINUTE, 40 * MINUTE)
WAREHOUSE_TAKES: Final = (4 * HOUR, 12 * HOUR)
TRANSIT_AFTER: Final = (8 * HOUR, 24 * HOUR)
DELIVERY_AFTER: Final = (36 * HOUR, 96 * HOUR)


def plan(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Set the timers that an order's new status calls for."""
    match order.status, order.fulfilled_by:
        case "PENDING_AVAILABILITY", _:
            _plan_release(world, order, at=at)
        case "PENDING", _:
            _plan_payment(world, order, at=at)
        case "UNSHIPPED", "AMAZON":
            takes = _takes(world.options.warehouse_takes, world, order, WAREHOUSE_TAKES)
            _set(world, order, agenda.WAREHOUSE, due=at + takes)
        case "UNSHIPPED", "MERCHANT":
            _plan_giving_up(world, order, at=at)
        case "PARTIALLY_SHIPPED", "MERCHANT":
            order.is_delivered = order.awaits_invoice = False  # an edited package may have opened the order again
            _plan_giving_up(world, order, at=at)
        case "SHIPPED", "MERCHANT":
            document = order.read()
            order.is_delivered = bool(document.get("packages")) and parcels.is_delivered(document)
        case "SHIPPED", "AMAZON" if world.options.moves_packages:
            _set(world, order, agenda.DELIVERY, due=at + _takes_to_deliver(world, order))


def plan_package(world: World, order: SimulatedOrder, reference: str, *, at: int) -> None:
    """Set the timers of a parcel that was just announced, if parcels move by themselves.

    One whose ship date lies ahead is handed over then, and travels from there.
    """
    if not world.options.moves_packages:
        return
    shipped = _ship_time(order, reference)
    if shipped > at:
        _set(world, order, agenda.HANDOVER, due=shipped, detail=reference)
    start, delivery = max(at, shipped), _takes_to_deliver(world, order)
    is_drawn = world.options.delivery_takes is None
    transit = _between(world, order, TRANSIT_AFTER) if is_drawn else delivery // 2
    _set(world, order, agenda.IN_TRANSIT, due=start + transit, detail=reference)
    _set(world, order, agenda.DELIVERY, due=start + delivery, detail=reference)


def _plan_release(world: World, order: SimulatedOrder, *, at: int) -> None:
    takes = world.notes.payments.get(order.order_id, PlannedPayment()).release_takes
    _set(world, order, agenda.RELEASE, due=at + (PREORDER_RELEASE if takes is None else takes))


def _plan_payment(world: World, order: SimulatedOrder, *, at: int) -> None:
    planned = world.notes.payments.pop(order.order_id, PlannedPayment())
    takes = planned.takes
    if takes is None:
        takes = _takes(world.options.payment_takes, world, order, PAYMENT_TAKES)
    _set(world, order, agenda.PAYMENT_FAILURE if planned.fails else agenda.PAYMENT, due=at + takes)


def _plan_giving_up(world: World, order: SimulatedOrder, *, at: int) -> None:
    window = order.read()["fulfillment"].get("shipByWindow", {})
    ship_by = parse_time(window.get("latestDateTime", ""))
    if ship_by is not None and to_milliseconds(ship_by) < LATEST:
        _set(world, order, agenda.GIVING_UP, due=max(at, given_up_at(to_milliseconds(ship_by))))


def _ship_time(order: SimulatedOrder, reference: str) -> int:
    packages = order.read().get("packages", [])
    told = next((one["shipTime"] for one in packages if one["packageReferenceId"] == reference), "")
    moment = parse_time(told)
    return 0 if moment is None else to_milliseconds(moment)


def _takes_to_deliver(world: World, order: SimulatedOrder) -> int:
    return _takes(world.options.delivery_takes, world, order, DELIVERY_AFTER)


def _takes(seconds: int | None, world: World, order: SimulatedOrder, span: tuple[int, int]) -> int:
    return _between(world, order, span) if seconds is None else seconds * SECOND


def _set(world: World, order: SimulatedOrder, kind: str, *, due: int, detail: str = "") -> None:
    world.agenda.put(due=due, kind=kind, subject=order.order_id, detail=detail)


def _between(world: World, order: SimulatedOrder, span: tuple[int, int]) -> int:
    return chance(world.seed, "delay", order.order_id, span[0]).randint(*span)
