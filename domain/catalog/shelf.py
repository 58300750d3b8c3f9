"""The counts of the shelf: they change by moves, in one conditional statement, and every move is kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from tortoise.connection import get_connection

from domain.catalog.listing_marks import mark_listings
from domain.catalog.records import DEFAULT_SOURCE, MoveReason, Product
from domain.change import Change
from domain.errors import InsufficientStock
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, locking, placeholder

CHUNK: Final = 5_000  # values that one statement may carry; databases take about 32,000

_KEPT: Final = ("product_id", "reason", "on_hand", "reserved", "account_id", "order_id", "item_id", "note")
_COLUMNS: Final = (*_KEPT, "source", "actor_kind", "actor_name", "at")
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


class Shelf(NamedTuple):
    """The counts of a product; 0 <= reserved <= on_hand."""

    product_id: int
    on_hand: int
    reserved: int


async def stock_of(product_ids: Iterable[int]) -> dict[int, Shelf]:
    """Return the default source's counts by product id; read for update where the database can lock rows."""
    wanted = [[product_id] for product_id in sorted(set(product_ids))]
    if not wanted:
        return {}
    connection = get_connection("default")
    rows = await connection.execute_query_dict(
        "SELECT product_id, on_hand, reserved FROM stock WHERE product_id IN "
        f"(SELECT id FROM {json_rows(connection, {'id': 'integer'})} wanted) AND source = '{DEFAULT_SOURCE}' "
        f"ORDER BY product_id{locking(connection)}",
        [encode_rows(wanted)],
    )
    return {row["product_id"]: Shelf(**row) for row in rows}


async def put_on_shelf(unit: Change, counts: Mapping[int, int]) -> None:
    """Give new products, by id, their first count, each as a move."""
    counted = json_rows(unit.connection, {"product_id": "integer", "on_hand": "integer"})
    rows = encode_rows([*counts.items()])
    await unit.connection.execute_query(
        "INSERT INTO stock (product_id, source, on_hand, reserved) "
        f"SELECT product_id, '{DEFAULT_SOURCE}', on_hand, 0 FROM {counted} counted",
        [rows],
    )
    kind, name, at = (placeholder(unit.connection, number) for number in (2, 3, 4))
    await unit.connection.execute_query(
        "INSERT INTO stock_move (product_id, source, reason, on_hand, reserved, actor_kind, actor_name, at) "
        f"SELECT product_id, '{DEFAULT_SOURCE}', '{MoveReason.COUNTED}', on_hand, 0, {kind}, {name}, {at} "
        f"FROM {counted} counted WHERE on_hand > 0",
        [rows, unit.actor.kind.value, unit.actor.name, to_text(unit.now)],
    )
    await mark_listings(unit, counts)


async def move(unit: Change, moves: Sequence[Move]) -> None:
    """Change the counts of many products at once and keep each move, all of it or nothing.

    Raises InsufficientStock for the first product of which less would be there than is promised.
    """
    made = [one for one in moves if one.on_hand or one.reserved]
    if made:
        await _count(unit, made)
        await _keep(unit, made)
        await mark_listings(unit, [one.product_id for one in made])


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
    await _write(unit, [[getattr(one, column) for column in _KEPT] for one in moves])


async def _write(unit: Change, rows: Sequence[list[object]]) -> None:
    if not rows:
        return
    shared = (DEFAULT_SOURCE, unit.actor.kind.value, unit.actor.name, to_text(unit.now))
    values = ", ".join(placeholder(unit.connection, number) for number in range(1, len(_COLUMNS) + 1))
    await unit.connection.execute_many(
        f"INSERT INTO stock_move ({', '.join(_COLUMNS)}) VALUES ({values})", [[*row, *shared] for row in rows]
    )


def too_few_left(sku: str, stock: Shelf, *, left: int, path: tuple[str, ...]) -> InsufficientStock:
    """Return the refusal of a count that would leave fewer than are promised to orders."""
    return InsufficientStock(
        f"{stock.reserved} of {sku} are promised to orders, so there cannot be {left} on hand; count {stock.reserved} "
        "or more, or cancel orders first.",
        path=path,
        product_id=stock.product_id,
        requested=stock.on_hand - left,
        available=stock.on_hand - stock.reserved,
    )


async def _too_few(product_id: int, requested: int, stock: Shelf | None) -> InsufficientStock:
    product = await Product.get_or_none(id=product_id)
    available = stock.on_hand - stock.reserved if stock else 0
    return InsufficientStock(
        f"{requested} wanted of {product.sku if product else f'product {product_id}'}, {available} available.",
        product_id=product_id,
        requested=requested,
        available=available,
    )
