"""Orders that are due, each with everything the evaluation looks at, read with a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.accounts.order_settings import OrderSettings
from domain.accounts.records import Store, StoreState
from domain.accounts.settings import settings_of_stores
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.orders import items_of
from domain.amazon.records import AmazonItem, AmazonOrder, Command
from domain.buyers import Values
from domain.catalog.matches import Wanted, find_products
from domain.catalog.records import Product, Reservation, ReservationState
from domain.channel.adopt import adopted_numbers
from domain.channel.base_rates import Base
from domain.channel.deliveries import deliveries_of
from domain.channel.moved import Moved
from domain.channel.records import Attention, AttentionState, DecisionRecord
from domain.commerce.given_back import Given, canceled_orders, given_back
from domain.commerce.orders import lines_of
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.instant import to_text
from domain.json_rows import placeholder
from domain.sealing import Sealer

SHIP_FIRST: Final = "latest_ship_at IS NULL, latest_ship_at, purchased_at, id"
"""The order in which orders that are due are evaluated."""

SHIPPED = (AmazonOrderStatus.SHIPPED, AmazonOrderStatus.INVOICE_UNCONFIRMED)

_R = TypeVar("_R", AmazonItem, Command, Attention, Reservation, CommerceOrderLine)


@dataclass(slots=True, kw_only=True)
class DueOrder:
    """One order with what is known about it; `products` and `held` go by the item's row, `given` by the order line.

    `buyer` holds the address as people corrected it; of an imported order it is there while that is open.
    """

    order: AmazonOrder
    store: Store
    settings: OrderSettings
    settings_version: int
    items: list[AmazonItem]
    products: dict[int, Product]
    held: dict[int, Reservation]
    hold_expired: bool
    commands: list[Command]
    attention: list[Attention]
    decision: DecisionRecord | None
    buyer: Values | None
    commerce: CommerceOrder | None
    lines: list[CommerceOrderLine] = field(default_factory=list)
    given: dict[int, Given] = field(default_factory=dict)
    moved: Moved | None = None
    stale: Moved | None = None
    was_canceled: bool = False
    base: Base | None = None  # of one to be imported, while there is a base currency
    adopted_as: str | None = None  # what another system calls the order that it made of it

    @property
    def cutoff_at(self) -> datetime:
        """From when on its store imports orders; what another system had taken is taken over whenever it was placed."""
        return min(self.store.cutoff_at, self.order.purchased_at) if self.adopted_as else self.store.cutoff_at

    @property
    def is_leaving(self) -> bool:
        """Its store is being deleted, and the order with it."""
        return self.store.state is StoreState.DELETING

    @property
    def has_shipped(self) -> bool:
        """Amazon says that everything has left."""
        return self.order.amazon_status in SHIPPED


async def due_ids(
    connection: BaseDBAsyncClient, *, now: str, limit: int, stores: Collection[int] | None = None
) -> list[int]:
    """Return the orders that are due, those that have to ship first before the others; none of a store that goes.

    With `stores` only theirs.
    """
    due, most = placeholder(connection, 1), placeholder(connection, 2)
    theirs = "" if stores is None else f"AND store_id IN ({', '.join(map(str, stores))}) "
    _, rows = await connection.execute_query(
        f"SELECT id FROM amazon_order WHERE evaluate_due <= {due} {theirs}"
        f"AND store_id NOT IN (SELECT id FROM store WHERE state = 'DELETING') ORDER BY {SHIP_FIRST} LIMIT {most}",
        [now, limit],
    )
    return [row["id"] for row in rows]


async def load(order_ids: Sequence[int], *, sealer: Sealer) -> list[DueOrder]:
    """Read these orders with all that belongs to them, those that have to ship first before the others."""
    orders = await AmazonOrder.filter(id__in=order_ids).select_for_update()
    orders.sort(key=_ship_first)
    ids = [order.id for order in orders]
    stores = {store.id: store for store in await Store.filter(id__in={order.store_id for order in orders})}
    settings = await settings_of_stores(list(stores))
    items = await items_of(ids)
    products = await _products(orders, items)
    reservations = _by_order(await Reservation.filter(order_id__in=ids))
    commands = _by_order(await Command.filter(order_id__in=ids).order_by("order_id", "order_seq"))
    attention = _by_order(await Attention.filter(order_id__in=ids).exclude(state=AttentionState.RESOLVED))
    decisions = {row.order_id: row for row in await DecisionRecord.filter(order_id__in=ids)}
    commerce = {row.channel_order_id: row for row in await CommerceOrder.filter(channel_order_id__in=ids)}
    lines = _by_order(await lines_of([row.id for row in commerce.values()]))
    lines_by_order = {order_id: lines[row.id] for order_id, row in commerce.items()}
    given = await given_back([row.id for row in commerce.values() if row.refunded_minor])
    canceled = await canceled_orders(_given_back_in_full(commerce.values(), lines))
    adopted = await adopted_numbers([order for order in orders if order.commerce_order_id is None])
    deliveries = await deliveries_of(ids, commerce, sealer=sealer)
    return [
        DueOrder(
            order=order,
            store=stores[order.store_id],
            settings=settings[order.store_id][1],
            settings_version=settings[order.store_id][0],
            items=items[order.id],
            products={item.id: products[item.id] for item in items[order.id] if item.id in products},
            held={row.item_id: row for row in reservations[order.id] if row.state is ReservationState.ACTIVE},
            hold_expired=any(row.state is ReservationState.EXPIRED for row in reservations[order.id]),
            commands=commands[order.id],
            attention=attention[order.id],
            decision=decisions.get(order.id),
            buyer=deliveries[order.id].buyer,
            commerce=commerce.get(order.id),
            lines=lines_by_order.get(order.id, []),
            given={line.id: given[line.id] for line in lines_by_order.get(order.id, ())},
            moved=deliveries[order.id].moved,
            stale=deliveries[order.id].stale,
            was_canceled=order.commerce_order_id in canceled,
            adopted_as=adopted.get(order.id),
        )
        for order in orders
    ]


async def _products(orders: Iterable[AmazonOrder], items: Mapping[int, Sequence[AmazonItem]]) -> dict[int, Product]:
    open_items = [item for order in orders if order.commerce_order_id is None for item in items[order.id]]
    wanted = {item.id: Wanted(item.account_id, item.seller_sku, item.asin, item.id) for item in open_items}
    found = await find_products(set(wanted.values()))
    return {item_id: found[one].product for item_id, one in wanted.items() if one in found}


def _given_back_in_full(orders: Iterable[CommerceOrder], lines: Mapping[int, Sequence[CommerceOrderLine]]) -> list[int]:
    paid_back = [order.id for order in orders if order.refunded_minor == order.total_minor]
    return [
        order_id
        for order_id in paid_back
        if all(line.quantity_refunded >= line.quantity_invoiced for line in lines[order_id])
    ]


def _by_order(rows: Iterable[_R]) -> defaultdict[int, list[_R]]:
    grouped: defaultdict[int, list[_R]] = defaultdict(list)
    for row in rows:
        grouped[row.order_id or 0].append(row)
    return grouped


def _ship_first(order: AmazonOrder) -> tuple[bool, str, str, int]:
    ship_by = order.latest_ship_at
    return ship_by is None, to_text(ship_by) if ship_by else "", to_text(order.purchased_at), order.id
