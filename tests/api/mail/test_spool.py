from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from api.mail.configuration import mailing_of, outgoing_of, port_of
from api.mail.port import MailUnavailable
from api.mail.smtp import SmtpServer
from api.mail.spool import FileSpool, MemorySpool
from api.settings import ConfigurationError, Settings


def message(message_id: str = "<ab/../c@example.com>") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Message-ID"] = "shop@example.com", message_id
    made.set_content("Hello")
    return made


async def test_each_e_mail_is_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    spool = FileSpool(tmp_path / "mails" / "out")
    for _ in range(2):  # a repeated one is the same file
        await spool.send(message(), sender="s@example.com", recipient="a@example.org", copy_to=("c@example.com",))
    (file,) = (tmp_path / "mails" / "out").iterdir()
    assert file.name == "ab..c.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    read = message_from_bytes(file.read_bytes())
    assert (read["X-Envelope-From"], read["X-Envelope-To"]) == ("s@example.com", "a@example.org, c@example.com")
    assert "Hello" in read.as_string()


async def test_a_folder_that_cannot_be_written_to_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(MailUnavailable, match="spool folder") as failure:
        await FileSpool(tmp_path / "file").send(message(), sender="s", recipient="a@example.org", copy_to=())
    assert "@" not in str(failure.value)


@pytest.mark.parametrize(
    ("server", "host", "port", "encryption"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, "starttls"),
        ("smtps://mail.example.com:4465/", "mail.example.com", 4465, "tls"),
        ("smtp+plain://localhost", "localhost", 25, "none"),
    ],
)
def test_a_mail_server_is_named_by_an_address(server: str, host: str, port: int, encryption: str) -> None:
    settings = Settings(mail_server=server, mail_user="shop", mail_password=SecretStr("word"), mail_timeout=7)
    made = port_of(settings)
    assert isinstance(made, SmtpServer)
    assert (made.host, made.port, made.encryption) == (host, port, encryption)
    assert (made.user, made.password, made.timeout) == ("shop", "word", 7)
    assert "word" not in repr(made)


def test_a_folder_takes_e_mails_instead() -> None:
    for text, path in (("file:///var/out%20box", "/var/out box"), ("file:spool", "spool"), ("file://spool", "spool")):
        assert port_of(Settings(mail_server=text)) == FileSpool(Path(path))


def test_without_mail_server_nothing_is_sent_and_the_rules_know_what_is_missing() -> None:
    settings = Settings(mail_from="shop@example.com")
    assert outgoing_of(settings) is None
    assert (mailing_of(settings).missing, mailing_of(settings).sender) == ("ORDERLANE_MAIL_SERVER", "shop@example.com")
    spool = MemorySpool()
    outgoing = outgoing_of(settings, spool)
    assert outgoing is not None
    assert outgoing.port is spool
    ready = Settings(mail_server="file:spool", mail_templates="mine")
    assert mailing_of(ready).missing is None
    assert (made := outgoing_of(ready)) is not None
    assert made.templates.folder == Path("mine")


@pytest.mark.parametrize(
    "given",
    [
        {"mail_server": "mail.example.com"},
        {"mail_server": "http://mail.example.com"},
        {"mail_server": "smtp://"},
        {"mail_server": "smtp://mail:0"},
        {"mail_server": "smtp://mail:99999"},
        {"mail_server": "smtp://user:word@mail"},
        {"mail_server": "file:"},
        {"mail_from": "shop"},
        {"mail_timeout": 0},
        {"mail_timeout": 600},
    ],
)
def test_settings_that_cannot_be_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**given)  # type: ignore[arg-type]


def test_no_password_goes_over_a_network_in_the_open() -> None:
    given: dict[str, Any] = {"mail_user": "shop", "mail_password": SecretStr("word")}
    assert port_of(Settings(mail_server="smtp+plain://127.0.0.1", **given))
    with pytest.raises(ConfigurationError, match="in the open"):
        port_of(Settings(mail_server="smtp+plain://mail.example.com", **given))
