"""Packing slips: what is in the parcels of a shipment, without prices."""

from collections.abc import Mapping, Sequence
from typing import Final

from api.documents.papers import Column, Paper, PaperKind, Table, clean, day
from api.documents.parties import SHIP_TO
from api.documents.surroundings import Surroundings
from domain.commerce.records import DocumentLine, Package, Shipment

GOODS: Final = (Column("SKU", 45), Column("Title", 125), Column("Quantity", 20, is_number=True))
PARCELS: Final = (Column("Parcel", 38), Column("Carrier", 42), Column("Tracking number", 50), Column("Contents", 60))


def packing_slip(
    shipment: Shipment,
    covered: Sequence[DocumentLine],
    *,
    packages: Sequence[Package],
    contents: Mapping[int, Sequence[DocumentLine]],
    around: Surroundings,
) -> Paper:
    """Return a shipment as a paper; `contents` says what is in each package, by the package's id."""
    tables = [Table(GOODS, tuple(_row(one, around) for one in _in_order(covered, around)))]
    if packages:
        parcels = (
            (
                clean(package.package_reference),
                clean(package.carrier_name or package.carrier_code),
                clean(package.tracking_number or "") or "not known",
                _contents(contents.get(package.id, ()), around) if len(packages) > 1 else "everything above",
            )
            for package in packages
        )
        tables.append(Table(PARCELS, tuple(parcels)))
    return Paper(
        kind=PaperKind.SHIPMENT,
        title="Packing slip",
        number=clean(shipment.number),
        seller=around.seller,
        facts=(("Shipped on", day(shipment.shipped_at)), *around.facts),
        parties=tuple(party for party in around.parties if party.title == SHIP_TO),
        tables=tuple(tables),
    )


def _in_order(covered: Sequence[DocumentLine], around: Surroundings) -> list[DocumentLine]:
    return sorted(covered, key=lambda one: around.lines[one.line_id].position)


def _row(one: DocumentLine, around: Surroundings) -> tuple[str, ...]:
    line = around.lines[one.line_id]
    return clean(line.sku), clean(line.title), str(one.quantity)


def _contents(covered: Sequence[DocumentLine], around: Surroundings) -> str:
    goods = (f"{one.quantity} × {clean(around.lines[one.line_id].sku)}" for one in _in_order(covered, around))
    return ", ".join(goods)
