"""Which e-mails may go to a buyer, and why not, as pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.errors import ActionNotAllowed, DomainError, InvalidInput, RequiredInput
from domain.plain_text import is_plain

ACTION: Final = "SEND_EMAIL"
LONGEST_COMMENT: Final = 5000

_ORDER: Final = ("input", "orderId")
_KIND: Final = ("input", "kind")
_COMMENT: Final = ("input", "comment")
# Amazon hides buyers behind addresses such as x1y2@marketplace.amazon.de; nothing else reaches them by its rules.
_RELAY: Final = re.compile(r"[^@\s\"<>,;:]+@(?:[a-z0-9-]+\.)*marketplace\.amazon\.[a-z]{2,3}(?:\.[a-z]{2})?", re.ASCII)


_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{1,63}", re.ASCII)
_LONGEST_ADDRESS: Final = 254


class MailKind(StrEnum):
    """What an e-mail tells the buyer of."""

    ORDER = "ORDER"
    ORDER_COMMENT = "ORDER_COMMENT"
    INVOICE = "INVOICE"
    INVOICE_COMMENT = "INVOICE_COMMENT"
    SHIPMENT = "SHIPMENT"
    SHIPMENT_COMMENT = "SHIPMENT_COMMENT"
    CREDIT_MEMO = "CREDIT_MEMO"
    CREDIT_MEMO_COMMENT = "CREDIT_MEMO_COMMENT"

    @property
    def is_comment(self) -> bool:
        """Whether it is there to carry a comment."""
        return self.value.endswith("_COMMENT")

    @property
    def subject(self) -> str:
        """What it is about: ORDER, INVOICE, SHIPMENT or CREDIT_MEMO."""
        return self.value.removesuffix("_COMMENT")

    @property
    def words(self) -> str:
        """Its name in a sentence."""
        return self.value.lower().replace("_", " ")


SENT_BY_AMAZON: Final = frozenset([MailKind.ORDER, MailKind.SHIPMENT])
"""What Amazon tells its buyers itself, and asks sellers not to repeat: off unless a store switches it on."""

EVERY_KIND: Final[Mapping[MailKind, bool]] = MappingProxyType({kind: kind not in SENT_BY_AMAZON for kind in MailKind})
"""Which e-mails are on from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """One version of a store's mail settings; without an address of its own it sends from the service's."""

    sender_name: str | None = None
    sender_address: str | None = None
    copy_to: tuple[str, ...] = ()  # blind copies
    enabled: Mapping[MailKind, bool] = field(default_factory=lambda: EVERY_KIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What the service can do about e-mails: the address it sends from, and the setting that is missing, if one is."""

    sender: str | None = None
    missing: str | None = "ORDERLANE_MAIL_SERVER"


class MailNotConfigured(ActionNotAllowed):
    """The service does not know how to send an e-mail, or from which address."""


def mail_refusal(
    kind: MailKind | None,
    *,
    mailing: Mailing,
    settings: MailSettings,
    buyer: Mapping[str, Mapping[str, str | None]] | None,
    status: str,
) -> DomainError | None:
    """Return why no e-mail of a kind can go to the buyer of an order, None if it can; without a kind: of any kind.

    `buyer` is what is kept of the buyer, None if nothing is; `status` is the order's, in the schema's words.
    """
    return (
        _configuration_refusal(mailing, settings, status)
        or _address_refusal(buyer, status)
        or _kind_refusal(kind, settings, status)
    )


def checked_comment(kind: MailKind, comment: str | None) -> str | None:
    """Return a comment without the blanks around it, None if nothing is left.

    Raises RequiredInput where the kind needs one, InvalidInput for one that is too long or has control characters.
    """
    text = (comment or "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_COMMENT:
        raise InvalidInput(f"A comment has at most {LONGEST_COMMENT} characters.", path=_COMMENT)
    if not is_plain(text, lines=True):
        raise InvalidInput("A text without control characters, please.", path=_COMMENT)
    if not text and kind.is_comment:
        raise RequiredInput("An e-mail of this kind carries a comment: write one.", path=_COMMENT)
    return text or None


def checked_address(address: str, path: tuple[str, ...]) -> str:
    """Return an e-mail address as it is.

    Raises InvalidInput unless it is a plain one such as shop@example.com.
    """
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise InvalidInput("Write an e-mail address such as shop@example.com.", path=path)
    return address


def is_relay(address: str) -> bool:
    """Return whether an address is one of those that Amazon hides its buyers behind."""
    return _RELAY.fullmatch(address.lower()) is not None


def _configuration_refusal(mailing: Mailing, settings: MailSettings, status: str) -> DomainError | None:
    if mailing.missing is not None:
        return _not_configured(f"{mailing.missing} is not set: the service does not know how to send e-mails.", status)
    if not (settings.sender_address or mailing.sender):
        return _not_configured(
            "There is no address to send from: set ORDERLANE_MAIL_FROM, or the sender address of the store.", status
        )
    return None


def _address_refusal(buyer: Mapping[str, Mapping[str, str | None]] | None, status: str) -> DomainError | None:
    if buyer is None or not buyer.keys() & {"buyer", "address"}:  # what people commented may be there alone
        return _refused("Nothing is kept of the buyer: the data was deleted in time, or Amazon never told it.", status)
    address = ((buyer.get("buyer") or {}).get("email") or "").strip()
    if not address:
        return _refused(
            "Amazon told no e-mail address of the buyer; the one made up of the order number reaches nobody.", status
        )
    if not is_relay(address):
        return _refused(
            "The buyer's e-mail address is none of Amazon's relay addresses, and Amazon allows writing to those only.",
            status,
        )
    return None


def _kind_refusal(kind: MailKind | None, settings: MailSettings, status: str) -> DomainError | None:
    if kind is None:
        if any(settings.enabled.values()):
            return None
        return _refused("All e-mails are switched off in the mail settings of the store.", status)
    if settings.enabled[kind]:
        return None
    if kind in SENT_BY_AMAZON:
        because = f"Amazon itself tells the buyer of the {kind.words}, so this e-mail is off"
    else:
        because = f"E-mails of the kind {kind.value} are switched off"
    return _refused(f"{because}; the mail settings of the store can switch it on.", status, path=_KIND)


def _refused(message: str, status: str, *, path: tuple[str, ...] = _ORDER) -> ActionNotAllowed:
    return ActionNotAllowed(message, action=ACTION, current_status=status, path=path)


def _not_configured(message: str, status: str) -> MailNotConfigured:
    return MailNotConfigured(message, action=ACTION, current_status=status, path=_ORDER)
