"""What lies at which source: a product's row of stock knows all of it together, these are its parts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from domain.catalog.records import DEFAULT_SOURCE, Stock
from domain.catalog.source_records import Source, SourceStock
from domain.change import Change
from domain.json_rows import encode_rows, json_rows

Place = tuple[int, str]
"""A product at a source, by its code."""


async def in_order() -> list[Source]:
    """Return all sources, enabled or not, those that goods are taken from first before the others."""
    return await Source.all().order_by("priority", "id")


async def enabled_among(codes: Collection[str]) -> set[str]:
    """Return those of these sources that are enabled."""
    others = [code for code in codes if code != DEFAULT_SOURCE]
    if not others:
        return {DEFAULT_SOURCE}
    return {DEFAULT_SOURCE, *(source.code for source in await Source.filter(code__in=others, enabled=True))}


async def physical_of(product_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return how many of each product lie at which source, the default one always among them; others if any do."""
    ids = sorted(set(product_ids))
    found = {
        stock.product_id: {DEFAULT_SOURCE: stock.on_hand - stock.elsewhere}
        for stock in await Stock.filter(product_id__in=ids)
    }
    for row in await SourceStock.filter(product_id__in=ids, physical__gt=0).order_by("id"):
        found[row.product_id][row.source] = row.physical
    return found


async def for_sale_beside(at_default: Mapping[int, int]) -> dict[int, dict[str, int]]:
    """Return how many of each product lie at the enabled sources, in the order that goods are taken from them.

    What lies at the default one is known.
    """
    codes = [source.code for source in await in_order() if source.enabled]
    found = {product_id: dict.fromkeys(codes, 0) for product_id in at_default}
    for product_id, there in at_default.items():
        found[product_id][DEFAULT_SOURCE] = there
    if len(codes) > 1:
        for row in await SourceStock.filter(product_id__in=list(at_default), source__in=codes).order_by("id"):
            found[row.product_id][row.source] = row.physical
    return found


async def change_places(unit: Change, by: Mapping[Place, int]) -> Place | None:
    """Change what lies at sources beside the default one; returns the first where there would be less than nothing."""
    if not by:
        return None
    rows = encode_rows([[*place, change] for place, change in sorted(by.items())])
    changed = json_rows(unit.connection, {"product_id": "integer", "source": "text", "came": "integer"})
    await unit.connection.execute_query(
        "INSERT INTO source_stock (product_id, source, physical) "
        f"SELECT product_id, source, 0 FROM {changed} changed WHERE came > 0 "
        "ON CONFLICT (product_id, source) DO NOTHING",
        [rows],
    )
    _, done = await unit.connection.execute_query(
        f"UPDATE source_stock SET physical = physical + changed.came FROM {changed} changed "
        "WHERE source_stock.product_id = changed.product_id AND source_stock.source = changed.source "
        "AND physical + changed.came >= 0 RETURNING source_stock.product_id, source_stock.source",
        [rows],
    )
    missed = by.keys() - {(row["product_id"], row["source"]) for row in done}
    return min(missed, default=None)


def sums_by_place(changes: Iterable[tuple[Place, int]]) -> dict[Place, int]:
    """Add up the changes at each place beside the default source; those that come to nothing are left out."""
    sums: defaultdict[Place, int] = defaultdict(int)
    for place, by in changes:
        if place[1] != DEFAULT_SOURCE:
            sums[place] += by
    return {place: by for place, by in sums.items() if by}
