from collections.abc import AsyncIterator

import httpx2
import pytest

from simulator.app import create_app
from simulator.world import World
from tests.simulator.playing import Amazon


@pytest.fixture
def slept() -> list[float]:
    """The real seconds that answers were asked to wait, none of which passed."""
    return []


@pytest.fixture
async def amazon(world: World, slept: list[float]) -> AsyncIterator[Amazon]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    playing = Amazon(world)
    transport = httpx2.ASGITransport(app=create_app(world, sleep=sleep))
    playing.http = httpx2.AsyncClient(transport=transport, base_url="http://simulator")
    async with playing.http:
        await playing.log_in()
        playing.world.quotas.is_enabled = False
        yield playing
