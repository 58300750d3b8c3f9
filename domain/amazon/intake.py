"""The intake: stores what one answer of Amazon's says, together with its events and how far the reading has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.accounts import runs
from domain.accounts.cursors import Fenced, update_fenced
from domain.accounts.records import Store, SyncCursor, SyncRun
from domain.amazon.buyer_data import Told, keep_buyers
from domain.amazon.facts import OrderFacts, UnreadableOrder
from domain.amazon.item_rows import item_row, upsert_items
from domain.amazon.order_rows import asks_to_cancel, known_orders, move_fetched, order_row, stored_word, upsert_orders
from domain.amazon.orders import refresh_display
from domain.amazon.routing import known_stores, store_of
from domain.amazon.translation import AlreadyKnown, KnownOrder, compare, facts_document
from domain.amazon.window import Window, advance, span_after
from domain.change import Change, change
from domain.instant import from_text
from domain.sealing import Sealer
from domain.timeline import AMAZON, BUYER, EventKind, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The orders of one answer, and how to read on; `last_updated_before` is what Amazon echoes."""

    orders: Sequence[OrderFacts | UnreadableOrder]
    next_token: str | None = None
    last_updated_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What an answer brought; skipped orders belong to a marketplace without a store here."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def counts(self) -> runs.Counts:
        """What the run counts."""
        seen = self.created + self.updated + self.unchanged + self.failed + self.skipped
        return runs.Counts(seen, self.created, self.updated, self.unchanged, self.failed)


@dataclass(frozen=True, slots=True)
class _Seen:
    facts: OrderFacts
    store: Store
    digest: str

    @property
    def key(self) -> tuple[int, str]:
        return self.store.id, self.facts.amazon_order_id


async def store_page(
    *,
    fenced: Fenced | None,
    account_id: int,
    stores: Mapping[str, Store],
    requested_marketplaces: Sequence[str],
    page: Answered,
    fetched_at: datetime,
    now: datetime,
    sealer: Sealer,
) -> Stored:
    """Store one answer: orders that are news with items, buyer data and events, and the reading's progress with them.

    `stores` are the account's by marketplace; `fetched_at` is the Amazon time at which the request started. Without
    `fenced` the answer is about single orders and moves no cursor. Raises StaleFence, and then nothing is stored.
    """
    readable = [order for order in page.orders if isinstance(order, OrderFacts)]
    known = await known_stores(readable, stores)
    routed = [
        _Seen(facts, store, sealer.digest("facts", facts_document(facts)))
        for facts in readable
        if (store := store_of(facts, stores=stores, requested=requested_marketplaces, known=known)) is not None
    ]
    seen = _newest(routed)
    async with change(now=now, actor=AMAZON) as unit:
        unit.quiet()
        if fenced is not None:
            await update_fenced(fenced.cursor_id, fenced.fence)
        created, updated = await _store_orders(unit, account_id, seen, fetched_at, sealer)
        stored = Stored(
            created=created,
            updated=updated,
            unchanged=len(seen) - created - updated,
            failed=len(page.orders) - len(readable),
            skipped=len(readable) - len(seen),
        )
        if fenced is not None:
            await _progress(fenced, page, fetched_at, stored)
    return stored


def _newest(seen: Iterable[_Seen]) -> list[_Seen]:
    newest: dict[tuple[int, str], _Seen] = {}
    for one in seen:
        other = newest.get(one.key)
        if other is None or one.facts.updated_at >= other.facts.updated_at:
            newest[one.key] = one
    return list(newest.values())


async def _store_orders(
    unit: Change, account_id: int, seen: Sequence[_Seen], fetched_at: datetime, sealer: Sealer
) -> tuple[int, int]:
    known = await known_orders(unit.connection, [one.key for one in seen]) if seen else {}
    again, news = [], []
    for one in seen:
        row = known.get(one.key)
        finding = compare(_known(row), one.facts, digest=one.digest, fetched_at=fetched_at)
        if not isinstance(finding, AlreadyKnown):
            news.append(one)
        elif row is not None and finding.fetched_at > _instant(row["fetched_at"]):
            again.append(row["id"])
    await move_fetched(unit.connection, again, fetched_at)
    rows = [
        order_row(
            one.facts,
            account_id=account_id,
            store_id=one.store.id,
            digest=one.digest,
            fetched_at=fetched_at,
            now=unit.now,
        )
        for one in news
    ]
    ids = await upsert_orders(unit.connection, rows)
    stored = [(ids[one.key], one) for one in news if one.key in ids]
    await _store_parts(unit, account_id, stored, known, fetched_at, sealer)
    created = sum(one.key not in known for _, one in stored)
    return created, len(stored) - created


async def _store_parts(
    unit: Change,
    account_id: int,
    stored: Sequence[tuple[int, _Seen]],
    known: Mapping[tuple[int, str], Mapping[str, object]],
    fetched_at: datetime,
    sealer: Sealer,
) -> None:
    if not stored:
        return
    ids = [order_id for order_id, _ in stored]
    items = [
        item_row(item, account_id=account_id, store_id=one.store.id, order_id=order_id, position=position)
        for order_id, one in stored
        for position, item in enumerate(one.facts.items)
    ]
    await upsert_items(unit.connection, ids, items, now=unit.now)
    told = [Told(order_id, one.store.id, one.facts, one.key in known) for order_id, one in stored]
    await keep_buyers(told, account_id=account_id, amazon_now=fetched_at, now=unit.now, sealer=sealer)
    await refresh_display(unit=unit, order_ids=[order_id for order_id, one in stored if one.key in known])
    for order_id, one in stored:
        _tell(unit, Subject(account_id, one.store.id, order_id), one, known.get(one.key))
    await unit.due(ids)


def _tell(unit: Change, subject: Subject, one: _Seen, before: Mapping[str, object] | None) -> None:
    status, raw = one.facts.status.value, stored_word(one.facts.raw_status)
    if before is None:
        unit.event(subject, EventKind.SEEN, f"Seen on Amazon: {status}.", status=status, raw=raw)
    elif before["amazon_status"] != status or before["raw_status"] != raw:
        is_other = before["amazon_status"] != status
        words = (before["amazon_status"], status) if is_other else (before["raw_status"], raw)
        message = f"Amazon's status changed from {words[0]} to {words[1]}."
        unit.event(subject, EventKind.STATUS_CHANGED, message, before=before["amazon_status"], after=status, raw=raw)
    else:
        unit.event(subject, EventKind.CHANGED, "Amazon changed the order.", status=status)
    if asks_to_cancel(one.facts) and (before is None or before["cancel_requested_at"] is None):
        unit.event(subject, EventKind.CANCEL_REQUESTED, "The buyer asks to cancel the order.", actor=BUYER)


async def _progress(fenced: Fenced, page: Answered, fetched_at: datetime, stored: Stored) -> None:
    run, cursor = await SyncRun.get(id=fenced.run_id), await SyncCursor.get(id=fenced.cursor_id)
    await runs.record_page(fenced=fenced, next_token=page.next_token, token_at=fetched_at, counts=stored.counts)
    if page.next_token is None and run.slice_from is not None and run.slice_to is not None:
        window = Window(run.slice_from, run.slice_to)
        span = span_after(span=timedelta(seconds=cursor.span_seconds), pages=run.slice_pages + 1, finished=True)
        watermark = advance(window=window, echoed_before=page.last_updated_before, watermark=cursor.watermark)
        await runs.finish_slice(fenced=fenced, watermark=watermark, span=span)


def _known(row: Mapping[str, object] | None) -> KnownOrder | None:
    if row is None:
        return None
    return KnownOrder(
        updated_at=_instant(row["updated_at"]),
        facts_hash=str(row["facts_hash"]),
        fetched_at=_instant(row["fetched_at"]),
    )


def _instant(stored: object) -> datetime:
    return stored if isinstance(stored, datetime) else from_text(str(stored))
