from datetime import datetime, timedelta

import pytest

from domain.accounts.cursors import StaleFence, due_cursors, take, update_fenced
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Account, AccountState, CursorKind, JobState, SyncCursor, SyncRun, SyncTrigger
from domain.accounts.stores import connect_store, pause_store
from domain.accounts.sync_requests import request_sync
from domain.errors import ActionNotAllowed, InvalidInput, NotFound
from domain.timeline import SYSTEM, Event, EventKind

US = "ATVPDKIKX0DER"


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


class TestRequests:
    async def test_are_queued_once_and_told_once(self, store, now):
        first = await request_sync(store_id=store.id, now=now, actor=SYSTEM)
        second = await request_sync(store_id=store.id, now=now, actor=SYSTEM)

        assert first.id == second.id
        assert (first.state, first.trigger) == (JobState.QUEUED, SyncTrigger.MANUAL)
        assert await Event.filter(kind=EventKind.SYNC_REQUESTED).count() == 1

    async def test_for_an_order_a_window_and_the_store_stand_beside_each_other(self, store, now):
        ids = {
            (await request_sync(store_id=store.id, now=now, actor=SYSTEM)).id,
            (await request_sync(store_id=store.id, amazon_order_id="902-0000000-0000001", now=now, actor=SYSTEM)).id,
            (await request_sync(store_id=store.id, amazon_order_id="902-0000000-0000002", now=now, actor=SYSTEM)).id,
            (await request_sync(store_id=store.id, window=(now - timedelta(days=2), now), now=now, actor=SYSTEM)).id,
        }

        assert len(ids) == 4
        assert await SyncCursor.filter(kind=CursorKind.GAP).values_list("until", flat=True) == [now]

    async def test_for_a_second_window_are_refused_until_the_first_one_is_read(self, store, now):
        def window(first: int, last: int) -> tuple[datetime, datetime]:
            return now - timedelta(days=first), now - timedelta(days=last)

        async def ask(first: int, last: int) -> SyncRun:
            return await request_sync(store_id=store.id, window=window(first, last), now=now, actor=SYSTEM)

        run = await ask(9, 7)
        assert (await ask(9, 7)).id == (await ask(8, 7)).id == run.id
        for other in ((10, 8), (8, 6)):
            with pytest.raises(ActionNotAllowed) as refused:
                await ask(*other)
            assert refused.value.path == ("input", "window")
        assert (await SyncCursor.get(kind=CursorKind.GAP)).watermark == window(9, 7)[0]
        await SyncRun.filter(id=run.id).update(state=JobState.SUCCEEDED)

        assert (await ask(5, 4)).id != run.id
        cursor = await SyncCursor.get(kind=CursorKind.GAP)
        assert (cursor.watermark, cursor.until) == window(5, 4)

    @pytest.mark.parametrize(
        ("wish", "path"),
        [
            ({"amazon_order_id": "902-1"}, ("input", "amazonOrderId")),
            ({"window": (0, -1)}, ("input", "window", "lt")),
            ({"window": (-1, -1)}, ("input", "window", "lt")),
            ({"window": (0, 1)}, ("input", "window", "gte")),
            ({"window": (2, 3)}, ("input", "window", "gte")),
            ({"amazon_order_id": "902-0000000-0000001", "window": (0, 1)}, ("input", "window")),
        ],
    )
    async def test_that_make_no_sense_are_refused(self, store, now, wish, path):
        if "window" in wish:
            wish = {**wish, "window": tuple(now + timedelta(days=day) for day in wish["window"])}

        with pytest.raises(InvalidInput) as refused:
            await request_sync(store_id=store.id, now=now, actor=SYSTEM, **wish)

        assert refused.value.path == path

    async def test_for_no_store_a_paused_one_or_rejected_credentials_are_refused(self, store, now):
        with pytest.raises(NotFound):
            await request_sync(store_id=store.id + 1, now=now, actor=SYSTEM)
        await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)
        with pytest.raises(ActionNotAllowed):
            await request_sync(store_id=store.id, now=now, actor=SYSTEM)
        await Account.all().update(state=AccountState.ACTIVE)
        await pause_store(store_id=store.id, now=now, actor=SYSTEM)
        with pytest.raises(ActionNotAllowed):
            await request_sync(store_id=store.id, now=now, actor=SYSTEM)


class TestCursors:
    async def due(self, now, machine_ms=0):
        return len(await due_cursors(now=now, machine_ms=machine_ms, limit=10))

    async def test_are_due_with_their_store_unless_it_is_paused_or_rejected(self, store, now):
        assert await self.due(now) == 1
        assert await self.due(now - timedelta(seconds=1)) == 0
        await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)
        assert await self.due(now) == 0
        await Account.all().update(state=AccountState.ACTIVE)
        await request_sync(store_id=store.id, now=now, actor=SYSTEM)
        await pause_store(store_id=store.id, now=now, actor=SYSTEM)
        assert await self.due(now) == 0

    async def test_are_held_by_one_until_the_lease_is_over_and_a_fence_tells_them_apart(self, store, now):
        cursor = await SyncCursor.get()
        first = await take(cursor_id=cursor.id, machine_ms=1000, lease_ms=500, now=now)
        assert await take(cursor_id=cursor.id, machine_ms=1500, lease_ms=500, now=now) is None
        assert await self.due(now, machine_ms=1500) == 0
        assert await self.due(now, machine_ms=1501) == 1
        second = await take(cursor_id=cursor.id, machine_ms=1501, lease_ms=500, now=now)

        assert first is not None
        assert second is not None
        assert second.fence == first.fence + 1
        with pytest.raises(StaleFence):
            await update_fenced(cursor.id, first.fence)
        await update_fenced(cursor.id, second.fence)
