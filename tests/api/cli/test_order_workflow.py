import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.database import database
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.sealing import Sealer
from tests.api.cli.conftest import Ended
from tests.domain.channel.stage import connected, item

Orderlane = Callable[..., Ended]
NUMBER = "902-0000000-0000001"


@pytest.fixture
def number(folder: Path) -> str:
    """An imported order of two mugs for 39.80, of which one is not billed."""

    async def play() -> None:
        async with database("sqlite://orderlane.db", migrate=True):
            stage = await connected(datetime(2026, 3, 2, 9, tzinfo=UTC), Sealer(bytes.fromhex("ab" * 32)))
            await stage.products({"sku": "MUG", "quantity": "9"})
            await stage.arrive(item("MUG", 2, cents=3980), number=NUMBER)
            await CommerceOrderLine.all().update(quantity_invoiced=1)
            await CommerceOrder.all().update(paid_minor=1990)

    asyncio.run(play())
    return NUMBER


def test_an_order_is_held_and_let_go(orderlane: Orderlane, number: str):
    held = orderlane("orders", "hold", number, "--reason", "fraud", "--until", "2099-01-01T00:00:00Z", "--note", "ask")
    assert (held.code, held.out) == (0, f"{number} is ON_HOLD (On Hold).\n")
    again = orderlane("orders", "hold", number, "--reason", "stock")
    assert (again.code, "A hold action is not available." in again.err) == (1, True)
    freed = json.loads(orderlane("orders", "unhold", number, "--json").out)
    assert freed["commerceOrder"]["state"] == "PROCESSING"
    for wrong in (["--reason", "boredom"], ["--reason", "other", "--until", "tomorrow"]):
        assert orderlane("orders", "hold", number, *wrong).code == 2


def test_what_is_not_billed_is_invoiced_once(orderlane: Orderlane, number: str):
    words = ("orders", "invoice", number, "--line", "MUG=1", "--key", "once")
    billed = orderlane(*words)
    assert (billed.code, billed.out) == (0, f"Invoice 000000002 of {number} bills 19.90 EUR.\n")
    assert orderlane(*words).out == billed.out
    assert orderlane("orders", "invoice", number, "--line", "CUP=1").code == 2
    rest = orderlane("orders", "invoice", number, "--json")
    assert (rest.code, "Nothing is left to invoice." in rest.err) == (1, True)


def test_a_comment_is_written_and_a_status_set(orderlane: Orderlane, number: str):
    written = orderlane("orders", "comment", number, "--text", "Rang twice.", "--visible")
    assert (written.code, written.out) == (0, f"{number} is PROCESSING (Processing).\n")
    piped = orderlane("orders", "comment", number, "--json", "--status", "fraud")
    assert json.loads(piped.out)["commerceOrder"]["status"]["code"] == "fraud"
    assert orderlane("orders", "comment", number, "--status", "complete").code == 1
