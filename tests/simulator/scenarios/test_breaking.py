"""A simulator that answers a scenario's calls with a failure, or with what is no JSON: the step says so."""

import httpx2
import pytest

from simulator.app import create_app
from simulator.scenarios.alone import ADDRESS, new_world
from simulator.scenarios.outcome import Result
from simulator.scenarios.reading import read_scenario
from simulator.scenarios.running import NoSimulator, play
from tests.simulator.scenarios.breaking import Breaking

TRY = """name: try
title: A try
about: Something is tried.
steps:
  - {do: place, with: {fulfillmentStatus: UNSHIPPED}, as: order}
  - at: 5m
    do: search
  - {do: cancel-feed, to: "${order}", as: feed}
  - expect: {state: {orders: {length: 1}}}
"""


async def played(broken: dict[str, int]) -> Result:
    scenario = read_scenario(TRY.encode(), file="try.yaml")
    app = Breaking(create_app(new_world(scenario)), broken)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS) as http:
        return await play(scenario, http, begins_anew=False)


@pytest.mark.parametrize(
    ("request_", "status", "step", "said"),
    [
        ("POST /_sim/orders", 500, 1, "the simulator answered 500 to POST /_sim/orders"),
        ("POST /_sim/orders", 200, 1, "the simulator answered 200 without JSON to POST /_sim/orders"),
        ("GET /orders/2026-01-01/orders", 200, 2, "without orders to GET /orders/2026-01-01/orders"),
        ("POST /auth/o2/token", 200, 2, "answered 200 without access_token to POST /auth/o2/token"),
        ("POST /feeds/2021-06-30/documents", 201, 3, "without url to POST /feeds/2021-06-30/documents"),
        ("GET /_sim/state", 502, 3, "the simulator answered 502 to GET /_sim/state"),
    ],
)
async def test_the_step_ends_with_what_was_answered(request_: str, status: int, step: int, said: str):
    for broken in ({request_: status}, {request_: status, "GET /_sim/journal": 500}):
        result = await played(broken)
        assert not result.has_passed
        assert f"step {step} " in result.explanation()
        assert said in result.explanation()
        assert bool(result.journal) == (len(broken) == 1)


@pytest.mark.parametrize(
    ("status", "said"), [(500, "answered 500 to GET /_sim/clock"), (200, "without JSON"), (404, "without JSON")]
)
async def test_what_is_no_simulator_is_not_played_against(status: int, said: str):
    with pytest.raises(NoSimulator, match=said):
        await played({"GET /_sim/clock": status})
