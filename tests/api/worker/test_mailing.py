import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.mail.configuration import Outgoing
from api.mail.port import MailRejected, MailUnavailable
from api.mail.rendering import Templates
from api.mail.smtp import SmtpServer
from api.mail.spool import MemorySpool
from api.worker.engine import Engine
from api.worker.mailing import mails_due
from api.worker.sweep import sweep_once
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner
from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.channel.records import Attention
from domain.channel.send_mail import send_mail
from domain.commerce.mail_queue import take_mail
from domain.commerce.mail_records import MailMessage, MailState
from domain.commerce.mail_rules import Mailing, MailKind
from domain.commerce.mail_settings import update_mail_settings
from domain.timeline import SYSTEM, Event
from tests.api.mail.mail_server import mail_server
from tests.api.worker.conftest import Bench

MAILING = Mailing(sender="shop@example.com", missing=None)


class Desk:
    """A bench with an imported order, whose e-mails go into a list."""

    def __init__(self, bench: Bench, order: AmazonOrder) -> None:
        self.bench, self.order, self.spool = bench, order, MemorySpool()
        self.use(self.spool)

    def use(self, port: Any, templates: Path | None = None) -> None:
        worker = self.bench.worker
        service = replace(worker.service, mailing=MAILING)
        self.bench.worker = replace(worker, service=service, outgoing=Outgoing(Templates(templates), port))

    async def write(self, comment: str = "Thanks.", key: str = "m") -> MailMessage:
        return await send_mail(
            order_id=self.order.id,
            kind=MailKind.ORDER_COMMENT,
            document_id=None,
            comment=comment,
            idempotency_key=key,
            mailing=MAILING,
            now=self.bench.clock.now(),
            actor=SYSTEM,
            sealer=self.bench.sealer,
        )

    async def settle(self, mail: MailMessage) -> MailMessage:
        await mails_due(self.bench.worker)
        return await MailMessage.get(id=mail.id)


@pytest.fixture
async def desk(bench: Bench) -> Desk:

    await bench.connect()
    (number,) = await bench.place(items=[{"sku": "MUG-STONEWARE-350", "quantity": 1}])
    rows = [ProductRow(line=2, sku="MUG-STONEWARE-350", quantity="5")]
    await import_products(rows=rows, now=bench.clock.now(), actor=SYSTEM)
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    order = await AmazonOrder.get(number=number)
    assert order.commerce_order_id is not None
    return Desk(bench, order)


async def test_an_e_mail_goes_to_the_relay_address_and_nowhere_else_is_it_named(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mail = await desk.write("Dear customer.")
    sent = await desk.settle(mail)
    (kept,) = desk.spool.kept
    assert kept.recipient.split("@")[1] == "marketplace.amazon.com"
    assert (sent.state, sent.attempts, str(kept.message["Message-ID"])) == (MailState.SENT, 1, mail.message_id)
    assert desk.order.number in kept.message["Subject"]
    assert await mails_due(desk.bench.worker) == 0
    told = str([dict(row) for row in [*await Event.all().values(), *await MailMessage.all().values()]]) + caplog.text
    assert kept.recipient not in told
    assert "Dear customer" not in told
    assert await BuyerRecord.filter(owner=Owner.MAIL).count() == 0


async def test_copies_and_the_address_of_the_store_are_used(desk: Desk) -> None:
    patch = {"sender_name": "Shop", "sender_address": "store@example.com", "copy_to": ["c@example.com"]}
    await update_mail_settings(
        store_id=desk.order.store_id, patch=patch, expected_version=None, now=desk.bench.clock.now(), actor=SYSTEM
    )
    mail = await desk.write()
    assert mail.message_id.endswith("@example.com>")
    await desk.settle(mail)
    (kept,) = desk.spool.kept
    assert (kept.sender, kept.copy_to, str(kept.message["From"])) == (
        "store@example.com", ("c@example.com",), "Shop <store@example.com>"
    )  # fmt: skip
    assert "c@example.com" not in kept.message.as_string()


async def test_a_server_that_is_down_is_tried_again_later_and_later(desk: Desk) -> None:
    mail = await desk.write()
    desk.spool.failures += [MailUnavailable("The mail server cannot be reached, or broke off.")] * 3
    for attempt, pause in ((1, 2), (2, 4), (3, 8)):
        waiting = await desk.settle(mail)
        assert (waiting.state, waiting.attempts) == (MailState.QUEUED, attempt)
        assert waiting.due_at == desk.bench.clock.now() + timedelta(seconds=pause)
        assert await mails_due(desk.bench.worker) == 0
        await desk.bench.pass_by(seconds=pause)
    sent = await desk.settle(mail)
    assert (sent.state, sent.reason) == (MailState.SENT, None)
    assert len(desk.spool.kept) == 1


async def test_what_is_refused_for_good_is_shown_to_a_person(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    mail = await desk.write()
    desk.spool.failures.append(MailRejected("The mail server refused the recipient (code 550)."))
    failed = await desk.settle(mail)
    assert (failed.state, failed.reason) == (MailState.FAILED, "The mail server refused the recipient (code 550).")
    assert await Attention.filter(kind="MAIL_FAILED", state="OPEN").count() == 1
    assert "an e-mail cannot be sent: The mail server refused the recipient (code 550)." in caplog.text


async def test_what_stands_against_it_by_now_is_said_and_nothing_is_handed_over(desk: Desk) -> None:
    mail = await desk.write()
    await BuyerRecord.filter(owner=Owner.COMMERCE_ORDER).delete()
    refused = await desk.settle(mail)
    assert refused.state is MailState.REFUSED
    assert (refused.reason or "").startswith("Nothing is kept of the buyer")
    assert desk.spool.kept == []


async def test_a_template_of_ones_own_that_fails_is_named(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "order_comment.html").write_text("{{ nothing }}")
    desk.use(desk.spool, tmp_path)
    failed = await desk.settle(await desk.write())
    assert (failed.state, failed.reason) == (
        MailState.FAILED, "The template order_comment.html fails with UndefinedError."
    )  # fmt: skip


async def test_a_worker_that_ended_before_it_noted_the_answer_sends_the_same_message_again(desk: Desk) -> None:
    mail = await desk.write()
    machine = desk.bench.machine[0]
    await take_mail(mail_id=mail.id, now=desk.bench.clock.now(), machine_ms=machine, lease_ms=180_000)
    assert await mails_due(desk.bench.worker) == 0  # somebody is at it
    engine = Engine(desk.bench.worker, poll=60, steps={})
    engine.stop()
    await engine._release()
    sent = await desk.settle(mail)
    assert (sent.state, sent.attempts) == (MailState.SENT, 2)
    assert str(desk.spool.kept[0].message["Message-ID"]) == mail.message_id


async def test_a_defect_of_one_e_mail_holds_up_no_other(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    first, second = await desk.write(), await desk.write(key="m2")
    desk.spool.failures.append(RuntimeError("a defect"))
    assert await mails_due(desk.bench.worker) == 1
    assert (await MailMessage.get(id=first.id)).state is MailState.SENDING
    assert (await MailMessage.get(id=second.id)).state is MailState.SENT
    assert f"e-mail {first.id} failed" in caplog.text


async def test_without_mail_server_e_mails_wait(desk: Desk) -> None:
    mail = await desk.write()
    desk.bench.worker = replace(desk.bench.worker, outgoing=None)
    assert (await desk.settle(mail)).state is MailState.QUEUED


async def test_a_real_server_gets_it_by_the_sweep(desk: Desk) -> None:
    async with mail_server() as mailbox:
        desk.use(SmtpServer(host="127.0.0.1", port=mailbox.port, encryption="none", timeout=5))
        mail = await desk.write("Grüße")
        assert (await sweep_once(desk.bench.worker)).mailed == 1
    (arrived,) = mailbox.arrived
    assert len(arrived.rcpt_tos) == 1
    assert mail.message_id.encode() in (arrived.content or b"")
