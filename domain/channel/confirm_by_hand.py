"""A person's word that Amazon did what a message asked for, where Amazon's own data do not show it."""

from datetime import datetime

from domain.amazon.records import Command, CommandKind, CommandState
from domain.change import Change, change
from domain.channel.cancel_rules import checked_note
from domain.channel.command_choices import FAILED, close_told, found_command, show_anew, what_of
from domain.errors import ActionNotAllowed, RequiredInput
from domain.timeline import Actor, EventKind


async def confirm_command(*, command_id: int, note: str, now: datetime, actor: Actor) -> Command:
    """Mark a refund as paid that failed or of which nobody here knows what became.

    Raises NotFound, ActionNotAllowed, or RequiredInput or InvalidInput for the note.
    """
    async with change(now=now, actor=actor) as unit:
        return await confirm_command_in(unit, command_id, note)


async def confirm_command_in(unit: Change, command_id: int, note: str) -> Command:
    """Mark a refund as paid inside the caller's change; raises the same."""
    command, standing = await found_command(command_id)
    text = checked_note(note, path=("note",))
    if text is None:
        raise RequiredInput("Say how you know that it is done; the note stays in the timeline.", path=("note",))
    if refusal := confirm_refusal(command):
        raise refusal
    await Command.filter(id=command.id).update(
        state=CommandState.CONFIRMED, due_at=None, lease_until=None, confirmed_at=unit.now, in_doubt=False
    )
    message = f"The {what_of(command)} is done at Amazon: {text}"
    unit.event(standing.order.subject, EventKind.MARKETPLACE_CONFIRMED, message, command_id=command.id, note=text)
    await close_told(unit, standing.order, command)
    await show_anew(unit, standing.order)
    return await Command.get(id=command.id)


def confirm_refusal(command: Command) -> ActionNotAllowed | None:
    """Return why a person's word cannot settle a command, None if it can: of all but refunds Amazon's order tells."""
    if command.kind is not CommandKind.REFUND:
        because = "Amazon's own order shows whether this is done: read it again with syncNow."
    elif command.state not in FAILED:
        because = f"It is {command.state.value}; only what was refused, parked or dead is settled by hand."
    else:
        return None
    return ActionNotAllowed(because, action="CONFIRM_COMMAND", current_status=command.state.value, path=("commandId",))
