"""What people do to an order from outside Amazon's API: buyers, the seller by hand, the carrier, Amazon."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from simulator.chance import chance
from simulator.instants import MINUTE
from simulator.orders import lifecycle, placing, progress
from simulator.orders.book import SimulatedOrder
from simulator.orders.lifecycle import NotAllowed
from simulator.world import World

BUYER_CHANGES_MIND_WITHIN: Final = 30 * MINUTE
NO_REASON: Final = "No reason given"


def pay(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Authorise the payment. Raises NotAllowed."""
    world.change(order, lifecycle.pay, at=at)


def cancel(world: World, order: SimulatedOrder, *, by: str, reason: str | None, at: int) -> None:
    """Cancel the order; a buyer can do so alone until it is paid, or within 30 minutes. Raises NotAllowed."""
    is_late = at > order.created + BUYER_CHANGES_MIND_WITHIN and order.status not in lifecycle.UNPAID
    if by == "BUYER" and order.status in lifecycle.CANCELLABLE and is_late:
        raise NotAllowed("30 minutes after the order a buyer can only ask the seller to cancel")
    world.change(order, lambda document: lifecycle.cancel(document, by=by, reason=reason or NO_REASON), at=at)


def request_cancel(world: World, order: SimulatedOrder, *, reason: str | None, at: int) -> None:
    """Let the buyer ask the seller to cancel. Raises NotAllowed."""
    world.change(order, lambda document: lifecycle.request_cancel(document, reason=reason or NO_REASON), at=at)


def ship(world: World, order: SimulatedOrder, *, quantities: Mapping[str, int] | None, at: int) -> None:
    """Send a package of some or all that is open, or let Amazon's warehouse send all. Raises NotAllowed."""
    if order.status not in lifecycle.OPEN:
        raise NotAllowed(f"an order that is {order.status or 'without a status'} cannot be shipped")
    if order.fulfilled_by == "AMAZON":
        if quantities is not None:
            raise NotAllowed("Amazon's warehouse sends all items of an order at once")
        world.change(order, lifecycle.send_from_warehouse, at=at)
        return
    document = order.read()
    reference = _next_reference([known["packageReferenceId"] for known in document.get("packages", [])])
    random = chance(world.seed, "package", order.order_id, reference)
    package = placing.make_package(document, random, reference=reference, at=at, quantities=quantities)
    world.change(order, lambda document: lifecycle.pack(document, package, at=at), at=at)
    progress.plan_package(world, order, reference, at=at)


def deliver(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Hand all packages over to the buyer. Raises NotAllowed."""
    if order.status not in lifecycle.DISPATCHED or order.is_delivered:
        reason = "has been delivered" if order.is_delivered else f"is {order.status or 'without a status'}"
        raise NotAllowed(f"an order that {reason} cannot be delivered")
    with suppress(NotAllowed):  # Amazon's own parcels are not shown, and a loaded order may have none
        world.change(order, lambda document: lifecycle.move_packages(document, "DELIVERED"), at=at)
    order.is_delivered = order.status == "SHIPPED"


def take_back(order: SimulatedOrder) -> None:
    """Let the buyer send the goods back, which Amazon's order does not show. Raises NotAllowed."""
    if not order.is_delivered or order.is_returned:
        reason = "has been returned" if order.is_returned else "has not been delivered"
        raise NotAllowed(f"an order that {reason} cannot be returned")
    order.is_returned = True


def _next_reference(taken: list[str]) -> str:
    return str(max((int(reference) for reference in taken if reference.isdecimal()), default=0) + 1)
