from datetime import timedelta

import pytest

from domain.accounts.backfill import PREVIEW_LIFE, FirstPage, checked_backfill, preview_of, start_backfill
from domain.accounts.budgets import SEARCH_ORDERS, available, take
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import CursorKind, JobState, Store, SyncCursor, SyncRun, SyncTrigger
from domain.accounts.stores import connect_store, pause_store
from domain.errors import ActionNotAllowed, InvalidInput, NotFound
from domain.timeline import SYSTEM, Event, EventKind

US = "ATVPDKIKX0DER"
RATE = 0.0056
ALL = FirstPage(orders=40, reaches=None, available=19.0, rate=RATE)


@pytest.fixture
async def store(database, now, sealer):
    return await connect_store(
        name="Shop",
        marketplace_id=US,
        refresh_token="Atzr|demo",
        verified=Verified((Participation(US, True),), now),
        seller_id=None,
        contact_email=None,
        import_from=None,
        now=now,
        sealer=sealer,
        actor=SYSTEM,
    )


@pytest.fixture
def since(now):
    return now - timedelta(days=10)


def preview(store, since, now, sealer, first=ALL, known=0):
    return preview_of(store, import_from=since, first=first, known=known, now=now, sealer=sealer)


async def start(store, since, token, now, sealer):
    return await start_backfill(
        store_id=store.id, import_from=since, preview_token=token, now=now, actor=SYSTEM, sealer=sealer
    )


async def test_a_page_that_holds_all_is_counted_exactly(store, since, now, sealer):
    found = preview(store, since, now, sealer, known=2)

    assert (found.orders, found.is_exact, found.searches, found.available, found.seconds) == (42, True, 1, 19, 0)
    assert (found.import_from, found.until) == (since, store.cutoff_at)


async def test_the_rest_of_many_pages_is_estimated_at_the_density_of_the_first(store, since, now, sealer):
    first = FirstPage(orders=100, reaches=since + timedelta(hours=6), available=20.0, rate=RATE)
    found = preview(store, since, now, sealer, first)

    assert (found.orders, found.is_exact, found.searches) == (4000, False, 40)
    assert found.seconds == pytest.approx((40 - 18) / RATE, abs=1)


async def test_a_first_page_of_one_moment_still_says_that_there_is_more(store, since, now, sealer):
    first = FirstPage(orders=100, reaches=store.cutoff_at + timedelta(days=1), available=1.0, rate=0.0)
    found = preview(store, since, now, sealer, first)

    assert (found.orders, found.searches) == (101, 2)
    assert found.seconds > 0


async def test_a_previewed_backfill_has_a_cursor_of_its_own(store, since, now, sealer):
    run = await start(store, since, preview(store, since, now, sealer).token, now, sealer)

    assert (run.trigger, run.state) == (SyncTrigger.BACKFILL, JobState.QUEUED)
    assert (run.window_from, run.window_to) == (since, store.cutoff_at)
    cursor = await SyncCursor.get(kind=CursorKind.BACKFILL)
    assert (cursor.watermark, cursor.until, cursor.due_at) == (since, store.cutoff_at, now)
    assert (await SyncCursor.get(kind=CursorKind.LIVE)).watermark == store.cutoff_at
    assert (await Store.get(id=store.id)).cutoff_at == since
    assert await Event.filter(kind=EventKind.BACKFILL_STARTED).count() == 1


async def test_begun_twice_it_is_one(store, since, now, sealer):
    token = preview(store, since, now, sealer).token
    first = await start(store, since, token, now, sealer)
    again = await start(store, since, token, now, sealer)

    assert again.id == first.id
    assert await SyncRun.all().count() == 1


async def test_a_second_stretch_waits_for_the_first(store, since, now, sealer):
    await start(store, since, preview(store, since, now, sealer).token, now, sealer)

    with pytest.raises(ActionNotAllowed, match="under way"):
        await checked_backfill(store_id=store.id, import_from=since - timedelta(days=1), now=now)

    await SyncRun.all().update(state=JobState.SUCCEEDED)
    earlier = since - timedelta(days=1)
    longer = await checked_backfill(store_id=store.id, import_from=earlier, now=now)
    await start(store, earlier, preview(longer, earlier, now, sealer).token, now, sealer)
    cursor = await SyncCursor.get(kind=CursorKind.BACKFILL)
    assert (cursor.watermark, cursor.until) == (earlier, since)


@pytest.mark.parametrize("token", ["", "x", "2026-03-02T10:00:00.000Z.forged", "soon.forged"])
async def test_without_its_preview_nothing_begins(store, since, now, sealer, token):
    with pytest.raises(InvalidInput, match="preview") as refused:
        await start(store, since, token, now, sealer)

    assert refused.value.path == ("input", "previewToken")
    assert (await Store.get(id=store.id)).cutoff_at == store.cutoff_at
    assert not await SyncRun.exists()


async def test_a_preview_of_another_time_or_an_old_one_begins_nothing(store, since, now, sealer):
    token = preview(store, since, now, sealer).token

    for when, at in [(since - timedelta(days=1), now), (since, now + PREVIEW_LIFE)]:
        with pytest.raises(InvalidInput, match="preview"):
            await start(store, when, token, at, sealer)


async def test_times_that_cannot_be_asked_for_are_refused(store, now):
    for since, words in [
        (now.replace(tzinfo=None), "time zone"),
        (now + timedelta(days=1), "time to come"),
        (now - timedelta(days=4000), "earliest time"),
        (store.cutoff_at, "imported already"),
    ]:
        with pytest.raises(InvalidInput, match=words) as refused:
            await checked_backfill(store_id=store.id, import_from=since, now=now)
        assert refused.value.path == ("input", "importFrom")


async def test_a_paused_or_unknown_store_is_not_asked_about(store, since, now):
    await pause_store(store_id=store.id, now=now, actor=SYSTEM)

    with pytest.raises(ActionNotAllowed, match="paused"):
        await checked_backfill(store_id=store.id, import_from=since, now=now)
    with pytest.raises(NotFound):
        await checked_backfill(store_id=99, import_from=since, now=now)


async def test_spared_searches_are_left_to_new_orders(store, now):
    async def search(spare):
        return await take(account_id=store.account_id, operation=SEARCH_ORDERS, at=now, now=now, spare=spare)

    assert await available(account_id=store.account_id, operation=SEARCH_ORDERS, at=now) == (20.0, RATE)
    assert [await search(2) for _ in range(18)] == [0.0] * 18
    assert await search(2) == pytest.approx(1 / RATE)
    assert [await search(0) for _ in range(2)] == [0.0, 0.0]
    assert (await available(account_id=store.account_id, operation=SEARCH_ORDERS, at=now))[0] == 0.0
