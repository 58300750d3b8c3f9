"""A pytest plugin: the fixture ``amazon_simulator``, and the marker that says what its world is like."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator.testing.mounting import Simulator

MARKER = "amazon_simulator"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(seed, now, rate, orders, options): what the world of the fixture {MARKER} is like;"
        " the arguments of simulator.testing.Simulator.",
    )


@pytest.fixture
def amazon_simulator(request: pytest.FixtureRequest) -> "Iterator[Simulator]":
    """Serve a new simulated Amazon on a free port of this machine, for one test."""
    from simulator.testing.mounting import Simulator  # not before a test wants it: pytest loads this file always

    marker = request.node.get_closest_marker(MARKER)
    simulator = Simulator(**(marker.kwargs if marker else {}))
    try:
        with simulator:
            yield simulator
    finally:
        simulator.close()
