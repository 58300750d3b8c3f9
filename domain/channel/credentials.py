"""Credentials that Amazon does not accept: an account stands still, and a person should look until it goes on."""

from datetime import datetime

from domain.accounts.credentials import REJECTED, mark_rejected
from domain.change import Change, change
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.timeline import AMAZON, EventKind, Subject


async def reject_credentials(*, account_id: int, now: datetime, fingerprint: str | None = None) -> None:
    """Record that Amazon does not accept an account's token, the one with that fingerprint if it is given, and say so.

    An account that is rejected already stays as it is.
    """
    async with change(now=now, actor=AMAZON) as unit:
        unit.quiet()
        if await mark_rejected(unit, account_id=account_id, fingerprint=fingerprint):
            await _open(unit, account_id)


async def resolve_rejection(unit: Change, account_id: int) -> None:
    """Close what a person should look at, inside the change that gives the account a token that Amazon accepts."""
    entries = Attention.filter(subject=_subject(account_id), state=AttentionState.OPEN)
    resolved = await entries.update(
        state=AttentionState.RESOLVED,
        resolved_at=unit.now,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
    )
    if resolved:
        unit.event(Subject(account_id), EventKind.ATTENTION_RESOLVED, f"Resolved: {REJECTED}")


async def _open(unit: Change, account_id: int) -> None:
    if await Attention.filter(subject=_subject(account_id), state=AttentionState.OPEN).exists():
        return
    await Attention.create(
        account_id=account_id,
        kind=AttentionKind.CREDENTIALS,
        subject=_subject(account_id),
        message=REJECTED,
        opened_at=unit.now,
        last_checked_at=unit.now,
    )
    unit.event(Subject(account_id), EventKind.ATTENTION_OPENED, REJECTED)


def _subject(account_id: int) -> str:
    return f"{AttentionKind.CREDENTIALS}:{account_id}"
