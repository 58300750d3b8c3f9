"""Goods that left without us: shipped in Seller Central or by Amazon, seen in Amazon's facts."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from domain.amazon.facts import AmazonOrderStatus, PackageFacts
from domain.amazon.records import AmazonItem
from domain.channel.due_orders import DueOrder
from domain.channel.packages import packages_of
from domain.commerce.orders import quantities
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Package, ShipmentSource
from domain.commerce.shipments import Parcel, ShipmentDraft


async def shipped_elsewhere(due_orders: Sequence[DueOrder]) -> list[ShipmentDraft]:
    """Return a shipment for each order of which Amazon has seen more leave than we have."""
    found = [(due, due.commerce, lines) for due in due_orders if due.commerce and (lines := _unseen(due))]
    known: defaultdict[int, set[str]] = defaultdict(set)
    for package in await Package.filter(order_id__in=[commerce.id for _, commerce, _ in found]):
        known[package.order_id].add(package.package_reference)
    return [_draft(due, commerce, lines, known[commerce.id]) for due, commerce, lines in found]


def unsent(due: DueOrder) -> dict[int, int]:
    """Return how many of each item are on the commerce order and have not left."""
    return {line.item_id: rest for line in due.lines if (rest := line.quantity_ordered - line.quantity_shipped) > 0}


def _unseen(due: DueOrder) -> list[tuple[CommerceOrderLine, int]]:
    partly = due.order.amazon_status is AmazonOrderStatus.PARTIALLY_SHIPPED
    if not (due.has_shipped or partly):
        return []
    left = {item.id: item.quantity_shipped if partly else _left_in_all(item) for item in due.items}
    unseen = [
        (line, min(quantities(line).to_ship, left.get(line.item_id, 0) - line.quantity_shipped)) for line in due.lines
    ]
    return [(line, quantity) for line, quantity in unseen if quantity > 0]


def _left_in_all(item: AmazonItem) -> int:
    """Return how many left of an order that has shipped: all that is ordered now, unless Amazon knows of no rest."""
    return item.quantity_shipped if item.quantity_unshipped == 0 else item.quantity_ordered


def _draft(
    due: DueOrder, commerce: CommerceOrder, lines: list[tuple[CommerceOrderLine, int]], known: set[str]
) -> ShipmentDraft:
    packages = [package for package in packages_of(due.order) if package.reference not in known]
    times = [package.shipped_at for package in packages if package.shipped_at]
    return ShipmentDraft(
        order=commerce,
        source=ShipmentSource.AMAZON,
        lines=lines,
        parcels=[_parcel(due, package) for package in packages],
        shipped_at=max(times, default=due.order.updated_at),
    )


def _parcel(due: DueOrder, package: PackageFacts) -> Parcel:
    rows = {item.item_id: item.id for item in due.items}
    lines = {line.item_id: line.id for line in due.lines}
    packed: Counter[int] = Counter()
    for item_id, quantity in package.items:
        if (line_id := lines.get(rows.get(item_id, 0))) is not None:
            packed[line_id] += quantity
    return Parcel(
        reference=package.reference,
        carrier_code=package.carrier or "Other",
        tracking_number=package.tracking_number,
        quantities=packed,
    )
