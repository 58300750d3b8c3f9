"""Order fulfilments: each message takes note of one parcel, just as confirmShipment does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.envelopes import NOT_VALID, WireError
from simulator.feeds.messages import NOT_SHIPPABLE, WRONG_MESSAGE, WRONG_QUANTITY, Fault
from simulator.feeds.own_orders import find_own, items_of, read_quantity
from simulator.instants import parse_time
from simulator.orders.dispatching import NOTHING_TO_PACK, ConfirmedItem, ConfirmShipment, PackageDetail, confirm
from simulator.orders.lifecycle import open_quantity

if TYPE_CHECKING:
    from simulator.feeds.requests import Fulfillment
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.documents import Document
    from simulator.world import World

DAY_ALONE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
OTHER: Final = "Other"


def fulfill(world: World, seller: str, asked: Fulfillment, *, at: int) -> None:
    """Take note of a parcel, or edit the one of the same number. Raises Fault, also for what confirmShipment refuses.

    Amazon's sources do not say how a feed's parcel is numbered in the order: the seller's MerchantFulfillmentID if
    there is one, else the number after the highest so far.
    """
    order = find_own(world, seller, asked.order_id, at=at)
    document = order.read()
    _check_parcel(asked)
    reference = asked.reference or _next_reference(document)
    detail = PackageDetail(
        package_reference_id=reference,
        carrier_code=asked.carrier_code or OTHER,
        carrier_name=asked.carrier_name or None,
        tracking_number=asked.tracking_number,
        ship_date=_with_time(asked.shipped),
        shipping_method=asked.shipping_method,
        order_items=_items(asked, document, reference),
    )
    _confirm(world, order, detail, at=at)


def _check_parcel(asked: Fulfillment) -> None:
    """Demand what confirmShipment demands, by the names that a feed has for it."""
    if parse_time(_with_time(asked.shipped)) is None:
        raise _refused("The FulfillmentDate is not a date of ISO 8601.", asked)
    if not asked.tracking_number:
        raise _refused("The ShipperTrackingNumber is missing.", asked)
    if not asked.carrier_code and not asked.carrier_name:
        raise _refused("Neither a CarrierCode nor a CarrierName is given.", asked)


def _confirm(world: World, order: SimulatedOrder, detail: PackageDetail, *, at: int) -> None:
    body = ConfirmShipment(order.marketplace_id or "", detail)
    try:
        confirm(world, order, body, at=at)
    except WireError as error:
        said = error.message if error.message != NOT_VALID else error.details or error.message
        raise Fault(NOT_SHIPPABLE, said, order_id=order.order_id) from error


def _items(asked: Fulfillment, document: Document, reference: str) -> list[ConfirmedItem]:
    """Return what the parcel holds; without items, all that is open, or what a known parcel held before."""
    if not asked.items:
        whole = _packed(document, reference) or _open(document)
        if not whole:
            raise Fault(NOT_SHIPPABLE, NOTHING_TO_PACK, order_id=asked.order_id)
        return whole
    known = items_of(asked.order_id, document, [item.item_code for item in asked.items])
    return [
        ConfirmedItem(
            item.item_code,
            _quantity(item.quantity, known[item.item_code], asked),
            list(item.transparency_codes),
        )
        for item in asked.items
    ]


def _quantity(text: str | None, item: Document, asked: Fulfillment) -> int:
    code = item["orderItemId"]
    if text is not None:
        return read_quantity(text, order_id=asked.order_id, item_code=code)
    units = open_quantity(item)
    if units < 1:
        raise Fault(WRONG_QUANTITY, "Nothing of the item is open.", order_id=asked.order_id, item_code=code)
    return units


def _open(document: Document) -> list[ConfirmedItem]:
    return [
        ConfirmedItem(item["orderItemId"], open_quantity(item))
        for item in document["orderItems"]
        if open_quantity(item) > 0
    ]


def _packed(document: Document, reference: str) -> list[ConfirmedItem]:
    return [
        ConfirmedItem(item["orderItemId"], item["quantity"], item.get("transparencyCodes", []))
        for package in document.get("packages", [])
        if package["packageReferenceId"] == reference
        for item in package.get("packageItems", [])
    ]


def _next_reference(document: Document) -> str:
    taken = (package["packageReferenceId"] for package in document.get("packages", []))
    return str(max((int(one) for one in taken if one.isascii() and one.isdigit() and len(one) < 19), default=0) + 1)


def _with_time(text: str) -> str:
    return text + "T00:00:00Z" if DAY_ALONE.fullmatch(text) else text


def _refused(message: str, asked: Fulfillment) -> Fault:
    return Fault(WRONG_MESSAGE, message, order_id=asked.order_id)
