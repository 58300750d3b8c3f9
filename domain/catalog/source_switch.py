"""Enabling and disabling a source: all that lies there is for sale from then on, or is not."""

from typing import Any, Final

from domain.catalog.listing_marks import mark_listings_of
from domain.catalog.product_rows import MOST_ON_HAND
from domain.catalog.product_table import ProductKey
from domain.catalog.records import DEFAULT_SOURCE
from domain.catalog.source_records import Source
from domain.change import Change
from domain.errors import ActionNotAllowed, InsufficientStock, InvalidInput
from domain.json_rows import locking, placeholder

Switched = tuple[ProductKey, ...]

_PATH: Final = ("input", "enabled")
_LYING: Final = "FROM source_stock t JOIN stock s ON s.product_id = t.product_id WHERE t.source = {source}"


async def switch_source(unit: Change, source: Source, *, enabled: bool) -> Switched:
    """Count what lies at a source as for sale, or not any more; returns the products that lie there.

    Raises ActionNotAllowed for the default source, InsufficientStock if some of it is promised to orders, InvalidInput
    if there would be more than can be counted.
    """
    if source.code == DEFAULT_SOURCE:
        raise ActionNotAllowed(
            "The default source is always enabled; count what lies there as 0, or transfer it, if nothing is for sale "
            "from it.",
            path=_PATH,
            action="DISABLE_SOURCE",
            current_status="DEFAULT_SOURCE",
        )
    # Whoever moves stock locks its row before it looks which sources are enabled.
    locked = f"SELECT product_id FROM stock ORDER BY product_id{locking(unit.connection)}"
    await unit.connection.execute_query(f"SELECT count(*) FROM ({locked}) locked")
    await (_check_most(unit, source) if enabled else _check_promised(unit, source))
    sign = "+" if enabled else "-"
    await unit.connection.execute_query(
        f"UPDATE stock SET on_hand = on_hand {sign} lying.physical, elsewhere = elsewhere {sign} lying.physical "
        f"FROM (SELECT product_id, physical FROM source_stock WHERE source = {placeholder(unit.connection, 1)}) lying "
        "WHERE stock.product_id = lying.product_id",
        [source.code],
    )
    which = (
        f"(SELECT product_id AS id FROM source_stock WHERE physical > 0 AND source = {placeholder(unit.connection, 1)})"
    )
    await mark_listings_of(unit, which, source.code)
    return await _keys(unit, source)


async def _check_most(unit: Change, source: Source) -> None:
    over = await _rows(
        unit, source, "s.product_id", f"AND s.on_hand + t.physical > {MOST_ON_HAND} ORDER BY s.product_id LIMIT 1"
    )
    if over:
        raise InvalidInput(f"With what lies there, more than {MOST_ON_HAND:,} of a product would count.", path=_PATH)


async def _check_promised(unit: Change, source: Source) -> None:
    promised = await _rows(
        unit,
        source,
        "s.product_id, s.on_hand, s.reserved, t.physical, count(*) OVER () AS products, "
        "(SELECT sku FROM product WHERE id = s.product_id) AS sku",
        "AND s.reserved > s.on_hand - t.physical ORDER BY s.product_id LIMIT 1",
    )
    for row in promised:
        free = row["on_hand"] - row["reserved"]
        others = "" if row["products"] == 1 else f" So it is with {row['products'] - 1} other products."
        raise InsufficientStock(
            f"{row['physical']} of {row['sku']} lie at the source {source.code}, and only {free} of all that are for "
            f"sale are not promised to orders.{others} Ship the orders, or transfer the stock to another source first.",
            path=_PATH,
            product_id=row["product_id"],
            requested=row["physical"],
            available=free,
        )


async def _keys(unit: Change, source: Source) -> Switched:
    rows = await _rows(
        unit, source, "p.id, p.sku, p.asin", "AND t.physical > 0 AND p.id = t.product_id ORDER BY p.id", ", product p"
    )
    return tuple(ProductKey(row["id"], row["sku"], row["asin"]) for row in rows)


async def _rows(unit: Change, source: Source, columns: str, condition: str, joined: str = "") -> list[dict[str, Any]]:
    lying = _LYING.format(source=placeholder(unit.connection, 1)).replace(" WHERE", f"{joined} WHERE")
    _, rows = await unit.connection.execute_query(f"SELECT {columns} {lying} {condition}", [source.code])
    return list(rows)
