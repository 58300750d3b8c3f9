"""Reading asked for by a person: a whole store at once, one order again, or a stretch of time."""

import re
from datetime import datetime, timedelta
from typing import Final

from tortoise.expressions import F

from domain.accounts.joint_cursors import live_cursor_of
from domain.accounts.records import (
    Account,
    AccountState,
    CursorKind,
    JobState,
    Store,
    StoreState,
    SyncCursor,
    SyncRun,
    SyncTrigger,
)
from domain.accounts.runs import Counts, stored_code
from domain.accounts.store_input import check_not_going
from domain.change import Change, change
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, NotFound
from domain.timeline import SYSTEM, Actor, EventKind, Subject

_NUMBER: Final = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)
_OPEN: Final = (JobState.QUEUED, JobState.RUNNING)
_FIRST_SPAN: Final = timedelta(days=1)


async def request_sync(
    *,
    store_id: int,
    amazon_order_id: str | None = None,
    window: tuple[datetime, datetime] | None = None,
    now: datetime,
    actor: Actor,
) -> SyncRun:
    """Ask for a pass over a store, for one order by its number, or for what changed within a window of Amazon time.

    The pass that is already queued or running for the same thing is returned; a store that is read together with others
    of its account gets their joint pass. Raises NotFound, InvalidInput or
    ActionNotAllowed (a paused store, rejected credentials, another window under way).
    """
    if amazon_order_id is not None and window is not None:
        raise InvalidInput("Ask for one order or for a window, not for both.", path=("input", "window"))
    if amazon_order_id is not None and not is_order_number(amazon_order_id):
        raise InvalidInput("An Amazon order number has the form 902-3159896-1390916.", path=("input", "amazonOrderId"))
    if window is not None:
        _check_window(*window, now=now)
    async with change(now=now, actor=actor) as unit:
        return await request_in(unit, store_id=store_id, amazon_order_id=amazon_order_id, window=window)


def is_order_number(text: str) -> bool:
    """Whether a text has the form of Amazon's order numbers."""
    return _NUMBER.fullmatch(text) is not None


async def request_in(
    unit: Change,
    *,
    store_id: int,
    amazon_order_id: str | None = None,
    window: tuple[datetime, datetime] | None = None,
) -> SyncRun:
    """Ask for a pass as `request_sync` does, inside the caller's change, for an order number and a window as they are.

    Raises NotFound or ActionNotAllowed.
    """
    store = await syncable_store(store_id)
    cursor = await _cursor(store, window, unit.now)
    run, is_new = await _run(store, cursor, amazon_order_id, window, unit.now)
    if cursor is not None and amazon_order_id is None:
        await SyncCursor.filter(id=cursor.id).update(due_at=unit.now)
    if is_new:
        unit.event(Subject(store.account_id, store.id), EventKind.SYNC_REQUESTED, "A sync was requested.", run=run.id)
    else:
        unit.quiet()
    return run


async def take_order_runs(*, limit: int, now: datetime) -> list[SyncRun]:
    """Start queued runs that read one order again, the oldest first."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        runs = await SyncRun.filter(state=JobState.QUEUED, order_number__isnull=False).order_by("id").limit(limit)
        await SyncRun.filter(id__in=[run.id for run in runs]).update(state=JobState.RUNNING)
        return runs


async def postpone_order_run(*, run_id: int, throttled: bool, now: datetime) -> None:
    """Queue a run again that reads one order; `throttled` counts a refusal for want of quota."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        running = SyncRun.filter(id=run_id, state=JobState.RUNNING)
        await running.update(state=JobState.QUEUED, throttled=F("throttled") + int(throttled))


async def requeue_order_runs(*, now: datetime) -> None:
    """Queue the runs again that a worker left in the middle; for the one that has just taken the worker's role."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await SyncRun.filter(state=JobState.RUNNING, order_number__isnull=False).update(state=JobState.QUEUED)


async def finish_order_run(*, run_id: int, counts: Counts | None, error: DomainError | None, now: datetime) -> None:
    """Close a run that read one order again, with what it brought or why it could not."""
    brought = counts or Counts()
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await SyncRun.filter(id=run_id).update(
            state=JobState.FAILED if error or brought.failed else JobState.SUCCEEDED,
            error_code=stored_code(error) if error else None,
            error_message=error.message if error else None,
            pages=1 if counts else 0,
            seen=brought.seen,
            created=brought.created,
            updated=brought.updated,
            unchanged=brought.unchanged,
            failed=brought.failed,
            finished_at=now,
        )


def _check_window(lower: datetime, upper: datetime, *, now: datetime) -> None:
    if lower >= upper:
        raise InvalidInput(
            "A window has to end after it begins: `lt` is later than `gte`.", path=("input", "window", "lt")
        )
    if lower >= now:
        raise InvalidInput(
            "The window lies in the future; ask for a time in which orders have changed already.",
            path=("input", "window", "gte"),
        )


async def syncable_store(store_id: int) -> Store:
    """Return a store that Amazon can be asked about.

    Raises NotFound or ActionNotAllowed.
    """
    store = await Store.get_or_none(id=store_id)
    if store is None:
        raise NotFound("There is no such store.", path=("input", "storeId"))
    check_not_going(store, path=("input", "storeId"))
    account = await Account.get(id=store.account_id)
    if store.state is not StoreState.ACTIVE:
        raise ActionNotAllowed(
            "The store is paused; resume it first.",
            path=("input", "storeId"),
            action="SYNC_NOW",
            current_status=store.state.value,
        )
    if account.state is AccountState.CREDENTIALS_REJECTED:
        raise ActionNotAllowed(
            "Amazon does not accept the store's credentials; connect it again with a new refresh token.",
            path=("input", "storeId"),
            action="SYNC_NOW",
            current_status=account.state.value,
        )
    return store


async def _cursor(store: Store, window: tuple[datetime, datetime] | None, now: datetime) -> SyncCursor:
    kind = CursorKind.GAP if window else CursorKind.LIVE
    if window is None:
        found = await live_cursor_of(store)
    else:
        found = await SyncCursor.get_or_none(account_id=store.account_id, marketplaces=store.marketplace_id, kind=kind)
    lower, upper = window or (store.cutoff_at, None)
    if found is None:
        return await SyncCursor.create(
            account_id=store.account_id,
            store_id=store.id,
            marketplaces=store.marketplace_id,
            kind=kind,
            watermark=lower,
            until=upper,
            span_seconds=int(_FIRST_SPAN.total_seconds()),
            due_at=now,
        )
    if window is not None:
        await _turn_to(found, window)
    return found


async def _turn_to(cursor: SyncCursor, window: tuple[datetime, datetime]) -> None:
    """Point the cursor of windows at another one, unless it is reading one that holds it already."""
    lower, upper = window
    under_way = await SyncRun.filter(cursor_id=cursor.id, state__in=_OPEN, order_number__isnull=True).first()
    if under_way is None:
        await SyncCursor.filter(id=cursor.id).update(watermark=lower, until=upper)
    elif lower < under_way.window_from or upper > (cursor.until or upper):
        raise ActionNotAllowed(
            "Another window of this store is being read; ask for this one when that pass is over.",
            path=("input", "window"),
            action="SYNC_NOW",
            current_status=under_way.state.value,
        )


async def _run(
    store: Store,
    cursor: SyncCursor,
    number: str | None,
    window: tuple[datetime, datetime] | None,
    now: datetime,
) -> tuple[SyncRun, bool]:
    found = SyncRun.filter(cursor_id=cursor.id, state__in=_OPEN)
    found = found.filter(order_number=number, store_id=store.id) if number else found.filter(order_number__isnull=True)
    run = await found.order_by("id").first()
    if run is not None:
        return run, False
    lower, upper = window or (cursor.watermark, max(now, cursor.watermark))
    run = await SyncRun.create(
        account_id=store.account_id,
        store_id=store.id,
        cursor_id=cursor.id,
        marketplaces=store.marketplace_id if number else cursor.marketplaces,
        trigger=SyncTrigger.MANUAL,
        state=JobState.QUEUED,
        window_from=lower,
        window_to=upper,
        order_number=number,
        started_at=now,
    )
    return run, True
