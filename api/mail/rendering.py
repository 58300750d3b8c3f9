"""E-mails worded by templates: a subject, a plain text and an HTML page for each kind."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cached_property
from pathlib import Path
from typing import Final

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.commerce.letters import Letter
from domain.commerce.mail_rules import MailKind

_PARTS: Final = ("subject.txt", "txt", "html")
_LONGEST_SUBJECT: Final = 200


class CannotRender(Exception):
    """A template cannot be used; the message names it, and nothing of what it was given."""


@dataclass(frozen=True)
class Templates:
    """The templates of the package, and a folder of one's own whose files of the same name win.

    A template runs in a sandbox and sees one `letter` (domain.commerce.letters.Letter). For an e-mail of the kind
    INVOICE to a guest the names are tried in this order: `default/invoice.guest.html` (`default` is the store view),
    `default/invoice.html`, `invoice.guest.html`, `invoice.html`; for a customer with `customer` instead of `guest`.
    """

    folder: Path | None = None

    def render(self, letter: Letter) -> EmailMessage:
        """Return the e-mail that says what the letter does.

        Raises CannotRender.
        """
        subject, text, page = (self._part(letter, part) for part in _PARTS)
        message = EmailMessage(policy=SMTP)
        message["Subject"] = " ".join(subject.split())[:_LONGEST_SUBJECT]
        message["From"] = Address(letter.sender_name or "", addr_spec=letter.sender_address)
        message["To"] = Address(addr_spec=letter.recipient)
        message["Date"] = letter.at
        message["Message-ID"] = letter.message_id
        message.set_content(text)
        message.add_alternative(page, subtype="html")
        return message

    def check(self) -> None:
        """Read every template once.

        Raises CannotRender for the first that has a mistake.
        """
        if self.folder is not None and not self.folder.is_dir():
            raise CannotRender(f"There is no folder {self.folder}.")
        for name in self._environment.list_templates():
            if name.endswith((".txt", ".html")):
                self._load([name])

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        own = [FileSystemLoader(self.folder)] if self.folder is not None else []
        return ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, PackageLoader("api.mail")]),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def _part(self, letter: Letter, part: str) -> str:
        template = self._load(_names(letter.kind, part, store_view=letter.store_view, is_guest=letter.is_guest))
        try:
            return template.render(letter=letter)
        except Exception as error:  # a template is a program of its own, and may fail in any way
            raise CannotRender(f"The template {template.name} fails with {type(error).__name__}.") from None

    def _load(self, names: list[str]) -> Template:
        try:
            return self._environment.select_template(names)
        except TemplateNotFound:
            raise CannotRender(f"There is no template {names[-1]}.") from None
        except TemplateError as error:
            raise CannotRender(f"A template of {names[-1]} has a mistake: {error.message}.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise CannotRender(f"A template of {names[-1]} cannot be read: {type(error).__name__}.") from None


def _names(kind: MailKind, part: str, *, store_view: str, is_guest: bool) -> list[str]:
    name, who = kind.value.lower(), "guest" if is_guest else "customer"
    own = [f"{name}.{who}.{part}", f"{name}.{part}"]
    return [*(f"{store_view}/{one}" for one in own), *own]
