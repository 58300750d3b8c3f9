"""What people do to an order from outside Amazon's API: buyers, the seller by hand, the carrier, Amazon."""

from collections.abc import Mapping
from typing import Final

from simulator.chance import chance
from simulator.instants import MINUTE
from simulator.orders import bringing, lifecycle, parcels, progress
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.lifecycle import NotAllowed
from simulator.world import World

BUYER_CHANGES_MIND_WITHIN: Final = 30 * MINUTE
NO_REASON: Final = "No reason given"
LONGEST_REFERENCE: Final = 18  # digits; a loaded package may bear any text


def pay(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Authorise the payment. Raises NotAllowed."""
    world.change(order, lambda document: lifecycle.pay(document, at=at), at=at)


def release(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Let a pre-order's payment begin. Raises NotAllowed."""
    world.change(order, lifecycle.release, at=at)


def fail_payment(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Let the payment fail, upon which Amazon cancels. Raises NotAllowed."""
    if order.status not in lifecycle.UNPAID:
        raise NotAllowed(f"the payment of an order that is {order.status or 'without a status'} cannot fail")
    cancel(world, order, by="AMAZON", reason=lifecycle.PAYMENT_FAILED, at=at)


def declare_unfulfillable(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Let Amazon declare that it cannot fulfil an order from another channel. Raises NotAllowed."""
    world.change(order, lifecycle.give_up, at=at)


def await_invoice(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Let a shipped order wait for the seller's word on its invoice, which only v0 shows. Raises NotAllowed.

    All items are shipped by then (Orders API v0, InvoiceUnconfirmed), so v2026-01-01 goes on to say SHIPPED.
    """
    if order.status != "SHIPPED" or order.awaits_invoice:
        reason = "waits for its invoice already" if order.awaits_invoice else "has not been shipped"
        raise NotAllowed(f"an order that {reason} does not begin to wait for its invoice")
    _set_awaits_invoice(world, order, True, at=at)


def confirm_invoice(world: World, order: SimulatedOrder, *, at: int) -> None:
    """Let the seller confirm that the buyer was sent the invoice. Raises NotAllowed."""
    if not order.awaits_invoice:
        raise NotAllowed("the order does not wait for its invoice")
    _set_awaits_invoice(world, order, False, at=at)


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
    package = bringing.make_package(
        document,
        random,
        reference=reference,
        at=at,
        quantities=quantities,
        shows_detail=world.options.shows_detailed_status,
    )
    world.change(order, lambda document: lifecycle.pack(document, package, at=at), at=at)
    progress.plan_package(world, order, reference, at=at)


def deliver(world: World, order: SimulatedOrder, *, reference: str | None = None, at: int) -> None:
    """Hand all packages over to the buyer, or one of them. Raises NotAllowed."""
    if order.status not in lifecycle.DISPATCHED or order.is_delivered:
        reason = "has been delivered" if order.is_delivered else f"is {order.status or 'without a status'}"
        raise NotAllowed(f"an order that {reason} cannot be delivered")
    if reference is None and not order.read().get("packages"):
        order.is_delivered = order.status == "SHIPPED"  # nothing to see of Amazon's own parcels
        return
    parcels.carry(world, order, "DELIVERED", reference=reference, at=at)


def lose(
    world: World, order: SimulatedOrder, *, reference: str | None = None, detail: str | None = None, at: int
) -> None:
    """Let all packages on their way, or one of them, turn out to be undeliverable. Raises NotAllowed."""
    parcels.carry(world, order, "UNDELIVERABLE", reference=reference, detail=detail, at=at)


def take_back(world: World, order: SimulatedOrder, *, quantities: Mapping[str, int] | None = None) -> None:
    """Let the buyer send back some or all of what arrived, which Amazon's order does not show. Raises NotAllowed."""
    returned = world.notes.returned(order.order_id)
    left = {name: units - returned.get(name, 0) for name, units in parcels.delivered_units(order).items()}
    if not any(units > 0 for units in left.values()):
        reason = "has been returned" if returned or order.is_returned else "has not been delivered"
        raise NotAllowed(f"an order that {reason} cannot be returned")
    back = {name: units for name, units in left.items() if units > 0} if quantities is None else quantities
    if any(units > left.get(name, 0) for name, units in back.items()):
        raise NotAllowed("more would come back than has been delivered")
    world.notes.take_back(order.order_id, back)
    order.is_returned = order.is_delivered and all(units <= back.get(name, 0) for name, units in left.items())


def _set_awaits_invoice(world: World, order: SimulatedOrder, awaits: bool, *, at: int) -> None:
    def change(_: Document) -> None:
        order.awaits_invoice = awaits

    world.change(order, change, at=at)
    order.moved = order.updated  # v0 has a status of its own for this


def _next_reference(taken: list[str]) -> str:
    return str(max((int(one) for one in taken if one.isdecimal() and len(one) <= LONGEST_REFERENCE), default=0) + 1)
