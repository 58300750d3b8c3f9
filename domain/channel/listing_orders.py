"""Listings marked because something changed about orders: an order that holds nothing here is open all the same."""

from collections.abc import Sequence
from typing import Final

from domain.catalog.listing_marks import mark_listings
from domain.catalog.listing_records import StockPush
from domain.change import Change
from domain.json_rows import encode_rows, json_rows

_PRODUCTS: Final = """
    WITH items AS (SELECT i.id, i.account_id, i.seller_sku, i.asin
        FROM {ids} named CROSS JOIN amazon_item i WHERE i.order_id = named.id)
    SELECT p.id FROM items CROSS JOIN product p WHERE p.sku = items.seller_sku
    UNION SELECT p.id FROM items CROSS JOIN product p WHERE p.asin = items.asin
    UNION SELECT m.product_id FROM items CROSS JOIN product_match m
        WHERE m.account_id = items.account_id AND m.seller_sku = items.seller_sku
    UNION SELECT c.product_id FROM items CROSS JOIN item_match c WHERE c.item_id = items.id"""


async def mark_listings_of_orders(unit: Change, order_ids: Sequence[int]) -> None:
    """Have the listings computed again of all that these orders may mean; more than needed does no harm."""
    if not order_ids or not await StockPush.exists():
        return
    ids = json_rows(unit.connection, {"id": "integer"})
    _, rows = await unit.connection.execute_query(
        _PRODUCTS.format(ids=ids), [encode_rows([[order_id] for order_id in order_ids])]
    )
    await mark_listings(unit, [row["id"] for row in rows])
