from datetime import timedelta

from domain.accounts.records import Account, AccountState, JobState, Store, SyncRun
from domain.accounts.sync_requests import request_sync
from domain.amazon.records import AmazonOrder
from domain.timeline import SYSTEM
from tests.api.wire_between import answers


async def numbers() -> set[str]:
    return {order.number for order in await AmazonOrder.all()}


class TestRequests:
    async def test_one_order_is_read_again_at_once(self, bench):
        store = await bench.connect()
        (number,) = await bench.place()

        run = await request_sync(store_id=store.id, amazon_order_id=number, now=bench.clock.now(), actor=SYSTEM)
        again = await request_sync(store_id=store.id, amazon_order_id=number, now=bench.clock.now(), actor=SYSTEM)
        await bench.sync()

        assert again.id == run.id
        assert await numbers() == {number}
        assert (await SyncRun.get(id=run.id)).state is JobState.SUCCEEDED

    async def test_an_unknown_order_fails_its_run_alone(self, bench):
        store = await bench.connect()
        run = await request_sync(
            store_id=store.id, amazon_order_id="111-1111111-1111111", now=bench.clock.now(), actor=SYSTEM
        )
        await bench.sync()

        run = await SyncRun.get(id=run.id)
        assert run.state is JobState.FAILED
        assert (run.error_code, run.error_message) == (
            "NotFound",
            "Amazon knows no order 111-1111111-1111111 for this store.",
        )

    async def test_one_order_is_asked_for_until_amazon_answers_but_not_for_ever(self, bench):
        store = await bench.connect()
        await Store.all().update(next_sync_at=None)
        (number,) = await bench.place()
        now = bench.clock.now()
        first = await request_sync(store_id=store.id, amazon_order_id=number, now=now, actor=SYSTEM)
        bench.wire.happens("getOrder", answers(429, text=""), answers(503, text=""))
        for _ in range(3):
            await bench.sync()
            await bench.pass_by(seconds=3)
        assert (await SyncRun.get(id=first.id)).state is JobState.SUCCEEDED
        assert (await SyncRun.get(id=first.id)).throttled == 1
        second = await request_sync(store_id=store.id, amazon_order_id=number, now=bench.clock.now(), actor=SYSTEM)
        bench.wire.happens("getOrder", *[answers(503, text="")] * 9)
        for _ in range(9):
            await bench.sync()
            await bench.pass_by(minutes=5)

        assert (await SyncRun.get(id=second.id)).state is JobState.FAILED

    async def test_one_order_of_a_revoked_seller_fails_its_run_and_stops_the_account(self, bench):
        store = await bench.connect()
        await Store.all().update(next_sync_at=None)
        await request_sync(
            store_id=store.id, amazon_order_id="111-1111111-1111111", now=bench.clock.now(), actor=SYSTEM
        )
        await bench.control("/sellers/demo/revoke")
        await bench.pass_by(hours=2)
        await bench.sync()

        assert (await SyncRun.get()).state is JobState.FAILED
        assert (await Account.get()).state is AccountState.CREDENTIALS_REJECTED

    async def test_a_store_is_read_now_and_the_request_is_its_run(self, bench):
        store = await bench.connect()
        await bench.pass_by(minutes=4)
        await bench.sync()
        placed = await bench.place()
        await bench.pass_by(minutes=4)
        run = await request_sync(store_id=store.id, now=bench.clock.now(), actor=SYSTEM)

        await bench.sync()

        assert await numbers() == set(placed)
        assert (await SyncRun.get(id=run.id)).state is JobState.SUCCEEDED

    async def test_a_window_is_read_beside_the_live_cursor(self, bench):
        store = await bench.connect()
        await bench.pass_by(hours=1)
        placed = await bench.place()
        begun = bench.clock.now()
        await bench.pass_by(hours=2)
        run = await request_sync(
            store_id=store.id,
            window=(begun - timedelta(minutes=5), begun + timedelta(minutes=5)),
            now=bench.clock.now(),
            actor=SYSTEM,
        )
        await Store.filter(id=store.id).update(next_sync_at=None)

        await bench.sync()

        assert await numbers() == set(placed)
        assert (await SyncRun.get(id=run.id)).state is JobState.SUCCEEDED
        assert (await bench.sync()) == 0
