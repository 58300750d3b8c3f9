"""Which timers an order's status sets: payment, Amazon's warehouse, parcels on their way, patience that ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator import agenda
from simulator.chance import chance
from simulator.clock import LATEST
from simulator.instants import DAY, HOUR, MINUTE, parse_time, to_milliseconds
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
            _set(world, order, agenda.RELEASE, due=at + PREORDER_RELEASE)
        case "PENDING", _:
            _set(world, order, agenda.PAYMENT, due=at + _between(world, order, PAYMENT_TAKES))
        case "UNSHIPPED", "AMAZON":
            _set(world, order, agenda.WAREHOUSE, due=at + _between(world, order, WAREHOUSE_TAKES))
        case "UNSHIPPED", "MERCHANT":
            _plan_giving_up(world, order)


def plan_package(world: World, order: SimulatedOrder, reference: str, *, at: int) -> None:
    """Set the timers of a parcel that was just handed over, if parcels move by themselves."""
    if world.options.moves_packages:
        transit, delivery = TRANSIT_AFTER, DELIVERY_AFTER
        _set(world, order, agenda.IN_TRANSIT, due=at + _between(world, order, transit), detail=reference)
        _set(world, order, agenda.DELIVERY, due=at + _between(world, order, delivery), detail=reference)


def _plan_giving_up(world: World, order: SimulatedOrder) -> None:
    window = order.read()["fulfillment"].get("shipByWindow", {})
    ship_by = parse_time(window.get("latestDateTime", ""))
    if ship_by is not None and to_milliseconds(ship_by) < LATEST:
        _set(world, order, agenda.GIVING_UP, due=given_up_at(to_milliseconds(ship_by)))


def _set(world: World, order: SimulatedOrder, kind: str, *, due: int, detail: str = "") -> None:
    world.agenda.put(due=due, kind=kind, subject=order.order_id, detail=detail)


def _between(world: World, order: SimulatedOrder, span: tuple[int, int]) -> int:
    return chance(world.seed, "delay", order.order_id, span[0]).randint(*span)
