import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.database import database
from domain.sealing import Sealer
from tests.api.cli.conftest import Ended
from tests.domain.channel.stage import connected, item

Orderlane = Callable[..., Ended]
NUMBER = "902-0000000-0000001"


@pytest.fixture
def number(folder: Path) -> str:
    """An imported order of two mugs for 39.80."""

    async def play() -> None:
        async with database("sqlite://orderlane.db", migrate=True):
            stage = await connected(datetime(2026, 3, 2, 9, tzinfo=UTC), Sealer(bytes.fromhex("ab" * 32)))
            await stage.products({"sku": "MUG", "quantity": "9"})
            await stage.arrive(item("MUG", 2, parts={"ITEM": 3500, "SHIPPING": 480}), number=NUMBER)

    asyncio.run(play())
    return NUMBER


def refund(orderlane: Orderlane, *words: str) -> Ended:
    return orderlane("orders", "refund", NUMBER, "--reason", "buyer_return", *words)


def test_a_refund_is_shown_asked_for_and_made_once(orderlane: Orderlane, number: str):
    shown = refund(orderlane, "--line", "MUG=1", "--shipping", "1", "--adjustment-fee", "0.50", "--dry-run")
    assert shown.code == 0
    assert "1 x MUG  17.50 EUR" in shown.out
    assert "in all  18.00 EUR" in shown.out
    assert "left of what was paid  21.80 EUR" in shown.out

    words = ("--line", "MUG=1", "--shipping", "1", "--adjustment-fee", "0.50", "--yes", "--key", "once")
    done = refund(orderlane, *words)
    assert (done.code, done.out) == (
        0, f"Credit memo 000000001 of {NUMBER} gives back 18.00 EUR; Amazon is not told of it.\n",
    )  # fmt: skip
    assert refund(orderlane, *words).out == done.out
    rest = json.loads(refund(orderlane, "--yes", "--json", "--not-there").out)
    assert (rest["creditMemo"]["total"]["amount"], rest["creditMemo"]["restocked"]) == ("21.80", False)
    assert refund(orderlane, "--yes").code == 1


def test_parts_of_a_refund_are_named(orderlane: Orderlane, number: str):
    shown = json.loads(refund(orderlane, "--line", "item-MUG=0:2.50", "--shipping", "0", "--dry-run", "--json").out)
    assert shown["lines"] == [
        {"item": {"sellerSku": "MUG"}, "quantity": 0, "amount": {"amount": "2.50", "currencyCode": "EUR"}}
    ]
    alone = json.loads(refund(orderlane, "--amount", "3", "--restock", "--note", "sorry", "--yes", "--json").out)
    assert (alone["creditMemo"]["adjustmentRefund"]["amount"], alone["creditMemo"]["note"]) == ("3.00", "sorry")


def test_without_a_terminal_a_refund_needs_a_yes(orderlane: Orderlane, number: str):
    ended = refund(orderlane)
    assert (ended.code, "--yes" in ended.err, "--dry-run" in ended.err) == (2, True, True)


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--line", "CUP=1"), 2, "--line"),
        (("--line", "MUG"), 2, "--line"),
        (("--line", "MUG=-1"), 2, "--line"),
        (("--restock", "--not-there"), 2, "--not-there"),
        (("--amount", "1,50"), 2, "--amount: write a plain amount such as 19.90."),
        (("--adjustment-fee", "1e2"), 2, "--adjustment-fee: write a plain amount"),
        (("--line", "MUG=1:5,00"), 2, "--line MUG=1:5,00: write a plain amount"),
        (("--note", "Gr\udcfc\udcdfe"), 2, "Write in UTF-8"),
        (("--amount", "39.81"), 1, "39.81 EUR asked for, 39.80 EUR left."),
        (("--line", "MUG=3"), 1, "3 asked for, 2 left to refund."),
        (("--tell-amazon",), 1, "nothing of this order has left"),
        (("--notify",), 1, "ORDERLANE_MAIL_SERVER"),
    ],
)
def test_what_cannot_be_refunded_says_why(
    orderlane: Orderlane, number: str, words: tuple[str, ...], code: int, why: str
):
    for way in ("--dry-run", "--yes"):
        ended = refund(orderlane, way, *words)
        assert (ended.code, why in ended.err) == (code, True), ended
    unknown = orderlane("orders", "refund", "902-1", "--reason", "OTHER", "--yes")
    assert (unknown.code, "orders list" in unknown.err) == (1, True)
    for reason in ("BORED", "REST_CANCELED"):
        unsaid = orderlane("orders", "refund", number, "--reason", reason)
        assert (unsaid.code, unsaid.err.startswith("--reason: one of ")) == (2, True)
