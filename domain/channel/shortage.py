"""How many of a product are missing before orders that stand still for lack of it can be imported."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from tortoise.connection import get_connection

from domain.amazon.facts import FulfillmentChannel
from domain.catalog.shelf import stock_of
from domain.channel.blockers import required_of
from domain.channel.due_orders import load
from domain.channel.rulings import order_state
from domain.json_rows import encode_rows, json_rows
from domain.sealing import Sealer

# Each of several items of one order says what the order needs in all, so only one of them is counted.
_TOGETHER: Final = """
    SELECT asked.cause, SUM(lacking.needed - COALESCE(held.quantity, 0)) AS needed FROM {asked} asked
    JOIN (SELECT a.cause, a.order_id, MAX(a.needed) AS needed FROM attention a
        WHERE a.cause IN (SELECT cause FROM {asked} named) AND a.state = 'OPEN' GROUP BY a.cause, a.order_id) lacking
    ON lacking.cause = asked.cause
    LEFT JOIN (SELECT r.product_id, r.order_id, SUM(r.quantity) AS quantity FROM reservation r
        WHERE r.product_id IN (SELECT product_id FROM {asked} named) AND r.state = 'ACTIVE'
        GROUP BY r.product_id, r.order_id) held
    ON held.order_id = lacking.order_id AND held.product_id = asked.product_id
    GROUP BY asked.cause"""


async def short_of_order(order_id: int, product_id: int, *, sealer: Sealer) -> int:
    """Return how many more of a product one order needs, what is free now and what it holds already aside."""
    (due,) = await load([order_id], sealer=sealer)
    merchant = due.order.fulfillment_channel is FulfillmentChannel.MERCHANT
    required = required_of(order_state(due, available={}).lines, merchant=merchant)[product_id]
    held = sum(row.quantity for row in due.held.values() if row.product_id == product_id)
    free = (await _free([product_id]))[product_id]
    return max(0, required - int(held) - free)


async def short_together(products: Mapping[str, int]) -> dict[str, int]:
    """Return by cause how many more of its product the orders need together that lack it now, dismissed ones aside."""
    connection = get_connection("default")
    asked = json_rows(connection, {"cause": "text", "product_id": "integer"})
    _, rows = await connection.execute_query(
        _TOGETHER.format(asked=asked), [encode_rows([*map(list, products.items())])]
    )
    free = await _free(products.values())
    needed = {row["cause"]: int(row["needed"] or 0) for row in rows}
    return {cause: max(0, needed.get(cause, 0) - free[product]) for cause, product in products.items()}


async def _free(product_ids: Iterable[int]) -> Counter[int]:
    stocks = await stock_of(product_ids)
    return Counter({product_id: stock.on_hand - stock.reserved for product_id, stock in stocks.items()})
