import asyncio
import contextvars

import pytest
from tortoise.exceptions import OperationalError

from api.database import one_moment, read_rows
from domain.amazon.records import AmazonOrder
from domain.change import ChangeWithinChange, change
from domain.timeline import SYSTEM
from tests.domain.ground.seeds import seed_order, seed_store


@pytest.fixture
async def store(database, now):
    return await seed_store(now)


async def numbers():
    return await AmazonOrder.all().order_by("id").values_list("number", flat=True)


async def beside(work):
    """Do work as another request would: not within what this task has open."""
    async with asyncio.timeout(5):
        return await asyncio.create_task(work, context=contextvars.Context())


async def test_a_moment_stays_as_it_was_while_others_write_and_read(store, now):
    await seed_order(store, "1", now)

    async with one_moment():
        before = await numbers()
        await beside(seed_order(store, "2", now))
        after, elsewhere = await numbers(), await beside(read_rows("SELECT number FROM amazon_order ORDER BY id"))

    assert before == after == ["1"]
    assert [row["number"] for row in elsewhere] == ["1", "2"]
    assert await numbers() == ["1", "2"]
    async with one_moment():
        assert await numbers() == ["1", "2"]


async def test_nothing_can_be_written_in_a_moment(store, now):
    await seed_order(store, "1", now)
    async with one_moment():
        with pytest.raises(ChangeWithinChange):
            async with change(now=now, actor=SYSTEM):
                pass
        with pytest.raises(OperationalError, match="readonly"):
            await AmazonOrder.all().delete()
    assert await numbers() == ["1"]


async def test_a_moment_that_fails_or_is_cancelled_leaves_the_next_one_free(store, now):
    async def fail():
        async with one_moment():
            await numbers()
            raise ZeroDivisionError

    async def hold():
        async with one_moment():
            await numbers()
            await asyncio.sleep(60)

    with pytest.raises(ZeroDivisionError):
        await fail()
    task = asyncio.create_task(hold())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await seed_order(store, "1", now)
    async with one_moment():
        assert await numbers() == ["1"]
