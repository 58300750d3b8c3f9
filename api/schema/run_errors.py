"""What went wrong in a pass: Amazon's refusal or wait, and the orders that could not be read."""

from datetime import datetime
from math import ceil
from typing import Any, Final

from api.schema.context import Context
from api.schema.reading import reading
from api.schema.user_errors import InputError, MarketplaceError, UserError
from domain.accounts.records import JobState, SyncCursor, SyncRun
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.errors import ErrorCode
from domain.instant import to_text

MOST_NAMED: Final = 10
"""So many orders are named; the others are counted."""

_MOST_LOOKED_AT: Final = 1000
_WAITS: Final = (ErrorCode.MARKETPLACE_THROTTLED, ErrorCode.MARKETPLACE_UNAVAILABLE)
_OPEN: Final = (JobState.QUEUED, JobState.RUNNING)


async def errors_of(run: SyncRun, context: Context) -> list[UserError]:
    """Return what is stored about a pass, the next try included, and which orders it could not read."""
    found = [await _stored(run, context.service.clock.now())] if run.error_message else []
    return found + ([await _unreadable(run)] if run.failed else [])


async def _stored(run: SyncRun, now: datetime) -> UserError:
    known = ErrorCode.__members__.get(run.error_code or "")
    code = known or ErrorCode.MARKETPLACE_REJECTED
    common: dict[str, Any] = {"code": code, "message": run.error_message, "path": None, "retryable": code in _WAITS}
    if not code.startswith("MARKETPLACE"):
        return InputError(**common)
    wait = None
    if code in _WAITS and run.state in _OPEN and (again := await _next_try(run)) is not None and again > now:
        wait = ceil((again - now).total_seconds())
        common["message"] += f" The next try is at {to_text(again)}."
    amazon = None if known else run.error_code
    return MarketplaceError(amazon_code=amazon, request_id=None, retry_after_seconds=wait, **common)


async def _next_try(run: SyncRun) -> datetime | None:
    with reading():
        cursor = await SyncCursor.get_or_none(id=run.cursor_id)
    return cursor.due_at if cursor is not None and cursor.run_id == run.id else None


async def _unreadable(run: SyncRun) -> UserError:
    with reading():
        entries = (
            await Attention.filter(account_id=run.account_id, kind=AttentionKind.UNREADABLE, state=AttentionState.OPEN)
            .order_by("-opened_at", "-id")
            .limit(_MOST_LOOKED_AT)
        )
    numbers = [run.order_number] if run.order_number else [row.facts.get("number") for row in entries]
    named = [row for row in entries if row.facts.get("number") in numbers][:MOST_NAMED]
    message = f"{'1 order' if run.failed == 1 else f'{run.failed} orders'} could not be read or stored."
    if named:
        message += f" Not readable so far: {'; '.join(map(_named, named))}."
    return InputError(code=ErrorCode.INVALID, message=message, path=None, retryable=True)


def _named(row: Attention) -> str:
    return f"{row.facts.get('number') or 'one without a number'} ({row.facts.get('reason')})"
