"""What stands beside the orders of a file: asked once for each piece of it, and only for the columns chosen."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from api.database import read_rows
from api.documents.surroundings import redacted_at
from api.plans.fragments import one_of
from api.schema.buyer_emails import is_buyer_kept, told_email
from api.schema.reading import reading
from domain.accounts.records import Store
from domain.buyers import Owner, read_many
from domain.commerce.customers import made_up_email
from domain.sealing import Sealer

Found: TypeAlias = Mapping[int, Any]
"""What was found, by the row of the order; of stores by theirs."""

Ask: TypeAlias = Callable[[Sequence[Any], Sealer], Awaitable[Found]]


async def store_names(orders: Sequence[Any], _: Sealer) -> Found:
    """Return the names of the orders' stores."""
    with reading():
        stores = await Store.filter(id__in={order["store_id"] for order in orders})
    return {store.id: store.name for store in stores}


async def commerce_numbers(orders: Sequence[Any], _: Sealer) -> Found:
    """Return the numbers of Amazon orders' commerce orders."""
    rows = await _rows("SELECT channel_order_id, number FROM commerce_order WHERE {}", "channel_order_id", orders)
    return {row["channel_order_id"]: row["number"] for row in rows}


async def item_counts(orders: Sequence[Any], _: Sealer) -> Found:
    """Return how many pieces of Amazon orders are ordered, shipped, and still to ship."""
    rows = await _rows(
        "SELECT order_id, SUM(quantity_ordered) AS ordered, SUM(quantity_shipped) AS shipped, "
        "SUM(COALESCE(quantity_unshipped, quantity_ordered - quantity_shipped)) AS unshipped "
        "FROM amazon_item WHERE gone_at IS NULL AND {} GROUP BY order_id",
        "order_id",
        orders,
    )
    return {row["order_id"]: (row["ordered"], row["shipped"], row["unshipped"]) for row in rows}


async def line_counts(orders: Sequence[Any], _: Sealer) -> Found:
    """Return how many pieces of commerce orders are ordered and shipped."""
    rows = await _rows(
        "SELECT order_id, SUM(quantity_ordered) AS ordered, SUM(quantity_shipped) AS shipped "
        "FROM commerce_order_line WHERE {} GROUP BY order_id",
        "order_id",
        orders,
    )
    return {row["order_id"]: (row["ordered"], row["shipped"]) for row in rows}


async def reserved(orders: Sequence[Any], _: Sealer) -> Found:
    """Return the Amazon orders for which stock is held."""
    rows = await _rows(
        "SELECT DISTINCT order_id FROM reservation WHERE state = 'ACTIVE' AND {}",
        "order_id",
        orders,
    )
    return {row["order_id"]: True for row in rows}


async def notes(orders: Sequence[Any], _: Sealer) -> Found:
    """Return the newest line of Amazon orders' timelines."""
    rows = await _rows(
        "SELECT told.order_id AS order_id, told.message AS message FROM amazon_order "
        "JOIN event told ON told.order_id = amazon_order.id AND told.sequence = amazon_order.last_sequence WHERE {}",
        "amazon_order.id",
        orders,
    )
    return {row["order_id"]: row["message"] for row in rows}


async def amazon_buyers(orders: Sequence[Any], sealer: Sealer) -> Found:
    """Open what is kept of Amazon orders' buyers."""
    return await _buyers(Owner.AMAZON_ORDER, orders, sealer)


async def commerce_buyers(orders: Sequence[Any], sealer: Sealer) -> Found:
    """Open what is kept of commerce orders' buyers."""
    return await _buyers(Owner.COMMERCE_ORDER, orders, sealer)


async def commerce_emails(orders: Sequence[Any], sealer: Sealer) -> Found:
    """Return the addresses of commerce orders' buyers, as the orders themselves show them."""
    kept = await _buyers(Owner.COMMERCE_ORDER, orders, sealer)
    lost = [order["channel_order_id"] for order in orders if not is_buyer_kept(kept.get(order["id"], {}))]
    with reading():
        redacted = await redacted_at(lost)
    return {
        order["id"]: told_email(kept.get(order["id"], {})) or made_up_email(order["channel_number"])
        for order in orders
        if order["channel_order_id"] not in redacted
    }


async def _buyers(owner: Owner, orders: Sequence[Any], sealer: Sealer) -> Found:
    with reading():
        return await read_many(owner, [order["id"] for order in orders], sealer)


async def _rows(sql: str, column: str, orders: Sequence[Any]) -> Sequence[Any]:
    found = one_of(column, [order["id"] for order in orders])
    return await read_rows(sql.format(found.sql), found.parameters)


NOTHING: Final[Found] = {}
