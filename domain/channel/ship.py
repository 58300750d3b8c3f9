"""Shipping: goods leave, stock goes down, and Amazon is told of each package."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import orjson

from domain.amazon.commands import PackageConfirmation, enqueue
from domain.amazon.orders import items_of, refresh_display
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandKind
from domain.catalog.stock import deduct
from domain.change import Change, change
from domain.channel.carriers import amazon_carrier
from domain.channel.leaving import check_staying
from domain.channel.ship_input import PackageRequest, allot, check_texts, check_time, ship_refusal
from domain.channel.ship_notes import ShipmentNote, note_in
from domain.channel.ship_sources import SourceChoice, chosen_sources
from domain.commerce.orders import advance, lines_of
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Shipment, ShipmentSource
from domain.commerce.shipments import Parcel, ShipmentDraft, record_shipments
from domain.errors import NotFound, StaleVersion
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

__all__ = ["PackageRequest", "ShipmentNote", "SourceChoice", "ship_in", "ship_order", "ship_refusal"]

_MUTATION: Final = "shipOrder"


async def ship_order(
    *,
    order_id: int,
    packages: Sequence[PackageRequest],
    shipped_at: datetime | None,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
    new_reference: Callable[[], str],
    note: ShipmentNote | None = None,
    sources: Sequence[SourceChoice] = (),
) -> Shipment:
    """Record that packages of an order left, and queue one confirmation to Amazon for each.

    `shipped_at` is now unless given, or the purchase if Amazon's clock is ahead of ours; each call of
    `new_reference` gives a number that was never given before. Goods are taken from the `sources` that are
    chosen, and what is not chosen by their order. Raises NotFound, StaleVersion, ActionNotAllowed, RequiredInput,
    InvalidInput, QuantityTooLarge, InsufficientStock, IdempotencyKeyReused, or what stands against a note's e-mail.
    """
    async with change(now=now, actor=actor) as unit:
        return await ship_in(
            unit,
            order_id=order_id,
            packages=packages,
            shipped_at=shipped_at,
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            sealer=sealer,
            new_reference=new_reference,
            note=note,
            sources=sources,
        )


async def ship_in(
    unit: Change,
    *,
    order_id: int,
    packages: Sequence[PackageRequest],
    shipped_at: datetime | None,
    expected_version: int | None,
    idempotency_key: str,
    sealer: Sealer,
    new_reference: Callable[[], str],
    note: ShipmentNote | None = None,
    sources: Sequence[SourceChoice] = (),
) -> Shipment:
    """Ship inside the caller's change, as `ship_order` does and with its refusals."""
    order = await AmazonOrder.filter(id=order_id).select_for_update().first()
    if order is None:
        raise NotFound("There is no such order.", path=("input", "orderId"))
    request = {
        "scope": f"account:{order.account_id}",
        "mutation": _MUTATION,
        "key": idempotency_key,
        "input_digest": _digest(order_id, packages, shipped_at, note, sources, sealer=sealer),
    }
    if (known := await remembered(**request, now=unit.now)) is not None:
        unit.quiet()
        return await Shipment.get(id=known)
    if expected_version not in (None, order.version):
        raise StaleVersion(expected=expected_version, actual=order.version, path=("input", "expectedVersion"))
    left_at = shipped_at or max(unit.now, order.purchased_at)
    shipment = await _ship(unit, order, packages, left_at, sources, new_reference=new_reference)
    if note is not None:
        await note_in(unit, order, shipment, note, sealer=sealer)
    await remember(**request, result_id=shipment.id, now=unit.now)
    return shipment


async def _ship(
    unit: Change,
    order: AmazonOrder,
    packages: Sequence[PackageRequest],
    shipped_at: datetime,
    sources: Sequence[SourceChoice],
    *,
    new_reference: Callable[[], str],
) -> Shipment:
    await check_staying(order, action="SHIP")
    commerce = await CommerceOrder.get_or_none(channel_order_id=order.id)
    lines = await lines_of([commerce.id]) if commerce else []
    commands = await Command.filter(order_id=order.id).order_by("order_seq")
    items = {item.id: item for item in (await items_of([order.id]))[order.id]}
    refusal = ship_refusal(order, commerce, lines, items=items, commands=commands)
    if refusal or commerce is None:
        raise refusal or NotFound("There is no commerce order.")
    check_texts(packages)
    check_time(shipped_at, order=order, now=unit.now)
    contents = allot(packages, order=order, items=items, lines=lines)
    draft = _draft(order, commerce, lines, packages, contents, shipped_at, new_reference=new_reference)
    await record_shipments(unit.connection, [draft], now=unit.now)
    await _deduct(unit, order, draft, sources)
    await _tell_amazon(unit, order, draft, items, contents)
    await advance(commerce, lines, now=unit.now)
    return draft.shipment


def _draft(
    order: AmazonOrder,
    commerce: CommerceOrder,
    lines: Sequence[CommerceOrderLine],
    packages: Sequence[PackageRequest],
    contents: Sequence[dict[int, int]],
    shipped_at: datetime,
    *,
    new_reference: Callable[[], str],
) -> ShipmentDraft:
    line_ids = {line.item_id: line.id for line in lines}
    parcels = []
    for package, quantities in zip(packages, contents, strict=True):
        carrier_code, carrier_name = amazon_carrier(package.carrier_code, package.carrier_name)
        parcel = Parcel(
            reference=new_reference(),
            carrier_code=carrier_code,
            carrier_name=carrier_name,
            shipping_method=package.shipping_method or order.service_level,
            tracking_number=package.tracking_number.strip(),
            quantities={line_ids[item_id]: quantity for item_id, quantity in quantities.items()},
        )
        parcels.append(parcel)
    totals = [(line, sum(quantities.get(line.item_id, 0) for quantities in contents)) for line in lines]
    return ShipmentDraft(
        order=commerce,
        source=ShipmentSource.COMMERCE,
        lines=[(line, quantity) for line, quantity in totals if quantity],
        parcels=parcels,
        shipped_at=shipped_at,
    )


async def _deduct(unit: Change, order: AmazonOrder, draft: ShipmentDraft, sources: Sequence[SourceChoice]) -> None:
    quantities = {line.item_id: quantity for line, quantity in draft.lines}
    chosen = await chosen_sources(sources, quantities)
    if await deduct(unit, order_ids=[order.id], quantities=quantities, chosen=chosen):
        unit.event(order.subject, EventKind.STOCK_DEDUCTED, "Inventory deducted.")


async def _tell_amazon(
    unit: Change,
    order: AmazonOrder,
    draft: ShipmentDraft,
    items: dict[int, AmazonItem],
    contents: Sequence[dict[int, int]],
) -> None:
    for package, parcel, quantities in zip(draft.packages, draft.parcels, contents, strict=True):
        confirmation = PackageConfirmation(
            carrier_code=parcel.carrier_code,
            carrier_name=parcel.carrier_name,
            shipping_method=parcel.shipping_method,
            tracking_number=parcel.tracking_number or "",
            shipped_at=draft.shipped_at,
            items=tuple((items[item_id].item_id, quantity) for item_id, quantity in quantities.items()),
        )
        await enqueue(
            unit=unit,
            order=order,
            kind=CommandKind.CONFIRM_SHIPMENT,
            payload=confirmation.payload(),
            package_id=package.id,
            package_reference=parcel.reference,
        )
    unit.event(
        order.subject,
        EventKind.SHIPPED,
        f"Shipment {draft.shipment.number} left; Amazon will be told of {_count(len(draft.packages))}.",
        shipment_id=draft.shipment.id,
        number=draft.shipment.number,
        packages=[parcel.reference for parcel in draft.parcels],
    )
    await refresh_display(unit=unit, order_ids=[order.id])


def _count(packages: int) -> str:
    return "1 package" if packages == 1 else f"{packages} packages"


def _digest(
    order_id: int,
    packages: Sequence[PackageRequest],
    shipped_at: datetime | None,
    note: ShipmentNote | None,
    sources: Sequence[SourceChoice],
    *,
    sealer: Sealer,
) -> str:
    said = [] if note is None else note.asked
    taken = [{"sources": [list(one) for one in sources]}] if sources else []
    text = orjson.dumps([order_id, list(packages), shipped_at and shipped_at.isoformat(), *said, *taken])
    return sealer.digest("idempotency", text.decode())
