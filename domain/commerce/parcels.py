"""Parcels of a shipment after it left: other tracking, and goods that turn out to travel in a further one."""

from collections.abc import Mapping

from domain.commerce.records import CommerceOrderLine, Document, DocumentLine, Package
from domain.commerce.shipments import Parcel


async def contents_of(package: Package) -> dict[int, int]:
    """Return how many units of which items a parcel holds, by the channel's item row."""
    rows = await DocumentLine.filter(document=Document.PACKAGE, document_id=package.id).order_by("id")
    lines = {line.id: line.item_id for line in await CommerceOrderLine.filter(id__in=[row.line_id for row in rows])}
    return {lines[row.line_id]: row.quantity for row in rows}


async def retrack(package: Package, *, carrier_code: str, carrier_name: str | None, tracking_number: str) -> None:
    """Store under which number a parcel travels."""
    package.carrier_code, package.carrier_name = carrier_code, carrier_name
    package.tracking_number = tracking_number
    await package.save(update_fields=["carrier_code", "carrier_name", "tracking_number"])


async def split_off(package: Package, parcel: Parcel) -> Package:
    """Store that some of a parcel travels in a further one of the same shipment; `quantities` are what moves over."""
    further = await Package.create(
        shipment_id=package.shipment_id,
        order_id=package.order_id,
        account_id=package.account_id,
        package_reference=parcel.reference,
        carrier_code=parcel.carrier_code,
        carrier_name=parcel.carrier_name,
        shipping_method=parcel.shipping_method,
        tracking_number=parcel.tracking_number,
    )
    await _move(package, further, parcel.quantities)
    return further


async def _move(package: Package, further: Package, quantities: Mapping[int, int]) -> None:
    rows = DocumentLine.filter(document=Document.PACKAGE, document_id=package.id, line_id__in=list(quantities))
    for row in await rows.order_by("id"):
        moved = quantities[row.line_id]
        left = row.quantity - moved
        await (DocumentLine.filter(id=row.id).update(quantity=left) if left else row.delete())
        await DocumentLine.create(
            document=Document.PACKAGE,
            document_id=further.id,
            account_id=further.account_id,
            line_id=row.line_id,
            quantity=moved,
        )
