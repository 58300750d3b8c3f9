"""Messages to Amazon that are held back while nothing may be sent, and let go in their order afterwards."""

from datetime import datetime

from domain.accounts.global_settings import is_read_only
from domain.amazon.records import Command, CommandState
from domain.change import Change, change
from domain.timeline import SYSTEM


async def hold_or_release(*, now: datetime) -> int:
    """Hold every message that waits, or let go of every one held, whichever the settings ask for; return how many.

    Also of those that were queued again after a failure. When they were due stays as it is, and so does their order.
    """
    waiting = CommandState.QUEUED if await is_read_only() else CommandState.HELD
    if not await Command.filter(state=waiting).exists():
        return 0  # nothing is written while there is nothing to do
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await hold_or_release_in(unit)


async def hold_or_release_in(unit: Change) -> int:
    """Do what `hold_or_release` does, inside the caller's change."""
    before, after = CommandState.HELD, CommandState.QUEUED
    if await is_read_only():
        before, after = after, before
    return await Command.filter(state=before).update(state=after)
