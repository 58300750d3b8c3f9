import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.mail_examination import look_at_mail
from api.configuration import Loaded
from api.settings import Settings
from domain.amazon.facts import BuyerFacts
from domain.commerce.mail_rules import MailKind
from domain.commerce.mail_settings import update_mail_settings
from tests.api.cli.conftest import Ended
from tests.api.cli.test_orders import NOW, Orderlane, shop
from tests.api.mail.mail_server import mail_server
from tests.domain.channel.stage import CLERK, Stage, item, items_of, package

__all__ = ["shop"]

NUMBER = "902-0000000-0000001"


@pytest.fixture
def orders(shop: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """One order whose buyer can be written to, one that is blocked; every e-mail is on."""

    async def happen(stage: Stage) -> None:
        buyer = BuyerFacts(name="Ada Byron", email="ada1x2@marketplace.amazon.de")
        await stage.arrive(item("MUG", 2), number=NUMBER, buyer=buyer)
        await stage.arrive(item("LAMP"), number="902-0000000-0000002")
        order = await stage.arrive(item("MUG", 2), number="902-0000000-0000003", buyer=buyer)
        for key in "ab":
            lines = ((await items_of(order))[0].id, 1)
            await stage.ship(order, package(lines), key=key)
        on = {"enabled": dict.fromkeys(MailKind, True)}
        await update_mail_settings(store_id=stage.store.id, patch=on, expected_version=None, now=NOW, actor=CLERK)

    shop(happen)
    monkeypatch.setenv("ORDERLANE_MAIL_SERVER", "file:emails")
    monkeypatch.setenv("ORDERLANE_MAIL_FROM", "shop@example.com")


def test_a_buyer_is_written_to_once_for_a_key(orderlane: Orderlane, orders: None) -> None:
    words = ("orders", "email", NUMBER, "--kind", "invoice", "--comment", "Thanks.", "--key", "k")
    done = orderlane(*words)
    assert (done.code, done.err) == (0, "")
    assert f"The e-mail about {NUMBER} is queued (<" in done.out
    made = json.loads(orderlane(*words, "--json").out)["email"]
    assert (made["kind"], made["state"]) == ("INVOICE", "QUEUED")
    assert made["messageId"] in done.out
    assert orderlane("orders", "email", NUMBER, "--kind", "ORDER").code == 0


def test_what_cannot_be_written_says_why(orderlane: Orderlane, orders: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for words, code, why in (
        ([NUMBER, "--kind", "poem"], 2, "ORDER, ORDER_COMMENT"),
        ([NUMBER, "--kind", "order", "--paper", "1"], 2, "about no paper"),
        ([NUMBER, "--kind", "invoice", "--paper", "nine"], 1, "none of the number nine"),
        ([NUMBER, "--kind", "shipment"], 1, "Say which one"),
        (["902-0000000-0000003", "--kind", "shipment"], 2, "say which one: "),
        ([NUMBER, "--kind", "order_comment"], 1, "carries a comment"),
        (["902-0000000-0000002", "--kind", "order"], 1, "not imported"),
        (["902-9999999-9999999", "--kind", "order"], 1, "There is no order"),
    ):
        ended: Ended = orderlane("orders", "email", *words)
        assert (ended.code, why in ended.err) == (code, True), ended
    monkeypatch.delenv("ORDERLANE_MAIL_SERVER")
    ended = orderlane("orders", "email", NUMBER, "--kind", "order")
    assert (ended.code, "ORDERLANE_MAIL_SERVER is not set" in ended.err) == (1, True)


def test_the_doctor_looks_at_e_mails(tmp_path: Path) -> None:
    def found(asks: bool = True, **settings: object) -> tuple[str, str]:
        loaded = Loaded(settings=Settings(**settings), origins={})  # type: ignore[arg-type]
        finding = asyncio.run(look_at_mail(loaded, asks_server=asks))
        return finding.health.value, f"{finding.says} {finding.fix}"

    server = "smtp+plain://127.0.0.1:1"
    (tmp_path / "order.txt").write_text("{% if %}")
    for given, health, words in (
        ({}, "look", "ORDERLANE_MAIL_SERVER"),
        ({"mail_server": "file:emails"}, "look", "ORDERLANE_MAIL_FROM"),
        ({"mail_server": "file:emails", "mail_from": "s@example.com"}, "look", "sent to nobody"),
        ({"mail_server": server, "mail_from": "s@example.com", "asks": False}, "good", "was not asked"),
        ({"mail_server": server, "mail_from": "s@example.com"}, "bad", "cannot be reached"),
        ({"mail_server": "smtp+plain://mail", "mail_password": "word"}, "bad", "in the open"),
        ({"mail_server": server, "mail_templates": str(tmp_path)}, "bad", "order.txt has a mistake"),
    ):
        seen = found(**given)
        assert (seen[0], words in seen[1]) == (health, True), seen


async def test_the_doctor_greets_the_mail_server() -> None:
    async with mail_server() as mailbox:
        settings = Settings(mail_server=f"smtp+plain://127.0.0.1:{mailbox.port}", mail_from="s@example.com")
        finding = await look_at_mail(Loaded(settings=settings, origins={}), asks_server=True)
    assert (finding.health, finding.says) == ("good", "the mail server lets us in")
    assert mailbox.arrived == []
