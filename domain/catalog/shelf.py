"""The counts of the shelf: they change by moves, in one conditional statement, and every move is kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

from domain.catalog.records import DEFAULT_SOURCE, MoveReason, Product, Stock
from domain.change import Change
from domain.errors import InsufficientStock
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows

CHUNK: Final = 5_000  # values that one statement may carry; databases take about 32,000

_KEPT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "product_id": "integer",
        "reason": "text",
        "on_hand": "integer",
        "reserved": "integer",
        "account_id": "integer",
        "order_id": "integer",
        "item_id": "integer",
        "note": "text",
    }
)
_T = TypeVar("_T")


def chunks(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Cut a sequence into pieces that one statement can carry."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """By how much a product's present and promised quantities change, why, and for which item of an order."""

    product_id: int
    reason: MoveReason
    on_hand: int = 0
    reserved: int = 0
    account_id: int | None = None
    order_id: int | None = None
    item_id: int | None = None
    note: str | None = None


async def stock_of(product_ids: Iterable[int]) -> dict[int, Stock]:
    """Return the default source's counts by product id; read for update where the database can lock rows."""
    found: dict[int, Stock] = {}
    for part in chunks(sorted(set(product_ids))):
        rows = await Stock.filter(product_id__in=part, source=DEFAULT_SOURCE).order_by("product_id").select_for_update()
        found |= {row.product_id: row for row in rows}
    return found


async def move(unit: Change, moves: Sequence[Move]) -> None:
    """Change the counts of many products at once and keep each move, all of it or nothing.

    Raises InsufficientStock for the first product of which less would be there than is promised.
    """
    made = [one for one in moves if one.on_hand or one.reserved]
    if made:
        await _count(unit, made)
        await _keep(unit, made)


async def _count(unit: Change, moves: Sequence[Move]) -> None:
    promised: defaultdict[int, int] = defaultdict(int)
    came: defaultdict[int, int] = defaultdict(int)
    for one in moves:
        promised[one.product_id] += one.reserved
        came[one.product_id] += one.on_hand
    rows = [[product_id, by, came[product_id]] for product_id, by in sorted(promised.items())]
    before = await stock_of(promised)
    moved = json_rows(unit.connection, {"product_id": "integer", "promised": "integer", "came": "integer"})
    _, done = await unit.connection.execute_query(
        f"UPDATE stock SET reserved = reserved + moved.promised, on_hand = on_hand + moved.came FROM {moved} moved "
        f"WHERE stock.product_id = moved.product_id AND stock.source = '{DEFAULT_SOURCE}' "
        "AND stock.reserved + moved.promised BETWEEN 0 AND stock.on_hand + moved.came RETURNING stock.product_id",
        [encode_rows(rows)],
    )
    missed = sorted(promised.keys() - {row["product_id"] for row in done})
    if missed:
        raise await _too_few(missed[0], promised[missed[0]] - came[missed[0]], before.get(missed[0]))


async def _keep(unit: Change, moves: Sequence[Move]) -> None:
    shared = {
        "source": DEFAULT_SOURCE,
        "actor_kind": unit.actor.kind,
        "actor_name": unit.actor.name,
        "at": to_text(unit.now),
    }
    kinds = {**_KEPT, **dict.fromkeys(shared, "text")}
    rows = [[*(getattr(one, column) for column in _KEPT), *shared.values()] for one in moves]
    columns = ", ".join(kinds)
    await unit.connection.execute_query(
        f"INSERT INTO stock_move ({columns}) SELECT {columns} FROM {json_rows(unit.connection, kinds)} kept",
        [encode_rows(rows)],
    )


def too_few_left(sku: str, stock: Stock, *, left: int, path: tuple[str, ...]) -> InsufficientStock:
    """Return the refusal of a count that would leave fewer than are promised to orders."""
    return InsufficientStock(
        f"{stock.reserved} of {sku} are promised to orders, so there cannot be {left} on hand; count {stock.reserved} "
        "or more, or cancel orders first.",
        path=path,
        product_id=stock.product_id,
        requested=stock.on_hand - left,
        available=stock.on_hand - stock.reserved,
    )


async def _too_few(product_id: int, requested: int, stock: Stock | None) -> InsufficientStock:
    product = await Product.get_or_none(id=product_id)
    available = stock.on_hand - stock.reserved if stock else 0
    return InsufficientStock(
        f"{requested} wanted of {product.sku if product else f'product {product_id}'}, {available} available.",
        product_id=product_id,
        requested=requested,
        available=available,
    )
