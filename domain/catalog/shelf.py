"""The counts of the shelf: every move is one conditional statement, in the order of the products' ids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.catalog.records import DEFAULT_SOURCE, Stock
from domain.errors import InsufficientStock
from domain.json_rows import encode_rows, json_rows

CHUNK: Final = 5_000  # values that one statement may carry; databases take about 32,000

_T = TypeVar("_T")


def chunks(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Cut a sequence into pieces that one statement can carry."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


@dataclass(frozen=True, slots=True)
class Move:
    """By how much a product's promised and present quantities change."""

    reserved: int = 0
    on_hand: int = 0


async def stock_of(product_ids: Iterable[int]) -> dict[int, Stock]:
    """Return the default source's counts by product id; read for update where the database can lock rows."""
    found: dict[int, Stock] = {}
    for part in chunks(sorted(set(product_ids))):
        rows = await Stock.filter(product_id__in=part, source=DEFAULT_SOURCE).order_by("product_id").select_for_update()
        found |= {row.product_id: row for row in rows}
    return found


async def move(connection: BaseDBAsyncClient, moves: Mapping[int, Move]) -> None:
    """Change the counts of many products at once, all of them or none.

    Raises InsufficientStock for the first product of which less would be there than is promised.
    """
    rows = [[product_id, by.reserved, by.on_hand] for product_id, by in sorted(moves.items()) if by != Move()]
    if not rows:
        return
    before = await stock_of(row[0] for row in rows)
    moved = json_rows(connection, {"product_id": "integer", "promised": "integer", "came": "integer"})
    _, done = await connection.execute_query(
        f"UPDATE stock SET reserved = reserved + moved.promised, on_hand = on_hand + moved.came FROM {moved} moved "
        f"WHERE stock.product_id = moved.product_id AND stock.source = '{DEFAULT_SOURCE}' "
        "AND stock.reserved + moved.promised BETWEEN 0 AND stock.on_hand + moved.came RETURNING stock.product_id",
        [encode_rows(rows)],
    )
    missed = sorted({row[0] for row in rows} - {row["product_id"] for row in done})
    if missed:
        raise _too_few(missed[0], moves[missed[0]], before.get(missed[0]))


def _too_few(product_id: int, wanted: Move, stock: Stock | None) -> InsufficientStock:
    available = stock.on_hand - stock.reserved if stock else 0
    return InsufficientStock(
        f"{wanted.reserved - wanted.on_hand} wanted of product {product_id}, {available} available.",
        product_id=product_id,
        requested=wanted.reserved - wanted.on_hand,
        available=available,
    )
