"""The models, the simulator over ASGI, and the count of answers that were checked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
import pytest

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.world import World
from tests.real_data.shared import shared
from tests.simulator.conformance.amazon import Amazon
from tests.simulator.conformance.amazon_models import read_model
from tests.simulator.conformance.described import operation_at
from tests.simulator.conformance.schemas import ModelSchemas
from tests.simulator.conformance.tally import PROPERTY, REPLAYS, REQUESTS, Replayed, Tally

NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)


class Models(dict[str, ModelSchemas]):
    """The published models by file name, each read when it is first asked for."""

    def __missing__(self, name: str) -> ModelSchemas:
        self[name] = ModelSchemas(read_model(shared("spapi-models", f"{name}.json")))
        return self[name]


@pytest.fixture(scope="session")
def models() -> Models:
    return Models()


@pytest.fixture(scope="session")
def orders_model(models: Models) -> ModelSchemas:
    return models["orders_2026-01-01"]


@pytest.fixture(scope="session")
def orders_v0_model(models: Models) -> ModelSchemas:
    return models["ordersV0"]


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    counted = Tally()
    request.node.user_properties += [(PROPERTY, counted.counts), (REQUESTS, counted.requests)]
    return counted


@pytest.fixture
def replayed(request: pytest.FixtureRequest) -> Replayed:
    """Give a function that counts a replayed case: the mode, its name, and what of its answer was set aside."""
    replays: list[list[str]] = []
    request.node.user_properties.append((REPLAYS, replays))
    return lambda mode, name, aside=(): replays.append([mode, name, ", ".join(sorted(aside))])


@pytest.fixture
async def amazon(models: Models, tally: Tally) -> AsyncIterator[Amazon]:
    async with opened(models, tally) as target:
        yield target


@asynccontextmanager
async def opened(models: Models, tally: Tally, *, seed: str = "conformance") -> AsyncIterator[Amazon]:
    """Open a new world, without limits."""
    clock = SimulatedClock(monotonic=lambda: 0.0, start=NOW, rate=0)
    app = create_app(World(seed=seed, clock=clock))
    transport = httpx2.ASGITransport(app=app)
    hooks: dict[str, list[Callable[..., Any]]] = {"response": [partial(_count, tally)]}
    async with httpx2.AsyncClient(transport=transport, base_url="http://amazon.test", event_hooks=hooks) as client:
        target = Amazon(client, models, tally)
        await target.control("POST", "limits", {"enabled": False})
        yield target


async def _count(tally: Tally, answer: httpx2.Response) -> None:
    """Count a request to an operation of Amazon's, whoever sends it."""
    operation = operation_at(answer.request.method, answer.request.url.path)
    if operation is not None:
        tally.request(operation)
