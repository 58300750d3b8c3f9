"""Plugins of the whole test run, and which tests the coverage of the domain is counted from."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy with other things is no fault of a test.
settings.register_profile("patient", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = ["pytester", "tests.counted", "tests.fixtures", "tests.simulator.conformance.tally"]

COUNTED: Final = ("api", "domain", "real_data")
"""The tests that hold every line and branch of the domain, but for those below: they take long and reach no more."""

NOT_COUNTED: Final = (
    "api/cli",
    "api/plans",
    "api/schema/test_actions.py",
    "api/schema/test_discretion.py",
    "api/schema/test_lists.py",
    "api/schema/test_requests.py",
    "api/schema/test_snapshot.py",
    "api/worker/test_backfill.py",
    "api/worker/test_feed_losses.py",
    "api/worker/test_feeds.py",
    "api/worker/test_mailing.py",
    "api/worker/test_refund_feeds.py",
    "api/worker/test_refund_losses.py",
    "domain/channel/test_money_walks.py",
    "domain/channel/test_refund_walks.py",
    "domain/channel/test_stock_days.py",
    "domain/rules/test_decision_properties.py",
    "domain/rules/test_refund_properties.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the coverage what runs little of the domain: tracing makes the simulator half as slow again."""
    for item in items:
        if not _within(item.path, COUNTED) or _within(item.path, NOT_COUNTED):
            item.add_marker("no_cover")


def _within(path: Path, places: tuple[str, ...]) -> bool:
    return any(path.is_relative_to(Path(__file__).parent / place) for place in places)
