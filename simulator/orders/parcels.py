"""Parcels on their way: where each of them is, and what has arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.orders.documents import Document, status_of
from simulator.orders.lifecycle import NotAllowed

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder
    from simulator.world import World

ON_THE_WAY: Final = ("PENDING", "SHIPPED", "IN_TRANSIT")  # in the order in which a parcel passes them
DETAIL: Final = {
    "SHIPPED": "PICKED_UP",
    "IN_TRANSIT": "OUT_FOR_DELIVERY",
    "DELIVERED": "DELIVERED",
    "UNDELIVERABLE": "LOST",
}


def carry(
    world: World,
    order: SimulatedOrder,
    status: str,
    *,
    at: int,
    reference: str | None = None,
    detail: str | None = None,
) -> None:
    """Move the parcels of an order that are on their way, or one of them, to the status. Raises NotAllowed.

    Whether that counts as an update of the order is a switch of the world.
    """
    told = (detail or DETAIL[status]) if world.options.shows_detailed_status else None

    def change(document: Document) -> None:
        move(document, status, reference=reference, detail=told)
        order.is_delivered = is_delivered(document)

    world.change(order, change, at=at, is_update=world.options.progress_updates)


def move(order: Document, status: str, *, reference: str | None = None, detail: str | None = None) -> None:
    """Move the parcels before this status, or one of them, to it. Raises NotAllowed if there is none."""
    before = ON_THE_WAY[: ON_THE_WAY.index(status)] if status in ON_THE_WAY else ON_THE_WAY
    moving = [
        package
        for package in order.get("packages", [])
        if reference in (None, package["packageReferenceId"]) and _status(package) in before
    ]
    if not moving:
        raise NotAllowed("no package is on its way")
    for package in moving:
        package["packageStatus"] = {"status": status} | ({"detailedStatus": detail} if detail else {})


def is_delivered(order: Document) -> bool:
    """Say whether everything was sent and has arrived; what Amazon's warehouse sends is not seen here."""
    arrived = all(_status(one) in ("DELIVERED", "CANCELLED") for one in order.get("packages", []))
    return status_of(order) == "SHIPPED" and arrived


def delivered_units(order: SimulatedOrder) -> dict[str, int]:
    """Return how many units of each order item have arrived at the buyer."""
    document = order.read()
    if order.is_delivered:
        items = document["orderItems"]
        sent = {one["orderItemId"]: one.get("fulfillment", {}).get("quantityFulfilled") for one in items}
        ordered = {one["orderItemId"]: one["quantityOrdered"] for one in items}
        return {name: ordered[name] if units is None else units for name, units in sent.items()}
    units: dict[str, int] = {}
    for package in document.get("packages", []):
        for one in package.get("packageItems", []) if _status(package) == "DELIVERED" else []:
            units[one["orderItemId"]] = units.get(one["orderItemId"], 0) + one["quantity"]
    return units


def _status(package: Document) -> str:
    status: str = package.get("packageStatus", {}).get("status", "SHIPPED")
    return status
