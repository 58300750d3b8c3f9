"""Scenarios on the command line: list, show and run them."""

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import httpx2
from cyclopts import Parameter

from api.cli.endings import CommandFailed, Exit
from api.cli.output import give, give_json, give_table, tell
from api.cli.scenario_shop import shop_beside
from api.logs import log_to
from api.settings import is_url
from simulator.app import create_app
from simulator.scenarios import collection
from simulator.scenarios.alone import ADDRESS, find, new_world
from simulator.scenarios.collection import NoSuchScenario
from simulator.scenarios.language import Scenario
from simulator.scenarios.outcome import Result
from simulator.scenarios.reading import NotAScenario
from simulator.scenarios.running import CannotPlay, NoSimulator, play
from simulator.scenarios.verbs import VERBS, Side

FILES: Final = (".yaml", ".yml")
PATIENCE: Final = 60


def list_scenarios(*, json: bool = False) -> None:
    """List the scenarios that come with the simulator.

    Parameters
    ----------
    json
        Print JSON.
    """
    shipped = [collection.scenario(name) for name in collection.names()]
    if json:
        give_json([{"name": one.name, "title": one.title, "about": one.about, "needs": one.needs} for one in shipped])
        return
    give_table(("name", "needs", "title"), [(one.name, one.needs, one.title) for one in shipped])


def show_scenarios(name: str, /) -> None:
    """Print the file of a scenario: a start for one of your own.

    Parameters
    ----------
    name
        One of those that `orderlane scenarios list` shows.
    """
    try:
        give(collection.text_of(name).decode())
    except NoSuchScenario as error:
        raise CommandFailed(f"{error}.", code=Exit.WRONG_USAGE) from None


def verbs_scenarios(*, json: bool = False) -> None:
    """List what a step of a scenario can do, to what, and what it takes under `with`.

    Without a side in front an act is one at Amazon's back door; those of the client call Amazon's operations, those
    of the shop happen in the service. What an act takes in brackets can be left out.

    Parameters
    ----------
    json
        Print JSON.
    """
    if json:
        entries = [
            {"verb": name, "side": verb.side.value, "to": verb.to, "with": verb.takes(), "about": verb.about}
            for name, verb in VERBS.items()
        ]
        give_json(entries)
        return
    sides = {Side.CONTROL: "", Side.CLIENT: "client: ", Side.SHOP: "shop: "}
    rows = [(name, verb.to, sides[verb.side] + verb.about, " ".join(verb.takes())) for name, verb in VERBS.items()]
    give_table(("verb", "to", "about", "with"), rows)


async def run_scenarios(
    *wanted: str,
    every: Annotated[bool, Parameter(name="--all")] = False,
    service: bool = False,
    url: str | None = None,
    reset: bool = False,
    verbose: Annotated[bool, Parameter(name=["--verbose", "-v"])] = False,
    json: bool = False,
) -> int:
    """Play scenarios, each against a simulator of its own in this process, and say whether all went as they should.

    A simulator of its own is new, so a pass depends on the scenario alone. With --url it depends on
    the world as it stands, too: those that come with the simulator pass after each other and in a
    world with orders and feeds of its own. Say --reset where faults, switches or limited roles are
    still in force, where orders come in by themselves or another client calls meanwhile, and for a
    journal that was told as a scenario.

    Exit codes: 0 all passed, 1 one failed, 2 a file is no scenario, 75 no simulator answers at --url.

    Parameters
    ----------
    wanted
        Names of scenarios that come with the simulator, or files.
    every
        All that come with the simulator; without --service, those that need none.
    service
        Put a whole service on a database of its own beside each, and look at what it makes of the orders too.
    url
        Play against the simulator that runs there, in its world as it stands; its time stands still meanwhile.
    reset
        With --url: begin its world anew, with the scenario's seed and time. What was in it is gone.
    verbose
        Print a line for each step.
    json
        Print JSON.
    """
    _check_usage(wanted, every=every, service=service, url=url, reset=reset)
    log_to(level=logging.CRITICAL)
    scenarios = [_read(one) for one in wanted]
    if every:
        shipped = [collection.scenario(name) for name in collection.names()]
        scenarios += [one for one in shipped if service or one.needs is None]
    results = []
    for scenario in scenarios:
        result = await _play(scenario, service=service, url=url, reset=reset)
        results.append(result)
        if not json:
            _tell(result, verbose=verbose)
    if json:
        give_json([result.document() for result in results])
    return Exit.OK if all(result.has_passed for result in results) else Exit.FAILED


def _check_usage(wanted: Sequence[str], *, every: bool, service: bool, url: str | None, reset: bool) -> None:
    if bool(wanted) == every:
        raise CommandFailed("Name scenarios or files, or say --all, not both.", code=Exit.WRONG_USAGE)
    if url is not None and not is_url(url):
        raise CommandFailed("--url: write http://… or https://…, e.g. http://127.0.0.1:9000.", code=Exit.WRONG_USAGE)
    if url is not None and service:
        raise CommandFailed(
            "--service needs a simulator of its own, in its own time: leave --url out.", code=Exit.WRONG_USAGE
        )
    if reset and url is None:
        raise CommandFailed("--reset goes with --url: a simulator of its own is new anyway.", code=Exit.WRONG_USAGE)


def _read(wanted: str) -> Scenario:
    is_file = wanted.endswith(FILES) or "/" in wanted
    try:
        return find(Path(wanted) if is_file else wanted)
    except (NoSuchScenario, NotAScenario) as error:
        raise CommandFailed(f"{error}.", code=Exit.WRONG_USAGE) from None


async def _play(scenario: Scenario, *, service: bool, url: str | None, reset: bool) -> Result:
    try:
        if url is not None:
            # Without the environment's proxy, which has no way to this machine's ports.
            async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as http:
                return await play(scenario, http, begins_anew=reset)
        return await _play_here(scenario, service=service)
    except NoSimulator as error:
        raise CommandFailed(f"{url}: {error}.", code=Exit.UNREACHABLE) from None
    except CannotPlay as error:
        raise CommandFailed(f"{error}.", code=Exit.FAILED) from None


async def _play_here(scenario: Scenario, *, service: bool) -> Result:
    world = new_world(scenario)
    amazon = create_app(world)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=amazon), base_url=ADDRESS) as http:
        if not service:
            return await play(scenario, http)
        with tempfile.TemporaryDirectory(prefix="orderlane-scenario-") as folder:
            database_url = f"sqlite://{Path(folder) / 'scenario.db'}"
            async with shop_beside(world, amazon, database_url=database_url, migrate=True) as shop:
                return await play(scenario, http, service=shop)


def _tell(result: Result, *, verbose: bool) -> None:
    if verbose:
        for step in result.steps:
            give(step.line())
    counts = ", ".join(f"{count} {state.lower().replace('_', ' ')}" for state, count in result.counts().items())
    give(f"{'ok' if result.has_passed else 'FAILED':<8}{result.name}: {counts}")
    if not result.has_passed:
        tell(result.explanation())
