"""Holds: an order stands still, once at a time, and then goes on where it stood; past holds stay on record."""

from collections.abc import Collection
from datetime import datetime

from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.orders import move_orders
from domain.commerce.records import CommerceOrder
from domain.commerce.workflow_records import HoldEnding, HoldReason, OrderHold
from domain.timeline import Actor


async def place_hold(
    order: CommerceOrder, *, reason: HoldReason, note: str | None, until: datetime | None, now: datetime, actor: Actor
) -> OrderHold:
    """Put an order that is not on hold on hold, and remember where it stood."""
    hold = await OrderHold.create(
        order_id=order.id,
        account_id=order.account_id,
        reason=reason,
        note=note,
        state_before=order.state,
        status_before=order.status,
        placed_at=now,
        placed_by_kind=actor.kind,
        placed_by_name=actor.name,
        until_at=until,
    )
    await move_orders([order], CommerceOrderState.ON_HOLD, now=now)
    return hold


async def end_hold(order: CommerceOrder, hold: OrderHold, *, ending: HoldEnding, now: datetime, actor: Actor) -> None:
    """End an order's hold, and bring the order back to where it stood."""
    hold.ended_at, hold.ending = now, ending
    hold.ended_by_kind, hold.ended_by_name = actor.kind, actor.name
    await hold.save(update_fields=["ended_at", "ending", "ended_by_kind", "ended_by_name"])
    await move_orders([order], hold.state_before, now=now, status=hold.status_before)


async def open_holds(order_ids: Collection[int]) -> dict[int, OrderHold]:
    """Return the hold of each of these orders that is on hold."""
    holds = OrderHold.filter(order_id__in=list(order_ids), ended_at__isnull=True)
    return {hold.order_id: hold for hold in await holds}


async def holds_over(*, now: datetime, limit: int) -> list[OrderHold]:
    """Return holds whose time is over and that stand nevertheless, the longest over first."""
    return await OrderHold.filter(ended_at__isnull=True, until_at__lte=now).order_by("until_at", "id").limit(limit)
