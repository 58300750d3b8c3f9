"""Live cursors of one account: joined when their readings meet, because quota belongs to the account.

A live cursor reads either for active stores alone or for one store that is paused; no marketplace is in two of them.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from domain.accounts.cursors import Fenced, update_fenced
from domain.accounts.records import CursorKind, JobState, Store, StoreState, SyncCursor, SyncRun

MOST_MARKETPLACES: Final = 50  # of one search (Orders API v2026-01-01, searchOrders, marketplaceIds)
NEAR: Final = timedelta(hours=1)
"""How far apart two watermarks may be to be joined.

The joint reading begins at the earlier one: at most an hour is read twice, once, against one search less in every
interval for good. It is longer than the ten minutes of overlap, so that stores that a scarce quota keeps apart meet.
"""


def marketplaces_of(cursor: SyncCursor) -> list[str]:
    """Return the marketplaces that a cursor reads for, in order."""
    return cursor.marketplaces.split(",")


async def stores_of(cursor: SyncCursor) -> list[Store]:
    """Return the stores that a cursor reads for."""
    found = Store.filter(account_id=cursor.account_id, marketplace_id__in=marketplaces_of(cursor))
    return await found.order_by("id")


async def live_cursor_of(store: Store) -> SyncCursor | None:
    """Return the live cursor that reads for a store, alone or with others."""
    live = await SyncCursor.filter(account_id=store.account_id, kind=CursorKind.LIVE)
    return next((cursor for cursor in live if store.marketplace_id in marketplaces_of(cursor)), None)


async def split_off(store: Store) -> None:
    """Give a store's marketplace a live cursor of its own, at the joint watermark, inside the caller's change.

    A slice in hand is read to its end with the marketplaces it was begun with: its token belongs to them. What changes
    from the joint watermark on is read again for this store when its own cursor goes on.
    """
    joint = await live_cursor_of(store)
    if joint is None or marketplaces_of(joint) == [store.marketplace_id]:
        return
    rest = [marketplace_id for marketplace_id in marketplaces_of(joint) if marketplace_id != store.marketplace_id]
    others = [other.id for other in await stores_of(joint) if other.id != store.id]
    await SyncCursor.filter(id=joint.id).update(marketplaces=_joined(rest), store_id=others[0])
    await SyncCursor.create(
        account_id=store.account_id,
        store_id=store.id,
        marketplaces=store.marketplace_id,
        kind=CursorKind.LIVE,
        watermark=joint.watermark,
        span_seconds=joint.span_seconds,
    )


async def join_near(fenced: Fenced) -> None:
    """Join a live cursor that has just ended a pass with those of its account that have read about as far.

    Inside the change that ends the pass; the cursors joined are gone, and with them their fences. Left alone are those
    that somebody holds, that read a slice, or that a person's request waits for. Raises StaleFence.
    """
    cursor = await SyncCursor.get(id=fenced.cursor_id)
    if cursor.kind is not CursorKind.LIVE or await _is_paused(cursor):
        return
    live = SyncCursor.filter(account_id=cursor.account_id, kind=CursorKind.LIVE, lease_until__isnull=True)
    for other in await live.exclude(id=cursor.id).order_by("id"):
        if await _may_join(cursor, other):
            await _join(cursor, other)
    await update_fenced(
        cursor.id,
        fenced.fence,
        marketplaces=cursor.marketplaces,
        store_id=cursor.store_id,
        watermark=cursor.watermark,
        span_seconds=cursor.span_seconds,
        due_at=cursor.due_at,
        run_id=cursor.run_id,
    )


async def _may_join(cursor: SyncCursor, other: SyncCursor) -> bool:
    together = len(marketplaces_of(cursor)) + len(marketplaces_of(other))
    if together > MOST_MARKETPLACES or abs(cursor.watermark - other.watermark) > NEAR or await _is_paused(other):
        return False
    whole = SyncRun.filter(cursor_id=other.id, order_number__isnull=True)
    if await whole.filter(state=JobState.QUEUED).exists():
        return False
    running = await whole.get_or_none(id=other.run_id, state=JobState.RUNNING) if other.run_id else None
    return running is None or (cursor.run_id is None and running.slice_pages == 0)


async def _join(cursor: SyncCursor, other: SyncCursor) -> None:
    """Take another cursor's marketplaces over, with the pass it waits to begin; its runs become this cursor's."""
    await SyncRun.filter(cursor_id=other.id).update(cursor_id=cursor.id)
    if other.run_id is not None:
        await SyncRun.filter(id=other.run_id).update(slice_from=None, slice_to=None, next_token=None, token_at=None)
        cursor.run_id = other.run_id
    await SyncCursor.filter(id=other.id).delete()
    cursor.marketplaces = _joined([*marketplaces_of(cursor), *marketplaces_of(other)])
    cursor.store_id = min(cursor.store_id, other.store_id)
    cursor.watermark = min(cursor.watermark, other.watermark)
    cursor.span_seconds = min(cursor.span_seconds, other.span_seconds)
    cursor.due_at = other.due_at if cursor.due_at is None else min(cursor.due_at, other.due_at or cursor.due_at)


async def _is_paused(cursor: SyncCursor) -> bool:
    return any(store.state is not StoreState.ACTIVE for store in await stores_of(cursor))


def _joined(marketplaces: Iterable[str]) -> str:
    return ",".join(sorted(marketplaces))
