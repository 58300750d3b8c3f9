"""Tracking that is said later: another number for a parcel that left, or a further parcel, and Amazon is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.amazon.orders import refresh_display
from domain.change import Change, change
from domain.channel.carriers import amazon_carrier
from domain.channel.requested import check_version, locked_order
from domain.channel.told_parcels import (
    ToldParcel,
    Track,
    enqueue_content,
    request_of,
    tell,
    told_parcel,
    words_of,
)
from domain.commerce.parcels import retrack, split_off
from domain.commerce.records import Package
from domain.commerce.shipments import Parcel
from domain.errors import InvalidInput, NotFound, QuantityTooLarge, RequiredInput
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

_LINES: Final = ("input", "lines")


async def correct_track(
    *,
    order_id: int,
    package_id: int | None,
    track: Track,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Package:
    """Say under which number a parcel travels that left; without a package the only one that Amazon is told of.

    The same number again changes nothing where a message says it. Raises NotFound, StaleVersion, ActionNotAllowed,
    RequiredInput, InvalidInput or IdempotencyKeyReused.
    """
    async with change(now=now, actor=actor) as unit:
        order = await locked_order(order_id, None)
        asked = [order_id, package_id, track]
        request = request_of(order, "correctTrack", idempotency_key, asked, sealer=sealer)
        if (known := await remembered(**request, now=now)) is not None:
            unit.quiet()
            return await Package.get(id=known)
        check_version(order, expected_version)
        told = await told_parcel(order, package_id, track)
        await _correct(unit, told, track)
        await remember(**request, result_id=told.package.id, now=now)
        return told.package


async def add_track(
    *,
    order_id: int,
    package_id: int | None,
    lines: Sequence[tuple[int, int]],
    track: Track,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
    new_reference: Callable[[], str],
) -> Package:
    """Say that some of a parcel that left travels in a further one; `lines` pair an item's row with a quantity.

    Amazon is told of both. Raises NotFound, StaleVersion, ActionNotAllowed, RequiredInput, InvalidInput,
    QuantityTooLarge or IdempotencyKeyReused.
    """
    async with change(now=now, actor=actor) as unit:
        order = await locked_order(order_id, None)
        asked = [order_id, package_id, lines, track]
        request = request_of(order, "addTrack", idempotency_key, asked, sealer=sealer)
        if (known := await remembered(**request, now=now)) is not None:
            unit.quiet()
            return await Package.get(id=known)
        check_version(order, expected_version)
        told = await told_parcel(order, package_id, track)
        moved = _checked(lines, told.contents)
        further = await _divide(unit, told, track, moved, reference=new_reference())
        await remember(**request, result_id=further.id, now=now)
        return further


async def _correct(unit: Change, told: ToldParcel, track: Track) -> None:
    package, number = told.package, track.tracking_number.strip()
    carrier_code, carrier_name = amazon_carrier(track.carrier_code, track.carrier_name)
    content = replace(told.content, carrier_code=carrier_code, carrier_name=carrier_name, tracking_number=number)
    if content == told.content and told.is_said:
        unit.quiet()
        return
    was, before = words_of(package), package.tracking_number
    await retrack(package, carrier_code=carrier_code, carrier_name=carrier_name, tracking_number=number)
    await tell(unit, told, content)
    travels = f"Package {package.package_reference} travels with {words_of(package)}"
    unit.event(
        told.standing.order.subject,
        EventKind.TRACK_CHANGED,
        f"{travels}, which Amazon is told again." if was == words_of(package) else f"{travels}, not with {was}.",
        package=package.package_reference,
        carrier=carrier_name or carrier_code,
        tracking_number=number,
        before=before,
    )
    await refresh_display(unit=unit, order_ids=[told.standing.order.id])


async def _divide(unit: Change, told: ToldParcel, track: Track, moved: Mapping[int, int], *, reference: str) -> Package:
    order, package = told.standing.order, told.package
    lines = {line.item_id: line.id for line in told.standing.lines}
    carrier_code, carrier_name = amazon_carrier(track.carrier_code, track.carrier_name)
    parcel = Parcel(
        reference=reference,
        carrier_code=carrier_code,
        carrier_name=carrier_name,
        shipping_method=package.shipping_method,
        tracking_number=track.tracking_number.strip(),
        quantities={lines[item_id]: quantity for item_id, quantity in moved.items()},
    )
    further = await split_off(package, parcel)
    left = {item_id: quantity - moved.get(item_id, 0) for item_id, quantity in told.contents.items()}
    kind = await tell(unit, told, replace(told.content, items=told.in_amazons_words(left)))
    content = replace(
        told.content,
        carrier_code=carrier_code,
        carrier_name=carrier_name,
        tracking_number=parcel.tracking_number or "",
        items=told.in_amazons_words(moved),
    )
    await enqueue_content(unit, order, further, content, kind=kind)
    units = sum(moved.values())
    unit.event(
        order.subject,
        EventKind.TRACK_CHANGED,
        f"{units} of package {package.package_reference} travel{'s' if units == 1 else ''} in package "
        f"{reference} with {words_of(further)}.",
        package=reference,
        carrier=carrier_name or carrier_code,
        tracking_number=further.tracking_number,
        taken_from=package.package_reference,
    )
    await refresh_display(unit=unit, order_ids=[order.id])
    return further


def _checked(lines: Sequence[tuple[int, int]], contents: Mapping[int, int]) -> dict[int, int]:
    """Return what moves into the further parcel, by item row."""
    if not lines:
        raise RequiredInput("Say what the further parcel holds: at least one line.", path=_LINES)
    moved: dict[int, int] = {}
    for at, (item_id, quantity) in enumerate(lines):
        path = (*_LINES, str(at))
        if item_id not in contents:
            raise NotFound("The parcel holds no such line.", path=(*path, "itemId"))
        if item_id in moved:
            raise InvalidInput("The same line is given twice.", path=(*path, "itemId"))
        if quantity < 1:
            raise InvalidInput("A quantity is at least 1.", path=(*path, "quantity"))
        if quantity > contents[item_id]:
            raise QuantityTooLarge(
                f"{quantity} asked for, {contents[item_id]} in the parcel.",
                path=(*path, "quantity"),
                requested=quantity,
                available=contents[item_id],
            )
        moved[item_id] = quantity
    if moved == contents:
        raise InvalidInput(
            "Nothing would stay in the parcel: correct its tracking instead (correctTrack).", path=_LINES
        )
    return moved
