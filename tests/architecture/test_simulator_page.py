"""The simulator's page names what there is: every operation, act, option, effect and scenario, and nothing else."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest

from simulator.app import OPERATIONS, create_app
from simulator.clock import SimulatedClock
from simulator.control.acts import ACTS
from simulator.control.bodies import PlaceOrders
from simulator.faults.rules import Effect
from simulator.feeds.queue import FeedType
from simulator.instants import parse_time
from simulator.options import Options
from simulator.scenarios import collection
from simulator.testing import Control
from simulator.world import World
from tests.architecture.project import ROOT

PAGE = (ROOT / "docs/simulator.md").read_text("utf-8")
START = parse_time("2026-11-02T09:00:00Z")


def table(head: str) -> dict[str, list[str]]:
    """Return a table of the page: the other cells by the first one, which is code."""
    _, _, rest = PAGE.partition(f"\n{head}\n")
    rows = rest.partition("\n\n")[0].splitlines()[1:]
    cells = [[cell.strip() for cell in re.split(r" \|(?= |$)", row.removeprefix("|"))[:-1]] for row in rows]
    assert cells, f"the page has lost the table {head}"
    return {first.strip("`"): others for first, *others in cells}


def in_code(cell: str) -> Any:
    return json.loads(re.fullmatch(r"`(.*)`", cell)[1])  # type: ignore[index]


@pytest.fixture
async def control() -> AsyncIterator[httpx2.AsyncClient]:
    assert START is not None
    world = World(seed="page", clock=SimulatedClock(monotonic=lambda: 0.0, start=START, rate=0))
    transport = httpx2.ASGITransport(app=create_app(world))
    async with httpx2.AsyncClient(transport=transport, base_url="http://amazon/_sim") as client:
        yield client


def test_it_lists_every_operation_with_its_call():
    shown = {name: cells[0] for name, cells in table("| operation | call | notes |").items()}
    calls = {one.name: f"{one.method} {one.path}" for one in OPERATIONS}
    assert list(shown) == list(calls)
    for name, call in calls.items():
        shape = re.escape(re.sub(r"\{[^}]+\}", "PART", call)).replace("PART", r"\{[A-Za-z]+\}")
        assert re.fullmatch(f"`{shape}`", shown[name]), name


def test_it_lists_every_act():
    assert set(table("| act | body | what it does |")) == set(ACTS)


def test_it_lists_every_option_with_its_default():
    shown = {name: in_code(f"`{cells[0].strip('`')}`") for name, cells in table("| option | default | means |").items()}
    assert shown == msgspec.to_builtins(Options())


def test_it_lists_every_scenario_with_its_title():
    shown = {
        name: cells[0].removesuffix(" (with the service)") for name, cells in table("| scenario | story |").items()
    }
    assert shown == {name: collection.scenario(name).title for name in collection.names()}
    with_service = {name for name, cells in table("| scenario | story |").items() if "(with the service)" in cells[0]}
    assert with_service == {name for name in collection.names() if collection.scenario(name).needs == "service"}


def test_it_lists_every_feed_type():
    shown = [kind for row in table("| feed type | does |") for kind in re.findall(r"POST_\w+", row)]
    assert sorted(shown) == sorted(FeedType)


def test_it_names_every_call_of_the_control_client():
    _, _, rest = PAGE.partition("`amazon_simulator.control` is the back door with types")
    named = set(re.findall(r"`([a-z_]+)`", rest.partition("\n\n")[0]))
    offered = {name for name, one in vars(Control).items() if callable(one) and not name.startswith("_")}
    assert offered - named == {"close"}  # the simulator itself does that


async def test_every_option_of_placing_works_as_it_is_shown(control: httpx2.AsyncClient):
    shown = table("| option | example | what it does |")
    assert set(shown) == {field.encode_name for field in msgspec.structs.fields(PlaceOrders)}
    placed = await control.post("/orders", json={"fulfillmentStatus": "SHIPPED"})
    for name, cells in shown.items():
        body = in_code(cells[0])
        assert name in body
        if name == "replacementFor":
            body[name] = placed.json()["orderIds"][0]
        answer = await control.post("/orders", json=body)
        assert answer.status_code == 201, f"{name}: {answer.text}"


async def test_every_effect_is_planned_as_it_is_shown(control: httpx2.AsyncClient):
    shown = table("| effect | example | what happens |")
    assert list(shown) == [effect.value for effect in Effect]
    for name, cells in shown.items():
        rule = in_code(cells[0])
        assert rule["effect"] == name
        answer = await control.post("/faults", json=rule)
        assert answer.status_code == 201, f"{name}: {answer.text}"


async def test_every_act_takes_the_body_that_is_shown(control: httpx2.AsyncClient):
    for name, cells in table("| act | body | what it does |").items():
        body = in_code(cells[0]) if cells[0] else {}
        placed = await control.post("/orders", json={"fulfillmentStatus": "SHIPPED"})
        answer = await control.post(f"/orders/{placed.json()['orderIds'][0]}/{name}", json=body)
        assert answer.status_code in (200, 409), f"{name}: {answer.text}"
