"""What can happen to an order, as changes of its document; what cannot is refused with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from simulator.instants import wire_time
from simulator.orders.documents import Document, status_of

UNPAID: Final = frozenset({"PENDING_AVAILABILITY", "PENDING"})
OPEN: Final = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED"})
CANCELLABLE: Final = UNPAID | {"UNSHIPPED"}
DISPATCHED: Final = frozenset({"PARTIALLY_SHIPPED", "SHIPPED"})
BY_SELLER: Final = "MERCHANT"  # how Amazon's model names the seller who cancelled
ON_THE_WAY: Final = frozenset({"PENDING", "SHIPPED", "IN_TRANSIT"})


class NotAllowed(Exception):
    """The order does not allow this now; the message says why."""


class PackageNotFound(NotAllowed):
    """Nothing is left to pack, or the package asks for more than is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What goes to the buyer in one parcel: order item ids with quantities, and how it travels."""

    reference: str
    quantities: Mapping[str, int]
    carrier: str
    tracking_number: str
    shipped: int
    shipping_method: str | None = None
    transparency_codes: Mapping[str, list[str]] = field(default_factory=dict)


def release(order: Document) -> None:
    """Let a pre-order become an ordinary pending one."""
    _demand(order, frozenset({"PENDING_AVAILABILITY"}), "released")
    _move(order, "PENDING")


def pay(order: Document) -> None:
    """Authorise the payment: the order is ready to be shipped."""
    _demand(order, frozenset({"PENDING"}), "paid")
    _move(order, "UNSHIPPED")


def give_up(order: Document) -> None:
    """Declare an order from another channel, fulfilled by Amazon, unfulfillable."""
    _demand(order, CANCELLABLE, "declared unfulfillable")
    _move(order, "UNFULFILLABLE")
    for item in order["orderItems"]:
        _fulfillment(item)["quantityUnfulfilled"] = 0


def cancel(order: Document, *, by: str, reason: str) -> None:
    """Cancel the whole order; ``by`` is BUYER, SELLER or AMAZON."""
    _demand(order, CANCELLABLE, "cancelled")
    if by == "SELLER" and status_of(order) in UNPAID:
        raise NotAllowed("a seller cannot cancel an order before it is paid")
    party = BY_SELLER if by == "SELLER" else by
    _move(order, "CANCELLED")
    for item in order["orderItems"]:
        _fulfillment(item)["quantityUnfulfilled"] = 0
        item.setdefault("cancellation", {})["cancellationExecution"] = {
            "cancelledBy": party,
            "cancelReason": reason,
        }


def request_cancel(order: Document, *, reason: str) -> None:
    """Note that the buyer asks the seller to cancel; the status stays."""
    _demand(order, OPEN, "asked to be cancelled")
    for item in order["orderItems"]:
        if open_quantity(item):
            request = {"requester": "BUYER", "cancelReason": reason}
            item.setdefault("cancellation", {})["cancellationRequest"] = request


def pack(order: Document, package: Package, *, at: int) -> None:
    """Send a package, or edit the one of the same reference. Raises NotAllowed or PackageNotFound."""
    known = {one["packageReferenceId"]: one for one in order.get("packages", [])}
    before = known.get(package.reference)
    if before is None and status_of(order) == "SHIPPED":
        raise PackageNotFound("everything has been shipped")
    _demand(order, OPEN | {"SHIPPED"}, "shipped")
    _take_back(order, before)
    _take(order, package.quantities)
    sent = _package_document(package, created=(before or {}).get("createdTime", wire_time(at)))
    if before:
        sent["packageStatus"] = before.get("packageStatus", sent["packageStatus"])
        before.clear()
        before.update(sent)
    else:
        order.setdefault("packages", []).append(sent)
    _move(order, _dispatch_status(order))


def send_from_warehouse(order: Document) -> None:
    """Ship all that is open from Amazon's own warehouse; there are no packages to see."""
    _demand(order, OPEN, "shipped")
    _take(order, {item["orderItemId"]: open_quantity(item) for item in order["orderItems"]})
    _move(order, "SHIPPED")


def move_packages(order: Document, status: str, *, reference: str | None = None) -> None:
    """Move the packages that are on their way, or one of them, to the status; refuse if none is."""
    moving = [
        package
        for package in order.get("packages", [])
        if reference in (None, package["packageReferenceId"])
        and package.get("packageStatus", {}).get("status", "SHIPPED") in ON_THE_WAY - {status}
    ]
    if not moving:
        raise NotAllowed("no package is on its way")
    for package in moving:
        package["packageStatus"] = {"status": status}


def is_delivered(order: Document) -> bool:
    """Say whether everything was sent and no package is on its way any more."""
    on_the_way = (
        package.get("packageStatus", {}).get("status", "SHIPPED") in ON_THE_WAY for package in order.get("packages", [])
    )
    return status_of(order) == "SHIPPED" and not any(on_the_way)


def open_quantity(item: Document) -> int:
    """Return how many units of an order item are still to be sent; a loaded item may not say."""
    block = _fulfillment(item)
    return int(block["quantityUnfulfilled"] if "quantityUnfulfilled" in block else item["quantityOrdered"])


def _demand(order: Document, allowed: frozenset[str], act: str) -> None:
    status = status_of(order)
    if status not in allowed:
        raise NotAllowed(f"an order that is {status or 'without a status'} cannot be {act}")


def _move(order: Document, status: str) -> None:
    order.setdefault("fulfillment", {})["fulfillmentStatus"] = status


def _fulfillment(item: Document) -> Document:
    block: Document = item.setdefault("fulfillment", {})
    return block


def _take(order: Document, quantities: Mapping[str, int]) -> None:
    items = {item["orderItemId"]: item for item in order["orderItems"]}
    for item_id, quantity in quantities.items():
        if item_id not in items or quantity > open_quantity(items[item_id]):
            raise PackageNotFound("the package holds more than is left to ship")
        _shift(items[item_id], quantity)


def _take_back(order: Document, package: Document | None) -> None:
    items = {item["orderItemId"]: item for item in order["orderItems"]}
    for packed in (package or {}).get("packageItems", []):
        if packed["orderItemId"] in items:
            _shift(items[packed["orderItemId"]], -packed["quantity"])


def _shift(item: Document, quantity: int) -> None:
    left = open_quantity(item) - quantity
    block = _fulfillment(item)
    block["quantityFulfilled"] = block.get("quantityFulfilled", 0) + quantity
    block["quantityUnfulfilled"] = left


def _dispatch_status(order: Document) -> str:
    if not any(open_quantity(item) > 0 for item in order["orderItems"]):
        return "SHIPPED"
    sent = any(_fulfillment(item).get("quantityFulfilled", 0) > 0 for item in order["orderItems"])
    return "PARTIALLY_SHIPPED" if sent else "UNSHIPPED"


def _package_document(package: Package, *, created: str) -> Document:
    sent: Document = {
        "packageReferenceId": package.reference,
        "createdTime": created,
        "packageStatus": {"status": "SHIPPED"},
        "carrier": package.carrier,
        "shipTime": wire_time(package.shipped),
    }
    if package.shipping_method is not None:
        sent["shippingService"] = package.shipping_method
    sent["trackingNumber"] = package.tracking_number
    sent["packageItems"] = [
        {"orderItemId": item_id, "quantity": quantity}
        | ({"transparencyCodes": codes} if (codes := package.transparency_codes.get(item_id)) else {})
        for item_id, quantity in package.quantities.items()
    ]
    return sent
