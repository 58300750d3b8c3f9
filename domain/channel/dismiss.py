"""A person leaves something as it is: it is shown no more, until something else stands behind it."""

from datetime import datetime
from typing import Final

from domain.amazon.display import ImportState
from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.affected import Affected
from domain.channel.attention import EVALUATED
from domain.channel.cancel_rules import checked_note
from domain.channel.entries import check_open, entry_of
from domain.channel.records import Attention, AttentionState
from domain.errors import RequiredInput
from domain.timeline import Actor, EventKind, Subject

_ACTION: Final = "DISMISS"


async def dismiss_blocker(*, attention_id: int, note: str, now: datetime, actor: Actor) -> Affected:
    """Leave a blocker: its order stays without commerce order, and is looked at again only when something changes.

    Raises NotFound, ActionNotAllowed for what is dealt with already, RequiredInput or InvalidInput for the note.
    """
    async with change(now=now, actor=actor) as unit:
        entry = await entry_of(attention_id, path=("blockerId",))
        check_open(entry, action=_ACTION, path=("blockerId",), dismissed_too=False)
        return await dismiss_in(unit, entry, note=note, path=())


async def dismiss_in(unit: Change, entry: Attention, *, note: str | None, path: tuple[str, ...]) -> Affected:
    """Leave an open entry inside the caller's change; `path` is where the note stands in the input.

    Raises RequiredInput or InvalidInput for the note.
    """
    text = checked_note(note, path=(*path, "note"))
    if text is None:
        raise RequiredInput("Say why it is left; the note stays in the timeline.", path=(*path, "note"))
    entry.state, entry.resolved_at = AttentionState.DISMISSED, unit.now
    entry.actor_kind, entry.actor_name = unit.actor.kind, unit.actor.name
    await entry.save(update_fields=["state", "resolved_at", "actor_kind", "actor_name"])
    unit.event(
        Subject(entry.account_id, entry.store_id, entry.order_id),
        EventKind.ATTENTION_DISMISSED,
        f"Dismissed: {entry.message}",
        attention_id=entry.id,
        note=text,
    )
    await _let_rest(unit, entry)
    return Affected()


async def _let_rest(unit: Change, entry: Attention) -> None:
    """Look at the order no more by the clock alone once nothing open stops it; a look that is due already stays."""
    still_open = Attention.filter(order_id=entry.order_id, kind__in=list(EVALUATED), state=AttentionState.OPEN)
    if entry.order_id is None or await still_open.exists():
        return
    blocked = AmazonOrder.filter(id=entry.order_id, import_state=ImportState.BLOCKED, evaluate_due__gt=unit.now)
    await blocked.update(evaluate_due=None)
