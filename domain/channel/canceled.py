"""Goods of canceled orders that are not put back: who asked to cancel said that they are not there."""

from collections.abc import Sequence

from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import CommandKind, CommandState
from domain.catalog.stock import write_off
from domain.change import Change
from domain.channel.due_orders import DueOrder
from domain.timeline import EventKind


async def write_off_canceled(unit: Change, due_orders: Sequence[DueOrder]) -> None:
    """Take off the shelf what canceled orders hold, where who asked to cancel them wanted that.

    What other canceled orders hold is left to be released: those of the buyer's and Amazon's own will, too.
    """
    concerned = [due for due in due_orders if due.held and not restocks(due)]
    await write_off(unit, order_ids=[due.order.id for due in concerned])
    for due in concerned:
        unit.event(due.order.subject, EventKind.STOCK_DEDUCTED, "Inventory written off.", written_off=True)
        due.held = {}


def restocks(due: DueOrder) -> bool:
    """Return whether what an order holds is there for others once it is let go."""
    if due.order.amazon_status is not AmazonOrderStatus.CANCELED:
        return True
    # Of several only the last one counts: those before it had failed.
    carried_out = [
        one for one in due.commands if one.kind is CommandKind.CANCEL and one.state is CommandState.CONFIRMED
    ]
    return not carried_out or bool(carried_out[-1].payload.get("restock", True))
