"""Playing a scenario in a world of its own, in this process: the way for tests."""

from pathlib import Path

import httpx2

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.scenarios import collection
from simulator.scenarios.language import Scenario
from simulator.scenarios.outcome import Result
from simulator.scenarios.ports import Service
from simulator.scenarios.reading import read_scenario
from simulator.scenarios.running import play
from simulator.world import World

ADDRESS = "http://simulator"


class ScenarioFailed(AssertionError):
    """A scenario did not go as it should; the message explains why."""


def find(wanted: str | Path | Scenario) -> Scenario:
    """Return a scenario: one that was read, that of a file, or a shipped one by its name.

    Raises NoSuchScenario, NotAScenario or OSError.
    """
    if isinstance(wanted, Scenario):
        return wanted
    if isinstance(wanted, Path):
        return read_scenario(wanted.read_bytes(), file=str(wanted))
    return collection.scenario(wanted)


def new_world(scenario: Scenario) -> World:
    """Return a world in which the scenario can be played; its time moves only when told to."""
    return World(clock=SimulatedClock(monotonic=lambda: 0.0, start=scenario.now), seed=str(scenario.seed))


async def run(
    wanted: str | Path | Scenario,
    *,
    world: World | None = None,
    service: Service | None = None,
    begins_anew: bool | None = None,
) -> Result:
    """Play a scenario, in the world that is given as it stands, or in one of its own from the beginning.

    Raises NoSuchScenario, NotAScenario, CannotPlay or OSError.
    """
    scenario = find(wanted)
    transport = httpx2.ASGITransport(app=create_app(world or new_world(scenario)))
    anew = world is None if begins_anew is None else begins_anew
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        return await play(scenario, http, service=service, begins_anew=anew)


async def check(
    wanted: str | Path | Scenario,
    *,
    world: World | None = None,
    service: Service | None = None,
    begins_anew: bool | None = None,
) -> Result:
    """Play a scenario as ``run`` does. Raises ScenarioFailed besides if it does not pass."""
    result = await run(wanted, world=world, service=service, begins_anew=begins_anew)
    if not result.has_passed:
        raise ScenarioFailed(result.explanation())
    return result
