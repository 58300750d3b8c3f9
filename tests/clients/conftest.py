"""A simulator of its own for every test."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.clients.served import Served, served_world

SELLERS = count(1)


@pytest.fixture
def simulator() -> Iterator[Served]:
    # The community's client keeps access tokens by refresh token for the whole process.
    with served_world(f"seller-{next(SELLERS)}") as served:
        yield served
