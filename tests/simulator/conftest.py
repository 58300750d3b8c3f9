from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from simulator.clock import SimulatedClock
from simulator.world import World
from tests.simulator.playing import Amazon


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC))


@pytest.fixture
def world(clock: SimulatedClock) -> World:
    return World(clock=clock, seed="7")


@pytest.fixture
async def amazon(world: World) -> AsyncIterator[Amazon]:
    playing = Amazon(world)
    async with playing.http:
        await playing.log_in()
        playing.world.quotas.is_enabled = False
        yield playing
