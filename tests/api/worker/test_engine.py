import asyncio
import logging
from datetime import timedelta
from typing import Any

from api.worker.engine import Engine
from domain.accounts.records import SyncCursor
from domain.amazon.records import AmazonOrder

QUICK: dict[str, Any] = {"poll": 0.01, "patience": 1.0}


async def until(condition):
    for _ in range(2000):
        if await condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("It did not come true within 20 s.")


class TestTheEngine:
    async def test_brings_orders_in_and_evaluates_them_by_itself(self, bench):
        await bench.connect()
        await bench.place(count=3)
        await bench.pass_by(minutes=4)
        engine = Engine(bench.worker, **QUICK)
        running = asyncio.create_task(engine.run())

        async def evaluated() -> bool:
            return await AmazonOrder.filter(import_state="BLOCKED").count() == 3

        await until(evaluated)
        assert engine.is_alive(within=timedelta(seconds=5))
        engine.stop()
        await running

    async def test_frees_what_a_killed_worker_held(self, bench):
        await bench.connect()
        await SyncCursor.all().update(lease_until=bench.machine[0] + 10**9)
        engine = Engine(bench.worker, **QUICK)
        running = asyncio.create_task(engine.run())

        async def read() -> bool:
            return bool(bench.wire.made("searchOrders")) or (await SyncCursor.get()).lease_until is None

        await until(read)
        engine.stop()
        await running

    async def test_goes_on_after_a_step_that_fails_and_lets_the_other_loops_work(self, bench, caplog):
        worked: list[str] = []

        async def fails_once(worker):
            if not worked:
                worked.append("failed")
                raise RuntimeError("a defect")
            worked.append("again")
            return 0

        async def works(worker):
            worked.append("beside")
            return 0

        engine = Engine(bench.worker, **QUICK, steps={"sync": fails_once, "evaluate": works})
        with caplog.at_level(logging.CRITICAL):
            running = asyncio.create_task(engine.run())

            async def both() -> bool:
                return {"again", "beside"} <= set(worked)

            await until(both)
            engine.stop()
            await running

    async def test_is_woken_at_once(self, bench):
        steps: list[int] = []

        async def counts(worker):
            steps.append(1)
            return 0

        engine = Engine(bench.worker, poll=60, patience=1, steps={"deliver": counts})
        running = asyncio.create_task(engine.run())

        async def once() -> bool:
            return len(steps) == 1

        async def twice() -> bool:
            return len(steps) == 2

        await until(once)
        engine.wake()
        await until(twice)
        engine.stop()
        await running

    async def test_finishes_the_step_in_hand_when_stopped_but_not_for_ever(self, bench):
        ended: list[str] = []
        begun = asyncio.Event()

        async def short(worker):
            begun.set()
            await asyncio.sleep(0.05)
            ended.append("short")
            return 0

        async def endless(worker):
            await asyncio.sleep(3600)
            ended.append("endless")
            return 0

        engine = Engine(bench.worker, poll=0.01, patience=0.3, steps={"sync": short, "deliver": endless})
        running = asyncio.create_task(engine.run())
        await begun.wait()
        engine.stop()
        async with asyncio.timeout(2):
            await running

        assert ended == ["short"]

    async def test_is_alive_from_its_first_moment_on(self, bench):
        async def nothing(worker):
            return 0

        engine = Engine(bench.worker, **QUICK, steps={"sync": nothing})
        running = asyncio.create_task(engine.run())
        await asyncio.sleep(0)
        assert engine.is_alive(within=timedelta(seconds=5))
        engine.stop()
        await running

    async def test_a_loop_that_hangs_is_not_alive(self, bench):
        time = [0.0]

        async def hangs(worker):
            await asyncio.sleep(3600)
            return 0

        engine = Engine(bench.worker, poll=0.01, patience=0, monotonic=lambda: time[0], steps={"sync": hangs})
        assert not engine.is_alive(within=timedelta(seconds=5))
        running = asyncio.create_task(engine.run())

        async def alive() -> bool:
            return engine.is_alive(within=timedelta(seconds=5))

        await until(alive)
        time[0] = 6.0
        assert not engine.is_alive(within=timedelta(seconds=5))
        engine.stop()
        await running
