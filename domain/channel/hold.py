"""Holding an order back: nothing of it is shipped or canceled from here until the hold is over."""

from datetime import datetime
from typing import Final

from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.cancel_rules import checked_note
from domain.channel.permitted import hold_refusal, unhold_refusal
from domain.channel.requested import Path, locked_order
from domain.channel.standing import Standing, standings
from domain.commerce.holds import end_hold, holds_over, open_holds, place_hold
from domain.commerce.orders import advance
from domain.commerce.records import CommerceOrder
from domain.commerce.workflow_records import HoldEnding, HoldReason, OrderHold
from domain.errors import InvalidInput
from domain.timeline import SYSTEM, Actor, EventKind

BATCH: Final = 100
"""So many holds whose time is over end in one transaction."""

_ROOT: Final[Path] = ()


async def hold_order(
    *,
    order_id: int,
    reason: HoldReason,
    note: str | None,
    until: datetime | None,
    expected_version: int | None,
    now: datetime,
    actor: Actor,
) -> OrderHold:
    """Put an order on hold, until a time or until somebody lifts the hold; it remembers where the order stood.

    Raises NotFound, StaleVersion, ActionNotAllowed, or InvalidInput for the note or the time.
    """
    async with change(now=now, actor=actor) as unit:
        order = await locked_order(order_id, expected_version, path=_ROOT)
        return await hold_in(unit, order, reason=reason, note=note, until=until)


async def hold_in(
    unit: Change, order: AmazonOrder, *, reason: HoldReason, note: str | None = None, until: datetime | None = None
) -> OrderHold:
    """Put an order on hold inside the caller's change; raises ActionNotAllowed or InvalidInput."""
    standing = (await standings([order]))[order.id]
    if refusal := hold_refusal(standing):
        raise refusal
    text = checked_note(note, path=("note",))
    _check_time(until, now=unit.now)
    commerce = _commerce_of(standing)
    hold = await place_hold(commerce, reason=reason, note=text, until=until, now=unit.now, actor=unit.actor)
    ends = "" if until is None else f" until {until:%Y-%m-%d %H:%M} UTC"
    unit.event(
        order.subject,
        EventKind.HELD,
        f"Put on hold{ends}: {reason.value.lower().replace('_', ' ')}.",
        hold_id=hold.id,
        reason=reason.value,
        note=text,
    )
    return hold


async def unhold_order(
    *, order_id: int, note: str | None, expected_version: int | None, now: datetime, actor: Actor
) -> OrderHold:
    """Lift the hold of an order: its state and status are again what they were.

    Raises NotFound, StaleVersion, ActionNotAllowed, or InvalidInput for the note.
    """
    async with change(now=now, actor=actor) as unit:
        order = await locked_order(order_id, expected_version, path=_ROOT)
        return await unhold_in(unit, order, note=note)


async def unhold_in(unit: Change, order: AmazonOrder, *, note: str | None = None) -> OrderHold:
    """Lift the hold of an order inside the caller's change; raises ActionNotAllowed or InvalidInput."""
    standing = (await standings([order]))[order.id]
    if refusal := unhold_refusal(standing):
        raise refusal
    text = checked_note(note, path=("note",))
    commerce = _commerce_of(standing)
    hold = (await open_holds([commerce.id]))[commerce.id]
    await _end(unit, standing, hold, HoldEnding.LIFTED, "The hold was lifted.", note=text)
    return hold


async def end_holds_over(*, now: datetime, limit: int = BATCH) -> int:
    """Lift holds whose time is over; return how many there were."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        over = await holds_over(now=now, limit=limit)
        commerce = await CommerceOrder.filter(id__in=[hold.order_id for hold in over])
        ids = [order.channel_order_id for order in commerce]
        known = await standings(await AmazonOrder.filter(id__in=ids).select_for_update())
        by_commerce = {order.id: known[order.channel_order_id] for order in commerce}
        # Somebody may have lifted one before its order was locked.
        standing = {hold.id for hold in (await open_holds(by_commerce)).values()}
        for hold in (one for one in over if one.id in standing):
            await _end(unit, by_commerce[hold.order_id], hold, HoldEnding.EXPIRED, "The time of the hold is over.")
    return len(over)


async def _end(
    unit: Change, standing: Standing, hold: OrderHold, ending: HoldEnding, message: str, *, note: str | None = None
) -> None:
    commerce = _commerce_of(standing)
    await end_hold(commerce, hold, ending=ending, now=unit.now, actor=unit.actor)
    await advance(commerce, standing.lines, now=unit.now)
    unit.event(
        standing.order.subject, EventKind.RELEASED, message, hold_id=hold.id, ending=ending.value, note=note
    )  # fmt: skip


def _commerce_of(standing: Standing) -> CommerceOrder:
    assert standing.commerce is not None, "the rule table lets only imported orders through"
    return standing.commerce


def _check_time(until: datetime | None, *, now: datetime) -> None:
    if until is None:
        return
    if until.tzinfo is None:
        raise InvalidInput("The end of a hold needs a time zone, e.g. 2026-08-22T10:15:00Z.", path=("until",))
    if until <= now:
        raise InvalidInput(
            "The end of a hold is in the future; leave it out to hold until it is lifted.", path=("until",)
        )
