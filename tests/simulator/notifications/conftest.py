from collections.abc import AsyncIterator

import pytest

from simulator.world import World
from tests.simulator.notifications.listening import Listener


@pytest.fixture
async def listener(world: World) -> AsyncIterator[Listener]:
    one = Listener(world)
    async with one.http:
        await one.arrive()
        yield one
