"""Writing to the buyer of an order because a person asks for it."""

from datetime import datetime
from typing import Final

import orjson

from domain.amazon.records import AmazonOrder
from domain.change import change
from domain.channel.permitted import commerce_refusal
from domain.channel.standing import Standing, standings
from domain.commerce.mail_records import MailMessage
from domain.commerce.mail_rules import Mailing, MailKind
from domain.commerce.mails import queue_mail
from domain.commerce.permissions import OrderAction
from domain.commerce.records import CommerceOrder
from domain.errors import DomainError, NotFound
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor

_MUTATION: Final = "sendEmail"
_ORDER: Final = ("input", "orderId")


async def send_mail(
    *,
    order_id: int,
    kind: MailKind,
    document_id: int | None,
    comment: str | None,
    idempotency_key: str,
    mailing: Mailing,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> MailMessage:
    """Queue an e-mail to the buyer of an Amazon order; another key is another e-mail.

    Raises NotFound, ActionNotAllowed, MailNotConfigured, RequiredInput, InvalidInput or IdempotencyKeyReused.
    """
    async with change(now=now, actor=actor) as unit:
        order = await AmazonOrder.filter(id=order_id).select_for_update().first()
        if order is None:
            raise NotFound("There is no such order.", path=_ORDER)
        asked = orjson.dumps([order_id, kind.value, document_id, comment]).decode()
        request = {
            "scope": f"account:{order.account_id}",
            "mutation": _MUTATION,
            "key": idempotency_key,
            "input_digest": sealer.digest("idempotency", asked),
        }
        if (known := await remembered(**request, now=now)) is not None:
            unit.quiet()
            return await MailMessage.get(id=known)
        commerce = await _commerce_of(order)
        mail = await queue_mail(
            unit,
            order=commerce,
            kind=kind,
            mailing=mailing,
            sealer=sealer,
            document_id=document_id,
            comment=comment,
            status=order.amazon_status.value,
        )
        await remember(**request, result_id=mail.id, now=now)
        return mail


def writing_refusal(standing: Standing) -> DomainError | None:
    """Return why no e-mail of any kind can go to the buyer of an order, None if one can."""
    return commerce_refusal(standing, OrderAction.SEND_EMAIL) or standing.unreachable


async def _commerce_of(order: AmazonOrder) -> CommerceOrder:
    standing = (await standings([order]))[order.id]
    if refusal := commerce_refusal(standing, OrderAction.SEND_EMAIL):
        raise refusal
    assert standing.commerce is not None, "an order without one is refused"
    return standing.commerce
