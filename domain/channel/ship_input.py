"""What a person wants shipped, checked against what is left of the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonItem, AmazonOrder, Command
from domain.channel.cancel_rules import open_cancel
from domain.channel.carriers import CHOICES, carrier_of
from domain.commerce.orders import progress, quantities
from domain.commerce.permissions import OrderAction, refusal
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, NotFound, QuantityTooLarge, RequiredInput

_AHEAD: Final = timedelta(minutes=5)  # how far another clock may be ahead of ours
_TO_SHIP: Final = (AmazonOrderStatus.UNSHIPPED, AmazonOrderStatus.PARTIALLY_SHIPPED)
_LONGEST: Final = {"carrierCode": 100, "carrierName": 200, "trackingNumber": 200, "shippingMethod": 100}
_NEEDED: Final = {"carrierCode": f" {CHOICES}", "trackingNumber": ""}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRequest:
    """One package to be sent; `lines` pair an item's row with a quantity, None: the rest of the order."""

    lines: tuple[tuple[int, int], ...] | None = None
    carrier_code: str
    carrier_name: str | None = None
    tracking_number: str
    shipping_method: str | None = None


def ship_refusal(
    order: AmazonOrder,
    commerce_order: CommerceOrder | None,
    lines: Sequence[CommerceOrderLine],
    *,
    items: Mapping[int, AmazonItem],
    commands: Sequence[Command] = (),
) -> ActionNotAllowed | None:
    """Return why an order cannot be shipped here now, None if it can; `items` by row and `commands` are the order's."""
    canceling = open_cancel(commands)
    forbidden = commerce_order and refusal(OrderAction.SHIP, progress(commerce_order, lines))
    checks = (
        (order.fulfillment_channel is FulfillmentChannel.AMAZON, "Amazon sends the goods of this order."),
        (
            commerce_order is None,
            "The order is not imported, so there is nothing to ship; its import decision and blockers say why.",
        ),
        (order.fulfillment_channel is None, "Amazon does not say yet who sends the goods of this order."),
        (order.amazon_status not in _TO_SHIP, f"Amazon says the order is {order.amazon_status.value}."),
        (canceling is not None, canceling or ""),
        (forbidden is not None, forbidden or ""),
        (not any(_left(line, items.get(line.item_id)) for line in lines), "Nothing is left to ship."),
    )
    because = next((reason for stops, reason in checks if stops), None)
    return (because and _not_allowed(order, because)) or None


def allot(
    packages: Sequence[PackageRequest],
    *,
    order: AmazonOrder,
    items: Mapping[int, AmazonItem],
    lines: Sequence[CommerceOrderLine],
) -> list[dict[int, int]]:
    """Return what goes into each package, as quantities by item row.

    Raises RequiredInput, NotFound, InvalidInput, QuantityTooLarge, or ActionNotAllowed if nothing is left for one.
    """
    if not packages:
        raise RequiredInput("A shipment needs at least one package.", path=("input", "packages"))
    left = {line.item_id: _left(line, items.get(line.item_id)) for line in lines}
    allotted = [_take(package, left, _path(packages, at)) for at, package in enumerate(packages)]
    for package, contents in zip(packages, allotted, strict=True):
        if package.lines is None:
            contents.update({item_id: quantity for item_id, quantity in left.items() if quantity})
            left = dict.fromkeys(left, 0)
        if not contents:
            raise _not_allowed(order, "Nothing is left to ship for one of the packages.")
    return allotted


def check_texts(packages: Sequence[PackageRequest]) -> None:
    """Refuse packages without carrier, its name or tracking number, which Amazon requires, or with too long texts.

    Raises RequiredInput or InvalidInput.
    """
    for at, package in enumerate(packages):
        given = {
            "carrierCode": package.carrier_code,
            "carrierName": package.carrier_name,
            "trackingNumber": package.tracking_number,
            "shippingMethod": package.shipping_method,
        }
        for name, text in given.items():
            if refusal := _text_refusal(name, text, (*_path(packages, at), name)):
                raise refusal
        carrier = carrier_of(package.carrier_code)
        if carrier and carrier.needs_name and not (package.carrier_name or "").strip():
            message = f"Say the name of the carrier: {carrier.code} stands for none. {CHOICES}"
            raise RequiredInput(message, path=(*_path(packages, at), "carrierName"))


def check_time(shipped_at: datetime, *, order: AmazonOrder, now: datetime) -> None:
    """Refuse a time without offset, ahead of now, or before the purchase.

    Raises InvalidInput.
    """
    path = ("input", "shippedAt")
    if shipped_at.tzinfo is None:
        raise InvalidInput("The time of shipment needs a time zone, e.g. 2026-08-22T10:15:00Z.", path=path)
    if shipped_at > max(now, order.purchased_at) + _AHEAD:
        raise InvalidInput("The time of shipment is in the future.", path=path)
    if shipped_at < order.purchased_at:
        raise InvalidInput("The time of shipment is before the purchase.", path=path)


def _text_refusal(name: str, text: str | None, path: Path) -> DomainError | None:
    if name in _NEEDED and not (text or "").strip():
        needed = "Amazon needs the carrier and the tracking number of every package."
        return RequiredInput(f"{needed}{_NEEDED[name]}", path=path)
    if text and not text.strip().isprintable():
        return InvalidInput("A text without line breaks and control characters, please.", path=path)
    if text and len(text) > _LONGEST[name]:
        return InvalidInput(f"At most {_LONGEST[name]} characters, please.", path=path)
    return None


def _path(packages: Sequence[PackageRequest], at: int) -> Path:
    return ("input",) if len(packages) == 1 else ("input", "packages", str(at))


def _left(line: CommerceOrderLine, item: AmazonItem | None) -> int:
    still_ordered = item.quantity_ordered - line.quantity_shipped if item else 0
    return max(0, min(quantities(line).to_ship, still_ordered))


def _take(package: PackageRequest, left: dict[int, int], path: Path) -> dict[int, int]:
    if package.lines == ():
        raise RequiredInput("A package needs at least one line.", path=(*path, "lines"))
    taken: dict[int, int] = {}
    for at, (item_id, quantity) in enumerate(package.lines or ()):
        line_path = (*path, "lines", str(at))
        if item_id not in left:
            raise NotFound("The order has no such line.", path=(*line_path, "itemId"))
        if item_id in taken:
            raise InvalidInput("The same line is given twice.", path=(*line_path, "itemId"))
        if quantity < 1:
            raise InvalidInput("A quantity is at least 1.", path=(*line_path, "quantity"))
        if quantity > left[item_id]:
            raise QuantityTooLarge(
                f"{quantity} asked for, {left[item_id]} left to ship.",
                path=(*line_path, "quantity"),
                requested=quantity,
                available=left[item_id],
            )
        taken[item_id] = quantity
        left[item_id] -= quantity
    return taken


def _not_allowed(order: AmazonOrder, because: str) -> ActionNotAllowed:
    return ActionNotAllowed(because, action="SHIP", current_status=order.amazon_status.value, path=("input", "orderId"))
