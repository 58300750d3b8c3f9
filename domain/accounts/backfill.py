"""Importing orders from before a store was connected: looked at first, then begun, read with a cursor of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from domain.accounts.budgets import PLANS, SEARCH_ORDERS
from domain.accounts.marketplaces import marketplace_of
from domain.accounts.records import CursorKind, JobState, Store, SyncCursor, SyncRun, SyncTrigger
from domain.accounts.store_input import check_history, check_import_from
from domain.accounts.sync_requests import syncable_store
from domain.change import change
from domain.errors import ActionNotAllowed, InvalidInput
from domain.instant import from_text, to_text
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind, Subject

PREVIEW_LIFE: Final = timedelta(hours=1)
"""How long a preview may be begun after it was made."""

PAGE: Final = 100  # orders that one search brings at most
SPARED: Final = 2
"""So many searches a backfill leaves in the bucket, so that new orders never wait for old ones."""

_FIRST_SPAN: Final = timedelta(days=1)
_OPEN: Final = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """What one search told: how many orders, up to which change of Amazon's time they reach, and the quota after it.

    `reaches` is None when there was nothing more to read; `available` counts the searches left.
    """

    orders: int
    reaches: datetime | None
    available: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillPreview:
    """What a backfill would take; `orders` is an estimate unless `is_exact`, `seconds` is what the quota needs."""

    import_from: datetime
    until: datetime
    orders: int
    is_exact: bool
    searches: int
    available: int
    seconds: int
    token: str
    expires_at: datetime


async def checked_backfill(*, store_id: int, import_from: datetime, now: datetime) -> Store:
    """Return the store if its orders since a time may be asked for.

    Raises NotFound, InvalidInput, or ActionNotAllowed (a paused store, rejected credentials, another one under way).
    """
    store = await syncable_store(store_id)
    check_import_from(import_from, now)
    check_history(import_from, marketplace_of(store.marketplace_id), now)
    if import_from >= store.cutoff_at:
        raise InvalidInput(
            f"Orders placed since {store.cutoff_at:%Y-%m-%d %H:%M} UTC are imported already; ask for an earlier time.",
            path=("input", "importFrom"),
        )
    if await _under_way(store) is not None:
        raise ActionNotAllowed(
            "A backfill of this store is under way; begin another one when it is over.",
            path=("input", "storeId"),
            action="START_BACKFILL",
            current_status=store.state.value,
        )
    return store


def preview_of(
    store: Store, *, import_from: datetime, first: FirstPage, known: int, now: datetime, sealer: Sealer
) -> BackfillPreview:
    """Return what a backfill would take; `known` orders of that time are here already and only have to be evaluated.

    When the first page does not reach the end, the rest is estimated at the density of that page.
    """
    until, searches, unread = store.cutoff_at, 1, first.orders
    if first.reaches is not None:
        covered = max((first.reaches - import_from).total_seconds(), 1.0)
        unread = max(first.orders + 1, round(first.orders * (until - import_from).total_seconds() / covered))
        searches = ceil(unread / PAGE)
    at_once = max(0, int(first.available) - SPARED)
    expires_at = now + PREVIEW_LIFE
    return BackfillPreview(
        import_from=import_from,
        until=until,
        orders=unread + known,
        is_exact=first.reaches is None,
        searches=searches,
        available=int(first.available),
        seconds=ceil(max(0, searches - at_once) / (first.rate or PLANS[SEARCH_ORDERS].rate)),
        token=_token(store, import_from, expires_at, sealer=sealer),
        expires_at=expires_at,
    )


async def start_backfill(
    *,
    store_id: int,
    import_from: datetime,
    preview_token: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> SyncRun:
    """Import the orders placed since a time that was previewed; asked again while it runs, returns its run.

    From then on the store imports orders placed since that time. Raises NotFound, InvalidInput or ActionNotAllowed.
    """
    async with change(now=now, actor=actor) as unit:
        store = await syncable_store(store_id)
        check_import_from(import_from, now)
        since = from_text(to_text(import_from))
        if store.cutoff_at == since and (begun := await _under_way(store)) is not None:
            unit.quiet()
            return begun
        store = await checked_backfill(store_id=store_id, import_from=since, now=now)
        _check_token(store, since, preview_token, now=now, sealer=sealer)
        run = await _begin(store, since, now=now)
        await Store.filter(id=store.id).update(cutoff_at=since)
        message = f"Orders placed since {since:%Y-%m-%d %H:%M} UTC are imported as well."
        unit.event(Subject(store.account_id, store.id), EventKind.BACKFILL_STARTED, message, run=run.id)
        await unit.store_due(store.id)
        return run


async def _under_way(store: Store) -> SyncRun | None:
    cursor = await SyncCursor.get_or_none(
        account_id=store.account_id, marketplaces=store.marketplace_id, kind=CursorKind.BACKFILL
    )
    if cursor is None:
        return None
    return await SyncRun.filter(cursor_id=cursor.id, state__in=_OPEN).order_by("id").first()


async def _begin(store: Store, import_from: datetime, *, now: datetime) -> SyncRun:
    cursor, _ = await SyncCursor.update_or_create(
        account_id=store.account_id,
        marketplaces=store.marketplace_id,
        kind=CursorKind.BACKFILL,
        defaults={
            "store_id": store.id,
            "watermark": import_from,
            "until": store.cutoff_at,
            "span_seconds": int(_FIRST_SPAN.total_seconds()),
            "due_at": now,
            "run_id": None,
            "attempts": 0,
        },
    )
    return await SyncRun.create(
        account_id=store.account_id,
        store_id=store.id,
        cursor_id=cursor.id,
        marketplaces=store.marketplace_id,
        trigger=SyncTrigger.BACKFILL,
        state=JobState.QUEUED,
        window_from=import_from,
        window_to=store.cutoff_at,
        started_at=now,
    )


def _token(store: Store, import_from: datetime, expires_at: datetime, *, sealer: Sealer) -> str:
    what = f"{store.id} {to_text(import_from)} {to_text(store.cutoff_at)} {to_text(expires_at)}"
    return f"{to_text(expires_at)}.{sealer.digest('backfill', what)}"


def _check_token(store: Store, import_from: datetime, token: str, *, now: datetime, sealer: Sealer) -> None:
    path = ("input", "previewToken")
    try:
        expires_at = from_text(token.rpartition(".")[0])
    except ValueError:
        expires_at = now
    if token != _token(store, import_from, expires_at, sealer=sealer) or expires_at <= now:
        raise InvalidInput(
            "This is not the token of a preview of this backfill made within the last hour; look at the preview again.",
            path=path,
        )
