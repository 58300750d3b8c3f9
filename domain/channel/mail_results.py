"""What became of an e-mail that was handed to the mail server: sent, in vain, or to be tried again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner
from domain.change import Change, change
from domain.channel.attention import Concern, open_all, resolve
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.commerce.mail_queue import UNSENT
from domain.commerce.mail_records import MailMessage, MailState
from domain.commerce.mail_rules import Mailing
from domain.commerce.mails import refusal_of, subject_of
from domain.commerce.records import CommerceOrder
from domain.errors import ActionNotAllowed, NotFound
from domain.sealing import Sealer
from domain.timeline import SYSTEM, Actor, EventKind

GIVE_UP_AFTER: Final = timedelta(days=4)
"""So long a mail server may be down (RFC 5321, 4.5.4.1: the give-up time is at least 4 to 5 days)."""

_LONGEST_REASON: Final = 500
_FAILED: Final = (MailState.FAILED, MailState.REFUSED)
_SETTLED: Final[Mapping[str, Any]] = MappingProxyType({"due_at": None, "lease_until": None})


async def mail_sent(*, mail_id: int, fence: int, now: datetime) -> bool:
    """Record that the mail server took an e-mail, and delete its text; False if the attempt no longer counts."""
    values = {"state": MailState.SENT, "sent_at": now, "reason": None, **_SETTLED}
    async with change(now=now, actor=SYSTEM) as unit:
        mail = await _answered(unit, mail_id, fence, values)
        if mail is None:
            return False
        await BuyerRecord.filter(owner=Owner.MAIL, owner_id=mail.id).delete()
        _tell(unit, mail, EventKind.MAIL_SENT, f"E-mail to the buyer sent: {mail.kind.words}.")
        return True


async def mail_in_vain(*, mail_id: int, fence: int, state: MailState, reason: str, now: datetime) -> bool:
    """Record that an e-mail is not sent, and ask a person to look; False if the attempt no longer counts.

    `state` is FAILED for the mail server's refusal, REFUSED for our own; the reason holds no buyer data.
    """
    values = {"state": state, "reason": reason[:_LONGEST_REASON], **_SETTLED}
    async with change(now=now, actor=SYSTEM) as unit:
        mail = await _answered(unit, mail_id, fence, values)
        if mail is None:
            return False
        message = f"E-mail to the buyer not sent: {mail.kind.words}. {reason}"
        _tell(unit, mail, EventKind.MAIL_FAILED, message)
        order = await AmazonOrder.get(id=mail.channel_order_id)
        concern = Concern(
            kind=AttentionKind.MAIL_FAILED, about=f"mail {mail.id}", message=message, facts={"mail_id": mail.id}
        )
        await open_all(unit, [(order, concern)])
        return True


async def mail_postponed(*, mail_id: int, fence: int, reason: str, retry_at: datetime, now: datetime) -> bool:
    """Record that the mail server could not take an e-mail yet; after 4 days a person has to look."""
    mail = await MailMessage.get(id=mail_id)
    if now - mail.queued_at >= GIVE_UP_AFTER:
        in_vain = f"It was tried for {GIVE_UP_AFTER.days} days. {reason}"
        return await mail_in_vain(mail_id=mail_id, fence=fence, state=MailState.FAILED, reason=in_vain, now=now)
    values = {
        "state": MailState.QUEUED,
        "reason": reason[:_LONGEST_REASON],
        "due_at": retry_at,
        "lease_until": None,
    }
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await _answered(unit, mail_id, fence, values) is not None


async def retry_mail(*, mail_id: int, mailing: Mailing, sealer: Sealer, now: datetime, actor: Actor) -> MailMessage:
    """Queue an e-mail again that could not be sent, with the same Message-ID.

    Raises NotFound, ActionNotAllowed or MailNotConfigured.
    """
    async with change(now=now, actor=actor) as unit:
        mail = await _failed(mail_id)
        commerce = await CommerceOrder.get(id=mail.order_id)
        status = (await AmazonOrder.get(id=mail.channel_order_id)).amazon_status.value
        if refusal := await refusal_of(commerce, mail.kind, mailing=mailing, sealer=sealer, status=status):
            raise refusal
        return await retry_mail_in(unit, mail_id)


async def retry_mail_in(unit: Change, mail_id: int) -> MailMessage:
    """Queue an e-mail again inside the caller's change; what stands against it is found when it is sent.

    Raises NotFound or ActionNotAllowed.
    """
    mail = await _failed(mail_id)
    mail.state, mail.attempts, mail.reason = MailState.QUEUED, 0, None
    mail.due_at = mail.queued_at = unit.now
    await mail.save(update_fields=["state", "attempts", "reason", "due_at", "queued_at"])
    order = await AmazonOrder.get(id=mail.channel_order_id)
    entries = Attention.filter(order_id=order.id, kind=AttentionKind.MAIL_FAILED).exclude(state=AttentionState.RESOLVED)
    await resolve(unit, order, [entry for entry in await entries if entry.facts["mail_id"] == mail.id])
    _tell(unit, mail, EventKind.MAIL_QUEUED, f"E-mail to the buyer queued again: {mail.kind.words}.")
    return mail


async def _failed(mail_id: int) -> MailMessage:
    mail = await MailMessage.filter(id=mail_id).select_for_update().first()
    if mail is None:
        raise NotFound("There is no such e-mail.", path=("input", "mailId"))
    if mail.state not in _FAILED:
        raise ActionNotAllowed(
            "Only an e-mail that could not be sent is sent again; for another one like it use sendEmail.",
            action="RETRY_EMAIL",
            current_status=mail.state.value,
            path=("input", "mailId"),
        )
    return mail


async def _answered(unit: Change, mail_id: int, fence: int, values: Mapping[str, Any]) -> MailMessage | None:
    if not await MailMessage.filter(id=mail_id, fence=fence, state__in=UNSENT).update(**values):
        unit.quiet()
        return None
    return await MailMessage.get(id=mail_id)


def _tell(unit: Change, mail: MailMessage, kind: EventKind, message: str) -> None:
    unit.event(subject_of(mail), kind, message, mail_id=mail.id, mail_kind=mail.kind.value)
