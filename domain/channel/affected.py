"""The orders that a fix helps: marked to be evaluated, and the first of them to be evaluated at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.catalog.product_table import ProductKey
from domain.catalog.records import Product
from domain.change import Change
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder

AT_ONCE: Final = 20
"""So many orders are evaluated within the request that helped them; the others follow in the background."""

# What is named comes first, and IS NOT NULL says that the partial indexes may be used: all that is open would else be
# looked through for every product.
_BLOCKED: Final = """
    SELECT a.order_id FROM {products} helped CROSS JOIN attention a
    WHERE a.product_id = helped.id AND a.product_id IS NOT NULL
    AND a.state IN ('OPEN', 'DISMISSED') AND a.order_id IS NOT NULL
    UNION
    SELECT a.order_id FROM {skus} named CROSS JOIN account CROSS JOIN attention a
    WHERE a.account_id = account.id AND a.seller_sku = named.sku AND a.seller_sku IS NOT NULL
    AND a.state IN ('OPEN', 'DISMISSED') AND a.order_id IS NOT NULL AND a.blocker_kind = 'PRODUCT_NOT_MATCHED'
    UNION
    SELECT a.order_id FROM {asins} named JOIN attention a ON a.asin = named.asin
    WHERE a.asin IS NOT NULL AND a.state <> 'RESOLVED' AND a.order_id IS NOT NULL"""

_BLOCKED_IN_ACCOUNT: Final = """
    SELECT a.order_id FROM {skus} named CROSS JOIN attention a
    WHERE a.account_id = named.account_id AND a.seller_sku = named.sku AND a.seller_sku IS NOT NULL
    AND a.state IN ('OPEN', 'DISMISSED') AND a.order_id IS NOT NULL AND a.kind = 'BLOCKER'"""

# By store and status first, which an index finds: few orders are pending, while a SKU may be in very many.
_PENDING: Final = """
    SELECT o.id FROM amazon_order o WHERE o.store_id IN (SELECT id FROM store{stores}) AND o.amazon_status = 'PENDING'
    AND o.fulfillment_channel = 'MERCHANT' AND o.commerce_order_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.order_id = o.id AND r.state IN ('ACTIVE', 'EXPIRED'))
    AND EXISTS (SELECT 1 FROM amazon_item i WHERE i.order_id = o.id AND i.gone_at IS NULL AND ({items}))"""


@dataclass(frozen=True, slots=True)
class Affected:
    """How many orders were marked due, and the first of them, those that ship first before the others."""

    count: int = 0
    first: tuple[int, ...] = ()


async def orders_behind(unit: Change, products: Sequence[Product | ProductKey]) -> Affected:
    """Have the orders evaluated that one of these products may help: blocked because of it, or pending without it.

    A constant number of statements, however many orders wait. Orders that hold stock, or held it too long, are left.
    """
    if not products:
        return Affected()
    ids = [product.id for product in products]
    connection = unit.connection
    _, remembered = await connection.execute_query(
        f"SELECT m.seller_sku FROM {json_rows(connection, {'id': 'integer'})} helped CROSS JOIN product_match m "
        "WHERE m.product_id = helped.id",
        [_rows(ids)],
    )
    skus = {product.sku for product in products} | {row["seller_sku"] for row in remembered}
    asins = {product.asin for product in products if product.asin}
    tables = {
        "products": json_rows(connection, {"id": "integer"}, parameter=1),
        "skus": json_rows(connection, {"sku": "text"}, parameter=2),
        "asins": json_rows(connection, {"asin": "text"}, parameter=3),
    }
    items = (
        "i.seller_sku IN (SELECT sku FROM {skus} s) OR i.asin IN (SELECT asin FROM {asins} s) OR i.id IN "
        "(SELECT c.item_id FROM item_match c JOIN {products} helped ON c.product_id = helped.id)"
    )
    which = f"{_BLOCKED} UNION {_PENDING.format(stores='', items=items)}".format(**tables)
    return await _mark(unit, which, [_rows(ids), _rows(sorted(skus)), _rows(sorted(asins))])


async def orders_of_sku(unit: Change, *, account_id: int, seller_sku: str) -> Affected:
    """Have the orders of an account evaluated that this seller SKU blocks, or that are pending without its stock."""
    skus = json_rows(unit.connection, {"account_id": "integer", "sku": "text"})
    stores = f" WHERE account_id IN (SELECT account_id FROM {skus} s)"
    pending = _PENDING.format(stores=stores, items=f"i.seller_sku IN (SELECT sku FROM {skus} s)")
    which = f"{_BLOCKED_IN_ACCOUNT.format(skus=skus)} UNION {pending}"
    return await _mark(unit, which, [encode_rows([[account_id, seller_sku]])])


async def orders_of_currency(unit: Change, causes: Sequence[str] | None = None) -> Affected:
    """Have the orders evaluated that blockers of these causes stop, or that any blocker of a currency stops."""
    standing = "a.blocker_kind = 'CURRENCY_NOT_CONFIGURED' AND a.state <> 'RESOLVED' AND a.order_id IS NOT NULL"
    if causes is None:
        return await _mark(unit, f"SELECT DISTINCT a.order_id FROM attention a WHERE {standing}", [])
    named = json_rows(unit.connection, {"cause": "text"})
    which = f"SELECT DISTINCT a.order_id FROM {named} named JOIN attention a ON a.cause = named.cause WHERE {standing}"
    return await _mark(unit, which, [_rows(causes)]) if causes else Affected()


async def one_order(unit: Change, order_id: int) -> Affected:
    """Have one order evaluated."""
    await unit.due([order_id])
    return Affected(1, (order_id,))


async def _mark(unit: Change, which: str, parameters: Sequence[object]) -> Affected:
    first = f"""WITH found (id) AS ({which})
        SELECT o.id, (SELECT count(*) FROM found) AS helped FROM found JOIN amazon_order o ON o.id = found.id
        ORDER BY o.latest_ship_at IS NULL, o.latest_ship_at, o.purchased_at, o.id LIMIT {AT_ONCE}"""
    _, rows = await unit.connection.execute_query(first, [*parameters])
    if not rows:
        return Affected()
    due = placeholder(unit.connection, len(parameters) + 1)
    await unit.connection.execute_query(
        f"UPDATE amazon_order SET evaluate_due = {due}, evaluate_attempts = 0 WHERE id IN ({which}) "
        f"AND (evaluate_due IS NULL OR evaluate_due > {due})",
        [*parameters, to_text(unit.now)],
    )
    return Affected(rows[0]["helped"], tuple(row["id"] for row in rows))


def _rows(values: Iterable[object]) -> str:
    return encode_rows([*zip(values)])
