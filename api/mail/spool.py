"""Places that keep e-mails instead of sending them: a folder for people, a list for tests."""

import asyncio
import os
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from api.mail.port import MailUnavailable


@dataclass(frozen=True)
class FileSpool:
    """Writes each e-mail into a file of its own, named by its Message-ID: the same again is the same file.

    What is written there is buyer data in the open: for trying things out, readable by its owner alone.
    """

    folder: Path

    async def send(self, message: EmailMessage, *, sender: str, recipient: str, copy_to: tuple[str, ...]) -> None:
        """Write the e-mail as an .eml file, with its envelope in headers of its own.

        Raises MailUnavailable when the file cannot be written.
        """
        envelope = {"X-Envelope-From": sender, "X-Envelope-To": ", ".join([recipient, *copy_to])}
        head = "".join(f"{name}: {value}\r\n" for name, value in envelope.items())
        name = re.sub(r"[^A-Za-z0-9.-]", "", str(message["Message-ID"]).partition("@")[0])
        try:
            await asyncio.to_thread(self._write, f"{name}.eml", head.encode() + message.as_bytes())
        except OSError as error:
            raise MailUnavailable(f"The e-mail cannot be written into the spool folder: {error.strerror}.") from None

    def _write(self, name: str, text: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}"
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text)
        unfinished.replace(self.folder / name)


class Kept(NamedTuple):
    """An e-mail that would have been sent, with its envelope."""

    message: EmailMessage
    sender: str
    recipient: str
    copy_to: tuple[str, ...]


@dataclass
class MemorySpool:
    """Keeps e-mails in a list; `failures` are raised first, one for each attempt."""

    kept: list[Kept] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    async def send(self, message: EmailMessage, *, sender: str, recipient: str, copy_to: tuple[str, ...]) -> None:
        """Keep the e-mail, or fail as planned."""
        if self.failures:
            raise self.failures.pop(0)
        self.kept.append(Kept(message, sender, recipient, copy_to))
