"""E-mails to buyers, queued in the change that they tell of; they are written and sent later."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from domain.accounts.settings import settings_of
from domain.buyers import Owner, keep, read
from domain.change import Change
from domain.commerce.mail_records import MailMessage, MailState
from domain.commerce.mail_rules import Mailing, MailKind, MailSettings, checked_comment, mail_refusal
from domain.commerce.mail_settings import mail_settings_of
from domain.commerce.records import CommerceOrder, CreditMemo, Invoice, Shipment
from domain.errors import DomainError, InvalidInput, NotFound, RequiredInput
from domain.sealing import Sealer
from domain.timeline import EventKind, Subject

PAPERS: Final[Mapping[str, Any]] = MappingProxyType(
    {"INVOICE": Invoice, "SHIPMENT": Shipment, "CREDIT_MEMO": CreditMemo}
)
"""Which records the papers are that an e-mail may be about."""

_DOCUMENT: Final = ("input", "documentId")


async def queue_mail(
    unit: Change,
    *,
    order: CommerceOrder,
    kind: MailKind,
    mailing: Mailing,
    sealer: Sealer,
    status: str,
    document_id: int | None = None,
    comment: str | None = None,
) -> MailMessage:
    """Queue an e-mail to the buyer of an order inside the caller's change.

    Each call is one e-mail: what may be asked twice is told apart by the caller's idempotency key. Its Message-ID
    depends on the order, the kind, the paper, and how many such e-mails there were before, and stays the same in every
    attempt. `document_id` is the invoice, shipment or credit memo that it is about, `status` how a refusal calls where
    the order stands. Raises ActionNotAllowed, MailNotConfigured, RequiredInput, InvalidInput or NotFound.
    """
    await CommerceOrder.filter(id=order.id).select_for_update()
    settings, refusal = await _asked(order, kind, mailing, sealer, status)
    if refusal is not None:
        raise refusal
    number = await _number(order, kind, document_id)
    text = checked_comment(kind, comment)
    turn = 1 + await MailMessage.filter(order_id=order.id, kind=kind, document_id=document_id).count()
    mail = await MailMessage.create(
        account_id=order.account_id,
        store_id=order.store_id,
        order_id=order.id,
        channel_order_id=order.channel_order_id,
        kind=kind,
        document_id=document_id,
        turn=turn,
        message_id=_message_id(order, kind, document_id, turn, settings.sender_address or mailing.sender, sealer),
        has_comment=text is not None,
        state=MailState.QUEUED,
        due_at=unit.now,
        queued_at=unit.now,
    )
    if text is not None:
        await _keep_comment(unit, mail, text, sealer)
    message = f"E-mail to the buyer queued: {kind.words} {number}."
    unit.event(subject_of(mail), EventKind.MAIL_QUEUED, message, mail_id=mail.id, mail_kind=kind.value)
    return mail


async def refusal_of(
    order: CommerceOrder, kind: MailKind | None, *, mailing: Mailing, sealer: Sealer, status: str
) -> DomainError | None:
    """Return why no e-mail of a kind, or of any kind, can go to the buyer of an order; None if it can."""
    return (await _asked(order, kind, mailing, sealer, status))[1]


def subject_of(mail: MailMessage) -> Subject:
    """Return what the timeline files an e-mail under."""
    return Subject(mail.account_id, mail.store_id, mail.channel_order_id)


async def _asked(
    order: CommerceOrder, kind: MailKind | None, mailing: Mailing, sealer: Sealer, status: str
) -> tuple[MailSettings, DomainError | None]:
    _, settings = await mail_settings_of(order.store_id)
    buyer = await read(owner=Owner.COMMERCE_ORDER, owner_id=order.id, sealer=sealer)
    return settings, mail_refusal(kind, mailing=mailing, settings=settings, buyer=buyer, status=status)


async def _number(order: CommerceOrder, kind: MailKind, document_id: int | None) -> str:
    """Return the number of the paper that an e-mail is about."""
    paper = PAPERS.get(kind.subject)
    if paper is None:
        if document_id is not None:
            raise InvalidInput("An e-mail about the order as a whole is about no paper.", path=_DOCUMENT)
        return order.number
    if document_id is None:
        raise RequiredInput(f"Say which one: the id of a paper of the kind {kind.subject}.", path=_DOCUMENT)
    found = await paper.get_or_none(id=document_id, order_id=order.id)
    if found is None:
        raise NotFound(f"The order has no such paper of the kind {kind.subject}.", path=_DOCUMENT)
    return str(found.number)


def _message_id(
    order: CommerceOrder, kind: MailKind, document_id: int | None, turn: int, sender: str | None, sealer: Sealer
) -> str:
    _, _, host = (sender or "").rpartition("@")
    return f"<{sealer.digest('mail', f'{order.id}:{kind.value}:{document_id}:{turn}')[:40]}@{host}>"


async def _keep_comment(unit: Change, mail: MailMessage, text: str, sealer: Sealer) -> None:
    _, settings = await settings_of(mail.store_id)
    await keep(
        owner=Owner.MAIL,
        owner_id=mail.id,
        account_id=mail.account_id,
        values={"mail": {"comment": text}},
        purge_at=unit.now + timedelta(days=settings.pii_retention_days),
        sealer=sealer,
    )
