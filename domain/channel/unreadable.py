"""Orders in an answer of Amazon's that nobody can read: parked alone, until they can be read again."""

from collections.abc import Sequence
from datetime import datetime

from domain.accounts.records import Store
from domain.amazon.facts import OrderFacts, UnreadableOrder
from domain.change import Change, change
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.timeline import AMAZON, EventKind, Subject


async def note_unreadable(
    *, account_id: int, store: Store, orders: Sequence[OrderFacts | UnreadableOrder], now: datetime
) -> None:
    """Open an attention entry for each order that could not be read, and resolve those of orders that now can be.

    Comes before the readable orders of the same answer are stored; repeated, it changes nothing. `store` is the one
    that was read for, the first of several; an order is found again whichever of the account's it is read for.
    """
    parked = {order.amazon_order_id: order for order in orders if isinstance(order, UnreadableOrder)}
    read = {order.amazon_order_id for order in orders if isinstance(order, OrderFacts)}
    open_now = Attention.filter(account_id=account_id, kind=AttentionKind.UNREADABLE, state=AttentionState.OPEN)
    known = {row.facts.get("number"): row for row in await open_now.limit(1000)}
    healed = [row for number, row in known.items() if number in read and number not in parked]
    fresh = [order for number, order in parked.items() if number not in known]
    if not healed and not fresh:
        return
    async with change(now=now, actor=AMAZON) as unit:
        for row in healed:
            await _resolve(unit, row)
        for order in fresh:
            await _open(unit, store, order)


async def _open(unit: Change, store: Store, order: UnreadableOrder) -> None:
    message = f"Amazon's order {order.amazon_order_id or 'without a readable id'} could not be read."
    await Attention.create(
        account_id=store.account_id,
        store_id=store.id,
        kind=AttentionKind.UNREADABLE,
        subject=_subject(store, order.amazon_order_id),
        facts={"number": order.amazon_order_id, "field": order.problem.field, "reason": order.problem.reason[:500]},
        message=message,
        opened_at=unit.now,
        last_checked_at=unit.now,
    )
    unit.event(Subject(store.account_id, store.id), EventKind.ATTENTION_OPENED, message)


async def _resolve(unit: Change, row: Attention) -> None:
    await Attention.filter(id=row.id).update(
        state=AttentionState.RESOLVED, resolved_at=unit.now, actor_kind=unit.actor.kind
    )
    unit.event(Subject(row.account_id, row.store_id), EventKind.ATTENTION_RESOLVED, f"Resolved: {row.message}")


def _subject(store: Store, number: str | None) -> str:
    return f"{AttentionKind.UNREADABLE}:{store.id}:{number or 'without an id'}"
