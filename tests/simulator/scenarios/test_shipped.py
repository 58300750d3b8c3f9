"""Every scenario that comes with the simulator, alone: it passes, and twice the same."""

import pytest

from simulator.scenarios import collection
from simulator.scenarios.alone import check, find, new_world
from simulator.scenarios.running import CannotPlay

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


@pytest.mark.parametrize("name", ALONE)
async def test_a_scenario_passes_in_a_world_that_has_a_history(name: str):
    world = new_world(find("peak-day"))
    await check("happy-fbm", world=world, begins_anew=False)
    result = await check(name, world=world, begins_anew=False)
    assert not result.began_anew


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
