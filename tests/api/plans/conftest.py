"""A store on a real database."""

from datetime import datetime

import pytest

from domain.sealing import Sealer
from tests.domain.channel.stage import Stage, connected


@pytest.fixture
async def stage(database: str, now: datetime, sealer: Sealer) -> Stage:
    return await connected(now, sealer)
