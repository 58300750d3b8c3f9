"""What Amazon answered to a command that was sent: taken, refused, or to be tried again."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import Change, change
from domain.channel.attention import open_all, resolve
from domain.channel.proofs import parked_concern, refused_concern
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.errors import MarketplaceError, MarketplaceRejected, MarketplaceThrottled, MarketplaceUnreached
from domain.timeline import AMAZON, SYSTEM, Actor, EventKind

MOST_ATTEMPTS: Final = 20
"""After so many calls without an answer a person has to look."""

_AWAITED: Final = (CommandState.QUEUED, CommandState.SENT)
_SETTLED: Final = MappingProxyType({"due_at": None, "lease_until": None})
_NO_ERROR: Final = MappingProxyType({"error_code": None, "error_message": None, "error_retryable": False})

_TAKEN: Final = MappingProxyType(
    {
        CommandKind.CONFIRM_SHIPMENT: "Tracking information has been submitted to Amazon.",
        CommandKind.UPDATE_TRACKING: "Changed tracking information has been submitted to Amazon.",
    }
)
_REFUSED: Final = MappingProxyType(
    {
        CommandKind.CONFIRM_SHIPMENT: "Transmission of tracking information failed. "
        "Please add tracking directly within Amazon Seller Central.",
        CommandKind.UPDATE_TRACKING: "Transmission of changed tracking information failed. "
        "Please change tracking directly within Amazon Seller Central.",
    }
)


async def accepted(*, command_id: int, fence: int, now: datetime, request_id: str | None) -> bool:
    """Record that Amazon took a command; False if the answer comes from an attempt that no longer counts."""
    values = {"state": CommandState.ACCEPTED, "accepted_at": now, "request_id": request_id, **_SETTLED, **_NO_ERROR}
    async with change(now=now, actor=SYSTEM) as unit:
        command = await _answered(unit, command_id, fence, values)
        if command is None:
            return False
        order = await AmazonOrder.get(id=command.order_id)
        message = _TAKEN.get(command.kind, f"Amazon accepted: {command.kind.value}.")
        _tell(unit, order, command, EventKind.MARKETPLACE_ACCEPTED, message, actor=AMAZON)
        await resolve(unit, order, await Attention.filter(command_id=command_id, state=AttentionState.OPEN))
        if command.kind is CommandKind.UPDATE_TRACKING:
            await unit.due([order.id])  # Amazon may show it already, and then tells nothing new of the order
        await refresh_display(unit=unit, order_ids=[order.id])
        return True


async def refused(*, command_id: int, fence: int, error: MarketplaceRejected, now: datetime) -> bool:
    """Record that Amazon said never, and ask a person to look; False if the attempt no longer counts."""
    values = {"state": CommandState.REFUSED, **_SETTLED, **_error(error)}
    async with change(now=now, actor=SYSTEM) as unit:
        command = await _answered(unit, command_id, fence, values)
        if command is None:
            return False
        order = await AmazonOrder.get(id=command.order_id)
        message = f"{_REFUSED.get(command.kind, 'Amazon refused.')} Amazon says: {error.message}"
        _tell(unit, order, command, EventKind.MARKETPLACE_REJECTED, message, actor=AMAZON)
        overdue = Attention.filter(command_id=command_id, kind=AttentionKind.COMMAND_OVERDUE)
        await resolve(unit, order, await overdue.exclude(state=AttentionState.RESOLVED))
        await open_all(unit, [(order, refused_concern(command, message, amazon_code=error.amazon_code))])
        await refresh_display(unit=unit, order_ids=[order.id])
        return True


async def postponed(*, command_id: int, fence: int, error: MarketplaceError, retry_at: datetime, now: datetime) -> bool:
    """Record that Amazon gave no answer yet; out of attempts a person has to look. False if it no longer counts.

    Amazon's word that it is too busy is an answer: however often it comes, the command waits and nobody has to look.
    """
    throttled = isinstance(error, MarketplaceThrottled)
    values = {"due_at": retry_at, "lease_until": None, **_error(error)}
    async with change(now=now, actor=SYSTEM) as unit:
        command = await _answered(unit, command_id, fence, values)
        if command is None:
            return False
        await _queue_or_doubt(command, error)
        order = await AmazonOrder.get(id=command.order_id)
        if throttled or command.attempts < MOST_ATTEMPTS:
            message = f"Amazon could not answer; attempt {command.attempts + 1} follows."
            _tell(unit, order, command, EventKind.MARKETPLACE_RETRIED, message)
        else:
            await _bury(unit, order, command, error)
        await refresh_display(unit=unit, order_ids=[order.id])
        return True


async def _queue_or_doubt(command: Command, error: MarketplaceError) -> None:
    """Queue a command again if no attempt can have had an effect: what is queued is withdrawn without asking Amazon."""
    never = isinstance(error, MarketplaceThrottled | MarketplaceUnreached) and not command.in_doubt
    await Command.filter(id=command.id).update(state=CommandState.QUEUED if never else CommandState.SENT)


async def _bury(unit: Change, order: AmazonOrder, command: Command, error: MarketplaceError) -> None:
    await Command.filter(id=command.id).update(state=CommandState.DEAD, in_doubt=True, **_SETTLED)
    message = f"Amazon did not answer {command.attempts} times; look into Seller Central whether it knows of it."
    _tell(unit, order, command, EventKind.MARKETPLACE_PARKED, message)
    await open_all(unit, [(order, parked_concern(command, message, amazon_code=error.amazon_code))])


async def _answered(unit: Change, command_id: int, fence: int, values: Mapping[str, Any]) -> Command | None:
    awaited = Command.filter(id=command_id, fence=fence, state__in=_AWAITED)
    if not await awaited.update(**values):
        unit.quiet()
        return None
    return await Command.get(id=command_id)


def _error(error: MarketplaceError) -> dict[str, Any]:
    return {
        "error_code": error.amazon_code or error.code.value,
        "error_message": error.message,
        "error_retryable": error.retryable,
        "request_id": error.request_id,
    }


def _tell(
    unit: Change, order: AmazonOrder, command: Command, kind: EventKind, message: str, *, actor: Actor = SYSTEM
) -> None:
    unit.event(order.subject, kind, message, actor=actor, command_id=command.id, attempt=command.attempts)
