"""Holds that Amazon's facts overtake: what has shipped or is canceled there is no longer held here."""

from collections.abc import Sequence

from domain.change import Change
from domain.channel.due_orders import DueOrder
from domain.commerce.holds import end_hold, open_holds
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.workflow_records import HoldEnding
from domain.timeline import AMAZON, EventKind


async def overtake_holds(unit: Change, due_orders: Sequence[DueOrder]) -> None:
    """End the holds of these orders, so that they follow Amazon from where they stood; the holds stay on record."""
    held = {due.commerce.id: due for due in due_orders if due.commerce and _is_held(due)}
    if not held:
        return
    for order_id, hold in (await open_holds(held)).items():
        due = held[order_id]
        assert due.commerce is not None, "only orders with one are held"
        await end_hold(due.commerce, hold, ending=HoldEnding.OVERTAKEN, now=unit.now, actor=AMAZON)
        unit.event(
            due.order.subject,
            EventKind.RELEASED,
            f"Amazon shows the order as {due.order.amazon_status.value}, so it is no longer on hold.",
            actor=AMAZON,
            hold_id=hold.id,
            ending=HoldEnding.OVERTAKEN.value,
        )


def _is_held(due: DueOrder) -> bool:
    return due.commerce is not None and due.commerce.state is CommerceOrderState.ON_HOLD
