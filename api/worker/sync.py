"""A pass: the orders whose commands await their fact, then everything that changed since the watermark."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.amazon.access_token import Seller
from api.amazon.client import Page, SearchRequest
from api.worker.order_reads import read_unconfirmed, rejected_credentials
from api.worker.worker import QuotaSpent, Worker
from domain.accounts import budgets, cursors, runs
from domain.accounts.backfill import SPARED
from domain.accounts.cursors import Fenced, StaleFence
from domain.accounts.joint_cursors import stores_of
from domain.accounts.records import Account, CursorKind, Store, SyncCursor, SyncRun
from domain.amazon.facts import UnreadableOrder
from domain.amazon.intake import Answered, store_page
from domain.amazon.routing import park_unplaced
from domain.amazon.window import SETTLE, next_window, page_limit, span_after
from domain.channel.unreadable import note_unreadable
from domain.errors import CredentialsRejected, MarketplaceError, MarketplaceRejected, MarketplaceUnavailable

_LOG: Final = logging.getLogger(__name__)
_TOKEN_LIFE: Final = timedelta(hours=23)  # Amazon's page tokens live 24 h
_RESTARTS: Final = 2
_FIRST_LOOK: Final = timedelta(seconds=30)  # what has settled since a cursor began, so that a search is worth it
_TOO_NEW: Final = timedelta(minutes=2)  # a younger upper bound is refused (searchOrders, lastUpdatedBefore)


@dataclass(slots=True)
class Pass:
    """One account's reading with a taken cursor."""

    worker: Worker
    account: Account
    seller: Seller
    stores: Mapping[str, Store]  # by marketplace: an order may turn out to be another store's
    read_for: Sequence[Store]
    fenced: Fenced
    restarts: int = 0


async def sync_cursor(worker: Worker, cursor_id: int) -> bool:
    """Take a cursor and read on from it until there is nothing more; False if somebody else holds it.

    What Amazon says is recorded in the run: a wait puts the pass off with its token kept, a never closes it.
    """
    cursor = await cursors.take(
        cursor_id=cursor_id, machine_ms=worker.machine_ms(), lease_ms=worker.limits.lease_ms, now=worker.now()
    )
    if cursor is None:
        return False
    account = await Account.get(id=cursor.account_id)
    run = await runs.open_run(cursor=cursor, now=worker.now())
    reading = Pass(
        worker=worker,
        account=account,
        seller=worker.seller(account),
        stores={store.marketplace_id: store for store in await Store.filter(account_id=account.id)},
        read_for=await stores_of(cursor),
        fenced=Fenced(cursor.id, cursor.fence, run.id),
    )
    try:
        await _read(reading, cursor)
    except StaleFence as error:
        _LOG.warning("dropped a page: %s", error)
    except QuotaSpent as spent:
        await _put_off(reading, timedelta(seconds=spent.wait), None)
    except CredentialsRejected as error:
        await rejected_credentials(worker, account, reading.seller)
        await _failed(reading, error)
    except MarketplaceUnavailable as error:
        await _put_off(reading, await _pause(reading, error), error)
    except MarketplaceRejected as error:
        await _failed(reading, error)
    return True


async def sync_page(reading: Pass) -> bool:
    """Read and store one page, or give the slice at hand up; False once nothing is left to read."""
    cursor, run = await SyncCursor.get(id=reading.fenced.cursor_id), await SyncRun.get(id=reading.fenced.run_id)
    worker, amazon_now = reading.worker, reading.worker.amazon.amazon_now(reading.account.region)
    if not run.slice_pages:  # nothing of a slice was answered yet: its bounds are those of now
        goal = _goal(cursor, run, amazon_now)
        span = min(timedelta(seconds=cursor.span_seconds), goal - cursor.watermark)
        window = next_window(watermark=cursor.watermark, amazon_now=amazon_now, span=span)
        if window is None:
            return False
        run = await runs.begin_slice(
            fenced=reading.fenced, lower=window.lower, upper=window.upper, goal=goal, now=worker.now()
        )
    elif run.token_at is not None and amazon_now - run.token_at > _TOKEN_LIFE:
        await _start_again(reading, cursor)
        return True
    limit = page_limit(span=timedelta(seconds=cursor.span_seconds))
    if limit is not None and run.slice_pages >= limit:
        await _narrow(reading, cursor, run)
        return True
    await _one_page(reading, cursor, run)
    return True


async def _read(reading: Pass, cursor: SyncCursor) -> None:
    worker = reading.worker
    await worker.amazon.learn_time(reading.seller)
    if cursor.kind is CursorKind.LIVE:
        await read_unconfirmed(worker, reading.account, reading.seller, reading.read_for)
    while await sync_page(reading):
        await cursors.renew(
            cursor_id=cursor.id,
            fence=cursor.fence,
            machine_ms=worker.machine_ms(),
            lease_ms=worker.limits.lease_ms,
            now=worker.now(),
        )
    await runs.finish_run(fenced=reading.fenced, now=worker.now(), interval=await _until_next(reading))


async def _until_next(reading: Pass) -> timedelta:
    """Return when to read on: after the interval, or sooner when nothing new has settled yet, as after connecting."""
    run, cursor = await SyncRun.get(id=reading.fenced.run_id), await SyncCursor.get(id=reading.fenced.cursor_id)
    interval = reading.worker.limits.interval
    if run.pages:
        return interval
    unsettled = cursor.watermark + SETTLE - reading.worker.amazon.amazon_now(reading.account.region)
    return min(interval, max(unsettled, timedelta()) + _FIRST_LOOK)


def _goal(cursor: SyncCursor, run: SyncRun, amazon_now: datetime) -> datetime:
    """Return where the pass ends: fixed once a page is stored, or a pass of many slices would never end."""
    settled = amazon_now - SETTLE
    if run.pages:
        return min(run.window_to, settled)
    return settled if cursor.until is None else min(settled, cursor.until)


async def _one_page(reading: Pass, cursor: SyncCursor, run: SyncRun) -> None:
    worker, account = reading.worker, reading.account
    assert run.slice_from is not None
    assert run.slice_to is not None
    request = SearchRequest(
        marketplace_ids=tuple(run.marketplaces.split(",")),
        updated_after=run.slice_from,
        updated_before=run.slice_to,
        page_size=worker.limits.page_size,
        token=run.next_token,
    )
    spare = 0 if cursor.kind is CursorKind.LIVE else SPARED
    try:
        async with worker.quota(account, budgets.SEARCH_ORDERS, spare=spare) as fetched_at:
            page = await worker.amazon.search_orders(reading.seller, request)
    except CredentialsRejected:
        raise
    except MarketplaceRejected as error:
        if not _may_start_again(reading, run, error):
            raise
        await _start_again(reading, cursor)
        return
    await _store(reading, request.marketplace_ids, page, fetched_at)


async def _store(reading: Pass, requested: Sequence[str], page: Page, fetched_at: datetime) -> None:
    worker, account = reading.worker, reading.account
    orders = await park_unplaced(page.orders, stores=reading.stores, requested=requested)
    if unreadable := sum(isinstance(order, UnreadableOrder) for order in orders):
        _LOG.warning("orders of a page could not be read: %d of %d", unreadable, len(orders))
    await note_unreadable(account_id=account.id, store=reading.read_for[0], orders=orders, now=worker.now())
    await store_page(
        fenced=reading.fenced,
        account_id=account.id,
        stores=reading.stores,
        requested_marketplaces=requested,
        page=Answered(orders=orders, next_token=page.next_token, last_updated_before=page.last_updated_before),
        fetched_at=fetched_at,
        now=worker.now(),
        sealer=worker.service.sealer,
    )
    _LOG.debug(
        "a page of orders was stored",
        extra={
            "store": reading.read_for[0].name,
            "orders": len(orders),
            "is_last": page.next_token is None,
            "amazon_time": page.last_updated_before,
        },
    )
    if page.rate is not None:
        await budgets.learn_rate(
            account_id=account.id, operation=budgets.SEARCH_ORDERS, rate=page.rate, at=page.at, now=worker.now()
        )


def _may_start_again(reading: Pass, run: SyncRun, error: MarketplaceRejected) -> bool:
    """Whether the refusal may be about the page token, or about an upper bound that our idea of the time got wrong."""
    amazon_now = reading.worker.amazon.amazon_now(reading.account.region)
    too_new = run.slice_to is not None and run.slice_to > amazon_now - _TOO_NEW
    return error.amazon_code == "InvalidInput" and reading.restarts < _RESTARTS and (bool(run.next_token) or too_new)


async def _start_again(reading: Pass, cursor: SyncCursor) -> None:
    reading.restarts += 1
    span = timedelta(seconds=cursor.span_seconds)
    await runs.drop_slice(fenced=reading.fenced, span=span, now=reading.worker.now())


async def _narrow(reading: Pass, cursor: SyncCursor, run: SyncRun) -> None:
    assert run.slice_to is not None
    wide = min(timedelta(seconds=cursor.span_seconds), max(run.slice_to - cursor.watermark, timedelta(seconds=1)))
    span = span_after(span=wide, pages=run.slice_pages, finished=False)
    await runs.drop_slice(fenced=reading.fenced, span=span, now=reading.worker.now())


async def _pause(reading: Pass, error: MarketplaceUnavailable) -> timedelta:
    if error.retry_after is not None:
        return timedelta(seconds=error.retry_after)
    cursor = await SyncCursor.get(id=reading.fenced.cursor_id)
    return reading.worker.backoff(cursor.attempts + 1, longest=reading.worker.limits.interval)


async def _put_off(reading: Pass, pause: timedelta, error: MarketplaceError | None) -> None:
    now = reading.worker.now()
    try:
        await runs.postpone_run(fenced=reading.fenced, retry_at=now + pause, error=error, now=now)
    except StaleFence as stale:
        _LOG.warning("left a pass to somebody else: %s", stale)
    if error is not None:
        _LOG.warning("a pass is put off for %.0f s: %s", pause.total_seconds(), error.message)


async def _failed(reading: Pass, error: MarketplaceRejected) -> None:
    _LOG.error("a pass failed: %s (%s, request %s)", error.message, error.amazon_code, error.request_id)
    try:
        await runs.fail_run(
            fenced=reading.fenced, error=error, now=reading.worker.now(), interval=reading.worker.limits.interval
        )
    except StaleFence as stale:
        _LOG.warning("left a pass to somebody else: %s", stale)
