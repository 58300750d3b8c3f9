"""Telling Amazon of a credit memo: queued as a refund that goes out with the next payment adjustment feed, once."""

from datetime import timedelta
from typing import Final

from domain.accounts.marketplaces import MARKETPLACES
from domain.accounts.records import Store
from domain.amazon.commands import enqueue
from domain.amazon.records import AmazonOrder, Command, CommandKind
from domain.change import Change
from domain.channel.refund_rules import REASONS, Wanted, accounts_of, components_of, refund_refusal, refused
from domain.channel.standing import Standing, standings
from domain.commerce.orders import lines_of
from domain.commerce.records import CreditMemo, Document, DocumentLine
from domain.money import Money
from domain.timeline import EventKind

LINGER: Final = timedelta(seconds=10)
"""How long a refund waits for others that can go to Amazon in the same feed."""

_GENERAL: Final = "GeneralAdjustment"


async def queue_refund(unit: Change, *, order: AmazonOrder, memo: CreditMemo) -> Command:
    """Ask Amazon to pay a credit memo's money back to the buyer, inside the change that made the memo.

    Each item gets the components that Amazon charged it under; together they are the memo's total, to the cent. A memo
    goes to Amazon once: it names its message. Raises ActionNotAllowed where Amazon cannot be told of it.
    """
    standing = (await standings([order]))[order.id]
    if refusal := refund_refusal(standing):
        raise refusal
    if order.currency not in (None, memo.currency):
        raise refused(order, f"Amazon's order is in {order.currency}, and the credit memo in {memo.currency}.")
    components = components_of(
        order,
        accounts_of(standing, country=await _country(order)),
        await _wanted(standing, memo),
        total=Money(memo.total_minor, memo.currency),
        shipping=memo.shipping_minor,
    )
    payload = {
        "memo": memo.number,
        "reason": REASONS.get(memo.reason, _GENERAL),
        "currency": memo.currency,
        "items": [[item_id, list(parts.items())] for item_id, parts in components.items()],
    }
    command = await enqueue(unit=unit, order=order, kind=CommandKind.REFUND, payload=payload, due_at=unit.now + LINGER)
    if not await CreditMemo.filter(id=memo.id, command_id__isnull=True).update(command_id=command.id):
        raise refused(order, "Amazon is told of this credit memo already.")
    memo.command_id = command.id
    amount = Money(memo.total_minor, memo.currency)
    unit.event(
        order.subject,
        EventKind.REFUND_REQUESTED,
        f"Amazon is asked to pay {amount} back to the buyer (credit memo {memo.number}).",
        command_id=command.id,
        credit_memo_id=memo.id,
        number=memo.number,
        reason=payload["reason"],
    )
    return command


async def _country(order: AmazonOrder) -> str:
    store = await Store.get(id=order.store_id)
    return MARKETPLACES[store.marketplace_id].country_code


async def _wanted(standing: Standing, memo: CreditMemo) -> list[Wanted]:
    lines = {line.id: line for line in await lines_of([memo.order_id])}
    items = {item.id: item for item in standing.items}
    covered = await DocumentLine.filter(document=Document.CREDIT_MEMO, document_id=memo.id).order_by("id")
    found = []
    for part in covered:
        line = lines[part.line_id]
        item = items.get(line.item_id)
        goods, shipping = part.amount_minor or 0, part.shipping_minor or 0
        if goods or shipping:
            item_id = item.item_id if item else ""  # Amazon does not list it any more: nothing of it was charged
            found.append(Wanted(item_id=item_id, sku=line.sku, goods=goods, shipping=shipping))
    return found
