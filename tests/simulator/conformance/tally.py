"""How many answers were held against Amazon's models, printed at the end of a run."""

from collections import Counter
from collections.abc import Iterable
from typing import Final, Protocol

import pytest

PROPERTY: Final = "conformance"
REQUESTS: Final = "conformance requests"
REPLAYS: Final = "conformance replays"

STATIC: Final = "static"
LIVE: Final = "live"


class Replayed(Protocol):
    """Count a replayed case: the mode, its name, and the names of what its answer was not compared by."""

    def __call__(self, mode: str, name: str, aside: Iterable[str] = (), /) -> None: ...


class Tally:
    """The requests by operation, and the answers that passed both the open and the closed schema by their status."""

    def __init__(self) -> None:
        # Plain dictionaries: they travel to the process that prints the summary.
        self.counts: dict[str, int] = {}
        self.requests: dict[str, int] = {}

    def request(self, operation: str) -> None:
        """Count one request."""
        self.requests[operation] = self.requests.get(operation, 0) + 1

    def add(self, operation: str, status: str) -> None:
        """Count one answer."""
        key = f"{operation} {status}"
        self.counts[key] = self.counts.get(key, 0) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts of every test that passed."""
    total: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, counts in report.user_properties:
            if name == PROPERTY:
                total.update(counts)
    if not total:
        return
    terminalreporter.section("conformance")
    by_operation: dict[str, list[str]] = {}
    for key in sorted(total):
        operation, status = key.rsplit(" ", 1)
        by_operation.setdefault(operation, []).append(f"{total[key]} × {status}")
    for operation, parts in by_operation.items():
        terminalreporter.write_line(f"conformance: {operation} {', '.join(parts)}: open/closed valid")
    terminalreporter.write_line(f"conformance: {total.total()} answers in all")
