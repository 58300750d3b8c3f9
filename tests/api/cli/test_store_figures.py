import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from api.database import database
from domain.accounts.error_log import CallFailure, note_failures
from domain.channel.read_only import take_home
from domain.sealing import Sealer
from tests.api.cli.conftest import Ended
from tests.domain.channel.stage import connected, item

Orderlane = Callable[..., Ended]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shop(folder) -> None:
    """A shop with an order that waits for its shipping, one that is blocked, and a call that failed."""

    async def play() -> None:
        async with database("sqlite://orderlane.db", migrate=True):
            stage = await connected(NOW, Sealer(bytes.fromhex("ab" * 32)))
            await stage.products({"sku": "MUG", "quantity": "9"})
            await stage.arrive(item("MUG", cents=1990), number="902-0000000-0000001")
            await stage.arrive(item("LAMP"), number="902-0000000-0000002")
            failure = CallFailure(
                region=None,
                fingerprint=None,
                marketplace_id=None,
                operation="GET document",
                code="E1",
                message="It is gone.",
                request_id=None,
                at=NOW,
                times=3,
            )
            await note_failures([failure], now=NOW)
            await take_home(home="here", now=NOW)

    asyncio.run(play())


def copied() -> None:
    """Let the database have come from elsewhere."""

    async def play() -> None:
        async with database("sqlite://orderlane.db", migrate=False):
            await take_home(home="there", now=NOW)

    asyncio.run(play())


def test_a_store_is_shown_at_a_glance(orderlane: Orderlane):
    shown = orderlane("stores", "show", "Shop")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0].startswith("Shop (DE), ACTIVE, connected 2026-03-02")
    assert lines[1].startswith("CRITICAL: Your Amazon store(s)")
    assert any("orders" in line and "2 (1 ERROR, 1 UNSHIPPED)" in line for line in lines)
    assert any("awaiting shipment" in line and "late" in line for line in lines)
    assert any("lifetime sales" in line and "19.90 EUR" in line for line in lines)
    assert not any("in base currency" in line for line in lines)
    assert "902-0000000-0000001" in shown.out
    assert "Ada" not in shown.out
    assert orderlane("config", "base-currency", "USD").code == 0
    assert "in base currency   0.00 USD of 0 orders, 1 have no rate" in orderlane("stores", "show", "Shop").out


def test_a_store_is_shown_to_programs_by_its_id(orderlane: Orderlane):
    store = json.loads(orderlane("stores", "list", "--json").out)[0]
    shown = json.loads(orderlane("stores", "show", store["id"], "--json").out)
    assert shown["dashboard"]["lifetimeSales"] == [{"amount": "19.90", "currencyCode": "EUR"}]
    assert shown["dashboard"]["week"]["rule"]
    assert set(shown["worklist"]) == {"late", "today", "tomorrow"}


def test_a_store_that_nobody_knows_is_not_shown(orderlane: Orderlane):
    ended = orderlane("stores", "show", "Laden")
    assert (ended.code, "stores list" in ended.err) == (1, True)


def test_the_read_only_mode_is_switched_and_shown(orderlane: Orderlane):
    assert orderlane("config", "read-only").out.splitlines()[1].split() == ["off", "0", "0"]
    on = orderlane("config", "read-only", "on")
    assert (on.code, on.out.splitlines()[1].split()[0]) == (0, "on")
    shipped = orderlane("orders", "ship", "902-0000000-0000001", "--carrier", "UPS", "--tracking", "1Z")
    assert shipped.code == 0
    assert json.loads(orderlane("config", "read-only", "--json").out)["held"] == {"value": 1}
    off = json.loads(orderlane("config", "read-only", "off", "--json").out)
    assert (off["enabled"], off["held"]["value"]) == (False, 0)


def test_debug_logging_is_switched_and_shown(orderlane: Orderlane):
    for words, shown in (([], "off"), (["on"], "on"), ([], "on")):
        assert orderlane("config", "debug-logging", *words).out.splitlines()[-1] == shown
    assert json.loads(orderlane("config", "debug-logging", "off", "--json").out) == {"debugLogging": False}
    assert orderlane("config", "debug-logging", "maybe").code == 2


def test_a_mode_that_is_none_is_wrong_usage(orderlane: Orderlane):
    assert orderlane("config", "read-only", "maybe").code == 2


def test_the_doctor_mentions_the_mode_and_the_latest_failure(orderlane: Orderlane):
    found = {one["about"]: one for one in json.loads(orderlane("doctor", "--offline", "--json").out)}
    assert found["read-only mode"]["health"] == "good"
    calls = found["calls to Amazon"]
    assert calls["found"] == "latest failure 2026-03-02T09:00:00.000Z, 3 times: GET document: It is gone. (E1)"
    copied()
    found = {one["about"]: one for one in json.loads(orderlane("doctor", "--offline", "--json").out)}
    assert (found["read-only mode"]["health"], "may be a copy" in found["read-only mode"]["fix"]) == ("look", True)
    assert "may be a copy" in orderlane("config", "read-only").err
