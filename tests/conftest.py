"""Plugins of the whole test run, and which tests the coverage of the domain is counted from."""

from pathlib import Path
from typing import Final

import pytest

pytest_plugins = ["pytester", "tests.counted", "tests.fixtures", "tests.simulator.conformance.tally"]

COUNTED: Final = [Path(__file__).parent / name for name in ("api", "domain", "real_data")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the coverage what runs little of the domain: tracing makes the simulator half as slow again."""
    for item in items:
        if not any(item.path.is_relative_to(directory) for directory in COUNTED):
            item.add_marker("no_cover")
