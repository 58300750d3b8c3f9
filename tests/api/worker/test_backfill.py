from datetime import timedelta

import pytest

from domain.accounts.backfill import preview_of, start_backfill
from domain.accounts.records import JobState, Store, SyncRun, SyncTrigger
from domain.amazon.records import AmazonOrder
from domain.errors import CredentialsRejected, MarketplaceThrottled
from domain.timeline import SYSTEM


async def look(bench, store, since):
    first = await bench.worker.service.first_look(store, since=since)
    return first, preview_of(store, import_from=since, first=first, known=0, now=bench.clock.now(), sealer=bench.sealer)


async def begin(bench, store, since, token):
    return await start_backfill(
        store_id=store.id,
        import_from=since,
        preview_token=token,
        now=bench.clock.now(),
        actor=SYSTEM,
        sealer=bench.sealer,
    )


async def read_on(bench, *, passes=12):
    for _ in range(passes):
        await bench.sync()
        await bench.pass_by(minutes=6)


async def test_past_orders_are_counted_by_one_search_and_then_read(bench):
    numbers = await bench.place(7)
    await bench.pass_by(days=2)
    store = await bench.connect()
    since = store.cutoff_at - timedelta(days=3)
    first, preview = await look(bench, store, since)

    assert (first.orders, first.reaches) == (7, None)
    assert (preview.orders, preview.is_exact, preview.available) == (7, True, 19)
    assert not await AmazonOrder.exists()

    run = await begin(bench, store, since, preview.token)
    await read_on(bench, passes=3)

    assert {order.number for order in await AmazonOrder.all()} == set(numbers)
    done = await SyncRun.get(id=run.id)
    assert (done.state, done.trigger, done.created) == (JobState.SUCCEEDED, SyncTrigger.BACKFILL, 7)
    cutoff_at = (await Store.get(id=store.id)).cutoff_at
    assert all(order.purchased_at >= cutoff_at for order in await AmazonOrder.all())


async def test_a_long_past_is_estimated_and_new_orders_do_not_wait_for_it(bench):
    for _ in range(30):
        await bench.place(10)
        await bench.pass_by(hours=8)
    store = await bench.connect()
    since = store.cutoff_at - timedelta(days=10)
    first, preview = await look(bench, store, since)
    assert first.orders == 100
    assert not preview.is_exact
    assert preview.orders == pytest.approx(300, rel=0.15)

    bench.with_limits(page_size=10)
    await begin(bench, store, since, preview.token)
    await bench.sync()  # the backfill takes what may be taken at once
    (new,) = await bench.place(1)
    await bench.pass_by(minutes=6)
    await bench.sync()

    assert await AmazonOrder.exists(number=new)
    assert await AmazonOrder.all().count() < 301
    await read_on(bench, passes=40)
    assert await AmazonOrder.all().count() == 301


async def test_nothing_is_asked_of_a_past_shorter_than_amazon_needs_to_settle(bench):
    store = await bench.connect()
    first, _ = await look(bench, store, store.cutoff_at - timedelta(minutes=1))

    assert (first.orders, first.available) == (0, 20.0)


async def test_a_spent_quota_says_how_long_to_wait(bench):
    store = await bench.connect()
    since = store.cutoff_at - timedelta(days=1)
    for _ in range(20):
        await look(bench, store, since)

    with pytest.raises(MarketplaceThrottled) as refused:
        await look(bench, store, since)
    assert (refused.value.retry_after or 0) > 100


async def test_a_revoked_token_is_told(bench):
    store = await bench.connect()
    await bench.control("/sellers/demo/revoke")

    with pytest.raises(CredentialsRejected):
        await look(bench, store, store.cutoff_at - timedelta(days=1))
