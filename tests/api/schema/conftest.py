"""A store on a real database, and a client of the endpoint."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from domain.sealing import Sealer
from tests.api.schema.asking import Client, client_of
from tests.domain.channel.stage import Stage, connected


@pytest.fixture
async def stage(database: str, now: datetime, sealer: Sealer) -> Stage:
    return await connected(now, sealer)


@pytest.fixture
async def client(stage: Stage, sealer: Sealer) -> AsyncIterator[Client]:
    asker = client_of(stage, sealer)
    async with asker.http:
        yield asker
