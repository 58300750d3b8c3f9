"""Canceling a part of an order: asked for here, carried out by Amazon; nothing is given back before Amazon shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.commands import enqueue
from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import Change, change
from domain.channel.cancel import LINGER, check_version
from domain.channel.cancel_rules import checked_note
from domain.channel.command_choices import withdraw
from domain.channel.partial_rules import canceled_units, chosen_units, partial_refusal
from domain.channel.standing import Standing, standings
from domain.errors import NotFound
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

_FAILED: Final = (CommandState.REFUSED, CommandState.DEAD)


async def cancel_rest(
    *,
    order_id: int,
    lines: Sequence[tuple[int, int]] | None,
    reason: CancelReason,
    note: str | None,
    restock: bool,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Command:
    """Ask Amazon to cancel units that have not left: `lines` pair an item's row with a quantity, None: all the rest.

    Until Amazon shows them as canceled nothing else changes; then their stock is free, or written off without
    `restock`, and a credit memo gives back what they came to. Raises NotFound, StaleVersion, ActionNotAllowed,
    RequiredInput, InvalidInput, QuantityTooLarge or IdempotencyKeyReused.
    """
    async with change(now=now, actor=actor) as unit:
        order = await AmazonOrder.filter(id=order_id).select_for_update().first()
        if order is None:
            raise NotFound("There is no such order.", path=("input", "orderId"))
        request = {
            "scope": f"account:{order.account_id}",
            "mutation": "cancelRest",
            "key": idempotency_key,
            "input_digest": _digest(order_id, lines, reason, note, restock, sealer=sealer),
        }
        if (known := await remembered(**request, now=now)) is not None:
            unit.quiet()
            return await Command.get(id=known)
        check_version(order, expected_version)
        standing = (await standings([order]))[order.id]
        command = await _queue(unit, standing, lines, reason=reason, note=note, restock=restock)
        await refresh_display(unit=unit, order_ids=[order.id])
        await remember(**request, result_id=command.id, now=now)
        return command


async def _queue(
    unit: Change,
    standing: Standing,
    lines: Sequence[tuple[int, int]] | None,
    *,
    reason: CancelReason,
    note: str | None,
    restock: bool,
) -> Command:
    text = checked_note(note)
    if refusal := partial_refusal(standing):
        raise refusal
    chosen = chosen_units(standing, lines)
    order = standing.order
    for failed in standing.commands:
        if failed.kind is CommandKind.PARTIAL_CANCEL and failed.state in _FAILED:
            await withdraw(unit, order, failed, "Another cancellation was asked for; the failed one is dropped.")
    items = [item for item in standing.items if item.id in chosen]
    payload = {
        "reason": reason.value,
        "items": [[item.item_id, chosen[item.id]] for item in items],
        # How each stood when it was asked for: item, units wanted, ordered then, canceled then.
        "before": [
            [item.id, chosen[item.id], item.quantity_ordered, canceled_units(item, ordered=item.quantity_ordered)]
            for item in items
        ],
        "restock": restock,
        "note": text,
    }
    due_at = unit.now + LINGER
    command = await enqueue(unit=unit, order=order, kind=CommandKind.PARTIAL_CANCEL, payload=payload, due_at=due_at)
    what = ", ".join(f"{chosen[item.id]} of {item.seller_sku or item.asin or item.item_id}" for item in items)
    unit.event(
        order.subject,
        EventKind.CANCEL_REQUESTED,
        f"Cancellation of {what} asked for: {reason.value.lower().replace('_', ' ')}.",
        command_id=command.id,
        reason=reason.value,
        restock=restock,
        note=text,
    )
    return command


def _digest(
    order_id: int,
    lines: Sequence[tuple[int, int]] | None,
    reason: CancelReason,
    note: str | None,
    restock: bool,
    *,
    sealer: Sealer,
) -> str:
    text = orjson.dumps([order_id, None if lines is None else [list(line) for line in lines], reason, note, restock])
    return sealer.digest("idempotency", text.decode())
