"""What a person is about to clear: found and locked, and refused once somebody else has dealt with it."""

from domain.channel.records import Attention, AttentionState
from domain.errors import ActionNotAllowed, NotFound
from domain.instant import to_text

_DEALT_WITH = {AttentionState.RESOLVED: "It is resolved already", AttentionState.DISMISSED: "It was dismissed already"}


async def entry_of(attention_id: int, *, path: tuple[str, ...]) -> Attention:
    """Return an entry, locked until the caller's change ends.

    Raises NotFound.
    """
    entry = await Attention.filter(id=attention_id).select_for_update().first()
    if entry is None:
        raise NotFound("There is nothing of this id to clear.", path=path)
    return entry


def check_open(entry: Attention, *, action: str, path: tuple[str, ...], dismissed_too: bool = True) -> None:
    """Refuse to clear what is cleared: since when, and by whom; what was dismissed can still be cleared.

    Raises ActionNotAllowed.
    """
    if entry.state is AttentionState.OPEN or (dismissed_too and entry.state is AttentionState.DISMISSED):
        return
    at = f", since {to_text(entry.resolved_at)}" if entry.resolved_at else ""
    name = f" ({entry.actor_name})" if entry.actor_name else ""
    who = f", by {entry.actor_kind}{name}" if entry.actor_kind else ""
    raise ActionNotAllowed(
        f"{_DEALT_WITH[entry.state]}{at}{who}: there is nothing left to do about it.",
        action=action,
        current_status=entry.state.value,
        path=path,
    )
