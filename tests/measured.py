"""Which tests the coverage of the domain is counted from; the tracer rests in all others, which it would slow down."""

from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, Final

import pytest

import domain

COUNTED: Final = (
    "domain",
    "api/database/test_cancellation.py",
    "api/schema/test_adopting.py",
    "api/schema/test_applying.py",
    "api/schema/test_bulk_orders.py",
    "api/schema/test_commerce_lists.py",
    "api/schema/test_currencies.py",
    "api/schema/test_dashboard.py",
    "api/schema/test_deadlines.py",
    "api/schema/test_mails.py",
    "api/schema/test_outward.py",
    "api/schema/test_partial_canceling.py",
    "api/schema/test_products.py",
    "api/schema/test_saved_views.py",
    "api/schema/test_switching.py",
    "api/schema/test_tracking.py",
    "api/worker/test_asked_syncs.py",
    "api/worker/test_deliver.py",
    "api/worker/test_engine.py",
    "api/worker/test_joint_passes.py",
    "api/worker/test_sync.py",
    "api/worker/test_tracking.py",
    "api/worker/test_webhooks.py",
)
"""The tests that hold every line and branch of the domain: its own, and those of the API that reach what is left."""

NOT_COUNTED: Final = (
    "domain/channel/test_money_walks.py",
    "domain/channel/test_order_walks.py",
    "domain/channel/test_refund_walks.py",
    "domain/channel/test_stock_days.py",
    "domain/rules/test_decision_properties.py",
    "domain/rules/test_refund_properties.py",
)
"""Walks and properties take long, and what they reach by chance is to be reached on purpose."""


IS_TRACING: Final = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Trace what runs when the domain is imported, and nothing of what is collected."""
    if _tracer(session.config) is not None:
        if _runs_tests(session.config):
            for module in walk_packages(domain.__path__, "domain."):
                import_module(module.name)
        _trace(session.config, is_wanted=False)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Leave out of the coverage what reaches nothing more of the domain: tracing makes a test twice as slow."""
    if _tracer(item.config) is not None:
        _trace(item.config, is_wanted=_within(item.path, COUNTED) and not _within(item.path, NOT_COUNTED))
    return (yield)


def _tracer(config: pytest.Config) -> Any:
    return getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)


def _runs_tests(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"


def _trace(config: pytest.Config, *, is_wanted: bool) -> None:
    if config.stash.get(IS_TRACING, True) != is_wanted:
        config.stash[IS_TRACING] = is_wanted
        (_tracer(config).resume if is_wanted else _tracer(config).pause)()


def _within(path: Path, places: tuple[str, ...]) -> bool:
    return any(path.is_relative_to(Path(__file__).parent / place) for place in places)
