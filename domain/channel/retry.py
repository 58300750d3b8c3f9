"""Evaluating orders again because a person asks for it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.leaving import leaving_refusal, leaving_stores
from domain.errors import ActionNotAllowed, DomainError, NotFound
from domain.timeline import Actor, EventKind


async def retry_import(*, order_ids: Sequence[int], now: datetime, actor: Actor) -> dict[int, DomainError | None]:
    """Mark orders to be evaluated at once; returns for each why it cannot be, None if it will be."""
    async with change(now=now, actor=actor) as unit:
        return await retry_in(unit, order_ids)


async def retry_in(unit: Change, order_ids: Sequence[int]) -> dict[int, DomainError | None]:
    """Mark orders to be evaluated at once inside the caller's change; returns for each why it cannot be."""
    unit.quiet()
    orders = {order.id: order for order in await AmazonOrder.filter(id__in=list(order_ids))}
    leaving = await leaving_stores(orders.values())
    answers = {order_id: _refusal(orders.get(order_id), leaving) for order_id in order_ids}
    accepted = [orders[order_id] for order_id, refusal in answers.items() if refusal is None]
    await unit.due(order.id for order in accepted)
    for order in accepted:
        unit.event(order.subject, EventKind.RETRY_REQUESTED, "The import is tried again.")
    return answers


def _refusal(order: AmazonOrder | None, leaving: Collection[int]) -> DomainError | None:
    if order is not None and order.store_id in leaving:
        return leaving_refusal(order, action="RETRY_IMPORT")
    return retry_refusal(order)


def retry_refusal(order: AmazonOrder | None) -> DomainError | None:
    """Return why an order cannot be evaluated again, None if it can."""
    if order is None:
        return NotFound("There is no such order.", path=("orderIds",))
    if order.commerce_order_id is not None:
        return ActionNotAllowed(
            "It has been imported already.",
            action="RETRY_IMPORT",
            current_status=order.amazon_status.value,
            path=("orderIds",),
        )
    return None
