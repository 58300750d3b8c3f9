"""The control plane's side of scenarios: list them, show one, play one in this world."""

from typing import Final

import httpx2
from starlette.requests import Request
from starlette.responses import Response

from simulator.control.bodies import Body, ControlError, read_body
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.scenarios import collection
from simulator.scenarios.collection import NoSuchScenario
from simulator.scenarios.language import Scenario
from simulator.scenarios.reading import NotAScenario, read_scenario
from simulator.scenarios.running import CannotPlay, play
from simulator.world import World

CUSTOM: Final = "custom"
HERE: Final = "http://simulator"
YES: Final = {"true": True, "false": False}


class PlayScenario(Body):
    """Whether the world begins anew, with the scenario's seed and time, or goes on as it stands."""

    reset: bool = False


async def list_scenarios(world: World, request: Request) -> Response:
    """Answer the scenarios that come with the simulator."""
    shipped = [collection.scenario(name) for name in collection.names()]
    entries = [{"name": one.name, "title": one.title, "about": one.about, "needs": one.needs} for one in shipped]
    return json_answer({"scenarios": entries})


async def show_scenario(world: World, request: Request) -> Response:
    """Answer the file of a scenario."""
    try:
        return Response(collection.text_of(request.path_params["name"]), media_type="application/yaml")
    except NoSuchScenario as error:
        raise ControlError(404, "NOT_FOUND", str(error), "name") from error


async def play_scenario(world: World, request: Request) -> Response:
    """Play a scenario in this world and answer how it went; the name ``custom`` stands for the body's own YAML.

    Time stands still between its steps and runs on afterwards. One plays at a time.
    """
    scenario, begins_anew = await _wanted(request)
    state = request.app.state
    if getattr(state, "plays_scenario", False):
        raise ControlError(409, "CONFLICT", "a scenario is being played; wait for its end")
    state.plays_scenario = True
    transport = httpx2.ASGITransport(app=request.app)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url=HERE) as http:
            result = await play(scenario, http, begins_anew=begins_anew)
    except CannotPlay as error:
        raise ControlError(409, "CONFLICT", str(error)) from error
    finally:
        state.plays_scenario = False
    return json_answer(result.document())


async def _wanted(request: Request) -> tuple[Scenario, bool]:
    """Return the scenario that is asked for, and whether the world begins anew. Raises ControlError."""
    name = request.path_params["name"]
    if name == CUSTOM:
        reset = request.query_params.get("reset", "false")
        if reset not in YES:
            raise ControlError(422, "INVALID", "write true or false", "reset")
        try:
            return read_scenario(await request.body(), file=CUSTOM), YES[reset]
        except NotAScenario as error:
            raise ControlError(422, "INVALID", str(error), error.field) from error
    try:
        scenario = collection.scenario(name)
    except NoSuchScenario as error:
        raise ControlError(404, "NOT_FOUND", str(error), "name") from error
    return scenario, (await read_body(request, PlayScenario)).reset


CONTROLS: Final[tuple[Control, ...]] = (
    Control("GET", "/scenarios", list_scenarios),
    Control("GET", "/scenarios/{name}", show_scenario),
    Control("POST", "/scenarios/{name}", play_scenario),
)
