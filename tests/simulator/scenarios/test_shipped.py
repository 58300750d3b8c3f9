"""Every scenario that comes with the simulator, alone: it passes, and twice the same."""

import httpx2
import pytest

from simulator.app import create_app
from simulator.scenarios import collection
from simulator.scenarios.alone import ADDRESS, check, find, new_world
from simulator.scenarios.running import CannotPlay, play

ALONE = [name for name in collection.names() if collection.scenario(name).needs is None]
WITH_SERVICE = [name for name in collection.names() if name not in ALONE]


@pytest.mark.parametrize("name", ALONE)
async def test_a_scenario_passes_and_leaves_the_same_journal_again(name: str):
    journals = []
    for _ in range(2):
        world = new_world(find(name))
        result = await check(name, world=world, begins_anew=True)
        assert "PASSED" in result.counts()
        journals.append(world.journal.documents())
    assert journals[0] == journals[1]
    assert len(journals[0]) >= len(result.steps)


@pytest.mark.parametrize("name", WITH_SERVICE)
async def test_a_scenario_that_needs_a_service_says_so(name: str):
    with pytest.raises(CannotPlay, match=f"orderlane scenarios run {name} --service"):
        await check(name)


@pytest.mark.parametrize("names", [ALONE, ALONE[::-1]], ids=["forwards", "backwards"])
async def test_each_passes_after_all_others_and_twice_in_one_world(names: list[str]):
    world = new_world(find("peak-day"))
    transport = httpx2.ASGITransport(app=create_app(world))
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        for name in names * 2:
            result = await play(find(name), http, begins_anew=False)
            assert result.has_passed, result.explanation()
            assert not result.began_anew


@pytest.mark.parametrize("name", ALONE)
async def test_a_scenario_passes_twice_in_a_row(name: str):
    world = new_world(find(name))
    for _ in range(2):
        await check(name, world=world, begins_anew=False)


@pytest.mark.parametrize("name", collection.names())
def test_a_scenario_is_named_like_its_file_and_says_what_it_is_about(name: str):
    scenario = collection.scenario(name)
    assert scenario.name == name
    assert scenario.about.endswith(".")
    assert scenario.about.count(".") == 1
    assert not scenario.title.endswith(".")


def test_there_are_enough():
    assert len(collection.names()) >= 15
    assert len(WITH_SERVICE) < 6
