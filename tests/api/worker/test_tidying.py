import asyncio
from datetime import timedelta

from api.worker.engine import Engine
from api.worker.sweep import sweep_once
from api.worker.tidying import tidy_due
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.buyers import BuyerRecord, Kept, Owner, keep_many
from domain.change import change
from domain.channel.records import Attention, AttentionKind
from domain.channel.retention import BATCH
from domain.idempotency import IdempotencyKey, remember
from domain.timeline import SYSTEM, Event, EventKind


async def keep_customers(bench, count):
    at = bench.clock.now() + timedelta(days=30)
    kept = [
        Kept(owner=Owner.CUSTOMER, owner_id=one, account_id=1, values={"buyer": {"name": "Ada"}}, purge_at=at)
        for one in range(1, count + 1)
    ]
    async with change(now=bench.clock.now(), actor=SYSTEM) as unit:
        unit.quiet()
        await keep_many(kept, sealer=bench.sealer)


async def answer(bench, key):
    async with change(now=bench.clock.now(), actor=SYSTEM) as unit:
        unit.quiet()
        await remember(scope="1", mutation="shipOrder", key=key, input_digest="x", result_id=1, now=bench.clock.now())


async def test_the_sweep_deletes_buyer_data_after_its_date_and_says_so_and_not_before(bench):
    await bench.connect()
    (number,) = await bench.place()
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    await bench.control(f"/orders/{number}/cancel", {"by": "SELLER"})
    await bench.pass_by(minutes=5)
    await sweep_once(bench.worker)
    await bench.pass_by(days=29)
    while await sweep_once(bench.worker):
        pass
    assert await BuyerRecord.all().count() == 1

    await bench.pass_by(days=1, minutes=5)
    while await sweep_once(bench.worker):
        pass

    assert await BuyerRecord.all().count() == 0
    assert await Event.filter(kind=EventKind.REDACTED, order_id=1).count() == 1


async def test_more_than_a_batch_goes_at_once_and_then_nobody_looks_for_a_minute(bench):
    await bench.connect()
    await keep_customers(bench, BATCH + 1)
    await bench.pass_by(days=31)
    assert await tidy_due(bench.worker) == BATCH + 1
    await BuyerRecord.all().delete()
    await keep_customers(bench, 1)
    await BuyerRecord.all().update(purge_at=bench.clock.now())

    await bench.pass_by(seconds=59)
    assert await tidy_due(bench.worker) == 0
    await bench.pass_by(seconds=1)
    assert await tidy_due(bench.worker) == 1


async def test_a_clock_that_was_set_back_keeps_nobody_from_looking(bench):
    await bench.connect()
    assert await tidy_due(bench.worker) == 0
    bench.clock.set(bench.clock.now() - timedelta(days=365))
    await keep_customers(bench, 1)
    await BuyerRecord.all().update(purge_at=bench.clock.now())

    assert await tidy_due(bench.worker) == 1


async def test_remembered_answers_are_forgotten_once_their_week_is_over(bench):
    await tidy_due(bench.worker)
    await answer(bench, "old")
    await bench.pass_by(days=6)
    await answer(bench, "young")
    await bench.pass_by(days=1)

    await tidy_due(bench.worker)

    assert await IdempotencyKey.all().values_list("key", flat=True) == ["young"]


async def taken_by_amazon(bench, seq):
    order, at = await AmazonOrder.get(), bench.clock.now()
    return await Command.create(
        account_id=order.account_id,
        store_id=order.store_id,
        order_id=order.id,
        order_seq=seq,
        kind=CommandKind.CANCEL,
        state=CommandState.ACCEPTED,
        created_at=at,
        sent_at=at,
        accepted_at=at,
    )


async def test_what_amazon_took_and_does_not_show_is_looked_for_every_ten_minutes(bench):
    await bench.connect()
    await bench.place()
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    first = await taken_by_amazon(bench, 1)
    await bench.pass_by(minutes=1)
    second = await taken_by_amazon(bench, 2)
    await bench.pass_by(hours=23, minutes=59)
    overdue = Attention.filter(kind=AttentionKind.COMMAND_OVERDUE).order_by("id")

    await tidy_due(bench.worker)
    assert await overdue.values_list("command_id", flat=True) == [first.id]
    await bench.pass_by(minutes=9)
    await tidy_due(bench.worker)
    assert await overdue.count() == 1
    await bench.pass_by(minutes=1)
    await tidy_due(bench.worker)
    assert await overdue.values_list("command_id", flat=True) == [first.id, second.id]


async def test_the_engine_tidies_by_itself(bench):
    await bench.connect()
    await keep_customers(bench, 1)
    await bench.pass_by(days=31)
    engine = Engine(bench.worker, poll=0.01, patience=1.0)
    running = asyncio.create_task(engine.run())
    for _ in range(500):
        if not await BuyerRecord.exists():
            break
        await asyncio.sleep(0.01)
    engine.stop()
    await running

    assert not await BuyerRecord.exists()
