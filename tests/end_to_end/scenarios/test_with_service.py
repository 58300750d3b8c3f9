"""Every scenario that comes with the simulator, with the whole service beside it: no sockets, virtual time."""

import httpx2
import pytest

from api.cli.scenario_shop import shop_beside
from simulator.app import create_app
from simulator.scenarios import collection
from simulator.scenarios.alone import ADDRESS, new_world
from simulator.scenarios.running import play


@pytest.mark.parametrize("name", collection.names())
async def test_a_scenario_passes_with_the_service(name: str, database_url: str):
    scenario = collection.scenario(name)
    world = new_world(scenario)
    amazon = create_app(world)
    async with (
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=amazon), base_url=ADDRESS) as http,
        shop_beside(world, amazon, database_url=database_url) as shop,
    ):
        result = await play(scenario, http, service=shop)
        assert result.has_passed, result.explanation()
        assert any(step.service is not None for step in scenario.steps), "the service is looked at"
        for sku, shelf in (await shop.shelves()).items():
            assert shelf["salable"] == shelf["stock"] - shelf["reserved"] >= 0, (sku, shelf)
