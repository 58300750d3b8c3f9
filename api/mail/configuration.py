"""From the settings to what sends e-mails."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from api.mail.port import MailPort
from api.mail.rendering import Templates
from api.mail.smtp import SmtpServer
from api.mail.spool import FileSpool
from api.settings import PREFIX, ConfigurationError, Settings
from domain.commerce.mail_rules import Mailing

ENCRYPTION: Final = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("none", 25)}
"""By the scheme of ORDERLANE_MAIL_SERVER: how the connection is encrypted, and the usual port."""

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Outgoing:
    """What words an e-mail, and what takes it."""

    templates: Templates
    port: MailPort


def mailing_of(settings: Settings) -> Mailing:
    """Return what the rules have to know of the configuration."""
    return Mailing(sender=settings.mail_from, missing=None if settings.mail_server else f"{PREFIX}MAIL_SERVER")


def outgoing_of(settings: Settings, port: MailPort | None = None) -> Outgoing | None:
    """Return what sends e-mails, None if nothing is configured; `port` takes them instead of the mail server.

    Raises ConfigurationError.
    """
    taker = port or port_of(settings)
    return Outgoing(Templates(_folder(settings.mail_templates)), taker) if taker else None


def port_of(settings: Settings) -> SmtpServer | FileSpool | None:
    """Return the configured mail server or spool folder, None if there is none.

    Raises ConfigurationError.
    """
    if not settings.mail_server:
        return None
    parts = urlsplit(settings.mail_server)
    if parts.scheme == "file":
        return FileSpool(Path(unquote(parts.netloc + parts.path)))
    encryption, usual_port = ENCRYPTION[parts.scheme]
    host, password = parts.hostname or "", settings.mail_password
    if encryption == "none" and password and host not in _LOCAL:
        raise ConfigurationError(
            f"{PREFIX}MAIL_SERVER would send the password to {host} in the open: write smtp:// or smtps:// instead."
        )
    return SmtpServer(
        host=host,
        port=parts.port or usual_port,
        encryption=encryption,
        user=settings.mail_user,
        password=password.get_secret_value() if password else None,
        timeout=settings.mail_timeout,
    )


def _folder(name: str | None) -> Path | None:
    return Path(name) if name else None
