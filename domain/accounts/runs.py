"""The life of a pass: opened, read in slices whose token and parameters are stored with each page, and closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import F

from domain.accounts.cursors import Fenced, update_fenced
from domain.accounts.joint_cursors import join_near, stores_of
from domain.accounts.records import CursorKind, JobState, Store, StoreState, SyncCursor, SyncRun, SyncTrigger
from domain.change import change
from domain.errors import DomainError, MarketplaceError, MarketplaceThrottled
from domain.timeline import SYSTEM

_MESSAGE: int = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """What a page brought."""

    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0


async def open_run(*, cursor: SyncCursor, now: datetime) -> SyncRun:
    """Return the run to read for: the one that was interrupted, else the one that was asked for, else a new one.

    Raises StaleFence.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        run = await SyncRun.get_or_none(id=cursor.run_id, state=JobState.RUNNING) if cursor.run_id else None
        if run is None:
            queued = SyncRun.filter(cursor_id=cursor.id, state=JobState.QUEUED, order_number__isnull=True)
            run = await queued.order_by("id").first()
            if run is None:
                run = await _new_run(cursor, now)
            else:
                await SyncRun.filter(id=run.id).update(state=JobState.RUNNING, started_at=now)
        await update_fenced(cursor.id, cursor.fence, run_id=run.id)
        return await SyncRun.get(id=run.id)


async def begin_slice(
    *, fenced: Fenced, lower: datetime, upper: datetime, goal: datetime | None = None, now: datetime
) -> SyncRun:
    """Fix the bounds and marketplaces of the slice that is read next; they are sent unchanged with every token.

    `goal` is where the whole pass ends (Amazon time), for a pass of one slice its upper bound. Raises StaleFence.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await update_fenced(fenced.cursor_id, fenced.fence)
        run, cursor = await SyncRun.get(id=fenced.run_id), await SyncCursor.get(id=fenced.cursor_id)
        first = run.pages == 0 and run.slice_from is None
        await SyncRun.filter(id=run.id).update(
            slice_from=lower,
            slice_to=upper,
            slice_pages=0,
            next_token=None,
            token_at=None,
            window_from=lower if first else run.window_from,
            window_to=goal or upper,
            marketplaces=cursor.marketplaces,
        )
        return await SyncRun.get(id=run.id)


async def drop_slice(*, fenced: Fenced, span: timedelta, now: datetime) -> None:
    """Give a slice up: its orders stay, the watermark does not move, the next slice begins there again.

    Raises StaleFence.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await update_fenced(fenced.cursor_id, fenced.fence, span_seconds=int(span.total_seconds()))
        await _forget_slice(fenced.run_id)


async def record_page(*, fenced: Fenced, next_token: str | None, token_at: datetime, counts: Counts) -> None:
    """Count a stored page and keep its token, inside the change that stores the page's orders."""
    await SyncRun.filter(id=fenced.run_id).update(
        pages=F("pages") + 1,
        slice_pages=F("slice_pages") + 1,
        seen=F("seen") + counts.seen,
        created=F("created") + counts.created,
        updated=F("updated") + counts.updated,
        unchanged=F("unchanged") + counts.unchanged,
        failed=F("failed") + counts.failed,
        next_token=next_token,
        token_at=token_at if next_token else None,
    )
    await SyncCursor.filter(id=fenced.cursor_id, fence=fenced.fence).update(attempts=0)


async def finish_slice(*, fenced: Fenced, watermark: datetime, span: timedelta) -> None:
    """Move the watermark after a slice's last page, inside the change that stores that page.

    The pass has reached its goal if the slice was the last one, or if Amazon echoed a bound that moves nothing on.
    Raises StaleFence.
    """
    before, run = await SyncCursor.get(id=fenced.cursor_id), await SyncRun.get(id=fenced.run_id)
    await update_fenced(
        fenced.cursor_id, fenced.fence, watermark=watermark, span_seconds=int(span.total_seconds()), attempts=0
    )
    if run.slice_to is None or run.slice_to >= run.window_to or watermark <= before.watermark:
        await SyncRun.filter(id=run.id).update(window_to=watermark)
    await _forget_slice(fenced.run_id)


async def finish_run(*, fenced: Fenced, now: datetime, interval: timedelta) -> None:
    """Close a pass that read everything there was; the next one is due after the interval.

    It was each of its stores' pass. A live cursor then joins those of its account that have read about as far.

    Raises StaleFence.
    """
    run = await SyncRun.get(id=fenced.run_id)
    state = JobState.PARTIALLY_SUCCEEDED if run.failed else JobState.SUCCEEDED
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await _close(fenced, state=state, now=now, next_at=now + interval)
        await SyncRun.filter(id=fenced.run_id).update(error_code=None, error_message=None)
        cursor = await SyncCursor.get(id=fenced.cursor_id)
        await Store.filter(id__in=[store.id for store in await stores_of(cursor)]).update(last_synced_at=now)
        await join_near(fenced)


async def fail_run(*, fenced: Fenced, error: MarketplaceError, now: datetime, interval: timedelta) -> None:
    """Close a pass that Amazon refused, with its reason; the store is tried again after the interval.

    Raises StaleFence.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await _close(fenced, state=JobState.FAILED, now=now, next_at=now + interval)
        await _note(fenced.run_id, error)
        await _forget_slice(fenced.run_id)


async def postpone_run(*, fenced: Fenced, retry_at: datetime, error: MarketplaceError | None, now: datetime) -> None:
    """Put a pass off with its token and parameters kept; `error` is None when only our own budget is spent.

    Raises StaleFence.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        cursor = await SyncCursor.get(id=fenced.cursor_id)
        attempts = cursor.attempts + (1 if error else 0)
        await update_fenced(fenced.cursor_id, fenced.fence, due_at=retry_at, attempts=attempts, lease_until=None)
        await _schedule(cursor, retry_at)
        if error is not None:
            await _note(fenced.run_id, error)


def stored_code(error: DomainError) -> str:
    """Return the code that a run keeps of its error: Amazon's own if it said never, ours if it said wait."""
    amazon = None if error.retryable or not isinstance(error, MarketplaceError) else error.amazon_code
    return (amazon or error.code.value)[:64]


async def _new_run(cursor: SyncCursor, now: datetime) -> SyncRun:
    return await SyncRun.create(
        account_id=cursor.account_id,
        store_id=cursor.store_id,
        cursor_id=cursor.id,
        marketplaces=cursor.marketplaces,
        trigger=SyncTrigger.SCHEDULE if cursor.kind is CursorKind.LIVE else SyncTrigger.BACKFILL,
        state=JobState.RUNNING,
        window_from=cursor.watermark,
        window_to=cursor.watermark,
        started_at=now,
    )


async def _close(fenced: Fenced, *, state: JobState, now: datetime, next_at: datetime) -> None:
    await update_fenced(fenced.cursor_id, fenced.fence, run_id=None, due_at=None, attempts=0, lease_until=None)
    await SyncRun.filter(id=fenced.run_id).update(state=state, finished_at=now)
    await _schedule(await SyncCursor.get(id=fenced.cursor_id), next_at)


async def _schedule(cursor: SyncCursor, at: datetime) -> None:
    """Set when the stores of a live cursor are read next; a paused one has no such time."""
    if cursor.kind is CursorKind.LIVE:
        stores = [store.id for store in await stores_of(cursor)]
        await Store.filter(id__in=stores, state=StoreState.ACTIVE).update(next_sync_at=at)


async def _forget_slice(run_id: int) -> None:
    await SyncRun.filter(id=run_id).update(
        slice_from=None, slice_to=None, slice_pages=0, next_token=None, token_at=None
    )


async def _note(run_id: int, error: MarketplaceError) -> None:
    throttled = 1 if isinstance(error, MarketplaceThrottled) else 0
    await SyncRun.filter(id=run_id).update(
        error_code=stored_code(error),
        error_message=error.message[:_MESSAGE],
        throttled=F("throttled") + throttled,
    )
