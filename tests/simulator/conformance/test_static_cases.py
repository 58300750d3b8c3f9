"""Every case of the static sandbox in Amazon's models, sent as it stands to the static mode."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from simulator.clock import SimulatedClock
from simulator.static.app import create_static_app
from simulator.static.models import read_models
from simulator.world import World
from tests.real_data.shared import NEEDS_SHARED, shared
from tests.simulator.conformance.replaying import UNREACHABLE, all_cases, replay
from tests.simulator.conformance.tally import STATIC

pytestmark = NEEDS_SHARED


@pytest.fixture
async def sandbox() -> AsyncIterator[httpx2.AsyncClient]:
    world = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 4, tzinfo=UTC), rate=0))
    world.quotas.is_enabled = False
    app = create_static_app(world, read_models(shared("spapi-models", "ordersV0.json").parent))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://sandbox") as client:
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo", "client_id": "a", "client_secret": "b"}
        token = (await client.post("/auth/o2/token", data=form)).json()["access_token"]
        client.headers["x-amz-access-token"] = token
        yield client


async def test_every_case_is_answered_word_for_word(sandbox, show, replayed):
    number = 0
    unlike: list[Any] = []
    for case in all_cases():
        answer = await replay(sandbox, case)
        if case.name in UNREACHABLE:
            continue
        number += 1
        body = answer.json() if answer.content else None
        if (answer.status_code, body) != (case.status, case.body):
            unlike.append((case.name, answer.status_code, body))
        replayed(STATIC, case.name)
    assert unlike == []
    assert number == 97
    show(f"static mode: {number} cases of Amazon's models replayed, {len(UNREACHABLE)} that Amazon made ambiguous")


async def test_the_ambiguous_ones_are_answered_by_their_twin(sandbox):
    for case in all_cases():
        if case.name in UNREACHABLE:
            assert (await replay(sandbox, case)).status_code == UNREACHABLE[case.name]
