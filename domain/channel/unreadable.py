"""Orders in an answer of Amazon's that nobody can read: parked alone, until they can be read again."""

from collections import defaultdict
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
    that was read for, the first of several; an order is found again whichever of the account's it is read for. Orders
    without an id are told apart by their content. What a person dismissed comes back only with another content.
    """
    parked = {_subject(account_id, order): order for order in orders if isinstance(order, UnreadableOrder)}
    read = {_named(account_id, order.amazon_order_id) for order in orders if isinstance(order, OrderFacts)}
    known: defaultdict[str, list[Attention]] = defaultdict(list)
    unresolved = Attention.filter(subject__in=[*parked, *read]).exclude(state=AttentionState.RESOLVED)
    for row in await unresolved:
        known[row.subject].append(row)
    healed = [row for subject, rows in known.items() if subject not in parked for row in rows]
    fresh = {subject: order for subject, order in parked.items() if not _is_told(order, known[subject])}
    if not healed and not fresh:
        return
    async with change(now=now, actor=AMAZON) as unit:
        unit.quiet()
        for row in healed:
            await _resolve(unit, row)
        for subject, order in fresh.items():
            await _open(unit, store, subject, order)


def _is_told(order: UnreadableOrder, rows: Sequence[Attention]) -> bool:
    return any(row.state is AttentionState.OPEN or row.facts.get("digest") == order.digest for row in rows)


async def _open(unit: Change, store: Store, subject: str, order: UnreadableOrder) -> None:
    message = f"Amazon's order {order.amazon_order_id or _nameless(order)} could not be read."
    await Attention.create(
        account_id=store.account_id,
        store_id=store.id,
        kind=AttentionKind.UNREADABLE,
        subject=subject,
        facts={
            "number": order.amazon_order_id,
            "field": order.problem.field,
            "reason": order.problem.reason[:500],
            "digest": order.digest,
        },
        message=message,
        opened_at=unit.now,
        last_checked_at=unit.now,
    )
    unit.event(Subject(store.account_id, store.id), EventKind.ATTENTION_OPENED, message)


async def _resolve(unit: Change, row: Attention) -> None:
    await Attention.filter(id=row.id).update(
        state=AttentionState.RESOLVED, resolved_at=unit.now, actor_kind=unit.actor.kind
    )
    if row.state is AttentionState.OPEN:
        unit.event(Subject(row.account_id, row.store_id), EventKind.ATTENTION_RESOLVED, f"Resolved: {row.message}")


def _nameless(order: UnreadableOrder) -> str:
    return f"without a readable id (content {order.digest[:8]})" if order.digest else "without a readable id"


def _subject(account_id: int, order: UnreadableOrder) -> str:
    if order.amazon_order_id:
        return _named(account_id, order.amazon_order_id)
    return _named(account_id, f"without an id, content {order.digest}")


def _named(account_id: int, name: str) -> str:
    return f"{AttentionKind.UNREADABLE}:{account_id}:{name}"
