"""One package of an order on its way to the buyer: what a seller says of it, checked and taken note of.

confirmShipment and the fulfilment feeds come here alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from simulator.envelopes import invalid_input
from simulator.instants import parse_time, to_milliseconds
from simulator.marketplaces import MARKETPLACES
from simulator.orders import progress
from simulator.orders.lifecycle import NotAllowed, Package, PackageNotFound, pack
from simulator.orders.programs import SHIP_PLUS, TRANSPARENCY

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder
    from simulator.world import World

BAD_REFERENCE: Final = "PackageReferenceId: is invalid, must be a positive numeric value."
NOTHING_TO_PACK: Final = (
    "Failed to create package due to not finding a matching package or order already fulfilled. PackageToUpdateNotFound"
)
POSITIVE: Final = re.compile(r"0*[1-9][0-9]{0,18}", re.ASCII)


class ConfirmedItem(msgspec.Struct, rename="camel"):
    """An order item in a package, as the caller writes it."""

    order_item_id: str
    quantity: int
    transparency_codes: list[str] = msgspec.field(default_factory=list)


class PackageDetail(msgspec.Struct, rename="camel"):
    """A package, as the caller writes it."""

    package_reference_id: str
    carrier_code: str
    tracking_number: str
    ship_date: str
    order_items: list[ConfirmedItem]
    carrier_name: str | None = None
    shipping_method: str | None = None
    ship_from_supply_source_id: str | None = None


class ConfirmShipment(msgspec.Struct, rename="camel"):
    """The body of the request; keys that Amazon does not know are ignored."""

    marketplace_id: str
    package_detail: PackageDetail
    cod_collection_method: str | None = None


def confirm(world: World, order: SimulatedOrder, asked: ConfirmShipment, *, at: int) -> None:
    """Do what a confirmation asks for, whichever way it came. Raises WireError."""
    _check_order(order, asked)
    package = _package(asked.package_detail, shows_detail=world.options.shows_detailed_status)
    if world.options.demands_transparency_codes:
        _check_codes(order, package)
    is_new = package.reference not in {known["packageReferenceId"] for known in order.read().get("packages", [])}
    try:
        world.change(order, lambda document: pack(document, package, at=at), at=at)
    except PackageNotFound as error:
        raise invalid_input(NOTHING_TO_PACK) from error
    except NotAllowed as error:
        raise invalid_input(details=str(error)) from error
    if is_new:
        progress.plan_package(world, order, package.reference, at=at)


def _check_order(order: SimulatedOrder, body: ConfirmShipment) -> None:
    if order.marketplace_id is not None and body.marketplace_id != order.marketplace_id:
        raise invalid_input(details="The order was not placed in this marketplace.")
    if order.fulfilled_by == "AMAZON":
        raise invalid_input(details="The order is fulfilled by Amazon.")
    if SHIP_PLUS in order.read().get("programs", []):
        raise invalid_input(details="The order is shipped with a label of its program.")
    if body.cod_collection_method is not None and not _collects_cash(body):
        raise invalid_input(details="The COD collection method is not supported here.")


def _check_codes(order: SimulatedOrder, package: Package) -> None:
    """Demand a code of its own for each unit of a Transparency item; whether Amazon does is not documented."""
    demanding = {one["orderItemId"] for one in order.read()["orderItems"] if TRANSPARENCY in one.get("programs", [])}
    for item_id, units in package.quantities.items():
        codes = package.transparency_codes.get(item_id, [])
        if item_id in demanding and not len(set(codes)) == len(codes) == units:
            raise invalid_input(details="A Transparency item needs a code for each unit.")


def _collects_cash(body: ConfirmShipment) -> bool:
    marketplace = MARKETPLACES.get(body.marketplace_id)
    is_japan = marketplace is not None and marketplace.country == "JP"
    return is_japan and body.cod_collection_method == "DirectPayment"


def _package(detail: PackageDetail, *, shows_detail: bool) -> Package:
    if not POSITIVE.fullmatch(detail.package_reference_id):
        raise invalid_input(BAD_REFERENCE)
    shipped = parse_time(detail.ship_date)
    if shipped is None or not detail.carrier_code.strip() or not detail.tracking_number.strip():
        raise invalid_input()
    is_other = detail.carrier_code.lower() == "other"
    if is_other and not (detail.carrier_name or "").strip():
        raise invalid_input(details="A carrier name is required when the carrier code is Other.")
    return Package(
        reference=detail.package_reference_id,
        quantities=_quantities(detail.order_items),
        carrier=(detail.carrier_name or "") if is_other else detail.carrier_code,
        tracking_number=detail.tracking_number,
        shipped=to_milliseconds(shipped),
        shipping_method=detail.shipping_method,
        transparency_codes={item.order_item_id: item.transparency_codes for item in detail.order_items},
        shows_detail=shows_detail,
    )


def _quantities(items: list[ConfirmedItem]) -> Mapping[str, int]:
    quantities = {item.order_item_id: item.quantity for item in items}
    if not items or len(quantities) < len(items) or min(quantities.values()) < 1:
        raise invalid_input()
    return quantities
