"""What can happen to an order, as changes of its document; what cannot is refused with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from simulator.instants import wire_time
from simulator.orders.documents import Document, fulfilled_by, status_of
from simulator.orders.windows import promise_again

UNPAID: Final = frozenset({"PENDING_AVAILABILITY", "PENDING"})
OPEN: Final = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED"})
CANCELLABLE: Final = UNPAID | {"UNSHIPPED"}
DISPATCHED: Final = frozenset({"PARTIALLY_SHIPPED", "SHIPPED"})
BY_SELLER: Final = "MERCHANT"  # how Amazon's model names the seller who cancelled
PAYMENT_FAILED: Final = "Payment could not be authorised"
OTHER_CHANNEL: Final = "NON_AMAZON"
DETAIL: Final = {"PENDING": "PENDING_DROP_OFF", "SHIPPED": "DROPPED_OFF"}


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
    shows_detail: bool = False  # whether detailedStatus is told


def release(order: Document) -> None:
    """Let a pre-order become an ordinary pending one."""
    _demand(order, frozenset({"PENDING_AVAILABILITY"}), "released")
    _move(order, "PENDING")


def pay(order: Document, *, at: int) -> None:
    """Authorise the payment: the order is ready to be shipped, and what was promised counts from now."""
    _demand(order, frozenset({"PENDING"}), "paid")
    _move(order, "UNSHIPPED")
    promise_again(order["fulfillment"], at=at)


def give_up(order: Document) -> None:
    """Declare an order unfulfillable: only one from another channel that Amazon fulfils can be (Orders API v0)."""
    _demand(order, CANCELLABLE, "declared unfulfillable")
    if fulfilled_by(order) != "AMAZON" or order["salesChannel"]["channelName"] != OTHER_CHANNEL:
        raise NotAllowed("only an order from another channel that Amazon fulfils is declared unfulfillable")
    _move(order, "UNFULFILLABLE")
    for item in order["orderItems"]:
        _fulfillment(item)["quantityUnfulfilled"] = 0


def cancel(order: Document, *, by: str, reason: str) -> None:
    """Cancel the whole order; ``by`` is BUYER, SELLER or AMAZON."""
    _demand(order, CANCELLABLE, "cancelled")
    if by == "SELLER" and status_of(order) in UNPAID:
        raise NotAllowed("a seller cannot cancel an order before it is paid")
    if by == "SELLER" and fulfilled_by(order) == "AMAZON":
        raise NotAllowed("a seller cannot cancel what Amazon fulfils")
    _move(order, "CANCELLED")
    for item in order["orderItems"]:
        _call_off(item, by=by, reason=reason)


def cancel_rest(order: Document, *, by: str, reason: str) -> None:
    """Cancel what is still to be sent of an order shipped in part: with what was sent it is whole."""
    _demand(order, frozenset({"PARTIALLY_SHIPPED"}), "cancelled for the rest")
    for item in order["orderItems"]:
        if open_quantity(item):
            _call_off(item, by=by, reason=reason)
    _move(order, "SHIPPED")


def cancel_units(order: Document, quantities: Mapping[str, int], *, by: str, reason: str) -> None:
    """Cancel units that are still to be sent, of each order item so many.

    What is ordered stays what was ordered, and what is open drops: the difference to what was sent is cancelled, and
    the line says by whom and why. Nothing open any more: the order is shipped, or cancelled if nothing was sent.
    """
    _demand(order, OPEN, "cancelled in part")
    items = {item["orderItemId"]: item for item in order["orderItems"]}
    for item_id, quantity in quantities.items():
        left = open_quantity(items[item_id]) - quantity
        if left < 0:
            raise NotAllowed("more would be cancelled than is still to be sent")
        _call_off(items[item_id], by=by, reason=reason)
        _fulfillment(items[item_id])["quantityUnfulfilled"] = left
    if not any(open_quantity(item) > 0 for item in order["orderItems"]):
        _move(order, "CANCELLED" if status_of(order) == "UNSHIPPED" else "SHIPPED")


def forget_cancelled(order: Document) -> None:
    """Let the lines of a cancelled order be of quantity 0, as the Orders API v0 was seen to report them."""
    if status_of(order) == "CANCELLED":
        for item in order["orderItems"]:
            item["quantityOrdered"] = 0


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
    sent = _package_document(package, created=(before or {}).get("createdTime", wire_time(at)), at=at)
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


def _call_off(item: Document, *, by: str, reason: str) -> None:
    execution = {"cancelledBy": BY_SELLER if by == "SELLER" else by, "cancelReason": reason}
    _fulfillment(item)["quantityUnfulfilled"] = 0
    item.setdefault("cancellation", {})["cancellationExecution"] = execution


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


def _package_document(package: Package, *, created: str, at: int) -> Document:
    status = "PENDING" if package.shipped > at else "SHIPPED"  # a ship date ahead: the carrier does not have it yet
    sent: Document = {
        "packageReferenceId": package.reference,
        "createdTime": created,
        "packageStatus": {"status": status} | ({"detailedStatus": DETAIL[status]} if package.shows_detail else {}),
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
