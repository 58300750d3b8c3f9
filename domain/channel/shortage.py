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

# Of the items of an order that lack the same product only the first says how many the order needs in all.
_TOGETHER: Final = """
    SELECT asked.cause, (SELECT SUM(a.needed) FROM attention a
        WHERE a.state = 'OPEN' AND a.cause IS NOT NULL AND a.cause = asked.cause) AS needed,
    (SELECT SUM(r.quantity) FROM reservation r WHERE r.product_id = asked.product_id AND r.state = 'ACTIVE'
        AND EXISTS (SELECT 1 FROM attention a WHERE a.order_id = r.order_id AND a.state = 'OPEN'
        AND a.cause = asked.cause)) AS held
    FROM {asked} asked"""


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
    lacking = {row["cause"]: int(row["needed"] or 0) - int(row["held"] or 0) for row in rows}
    return {cause: max(0, lacking[cause] - free[product]) for cause, product in products.items()}


async def _free(product_ids: Iterable[int]) -> Counter[int]:
    stocks = await stock_of(product_ids)
    return Counter({product_id: stock.on_hand - stock.reserved for product_id, stock in stocks.items()})
