"""Commenting on an order or one of its papers, with a status of its state and an e-mail to the buyer if wanted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from domain.accounts.settings import settings_of
from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.permitted import comment_refusal
from domain.channel.requested import check_version, locked_order
from domain.channel.standing import standings
from domain.commerce.comments import keep_text
from domain.commerce.lifecycle import ENDED
from domain.commerce.mail_rules import LONGEST_COMMENT, Mailing, MailKind
from domain.commerce.mails import PAPERS, queue_mail
from domain.commerce.records import CommerceOrder, Document
from domain.commerce.statuses import status_in
from domain.commerce.workflow_records import OrderComment
from domain.errors import DomainError, InvalidInput, NotFound, RequiredInput
from domain.idempotency import remember, remembered
from domain.plain_text import is_plain
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

_TEXT: Final = ("input", "text")
_STATUS: Final = ("input", "status")
_NOTIFY: Final = ("input", "notify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a person says of an order; `paper` is the kind and the row of the paper that it is about, if it is.

    `status` is the code of the status that the order gets, `notify` sends the text to the buyer, and `is_visible` says
    that a storefront may show it.
    """

    text: str | None = None
    status: str | None = None
    notify: bool = False
    is_visible: bool = False
    paper: tuple[Document, int] | None = None


async def add_comment(
    *,
    order_id: int,
    remark: Remark,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    mailing: Mailing,
    sealer: Sealer,
) -> OrderComment:
    """Keep what a person says of an order; the timeline tells that somebody commented, never what.

    Raises NotFound, StaleVersion, ActionNotAllowed, RequiredInput, InvalidInput, IdempotencyKeyReused, or what stands
    against the e-mail.
    """
    async with change(now=now, actor=actor) as unit:
        order = await locked_order(order_id, None)
        request = _request_of(order, remark, idempotency_key, sealer=sealer)
        if (known := await remembered(**request, now=now)) is not None:
            unit.quiet()
            return await OrderComment.get(id=known)
        check_version(order, expected_version)
        comment = await comment_in(unit, order, remark, mailing=mailing, sealer=sealer)
        await remember(**request, result_id=comment.id, now=now)
        return comment


async def comment_in(
    unit: Change, order: AmazonOrder, remark: Remark, *, mailing: Mailing, sealer: Sealer
) -> OrderComment:
    """Keep what a person says of an order inside the caller's change.

    Raises ActionNotAllowed, RequiredInput, InvalidInput, NotFound, or what stands against the e-mail.
    """
    standing = (await standings([order]))[order.id]
    if refusal := comment_refusal(standing):
        raise refusal
    commerce = standing.commerce
    assert commerce is not None, "the rule table lets only imported orders through"
    text = _checked_text(remark)
    about = await _paper(commerce, remark)
    label = await _set_status(commerce, remark.status)
    comment = await OrderComment.create(
        order_id=commerce.id,
        account_id=commerce.account_id,
        document=remark.paper[0] if remark.paper else None,
        document_id=remark.paper[1] if remark.paper else None,
        status=commerce.status,
        is_notified=remark.notify,
        is_visible=remark.is_visible,
        at=unit.now,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
    )
    if text is not None:
        await keep_text(commerce, comment.id, text, purge_at=await _ends(unit, commerce), sealer=sealer)
    message = f"Comment on {about}{f'; the status is now {label}' if label else ''}."
    unit.event(order.subject, EventKind.COMMENTED, message, comment_id=comment.id, status=label and commerce.status)
    if remark.notify:
        await _send(unit, order, commerce, remark, text, mailing=mailing, sealer=sealer)
    return comment


def _checked_text(remark: Remark) -> str | None:
    text = (remark.text or "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_COMMENT:
        raise InvalidInput(f"A comment has at most {LONGEST_COMMENT} characters.", path=_TEXT)
    if not is_plain(text, lines=True):
        raise InvalidInput("A text without control characters, please.", path=_TEXT)
    if not text and (remark.notify or remark.status is None):
        raise RequiredInput("Write something: only a change of the status alone needs no words.", path=_TEXT)
    return text or None


async def _paper(commerce: CommerceOrder, remark: Remark) -> str:
    """Return in words what a remark is about."""
    if remark.paper is None:
        return "the order"
    kind, row_id = remark.paper
    paper = await PAPERS[kind.value].get_or_none(id=row_id, order_id=commerce.id)
    if paper is None:
        raise NotFound("The order has no such paper.", path=("input", "documentId"))
    return f"{kind.value.lower().replace('_', ' ')} {paper.number}"


async def _set_status(commerce: CommerceOrder, code: str | None) -> str | None:
    """Give the order a status of its state, and return the label of a new one."""
    if code is None or code == commerce.status:
        return None
    status = await status_in(code, commerce.state, path=_STATUS)
    commerce.status = status.code
    commerce.version += 1
    await commerce.save(update_fields=["status", "version"])
    return status.label


async def _ends(unit: Change, commerce: CommerceOrder) -> datetime | None:
    """Return when what is said now of an order goes, where nothing of the buyer is kept: None while it is open."""
    if commerce.state not in ENDED:
        return None
    _, settings = await settings_of(commerce.store_id)
    return unit.now + timedelta(days=settings.pii_retention_days)


async def _send(
    unit: Change,
    order: AmazonOrder,
    commerce: CommerceOrder,
    remark: Remark,
    text: str | None,
    *,
    mailing: Mailing,
    sealer: Sealer,
) -> None:
    kind, row_id = remark.paper or ("ORDER", None)
    try:
        await queue_mail(
            unit,
            order=commerce,
            kind=MailKind(f"{kind}_COMMENT"),
            mailing=mailing,
            sealer=sealer,
            document_id=row_id,
            comment=text,
            status=order.amazon_status.value,
        )
    except DomainError as refusal:
        refusal.path = _NOTIFY
        raise


def _request_of(order: AmazonOrder, remark: Remark, key: str, *, sealer: Sealer) -> dict[str, Any]:
    text = orjson.dumps([order.id, remark])
    return {
        "scope": f"account:{order.account_id}",
        "mutation": "addOrderComment",
        "key": key,
        "input_digest": sealer.digest("idempotency", text.decode()),
    }
