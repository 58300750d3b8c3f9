import asyncio
import logging
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from api.mail.port import MailError, MailRejected, MailUnavailable
from api.mail.smtp import SmtpServer
from tests.api.mail.mail_server import PASSWORD, USER, Mailbox, certificate, mail_server

BUYER, COPY, OTHER = "ada1x2@marketplace.amazon.de", "copy@example.com", "other@example.com"


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = (
        "shop@example.com",
        BUYER,
        "Grüße",
        "<1@example.com>",
    )
    made.set_content("Hello\n.\nStraße\n")
    return made


def client(mailbox: Mailbox, encryption: str = "none", **given: Any) -> SmtpServer:
    return SmtpServer(host="127.0.0.1", port=mailbox.port, encryption=encryption, **({"timeout": 5} | given))


async def send(server: SmtpServer, *copies: str) -> None:
    await server.send(message(), sender="shop@example.com", recipient=BUYER, copy_to=copies)


async def failure_of(server: SmtpServer, *copies: str) -> MailError:
    with pytest.raises(MailError) as failure:
        await send(server, *copies)
    assert "@" not in str(failure.value)
    assert PASSWORD not in str(failure.value)
    return failure.value


async def test_an_e_mail_arrives_as_it_was_written_and_its_copies_apart() -> None:
    async with mail_server() as mailbox:
        await send(client(mailbox), COPY, OTHER)
    first, copy = mailbox.arrived
    assert (first.mail_from, first.rcpt_tos, copy.rcpt_tos) == ("shop@example.com", [BUYER], [COPY, OTHER])
    content = first.content if isinstance(first.content, bytes) else (first.content or "").encode()
    assert b"Message-ID: <1@example.com>" in content
    assert b"\r\n.\r\n" in content + b"\r\n"
    assert COPY.encode() not in content


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
async def test_connections_are_encrypted_and_certificates_looked_at(tmp_path: Path, encryption: str) -> None:
    serving, trusting = certificate(tmp_path)
    async with mail_server(tls=serving, from_start=encryption == "tls", auth_require_tls=False) as mailbox:
        given = {"user": USER, "password": PASSWORD}
        await client(mailbox, encryption, tls=trusting, **given).greet()
        await send(client(mailbox, encryption, tls=trusting, **given))
        assert mailbox.logins[-1] == USER.encode()
        stranger = await failure_of(client(mailbox, encryption, tls=ssl.create_default_context(), **given))
        wrong = await failure_of(client(mailbox, encryption, tls=trusting, user=USER, password="wrong"))
    assert mailbox.was_encrypted == [True]
    assert isinstance(stranger, MailUnavailable)
    assert isinstance(wrong, MailUnavailable)
    assert "does not let us in (code 535)" in str(wrong)


async def test_nothing_goes_out_in_the_open_where_encryption_is_asked_for() -> None:
    async with mail_server() as mailbox:
        failure = await failure_of(client(mailbox, "starttls"))
        assert isinstance(failure, MailUnavailable)
        assert "does not offer the encryption" in str(failure)
        with pytest.raises(MailUnavailable, match="does not offer"):
            await client(mailbox, "starttls").greet()
        assert isinstance(await failure_of(client(mailbox, "tls")), MailUnavailable)
    assert mailbox.arrived == []


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (f"550 5.1.1 <{BUYER}> no such box", MailRejected, "refused the recipient (code 550, 5.1.1)"),
        (f"451 4.7.1 <{BUYER}> greylisted", MailUnavailable, "refused the recipient (code 451, 4.7.1)"),
        ("452 too many", MailUnavailable, "(code 452)"),
    ],
)
async def test_what_the_server_says_of_the_buyer_decides_and_its_words_are_not_repeated(
    answer: str, kind: type[MailError], words: str
) -> None:
    async with mail_server() as mailbox:
        mailbox.recipients[BUYER] = answer
        failure = await failure_of(client(mailbox), COPY)
    assert type(failure) is kind
    assert words in str(failure)
    assert mailbox.arrived == []  # and no copy either


@pytest.mark.parametrize(
    ("data", "senders", "kind", "words"),
    [
        (["554 5.7.1 spam"], None, MailRejected, "refused the e-mail (code 554, 5.7.1)"),
        (["421 4.3.2 shutting down"], None, MailUnavailable, "(code 421"),
        ([], "550 5.7.60 <shop@example.com> not yours", MailRejected, "refused the sender (code 550, 5.7.60)"),
        ([], "450 later", MailUnavailable, "refused the sender (code 450)"),
    ],
)
async def test_refusals_of_text_and_sender(
    data: list[str], senders: str | None, kind: type[MailError], words: str
) -> None:
    async with mail_server() as mailbox:
        mailbox.data, mailbox.senders = data, senders
        failure = await failure_of(client(mailbox))
    assert type(failure) is kind
    assert words in str(failure)


async def test_a_copy_that_is_not_taken_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with mail_server() as mailbox:
        mailbox.recipients[COPY] = f"550 <{COPY}> no"
        await send(client(mailbox), COPY, OTHER)
        mailbox.recipients[OTHER] = f"550 <{OTHER}> no"
        await send(client(mailbox), COPY, OTHER)
    assert [one.rcpt_tos for one in mailbox.arrived] == [[BUYER], [OTHER], [BUYER]]
    assert [record.getMessage() for record in caplog.records] == [
        "1 copies of an e-mail were not taken",
        "the copies of an e-mail were not taken: The mail server refused the recipient (code 550).",
    ]


async def test_a_server_that_is_slow_or_gone_is_no_reason_to_wait_for_ever() -> None:
    async with mail_server() as mailbox:
        mailbox.delay = 30
        slow = await failure_of(client(mailbox, timeout=0.2))
    assert isinstance(slow, MailUnavailable)
    assert "in time" in str(slow)
    gone = await failure_of(client(mailbox, timeout=2))
    assert isinstance(gone, MailUnavailable)
    assert "cannot be reached" in str(gone)
    with pytest.raises(MailUnavailable):
        await client(mailbox, timeout=2).greet()


@pytest.mark.parametrize("greeting", [b"220 hello\r\n", b"554 go away\r\n", b"no mail server\r\n"])
async def test_a_server_that_breaks_off_or_is_none_is_waited_for(greeting: bytes) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(rude, "127.0.0.1", 0) as server:
        failure = await failure_of(client(Mailbox(port=server.sockets[0].getsockname()[1])))
    assert isinstance(failure, MailUnavailable)
