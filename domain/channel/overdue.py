"""Commands that Amazon took and whose fact does not show: a person is told once, and what is moot is not waited for."""

from datetime import datetime, timedelta
from typing import Final

from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import Change, change
from domain.channel.attention import Concern, open_all, resolve
from domain.channel.due_orders import SHIPPED
from domain.channel.packages import packages_of
from domain.channel.proofs import parked_concern
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.instant import to_text
from domain.json_rows import placeholder
from domain.timeline import SYSTEM, EventKind

PATIENCE: Final = timedelta(hours=24)
"""How long after Amazon took a command its fact may be missing without a word."""

BATCH: Final = 500

# By store and state first, which an index finds. What somebody was told since Amazon took the command is not told
# again, whether or not it still stands in the list; while a store is paused nobody looks, so nothing is late there.
_LATE: Final = """
    SELECT c.id FROM command c JOIN amazon_order o ON o.id = c.order_id
    WHERE c.store_id IN (SELECT id FROM store WHERE state = 'ACTIVE') AND c.state IN ('SENT', 'ACCEPTED')
    AND COALESCE(c.accepted_at, c.sent_at) <= {before}
    AND (c.kind = 'CONFIRM_SHIPMENT' AND c.state = 'ACCEPTED' AND o.amazon_status IN ('SHIPPED', 'INVOICE_UNCONFIRMED')
        OR NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = c.order_id AND a.command_id = c.id
        AND a.kind = 'COMMAND_OVERDUE' AND a.opened_at >= COALESCE(c.accepted_at, c.sent_at)))
    ORDER BY c.id LIMIT {most}"""

_SAID: Final = {
    CommandState.ACCEPTED: "Amazon took it more than a day ago and does not show it yet",
    CommandState.SENT: "it went to Amazon more than a day ago, and nobody knows what became of it",
}


async def note_overdue(*, now: datetime, limit: int = BATCH) -> int:
    """Ask a person to look at commands whose fact does not show within a day of business time; return how many.

    A package that Amazon took and does not list, although it says that all has shipped and lists others, is parked.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        late = await _late(unit, limit)
        orders = {order.id: order for order in await AmazonOrder.filter(id__in=[one.order_id for one in late])}
        shipped = [command for command in late if _has_shipped(command, orders[command.order_id])]
        parked = [await _settle(unit, command, orders[command.order_id]) for command in shipped].count(True)
        waiting = [command for command in late if command not in shipped]
        await open_all(unit, [(orders[command.order_id], _overdue(command)) for command in waiting])
        await refresh_display(unit=unit, order_ids={command.order_id for command in shipped})
        return parked + len(waiting)


async def _late(unit: Change, limit: int) -> list[Command]:
    statement = _LATE.format(before=placeholder(unit.connection, 1), most=placeholder(unit.connection, 2))
    _, rows = await unit.connection.execute_query(statement, [to_text(unit.now - PATIENCE), limit])
    return await Command.filter(id__in=[row["id"] for row in rows]).order_by("id")


def _has_shipped(command: Command, order: AmazonOrder) -> bool:
    accepted = command.kind is CommandKind.CONFIRM_SHIPMENT and command.state is CommandState.ACCEPTED
    return accepted and order.amazon_status in SHIPPED


async def _settle(unit: Change, command: Command, order: AmazonOrder) -> bool:
    listed = {package.reference for package in packages_of(order)}
    if not listed or command.package_reference in listed:
        await unit.due([order.id])  # what Amazon says proves it
        return False
    await Command.filter(id=command.id).update(state=CommandState.PARKED, due_at=None, lease_until=None)
    told = await Attention.filter(order_id=order.id, command_id=command.id).exclude(state=AttentionState.RESOLVED)
    await resolve(unit, order, told)
    message = (
        f"Amazon says that all has shipped and lists other packages, but not package {command.package_reference} "
        "that it took: look into Seller Central whether the buyer has its tracking number."
    )
    unit.event(order.subject, EventKind.MARKETPLACE_PARKED, message, command_id=command.id)
    await open_all(unit, [(order, parked_concern(command, message))])
    return True


def _overdue(command: Command) -> Concern:
    words = command.kind.value.lower().replace("_", " ")
    about = f"{words} of package {command.package_reference}" if command.package_reference else words
    return Concern(
        kind=AttentionKind.COMMAND_OVERDUE,
        about=f"command:{command.id}",
        message=f"Amazon's answer is overdue ({about}): {_SAID[command.state]}. Look into Seller Central.",
        command_id=command.id,
        facts={"command": command.kind.value, "package": command.package_reference},
    )
