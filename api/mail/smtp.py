"""Handing e-mails to a mail server by SMTP (RFC 5321)."""

import asyncio
import logging
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final

import aiosmtplib

from api.mail.port import MailError, MailRejected, MailUnavailable

_LOG: Final = logging.getLogger(__name__)
_PERMANENT: Final = 500
_ENHANCED: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# What the server says no to here is our side's configuration, not the e-mail: it stays queued until that is mended.
_OURS: Final = (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPConnectResponseError)


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """A mail server; `encryption` is "starttls", "tls" (from the first byte) or "none", `timeout` in seconds.

    The timeout is for a whole e-mail, so that no server keeps one longer than the worker's lease on it.
    """

    host: str
    port: int
    encryption: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    tls: ssl.SSLContext | None = None

    async def send(self, message: EmailMessage, *, sender: str, recipient: str, copy_to: tuple[str, ...]) -> None:
        """Send the e-mail to the buyer, then its copies; a copy that is not taken is logged and stops nothing.

        Raises MailRejected for the server's lasting refusal (5yz), MailUnavailable for everything that may pass.
        """
        try:
            async with asyncio.timeout(self.timeout), self._client() as client:
                await client.send_message(message, sender=sender, recipients=[recipient])
                await _send_copies(client, message, sender, copy_to)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _in_words(error) from None

    async def greet(self) -> None:
        """Connect, encrypt and log in, and send nothing.

        Raises MailUnavailable.
        """
        try:
            async with asyncio.timeout(self.timeout), self._client() as client:
                await client.noop()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUnavailable(str(_in_words(error))) from None

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.encryption == "tls",
            start_tls=self.encryption == "starttls",
            username=self.user,
            password=self.password,
            timeout=self.timeout,
            tls_context=self.tls,
        )


async def _send_copies(client: aiosmtplib.SMTP, message: EmailMessage, sender: str, copy_to: tuple[str, ...]) -> None:
    """Send the copies apart: the buyer's e-mail has been taken, and must not go out again because of them."""
    if not copy_to:
        return
    try:
        refused, _ = await client.send_message(message, sender=sender, recipients=list(copy_to))
    except (aiosmtplib.SMTPException, OSError) as error:
        _LOG.warning("the copies of an e-mail were not taken: %s", _in_words(error))
    else:
        if refused:
            _LOG.warning("%d copies of an e-mail were not taken", len(refused))


def _in_words(error: Exception) -> MailError:
    """Say what went wrong without the server's own text, which may repeat an address."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _refused("the recipient", [(one.code, one.message) for one in error.recipients])
    if isinstance(error, _OURS):
        return MailUnavailable(f"The mail server does not let us in (code {error.code}).")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        what = "the sender" if isinstance(error, aiosmtplib.SMTPSenderRefused) else "the e-mail"
        return _refused(what, [(error.code, error.message)])
    if type(error) in (aiosmtplib.SMTPException, aiosmtplib.SMTPNotSupported):  # the library's word for what is missing
        return MailUnavailable("The mail server does not offer the encryption or login that is configured.")
    if isinstance(error, ssl.SSLError):
        return MailUnavailable("The encryption with the mail server failed; look at its certificate and at the port.")
    if isinstance(error, TimeoutError):
        return MailUnavailable("The mail server did not answer in time.")
    return MailUnavailable("The mail server cannot be reached, or broke off.")


def _refused(what: str, answers: Iterable[tuple[int, str]]) -> MailError:
    code, text = next(iter(answers))
    found = _ENHANCED.search(text)
    words = f"The mail server refused {what} (code {code}{f', {found[0]}' if found else ''})."
    return MailRejected(words) if code >= _PERMANENT else MailUnavailable(words)
