"""Marking the listings whose number may have changed; what is marked is computed again and pushed in the background."""

from collections.abc import Iterable
from typing import Final

from domain.change import Change
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder

# A seller SKU means what was remembered of it in its account, else the product of the same SKU. Where no store pushes
# stock the first table is empty, and nothing else is looked at.
_NAMES: Final = """
    SELECT a.account_id, p.sku AS seller_sku, p.id AS product_id
    FROM (SELECT DISTINCT account_id FROM stock_push) a CROSS JOIN {which} wanted CROSS JOIN product p
    WHERE p.id = wanted.id AND NOT EXISTS (SELECT 1 FROM product_match m WHERE m.account_id = a.account_id
        AND m.seller_sku = p.sku AND m.product_id <> p.id)
    UNION
    SELECT a.account_id, m.seller_sku, m.product_id
    FROM (SELECT DISTINCT account_id FROM stock_push) a CROSS JOIN {which} wanted CROSS JOIN product_match m
    WHERE m.product_id = wanted.id AND m.account_id = a.account_id"""


async def mark_listings(unit: Change, product_ids: Iterable[int]) -> None:
    """Have the listings of products computed again, in every account that pushes stock."""
    wanted = [[product_id] for product_id in sorted(set(product_ids))]
    if wanted:
        await mark_listings_of(unit, json_rows(unit.connection, {"id": "integer"}), encode_rows(wanted))


async def mark_listings_of(unit: Change, which: str, parameter: object) -> None:
    """Do so for the products whose `id` a subselect finds; it takes the one parameter."""
    due = placeholder(unit.connection, 2)
    await unit.connection.execute_query(
        "INSERT INTO listing (account_id, seller_sku, product_id, changes, attempts, due_at) "
        f"SELECT account_id, seller_sku, product_id, 1, 0, {due} FROM ({_NAMES.format(which=which)}) named WHERE 1 = 1 "
        "ON CONFLICT (account_id, seller_sku) DO UPDATE SET product_id = excluded.product_id, "
        "changes = listing.changes + 1, due_at = COALESCE(listing.due_at, excluded.due_at)",
        [parameter, to_text(unit.now)],
    )
