"""The stage that the tests of the channel play on, and the order that most of them follow."""

from datetime import datetime

import pytest

from domain.amazon.records import AmazonOrder
from domain.sealing import Sealer
from tests.domain.channel.stage import Stage, connected, item


@pytest.fixture
async def stage(database: str, now: datetime, sealer: Sealer) -> Stage:
    return await connected(now, sealer)


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500))
