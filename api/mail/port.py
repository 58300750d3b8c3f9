"""What takes an e-mail: a mail server, a folder, or a list in a test."""

from email.message import EmailMessage
from typing import Protocol


class MailError(Exception):
    """An e-mail was not taken; the message says why and never names an address."""


class MailRejected(MailError):
    """Never: the same again cannot help."""


class MailUnavailable(MailError):
    """Not now: unreachable, slow, busy, or not configured as the server wants it."""


class MailPort(Protocol):
    """Takes e-mails, one at a time."""

    async def send(self, message: EmailMessage, *, sender: str, recipient: str, copy_to: tuple[str, ...]) -> None:
        """Hand an e-mail over; when it returns, the other side answers for it.

        Raises MailRejected or MailUnavailable; after the latter it may have been taken all the same.
        """
        ...
