"""Shipments with their packages, many at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.commerce.numbers import Numbered, take_numbers
from domain.commerce.records import (
    CommerceOrder,
    CommerceOrderLine,
    Document,
    DocumentLine,
    Package,
    Shipment,
    ShipmentSource,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One package of a shipment; `quantities` by order line id."""

    reference: str
    carrier_code: str
    carrier_name: str | None = None
    shipping_method: str | None = None
    tracking_number: str | None = None
    quantities: Mapping[int, int]


@dataclass(slots=True, kw_only=True)
class ShipmentDraft:
    """Goods of one order that left; `lines` pairs an order line with how many of it left."""

    order: CommerceOrder
    source: ShipmentSource
    lines: Sequence[tuple[CommerceOrderLine, int]]
    parcels: Sequence[Parcel]
    shipped_at: datetime
    shipment: Shipment = field(init=False)
    packages: list[Package] = field(default_factory=list)


async def record_shipments(connection: BaseDBAsyncClient, drafts: Sequence[ShipmentDraft], *, now: datetime) -> None:
    """Store shipments of different orders, count them on the order lines, and put the records into the drafts."""
    if not drafts:
        return
    await _store_shipments(connection, drafts, now=now)
    await _store_packages(drafts)
    await DocumentLine.bulk_create([line for draft in drafts for line in _document_lines(draft)])
    counted = [line for draft in drafts for line, _ in draft.lines]
    for draft in drafts:
        draft.order.version += 1
        for line, quantity in draft.lines:
            line.quantity_shipped += quantity
    await CommerceOrderLine.bulk_update(counted, fields=["quantity_shipped"], batch_size=1000)
    await CommerceOrder.bulk_update([draft.order for draft in drafts], fields=["version"])


async def _store_shipments(connection: BaseDBAsyncClient, drafts: Sequence[ShipmentDraft], *, now: datetime) -> None:
    views: defaultdict[str, list[ShipmentDraft]] = defaultdict(list)
    for draft in drafts:
        views[draft.order.store_view].append(draft)
    for store_view, same in views.items():
        numbers = await take_numbers(connection, store_view=store_view, kind=Numbered.SHIPMENT, count=len(same))
        await Shipment.bulk_create(
            [_shipment(draft, number, now=now) for draft, number in zip(same, numbers, strict=True)]
        )
        stored = {row.number: row for row in await Shipment.filter(store_view=store_view, number__in=numbers)}
        for draft, number in zip(same, numbers, strict=True):
            draft.shipment = stored[number]


def _shipment(draft: ShipmentDraft, number: str, *, now: datetime) -> Shipment:
    return Shipment(
        order_id=draft.order.id,
        account_id=draft.order.account_id,
        store_view=draft.order.store_view,
        number=number,
        source=draft.source,
        shipped_at=draft.shipped_at,
        created_at=now,
    )


async def _store_packages(drafts: Sequence[ShipmentDraft]) -> None:
    packages = [_package(draft, parcel) for draft in drafts for parcel in draft.parcels]
    await Package.bulk_create(packages)
    stored = await Package.filter(shipment_id__in=[draft.shipment.id for draft in drafts]).order_by("id")
    for draft in drafts:
        draft.packages = [package for package in stored if package.shipment_id == draft.shipment.id]


def _package(draft: ShipmentDraft, parcel: Parcel) -> Package:
    return Package(
        shipment_id=draft.shipment.id,
        order_id=draft.order.id,
        account_id=draft.order.account_id,
        package_reference=parcel.reference,
        carrier_code=parcel.carrier_code,
        carrier_name=parcel.carrier_name,
        shipping_method=parcel.shipping_method,
        tracking_number=parcel.tracking_number,
    )


def _document_lines(draft: ShipmentDraft) -> list[DocumentLine]:
    shipped = [
        _covered(Document.SHIPMENT, draft.shipment.id, draft, line.id, quantity) for line, quantity in draft.lines
    ]
    packed = [
        _covered(Document.PACKAGE, package.id, draft, line_id, quantity)
        for package, parcel in zip(draft.packages, draft.parcels, strict=True)
        for line_id, quantity in parcel.quantities.items()
    ]
    return shipped + packed


def _covered(document: Document, document_id: int, draft: ShipmentDraft, line_id: int, quantity: int) -> DocumentLine:
    return DocumentLine(
        document=document,
        document_id=document_id,
        account_id=draft.order.account_id,
        line_id=line_id,
        quantity=quantity,
    )
