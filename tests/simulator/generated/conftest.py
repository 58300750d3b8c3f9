"""The models and the count of answers, as the other answers are held and counted."""

import pytest

from tests.simulator.conformance.conftest import Models, tally

__all__ = ["tally"]


@pytest.fixture(scope="session")
def models() -> Models:
    return Models()
