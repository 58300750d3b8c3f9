"""Counts that a test wants people to see at the end of a run, and how much chance plays in one."""

import os
import random
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings

PROPERTY: Final = "counted"

IS_THOROUGH: Final = bool(os.environ.get("THOROUGH"))

# A machine that is busy with other things is no fault of a test.
settings.register_profile(
    "ours",
    parent=settings(),
    max_examples=100 if IS_THOROUGH else 20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ours")

Show = Callable[[object], None]
T = TypeVar("T")


def rounds(number: int) -> int:
    """Return how many rounds of chance to play: a tenth in an ordinary run, all with THOROUGH=1."""
    return number if IS_THOROUGH else max(1, number // 10)


def part(cases: Sequence[T], *, seed: str) -> list[T]:
    """Return which cases of an exhaustive table to play: a drawn tenth in an ordinary run, all with THOROUGH=1."""
    return random.Random(seed).sample(cases, rounds(len(cases)))


@pytest.fixture
def show(record_property: Callable[[str, object], None]) -> Show:
    """Give a function that shows a line at the end of the run."""
    return lambda line: record_property(PROPERTY, str(line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines of every test that passed."""
    reports = terminalreporter.stats.get("passed", [])
    lines = [line for report in reports for name, line in report.user_properties if name == PROPERTY]
    if lines:
        terminalreporter.section("counted")
    for line in sorted(lines):
        terminalreporter.write_line(str(line))
