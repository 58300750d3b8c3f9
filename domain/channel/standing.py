"""Orders with all that decides what can be done with them, read with a handful of statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.amazon.orders import items_of
from domain.amazon.records import AmazonItem, AmazonOrder, Command
from domain.channel.leaving import leaving_stores
from domain.commerce.orders import lines_of
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An order, its commerce order with lines if it has one, what is ordered, and all that Amazon was asked to do."""

    order: AmazonOrder
    commerce: CommerceOrder | None
    lines: Sequence[CommerceOrderLine] = ()
    items: Sequence[AmazonItem]
    commands: Sequence[Command]
    is_leaving: bool = False  # its store is being deleted
    unreachable: DomainError | None = None  # why nothing can be written to its buyer, where that was looked at

    @property
    def ordered(self) -> list[list[str | int]]:
        """Amazon's item ids with how many are ordered now, as the payload of a cancellation names them."""
        return [[item.item_id, item.quantity_ordered] for item in self.items if item.quantity_ordered]


async def standings(orders: Sequence[AmazonOrder]) -> dict[int, Standing]:
    """Return what is known of these orders by their row; commands in their order."""
    ids = [order.id for order in orders]
    commerce = {row.channel_order_id: row for row in await CommerceOrder.filter(channel_order_id__in=ids)}
    lines: defaultdict[int, list[CommerceOrderLine]] = defaultdict(list)
    for line in await lines_of([row.id for row in commerce.values()]):
        lines[line.order_id].append(line)
    items = await items_of(ids)
    commands: defaultdict[int, list[Command]] = defaultdict(list)
    for command in await Command.filter(order_id__in=ids).order_by("order_id", "order_seq"):
        commands[command.order_id].append(command)
    leaving = await leaving_stores(orders)
    return {
        order.id: Standing(
            order=order,
            commerce=(found := commerce.get(order.id)),
            lines=lines[found.id] if found else (),
            items=items[order.id],
            commands=commands[order.id],
            is_leaving=order.store_id in leaving,
        )
        for order in orders
    }
