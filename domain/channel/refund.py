"""Giving money back by a credit memo: what is left of the order goes down, goods come back, and who is to know is told.

A credit memo stays here unless Amazon is to be told of it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder
from domain.catalog.returns import take_back
from domain.catalog.stock import release, write_off
from domain.change import Change, change
from domain.channel.permitted import commerce_refusal
from domain.channel.refund_commands import queue_refund
from domain.channel.refund_input import RefundLine, RefundRequest, draw_up
from domain.channel.refunded import follow
from domain.channel.requested import check_version, locked_order
from domain.channel.restock_sources import restock_sources
from domain.channel.standing import standings
from domain.commerce.credit_memos import MemoDraft, MemoLine, issue_memo
from domain.commerce.mail_rules import Mailing, MailKind
from domain.commerce.mails import queue_mail
from domain.commerce.orders import quantities
from domain.commerce.permissions import OrderAction
from domain.commerce.records import CommerceOrder, CreditMemo
from domain.commerce.refundable import refundables
from domain.errors import DomainError
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

__all__ = ["RefundLine", "RefundRequest", "Rehearsed", "refund_order", "rehearse_refund"]

_MUTATION: Final = "refundOrder"
_NOTIFY: Final = ("input", "notify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What a refund would be: the credit memo without a number, and what would be left of the paid, in minor units."""

    draft: MemoDraft
    left: int


class _Undone(Exception):
    """Ends a rehearsal, so that nothing of it is stored."""


async def refund_order(
    *,
    order_id: int,
    request: RefundRequest,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
    mailing: Mailing,
) -> CreditMemo:
    """Give back some or all that was paid of an order, with a credit memo.

    Raises NotFound, StaleVersion, ActionNotAllowed, RequiredInput, InvalidInput, QuantityTooLarge, AmountTooLarge or
    IdempotencyKeyReused; for the e-mail MailNotConfigured, too.
    """
    async with change(now=now, actor=actor) as unit:
        order = await locked_order(order_id, None)
        asked = _request_of(order, request, key=idempotency_key, sealer=sealer)
        if (known := await remembered(**asked, now=now)) is not None:
            unit.quiet()
            return await CreditMemo.get(id=known)
        check_version(order, expected_version)
        _, memo = await _refund(unit, order, request, sealer=sealer, mailing=mailing)
        await remember(**asked, result_id=memo.id, now=now)
        return memo


async def rehearse_refund(
    *,
    order_id: int,
    request: RefundRequest,
    expected_version: int | None,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
    mailing: Mailing,
) -> Rehearsed:
    """Return what a refund would be, after doing all of it and undoing it again; nothing is stored.

    Raises what `refund_order` raises, but nothing about the key.
    """
    found: list[Rehearsed] = []
    try:
        async with change(now=now, actor=actor) as unit:
            order = await locked_order(order_id, expected_version)
            draft, _ = await _refund(unit, order, request, sealer=sealer, mailing=mailing)
            found.append(Rehearsed(draft=draft, left=draft.order.paid_minor - draft.order.refunded_minor))
            raise _Undone
    except _Undone:
        return found[0]


async def _refund(
    unit: Change, order: AmazonOrder, request: RefundRequest, *, sealer: Sealer, mailing: Mailing
) -> tuple[MemoDraft, CreditMemo]:
    standing = (await standings([order]))[order.id]
    if refusal := commerce_refusal(standing, OrderAction.REFUND):
        raise refusal
    commerce = standing.commerce
    assert commerce is not None, "without a commerce order there is a refusal"
    draft = draw_up(request, (await refundables([commerce], standing.lines))[commerce.id])
    restocked = await _shelve(unit, order, draft.lines, request)
    memo = await issue_memo(unit.connection, draft, restocked=restocked, now=unit.now)
    await follow(unit, order, commerce, standing.lines, memo)
    if request.tell_amazon:
        await queue_refund(unit, order=order, memo=memo)
    if request.notify:
        await _tell_buyer(unit, order, commerce, memo, sealer=sealer, mailing=mailing)
    await unit.due([order.id])
    await refresh_display(unit=unit, order_ids=[order.id])
    return draft, memo


async def _shelve(unit: Change, order: AmazonOrder, lines: Sequence[MemoLine], request: RefundRequest) -> bool:
    """Let go of goods that never left and take back those that did, as wanted; returns whether any are free again.

    What is given back counts first against what was not sent yet.
    """
    unsent = {one.line.item_id: min(one.quantity, quantities(one.line).to_ship) for one in lines}
    left = {one.line.item_id: one.quantity - unsent[one.line.item_id] for one in lines}
    lost = {item_id: quantity for item_id, quantity in unsent.items() if request.restocks(item_id) is False}
    kept = {item_id: quantity for item_id, quantity in unsent.items() if item_id not in lost}
    back = {item_id: quantity for item_id, quantity in left.items() if request.restocks(item_id)}
    sources = await restock_sources(request, back)
    freed = await release(unit, order_ids=[order.id], quantities=kept)
    if freed:
        unit.event(order.subject, EventKind.STOCK_RELEASED, "Inventory released.")
    if await write_off(unit, order_ids=[order.id], quantities=lost):
        unit.event(order.subject, EventKind.STOCK_DEDUCTED, "Inventory written off.", written_off=True)
    returned = await take_back(unit, account_id=order.account_id, order_id=order.id, quantities=back, sources=sources)
    if returned:
        unit.event(order.subject, EventKind.STOCK_RETURNED, f"{returned} back on the shelf.", quantity=returned)
    return bool(freed or returned)


async def _tell_buyer(
    unit: Change, order: AmazonOrder, commerce: CommerceOrder, memo: CreditMemo, *, sealer: Sealer, mailing: Mailing
) -> None:
    try:
        await queue_mail(
            unit,
            order=commerce,
            kind=MailKind.CREDIT_MEMO,
            mailing=mailing,
            sealer=sealer,
            document_id=memo.id,
            status=order.amazon_status.value,
        )
    except DomainError as refusal:
        refusal.path = _NOTIFY
        raise


def _request_of(order: AmazonOrder, request: RefundRequest, *, key: str, sealer: Sealer) -> dict[str, Any]:
    """Return the request as the remembered answers know it; amounts by their value, however they are written."""
    text = orjson.dumps([order.id, asdict(request)], default=lambda amount: str(amount.normalize()))
    return {
        "scope": f"account:{order.account_id}",
        "mutation": _MUTATION,
        "key": key,
        "input_digest": sealer.digest("idempotency", text.decode()),
    }
