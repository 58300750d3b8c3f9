"""The models, the simulator over ASGI, and the count of answers that were checked."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx2
import pytest

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.world import World
from tests.real_data.shared import shared
from tests.simulator.conformance.amazon import Amazon
from tests.simulator.conformance.amazon_models import read_model
from tests.simulator.conformance.schemas import ModelSchemas
from tests.simulator.conformance.tally import PROPERTY, REQUESTS, Tally

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
async def amazon(models: Models, tally: Tally) -> AsyncIterator[Amazon]:
    clock = SimulatedClock(monotonic=lambda: 0.0, start=NOW, rate=0)
    app = create_app(World(seed="conformance", clock=clock))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://amazon.test") as client:
        target = Amazon(client, models, tally)
        await target.control("POST", "limits", {"enabled": False})
        yield target
