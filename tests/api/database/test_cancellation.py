"""Requests are cancelled at any moment: when a client goes away, a sibling field fails, or time is up."""

import asyncio
import contextvars
import random
from collections import Counter
from zlib import crc32

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from api.database import database as open_database
from api.database import read_rows
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Product, Stock
from domain.change import change
from domain.idempotency import IdempotencyKey
from domain.timeline import SYSTEM, Event, EventKind
from tests.domain.ground.seeds import seed_order, seed_store

SOURCES = ("north", "south")
BULK = 60


def key(name, now, scope):
    return IdempotencyKey(scope=scope, mutation="m", key=name, input_digest="d", result_id=1, expires_at=now)


class Traffic:
    """What a busy service does, with a note of everything that was reported as stored."""

    def __init__(self, order, now):
        self.order = order
        self.now = now
        self.reported = set()

    async def read(self, name):
        await AmazonOrder.filter(store_id=self.order.store_id)
        await read_rows("SELECT count(*) AS events FROM event")

    async def move(self, name):
        """Move one piece from one source to the other, tell it, and report it."""
        give, take = SOURCES if crc32(name.encode()) % 2 else reversed(SOURCES)
        async with change(now=self.now, actor=SYSTEM) as unit:
            stock = await Stock.get(source=give)
            await Stock.filter(source=give).update(on_hand=stock.on_hand - 1)
            await asyncio.sleep(0)
            other = await Stock.get(source=take)
            await Stock.filter(source=take).update(on_hand=other.on_hand + 1)
            await key(name, self.now, "move").save()
            unit.event(self.order.subject, EventKind.COMMENTED, name)
            unit.after_commit(lambda: self.reported.add(name))

    async def nest(self, name):
        """Store one part, and undo another."""
        async with change(now=self.now, actor=SYSTEM) as unit:
            async with unit.savepoint():
                await key(name, self.now, "nest").save()
            try:
                async with unit.savepoint():
                    unit.event(self.order.subject, EventKind.COMMENTED, "undone")
                    await key(name, self.now, "undone").save()
                    raise KeyError(name)
            except KeyError:
                unit.event(self.order.subject, EventKind.COMMENTED, name)
            unit.after_commit(lambda: self.reported.add(name))

    async def bulk(self, name):
        """Store many rows without a change around them."""
        await IdempotencyKey.bulk_create([key(f"{name}-{each}", self.now, f"bulk {name}") for each in range(BULK)])

    async def touch(self, name):
        """Write one row by itself; the count of changed rows has to be its own."""
        assert await Stock.filter(source="north").update(reserved=0) == 1


async def seeded(now):
    store = await seed_store(now)
    order = await seed_order(store, "1", now)
    product = await Product.create(sku="MUG", name="Mug", created_at=now, updated_at=now)
    for source in SOURCES:
        await Stock.create(product_id=product.id, source=source, on_hand=1000)
    return order


async def cancelled_at_random(tasks, chance):
    """Cancel every task at a moment of its own, some of them twice; return how each ended."""
    for task in chance.sample(tasks, len(tasks)):
        await asyncio.sleep(chance.choice((0, 0, 0.0005, 0.002, 0.01)))
        task.cancel()
        if chance.random() < 0.3:
            await asyncio.sleep(0)
            task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def assert_nothing_is_lost_or_halved(traffic):
    moved = await IdempotencyKey.filter(scope="move").values_list("key", flat=True)
    nested = await IdempotencyKey.filter(scope="nest").values_list("key", flat=True)
    assert {*moved, *nested} == traffic.reported
    assert await IdempotencyKey.filter(scope="undone").count() == 0
    assert sum(stock.on_hand for stock in await Stock.all()) == 2000
    events = await Event.all().order_by("sequence")
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert {event.message for event in events} == traffic.reported
    assert (await AmazonOrder.get()).last_sequence == len(events)
    for row in await read_rows("SELECT count(*) AS n FROM idempotency WHERE scope LIKE 'bulk%' GROUP BY scope"):
        assert row["n"] == BULK


async def row_counts():
    tables = ("idempotency", "event", "stock", "amazon_order")
    return [(await read_rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables]


async def test_600_cancellations_leave_a_database_that_works_and_lost_nothing(database_url, now):
    chance = random.Random(20260302)
    ended: Counter[type] = Counter()
    async with asyncio.timeout(100), open_database(database_url, migrate=False):
        traffic = Traffic(await seeded(now), now)
        kinds = (traffic.read, traffic.move, traffic.move, traffic.nest, traffic.bulk, traffic.touch)
        while ended[asyncio.CancelledError] < 600 or len(traffic.reported) < 60:
            wave = ended.total()
            tasks = [asyncio.create_task(chance.choice(kinds)(str(wave + each))) for each in range(10)]
            ended.update(type(outcome) for outcome in await cancelled_at_random(tasks, chance))
            assert not get_connection("default")._connection.in_transaction
        assert ended.keys() == {asyncio.CancelledError, type(None)}
        await asyncio.wait_for(traffic.move("the last"), 5)
        await assert_nothing_is_lost_or_halved(traffic)
        before = await row_counts()
    async with open_database(database_url, migrate=False):
        assert await row_counts() == before


async def test_a_cancelled_change_is_stored_exactly_if_it_says_so_at_every_step(database, now):
    traffic = Traffic(await seeded(now), now)
    for steps in range(160):
        task = asyncio.create_task(traffic.move(f"step {steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        await cancelled_at_random([task], random.Random(steps))
    await assert_nothing_is_lost_or_halved(traffic)


async def test_time_that_is_up_is_told_as_such_and_not_as_a_cancellation(database, now):
    traffic = Traffic(await seeded(now), now)
    outcomes = set()
    for attempt in range(60):
        try:
            async with asyncio.timeout(attempt / 10_000):
                await traffic.move(f"timed {attempt}")
            outcomes.add("in time")
        except TimeoutError:
            outcomes.add("too late")
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
    assert "too late" in outcomes
    await assert_nothing_is_lost_or_halved(traffic)


async def test_a_transaction_that_waits_for_its_turn_can_be_cancelled(database, now):
    order = await seeded(now)
    traffic = Traffic(order, now)
    outside = contextvars.copy_context()
    async with in_transaction("default"):
        waiting = asyncio.get_running_loop().create_task(traffic.move("waiting"), context=outside)
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
    await asyncio.wait_for(traffic.move("next"), 5)
    await assert_nothing_is_lost_or_halved(traffic)


async def test_a_long_read_that_nobody_waits_for_any_more_is_stopped(database):
    forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    for patience in (0.1, 0):
        reading = asyncio.create_task(read_rows(forever))
        await asyncio.sleep(patience)
        reading.cancel()
        await asyncio.wait([reading], timeout=10)
        assert reading.cancelled()
    assert [row["one"] for row in await read_rows("SELECT 1 AS one")] == [1]
