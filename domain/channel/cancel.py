"""Canceling: asked for here, carried out by Amazon; nothing is given back before Amazon shows it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.commands import enqueue
from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import Change, change
from domain.channel.cancel_rules import cancel_refusal, checked_note
from domain.channel.command_choices import withdraw
from domain.channel.standing import Standing, standings
from domain.errors import DomainError, NotFound, StaleVersion
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

__all__ = ["LINGER", "cancel_in", "cancel_order", "cancel_refusal", "cancel_refusals"]

LINGER: Final = timedelta(seconds=10)
"""How long a cancellation waits for others that can go to Amazon in the same feed."""

_FAILED: Final = (CommandState.REFUSED, CommandState.DEAD)


async def cancel_order(
    *,
    order_id: int,
    reason: CancelReason,
    note: str | None,
    restock: bool,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Command:
    """Ask Amazon to cancel a whole order; until Amazon shows it as canceled nothing else changes.

    With `restock` what the order holds is free again then; without it, it is written off. Raises NotFound,
    StaleVersion, ActionNotAllowed, InvalidInput or IdempotencyKeyReused.
    """
    async with change(now=now, actor=actor) as unit:
        order = await AmazonOrder.filter(id=order_id).select_for_update().first()
        if order is None:
            raise NotFound("There is no such order.", path=("input", "orderId"))
        request = request_of(order, reason, note, restock, key=idempotency_key, sealer=sealer)
        if (known := await remembered(**request, now=now)) is not None:
            unit.quiet()
            return await Command.get(id=known)
        check_version(order, expected_version)
        command = await cancel_in(unit, order, reason=reason, note=note, restock=restock)
        await remember(**request, result_id=command.id, now=now)
        return command


async def cancel_in(
    unit: Change, order: AmazonOrder, *, reason: CancelReason, note: str | None, restock: bool
) -> Command:
    """Queue the cancellation of an order inside the caller's change.

    Raises ActionNotAllowed, or InvalidInput for the note.
    """
    standing = (await standings([order]))[order.id]
    command = await queue_cancel(unit, standing, reason=reason, note=note, restock=restock)
    await unit.due([order.id])
    await refresh_display(unit=unit, order_ids=[order.id])
    return command


async def queue_cancel(
    unit: Change, standing: Standing, *, reason: CancelReason, note: str | None, restock: bool
) -> Command:
    """Queue the cancellation of an order of which all is read; the caller marks it due and shows it anew.

    Raises ActionNotAllowed, or InvalidInput for the note.
    """
    text = checked_note(note)
    if refusal := cancel_refusal(standing):
        raise refusal
    order = standing.order
    for failed in standing.commands:
        if failed.kind is CommandKind.CANCEL and failed.state in _FAILED:
            await withdraw(unit, order, failed, "Another cancellation was asked for; the failed one is dropped.")
    payload = {"reason": reason.value, "items": standing.ordered, "restock": restock, "note": text}
    command = await enqueue(unit=unit, order=order, kind=CommandKind.CANCEL, payload=payload, due_at=unit.now + LINGER)
    unit.event(
        order.subject,
        EventKind.CANCEL_REQUESTED,
        f"Cancellation asked for: {reason.value.lower().replace('_', ' ')}.",
        command_id=command.id,
        reason=reason.value,
        restock=restock,
        note=text,
    )
    return command


async def cancel_refusals(orders: Sequence[AmazonOrder]) -> dict[int, DomainError | None]:
    """Return for each order why it cannot be canceled now, None if it can."""
    return {order_id: cancel_refusal(standing) for order_id, standing in (await standings(orders)).items()}


def request_of(
    order: AmazonOrder, reason: CancelReason, note: str | None, restock: bool, *, key: str, sealer: Sealer
) -> dict[str, Any]:
    """Return the request as the remembered answers know it."""
    text = orjson.dumps([order.id, reason, note, restock])
    return {
        "scope": f"account:{order.account_id}",
        "mutation": "cancelOrder",
        "key": key,
        "input_digest": sealer.digest("idempotency", text.decode()),
    }


def check_version(order: AmazonOrder, expected: int | None) -> None:
    """Refuse to work on an order that changed since somebody looked at it.

    Raises StaleVersion.
    """
    if expected not in (None, order.version):
        raise StaleVersion(expected=expected, actual=order.version, path=("input", "expectedVersion"))
