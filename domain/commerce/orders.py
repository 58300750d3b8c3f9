"""Commerce orders made and completed, many at a time."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.commerce.lifecycle import (
    DEFAULT_STATUS,
    ENDED,
    CommerceOrderState,
    LineQuantities,
    OrderProgress,
    state_after_change,
)
from domain.commerce.numbers import Numbered, NumberTaken, take_numbers
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Document, DocumentLine, Invoice

OrderNumber: TypeAlias = tuple[str, str]
"""A store view and a number in it."""

TakeNumbers: TypeAlias = Callable[[str, str, int], Awaitable[list[str]]]
"""Takes the next numbers of a store view: its code, the prefix they get, how many."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """An order about to be made: its record without a number, its lines, and the number or prefix it should get."""

    order: CommerceOrder
    lines: list[CommerceOrderLine]
    number: str | None = None
    prefix: str = ""


async def place_orders(connection: BaseDBAsyncClient, drafts: Sequence[Draft]) -> list[Invoice]:
    """Store these orders with their lines and an invoice of everything each; returns the invoices in their order.

    Afterwards the drafts hold the stored records. Raises NumberTaken.
    """
    if not drafts:
        return []

    async def take(store_view: str, prefix: str, count: int) -> list[str]:
        return await take_numbers(connection, store_view=store_view, kind=Numbered.ORDER, count=count, prefix=prefix)

    await number_orders(drafts, take=take)
    await CommerceOrder.bulk_create([draft.order for draft in drafts])
    await _read_back(drafts)
    await CommerceOrderLine.bulk_create([line for draft in drafts for line in draft.lines])
    stored: defaultdict[int, list[CommerceOrderLine]] = defaultdict(list)
    for line in await lines_of([draft.order.id for draft in drafts]):
        stored[line.order_id].append(line)
    for draft in drafts:
        draft.lines = stored[draft.order.id]
    return await _invoice(connection, drafts)


async def lines_of(order_ids: Collection[int]) -> list[CommerceOrderLine]:
    """Return the lines of these orders, each order's in their positions."""
    return await CommerceOrderLine.filter(order_id__in=list(order_ids)).order_by("order_id", "position", "id")


def quantities(line: CommerceOrderLine) -> LineQuantities:
    """Return how far a line has come."""
    return LineQuantities(
        ordered=line.quantity_ordered,
        invoiced=line.quantity_invoiced,
        shipped=line.quantity_shipped,
        refunded=line.quantity_refunded,
        canceled=line.quantity_canceled,
    )


def progress(order: CommerceOrder, lines: Iterable[CommerceOrderLine]) -> OrderProgress:
    """Return how far an order has come, for what it allows and for where a change leads.

    It is a marketplace's order: it is complete when the marketplace says so.
    """
    return OrderProgress(
        state=order.state,
        lines=[quantities(line) for line in lines],
        total_minor=order.total_minor,
        paid_minor=order.paid_minor,
        refunded_minor=order.refunded_minor,
        has_customer=order.customer_id is not None,
        awaits_marketplace=True,
    )


async def move_orders(
    orders: Iterable[CommerceOrder], state: CommerceOrderState, *, now: datetime, status: str | None = None
) -> None:
    """Bring orders to a state, at its default status unless another one is given; the first end gives its time."""
    moved = list(orders)
    for order in moved:
        order.state = state
        order.status = status or DEFAULT_STATUS[state]
        order.completed_at = now if state in ENDED and order.completed_at is None else order.completed_at
        order.version += 1
    if moved:
        await CommerceOrder.bulk_update(moved, fields=["state", "status", "completed_at", "version"])


async def advance(order: CommerceOrder, lines: Iterable[CommerceOrderLine], *, now: datetime) -> None:
    """Bring an order to the state that its quantities and payments lead to, if that is another one."""
    state = state_after_change(progress(order, lines))
    if state is not order.state:
        await move_orders([order], state, now=now)


async def number_orders(drafts: Sequence[Draft], *, take: TakeNumbers, taken: Collection[OrderNumber] = ()) -> None:
    """Give each draft its number: its own, or the next one of its store view.

    `taken` are numbers that are taken besides the stored ones. Raises NumberTaken.
    """
    waiting: defaultdict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.number is None:
            waiting[draft.order.store_view, draft.prefix].append(draft)
        else:
            draft.order.number = draft.number
    for (store_view, prefix), same in waiting.items():
        numbers = await take(store_view, prefix, len(same))
        for draft, number in zip(same, numbers, strict=True):
            draft.order.number = number
    await _refuse_taken([draft.order for draft in drafts], taken)


async def _refuse_taken(orders: Sequence[CommerceOrder], taken_besides: Collection[OrderNumber]) -> None:
    numbers = {order.number for order in orders}
    stored = await CommerceOrder.filter(number__in=numbers).values_list("store_view", "number")
    taken = {*taken_besides, *((str(store_view), str(number)) for store_view, number in stored)}
    for order in orders:
        if (order.store_view, order.number) in taken:
            raise NumberTaken(
                f"Commerce order number {order.number} is taken in store view {order.store_view}; "
                "choose another number source or prefix in the order settings."
            )
        taken.add((order.store_view, order.number))


async def _read_back(drafts: Sequence[Draft]) -> None:
    numbers = [draft.order.number for draft in drafts]
    stored = await CommerceOrder.filter(number__in=numbers)
    made = {(order.store_view, order.number): order for order in stored}
    for draft in drafts:
        draft.order = made[draft.order.store_view, draft.order.number]
        for line in draft.lines:
            line.order_id = draft.order.id


async def _invoice(connection: BaseDBAsyncClient, drafts: Sequence[Draft]) -> list[Invoice]:
    views: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        views[draft.order.store_view].append(draft)
    for store_view, same in views.items():
        numbers = await take_numbers(connection, store_view=store_view, kind=Numbered.INVOICE, count=len(same))
        await Invoice.bulk_create([_bill(draft.order, number) for draft, number in zip(same, numbers, strict=True)])
    stored = await Invoice.filter(order_id__in=[draft.order.id for draft in drafts])
    invoices = {invoice.order_id: invoice for invoice in stored}
    covered = [
        DocumentLine(
            document=Document.INVOICE,
            document_id=invoices[line.order_id].id,
            account_id=line.account_id,
            line_id=line.id,
            quantity=line.quantity_ordered,
            amount_minor=line.total_minor,
        )
        for draft in drafts
        for line in draft.lines
    ]
    await DocumentLine.bulk_create(covered)
    return [invoices[draft.order.id] for draft in drafts]


def _bill(order: CommerceOrder, number: str) -> Invoice:
    return Invoice(
        order_id=order.id,
        account_id=order.account_id,
        store_view=order.store_view,
        number=number,
        currency=order.currency,
        shipping_minor=order.shipping_minor,
        tax_minor=order.tax_minor,
        total_minor=order.total_minor,
        base_currency=order.base_currency,
        base_total_minor=order.base_total_minor,
        created_at=order.created_at,
    )
