"""How many of a product are offered on Amazon: what lies on the shelf, less what is open.

Amazon takes the units of an order from its number when the buyer places it, and a number that is pushed replaces
Amazon's whatever it took. So the pushed number is always computed anew from the shelf, and never by adding to or
subtracting from Amazon's: no order is subtracted twice. Open is what is promised to orders here, and what is open in
Amazon orders that are known and hold nothing here (blocked, pending, or not imported).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import orjson
from tortoise.connection import get_connection

from domain.catalog.listing_records import Listing, StockPush
from domain.catalog.matches import Wanted, find_products
from domain.json_rows import encode_rows, json_rows

_COUNTS: Final = """
    SELECT p.id, p.sku, p.asin, p.enabled, p.manages_stock,
        (SELECT COALESCE(SUM(s.on_hand), 0) FROM stock s WHERE s.product_id = p.id) AS on_hand,
        (SELECT COALESCE(SUM(s.reserved), 0) FROM stock s WHERE s.product_id = p.id) AS reserved,
        (SELECT COALESCE(MAX(m.id), 0) FROM stock_move m WHERE m.product_id = p.id) AS moved
    FROM {ids} wanted CROSS JOIN product p WHERE p.id = wanted.id"""

# By store and status first, which an index finds: few orders are open and not imported, a SKU may be in very many.
_UNHELD: Final = """
    SELECT i.id, i.account_id, i.seller_sku, i.asin, COALESCE(r.quantity, 0) AS held,
        COALESCE(i.quantity_unshipped, i.quantity_ordered - i.quantity_shipped) AS units
    FROM amazon_order o JOIN amazon_item i ON i.order_id = o.id
    LEFT JOIN reservation r ON r.item_id = i.id AND r.state = 'ACTIVE'
    WHERE o.store_id IN (SELECT id FROM store)
    AND o.amazon_status IN ('PENDING_AVAILABILITY', 'PENDING', 'UNSHIPPED', 'PARTIALLY_SHIPPED')
    AND o.fulfillment_channel = 'MERCHANT' AND o.commerce_order_id IS NULL AND i.gone_at IS NULL
    AND (i.seller_sku IN (SELECT sku FROM {skus} s) OR i.asin IN (SELECT sku FROM {skus} s)
        OR i.id IN (SELECT c.item_id FROM item_match c JOIN {ids} d ON c.product_id = d.id))"""

_NEWEST: Final = """
    SELECT wanted.sku, (SELECT MAX(i.id) FROM store t CROSS JOIN amazon_item i
        WHERE i.store_id = t.id AND i.seller_sku = wanted.sku) AS item_id
    FROM {skus} wanted"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an account's stores set: at or below the threshold nothing is offered, and never more than `most`."""

    threshold: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """The number of a listing, and a mark of all that it was made of: two that are equal need no second message."""

    quantity: int
    stamp: str


def offer(*, on_hand: int, open_units: int, enabled: bool, limits: Limits) -> int:
    """Return how many are offered; whole units, never below nothing."""
    free = on_hand - open_units
    if not enabled or free <= limits.threshold:
        return 0
    return free if limits.most is None else min(free, limits.most)


async def limits_of(account_ids: Collection[int]) -> dict[int, Limits]:
    """Return the limits of the accounts that push stock: Amazon has one number for all stores, so the strictest."""
    by_account: defaultdict[int, list[StockPush]] = defaultdict(list)
    for row in await StockPush.filter(account_id__in=list(account_ids)):
        by_account[row.account_id].append(row)
    return {
        account_id: Limits(
            max(row.threshold for row in rows), min((row.most for row in rows if row.most is not None), default=None)
        )
        for account_id, rows in by_account.items()
    }


async def offered(listings: Sequence[Listing]) -> dict[int, Offered]:
    """Compute the numbers of listings, by their ids; none where nobody counts or pushes the stock of the product."""
    limits = await limits_of({listing.account_id for listing in listings})
    products = await _counts({listing.product_id for listing in listings})
    names = {listing.seller_sku for listing in listings} | {row["sku"] for row in products.values()}
    unheld = await _unheld(products, names)
    newest = await _newest(names)
    return {
        listing.id: _offered(
            listing, products[listing.product_id], unheld[listing.product_id], limits[listing.account_id], newest
        )
        for listing in listings
        if listing.account_id in limits and products[listing.product_id]["manages_stock"]
    }


def _offered(
    listing: Listing, product: Mapping[str, Any], unheld: Mapping[int, int], limits: Limits, newest: Mapping[str, Any]
) -> Offered:
    quantity = offer(
        on_hand=product["on_hand"],
        open_units=product["reserved"] + sum(unheld.values()),
        enabled=bool(product["enabled"]),
        limits=limits,
    )
    seen = (newest[listing.seller_sku], newest[product["sku"]], sorted(unheld.items()))
    made_of = (quantity, product["id"], product["moved"], seen)
    return Offered(quantity, blake2b(orjson.dumps(made_of), digest_size=16).hexdigest())


async def _counts(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    connection = get_connection("default")
    rows = await connection.execute_query_dict(
        _COUNTS.format(ids=json_rows(connection, {"id": "integer"})), [encode_rows([[one] for one in sorted(ids)])]
    )
    return {row["id"]: row for row in rows}


async def _unheld(products: Mapping[int, Mapping[str, Any]], names: Collection[str]) -> defaultdict[int, Counter[int]]:
    connection = get_connection("default")
    texts = sorted(set(names) | {row["asin"] for row in products.values() if row["asin"]})
    statement = _UNHELD.format(
        skus=json_rows(connection, {"sku": "text"}, parameter=1),
        ids=json_rows(connection, {"id": "integer"}, parameter=2),
    )
    given = [encode_rows([[text] for text in texts]), encode_rows([[one] for one in sorted(products)])]
    rows = await connection.execute_query_dict(statement, given)
    asked = {row["id"]: Wanted(row["account_id"], row["seller_sku"], row["asin"], row["id"]) for row in rows}
    found = await find_products(asked.values())
    open_units: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for row in rows:
        units = max(0, row["units"] - row["held"])
        if units and (means := found.get(asked[row["id"]])):
            open_units[means.product.id][row["id"]] = units
    return open_units


async def _newest(names: Collection[str]) -> dict[str, int | None]:
    connection = get_connection("default")
    rows = await connection.execute_query_dict(
        _NEWEST.format(skus=json_rows(connection, {"sku": "text"})), [encode_rows([[name] for name in sorted(names)])]
    )
    return {row["sku"]: row["item_id"] for row in rows}
