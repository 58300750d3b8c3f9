"""What a person may do with a message to Amazon that failed or was not sent: send it again, or give it up."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from tortoise.expressions import F

from domain.amazon.commands import OF_PACKAGES
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import Change, change
from domain.channel.attention import resolve
from domain.channel.cancel_rules import CANCELS, cancel_refusal, checked_note
from domain.channel.leaving import LEAVING
from domain.channel.partial_rules import partial_refusal
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.channel.refund_rules import refund_refusal
from domain.channel.standing import Standing, standings
from domain.errors import ActionNotAllowed, NotFound, RequiredInput
from domain.timeline import Actor, EventKind

FAILED: Final = (CommandState.REFUSED, CommandState.PARKED, CommandState.DEAD)
"""States in which a command stands still until a person does something about it."""

_UNSENT: Final = (CommandState.QUEUED, CommandState.HELD)
_TO_SHIP: Final = (AmazonOrderStatus.UNSHIPPED, AmazonOrderStatus.PARTIALLY_SHIPPED)
_IN_WORDS: Final = {
    CommandKind.CONFIRM_SHIPMENT: "shipping confirmation",
    CommandKind.UPDATE_TRACKING: "tracking",
    CommandKind.CANCEL: "cancellation",
    CommandKind.REFUND: "refund",
    CommandKind.PARTIAL_CANCEL: "cancellation of a part",
}
_ONCE: Final = (CommandKind.REFUND, CommandKind.PARTIAL_CANCEL)


async def retry_command(*, command_id: int, note: str | None = None, now: datetime, actor: Actor) -> Command:
    """Send a failed command again, as if it were new.

    Raises NotFound, ActionNotAllowed, RequiredInput or InvalidInput.
    """
    async with change(now=now, actor=actor) as unit:
        return await retry_command_in(unit, command_id, note)


async def give_up_command(*, command_id: int, note: str, now: datetime, actor: Actor) -> Command:
    """Drop a command that failed or was not sent; raises NotFound, RequiredInput, InvalidInput or ActionNotAllowed."""
    async with change(now=now, actor=actor) as unit:
        return await give_up_command_in(unit, command_id, note)


async def retry_command_in(unit: Change, command_id: int, note: str | None = None) -> Command:
    """Queue a failed command again inside the caller's change; a package keeps its reference.

    What Amazon may have done already, and would do twice, needs a note: how it is known that it is not done. Raises
    NotFound or ActionNotAllowed, RequiredInput or InvalidInput for the note.
    """
    command, standing = await found_command(command_id)
    if refusal := retry_refusal(command, standing):
        raise refusal
    text = checked_note(note, path=("note",))
    if text is None and needs_word(command):
        raise RequiredInput(
            "Nobody here knows whether Amazon did it. Look into Seller Central, and if it is not done there, say how "
            "you know that; the note stays in the timeline.",
            path=("note",),
        )
    is_cancel = command.kind is CommandKind.CANCEL
    # Amazon cancels only what it lists now, which may be less than when it was asked for first.
    payload = command.payload | {"items": standing.ordered} if is_cancel else command.payload
    await Command.filter(id=command.id).update(
        state=CommandState.QUEUED,
        payload=payload,
        attempts=0,
        due_at=unit.now,
        lease_until=None,
        fence=F("fence") + 1,  # what a late answer says of the attempts before no longer counts
        submission_id=None,
        message_id=None,
        sent_at=None,
        accepted_at=None,
        in_doubt=command.in_doubt and command.kind not in _ONCE,
    )
    kind = EventKind.CANCEL_REQUESTED if is_cancel else EventKind.MARKETPLACE_RETRIED
    message = f"The {what_of(command)} is sent again."
    unit.event(standing.order.subject, kind, message, command_id=command.id, note=text)
    await close_told(unit, standing.order, command)
    await show_anew(unit, standing.order)
    return await Command.get(id=command.id)


async def give_up_command_in(unit: Change, command_id: int, note: str) -> Command:
    """Drop a command inside the caller's change; what was recorded here stays, only Amazon is not told.

    Raises NotFound, RequiredInput or InvalidInput for the note, or ActionNotAllowed.
    """
    command, standing = await found_command(command_id)
    text = checked_note(note, path=("note",))
    if text is None:
        raise RequiredInput("Say why it is given up; the note stays in the timeline.", path=("note",))
    told = Attention.filter(order_id=command.order_id, command_id=command.id, kind=AttentionKind.COMMAND_OVERDUE)
    if refusal := give_up_refusal(command, is_overdue=await told.exclude(state=AttentionState.RESOLVED).exists()):
        raise refusal
    await withdraw(unit, standing.order, command, f"The {what_of(command)} is given up: {text}", note=text)
    await show_anew(unit, standing.order)
    return await Command.get(id=command.id)


def retry_refusal(command: Command, standing: Standing) -> ActionNotAllowed | None:
    """Return why a command cannot be sent again, None if it can; `standing` is its order's."""
    because = why_not_again(command, standing)
    return _refused(command, "RETRY_COMMAND", because) if because else None


def give_up_refusal(command: Command, *, is_overdue: bool = False) -> ActionNotAllowed | None:
    """Return why a command cannot be given up, None if it can.

    `is_overdue` says that people were told that its fact does not show: a cancellation that Amazon took and does not
    carry out would else keep its order from being imported and shipped for ever.
    """
    forgotten = is_overdue and command.kind in CANCELS and command.state is CommandState.ACCEPTED
    if forgotten or command.state in (*_UNSENT, *FAILED):
        return None
    because = f"It is {command.state.value}: there is nothing left to give up."
    if command.state in (CommandState.SENT, CommandState.ACCEPTED):
        because = "It is on its way at Amazon and cannot be called back; wait for what comes of it."
    return _refused(command, "GIVE_UP_COMMAND", because)


def needs_word(command: Command) -> bool:
    """Return whether only a person's word lets a command be sent again: it may be done, and would be done twice."""
    return command.in_doubt and command.kind in _ONCE


async def withdraw(
    unit: Change, order: AmazonOrder, command: Command, because: str, *, note: str | None = None
) -> None:
    """Mark a command as no longer wanted, tell why, and close what a person was told about it."""
    command.state = CommandState.WITHDRAWN
    await Command.filter(id=command.id).update(
        state=CommandState.WITHDRAWN, due_at=None, lease_until=None, fence=F("fence") + 1
    )
    unit.event(order.subject, EventKind.MARKETPLACE_WITHDRAWN, because, command_id=command.id, note=note)
    await close_told(unit, order, command)


async def found_command(command_id: int) -> tuple[Command, Standing]:
    """Return a command with its order, locked, and all that is known of it.

    Raises NotFound.
    """
    # Its own row first, as whoever collects it for a feed does: it is either dropped or sent, never both.
    command = await Command.filter(id=command_id).select_for_update().first()
    if command is None:
        raise NotFound("There is no such command.", path=("commandId",))
    order = await AmazonOrder.filter(id=command.order_id).select_for_update().get()
    standing = (await standings([order]))[order.id]
    return next(one for one in standing.commands if one.id == command_id), standing


async def show_anew(unit: Change, order: AmazonOrder) -> None:
    """Have an order evaluated, and compute what a person sees of it."""
    await unit.due([order.id])
    await refresh_display(unit=unit, order_ids=[order.id])


async def close_told(unit: Change, order: AmazonOrder, command: Command) -> None:
    """Close what people were told about a command."""
    told = Attention.filter(command_id=command.id).exclude(state=AttentionState.RESOLVED)
    await resolve(unit, order, await told)


def why_not_again(command: Command, standing: Standing) -> str | None:
    """Return in words why a command cannot be sent again, None if it can; `standing` is its order's."""
    if command.state not in FAILED:
        return f"It is {command.state.value}; only what was refused, parked or dead is sent again."
    if standing.is_leaving:
        return LEAVING
    status = standing.order.amazon_status
    if command.kind in OF_PACKAGES and (later := _replaced_by(command, standing)):
        return f"A later message ({later.state.value}) tells Amazon of package {command.package_reference}."
    if command.kind is CommandKind.CONFIRM_SHIPMENT and status not in _TO_SHIP:
        return f"Amazon says the order is {status.value}; give the confirmation up instead."
    if command.kind is CommandKind.CANCEL:
        others = [one for one in standing.commands if one.id != command.id]
        refusal = cancel_refusal(replace(standing, commands=others))
        return refusal.message if refusal else None
    if command.kind is CommandKind.PARTIAL_CANCEL:
        others = [one for one in standing.commands if one.id != command.id]
        refusal = partial_refusal(replace(standing, commands=others), wanted=dict(command.payload["items"]))
        return refusal.message if refusal else None
    if command.kind is CommandKind.REFUND:
        refusal = refund_refusal(standing)
        return refusal.message if refusal else None
    return None


def _replaced_by(command: Command, standing: Standing) -> Command | None:
    later = (one for one in standing.commands if one.order_seq > command.order_seq and one.kind in OF_PACKAGES)
    same = (one for one in later if one.package_reference == command.package_reference)
    return next((one for one in same if one.state is not CommandState.WITHDRAWN), None)


def what_of(command: Command) -> str:
    """Return a command in words."""
    words = _IN_WORDS.get(command.kind, "message")
    return f"{words} of package {command.package_reference}" if command.package_reference else words


def _refused(command: Command, action: str, because: str) -> ActionNotAllowed:
    return ActionNotAllowed(because, action=action, current_status=command.state.value, path=("commandId",))
