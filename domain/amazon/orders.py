"""Questions to the stored Amazon orders that every side asks, and the status a person sees."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tortoise.expressions import Subquery

from domain.amazon.display import DisplayStatus, display_status
from domain.amazon.records import OPEN_COMMANDS, AmazonItem, AmazonOrder, Command, CommandKind, CommandState
from domain.change import Change

_OF_PACKAGES = (CommandKind.CONFIRM_SHIPMENT, CommandKind.UPDATE_TRACKING)
_FAILED = (CommandState.REFUSED, CommandState.PARKED, CommandState.DEAD)


async def items_of(order_ids: Sequence[int], *, with_gone: bool = False) -> dict[int, list[AmazonItem]]:
    """Return each order's items in Amazon's order, without those that Amazon no longer lists unless asked."""
    found = AmazonItem.filter(order_id__in=list(order_ids)).order_by("order_id", "position", "id")
    if not with_gone:
        found = found.filter(gone_at__isnull=True)
    items: dict[int, list[AmazonItem]] = {order_id: [] for order_id in order_ids}
    for item in await found:
        items[item.order_id].append(item)
    return items


async def unconfirmed_orders(store_ids: Iterable[int], *, limit: int) -> list[AmazonOrder]:
    """Return the orders of stores of which a command awaits its fact, those first that were not read for longest.

    A refund awaits none: the order does not show it.
    """
    waiting = Command.filter(store_id__in=list(store_ids), state__in=(CommandState.SENT, CommandState.ACCEPTED))
    waiting = waiting.exclude(kind=CommandKind.REFUND)
    orders = AmazonOrder.filter(id__in=Subquery(waiting.values("order_id")))
    return await orders.order_by("fetched_at", "id").limit(limit)


async def refresh_display(*, unit: Change, order_ids: Iterable[int]) -> None:
    """Recompute and store what a person should see of these orders, inside the caller's change."""
    ids = list(order_ids)
    if not ids:
        return
    commands: dict[int, list[Command]] = {order_id: [] for order_id in ids}
    for command in await Command.filter(order_id__in=ids).using_db(unit.connection).order_by("order_id", "order_seq"):
        commands[command.order_id].append(command)
    changed: defaultdict[DisplayStatus, list[int]] = defaultdict(list)
    for order in await AmazonOrder.filter(id__in=ids).using_db(unit.connection):
        shown = display_status(
            order.amazon_status,
            import_state=order.import_state,
            completed=order.completed_at is not None,
            cancel_open=_cancel_open(commands[order.id]),
            command_refused=_shipment_failed(commands[order.id]),
        )
        if shown is not order.display_status:
            changed[shown].append(order.id)
    for shown, concerned in changed.items():
        await AmazonOrder.filter(id__in=concerned).using_db(unit.connection).update(display_status=shown)


def _shipment_failed(commands: Sequence[Command]) -> bool:
    return any(command.kind in _OF_PACKAGES and command.state in _FAILED for command in commands)


def _cancel_open(commands: Sequence[Command]) -> bool:
    return any(command.kind is CommandKind.CANCEL and command.state in OPEN_COMMANDS for command in commands)
