"""Plugins of the whole test run."""

import gc

import pytest

pytest_plugins = [
    "pytester",
    "tests.counted",
    "tests.fixtures",
    "tests.measured",
    "tests.simulator.conformance.tally",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking through thousands of tests and modules again and again."""
    gc.freeze()
