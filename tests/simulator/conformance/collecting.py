"""A plugin of pytest for the conformance report: chance without chance, and what the tests counted as a file."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from tests.simulator.conformance.tally import PROPERTY, REPLAYS, REQUESTS

FILE: Final = "CONFORMANCE_COUNTS"


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Draw the same examples in every run."""
    settings.register_profile(
        "conformance", derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    settings.load_profile("conformance")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the counts of every test that passed to the file that the environment names."""
    totals: dict[str, Counter[str]] = {PROPERTY: Counter(), REQUESTS: Counter()}
    replays: list[list[str]] = []
    passed = terminalreporter.stats.get("passed", [])
    for name, value in (found for report in passed for found in report.user_properties):
        if name in totals:
            totals[name].update(value)
        elif name == REPLAYS:
            replays += value
    written: dict[str, Any] = {
        "tests": len([report for report in passed if report.when == "call"]),
        "answers": totals[PROPERTY],
        "requests": totals[REQUESTS],
        "replays": replays,
    }
    Path(os.environ[FILE]).write_text(json.dumps(written))
