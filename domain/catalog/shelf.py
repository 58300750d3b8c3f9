"""The counts of the shelf: they change by moves, in one conditional statement, and every move is kept."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from tortoise.connection import get_connection

from domain.catalog.listing_marks import mark_listings
from domain.catalog.records import DEFAULT_SOURCE, MoveReason, Product
from domain.catalog.source_shelf import (
    Place,
    change_places,
    enabled_among,
    for_sale_beside,
    physical_of,
    sums_by_place,
)
from domain.change import Change
from domain.errors import InsufficientStock
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, locking, placeholder

CHUNK: Final = 5_000  # values that one statement may carry; databases take about 32,000

_KEPT: Final = ("product_id", "source", "reason", "on_hand", "reserved", "account_id", "order_id", "item_id", "note")
_COLUMNS: Final = (*_KEPT, "actor_kind", "actor_name", "at")
_T = TypeVar("_T")


def chunks(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Cut a sequence into pieces that one statement can carry."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """By how much a product's present and promised quantities change, why, and for which item of an order.

    What is present changes at one source; a promise is of the whole stock.
    """

    product_id: int
    source: str = DEFAULT_SOURCE
    reason: MoveReason
    on_hand: int = 0
    reserved: int = 0
    account_id: int | None = None
    order_id: int | None = None
    item_id: int | None = None
    note: str | None = None


class Shelf(NamedTuple):
    """The counts of a product at the enabled sources; 0 <= reserved <= on_hand, 0 <= elsewhere <= on_hand."""

    product_id: int
    on_hand: int
    reserved: int
    elsewhere: int = 0  # how many of those on hand do not lie at the default source

    @property
    def at_default(self) -> int:
        """How many lie at the default source."""
        return self.on_hand - self.elsewhere


async def stock_of(product_ids: Iterable[int]) -> dict[int, Shelf]:
    """Return the counts by product id; read for update where the database can lock rows."""
    wanted = [[product_id] for product_id in sorted(set(product_ids))]
    if not wanted:
        return {}
    connection = get_connection("default")
    rows = await connection.execute_query_dict(
        "SELECT product_id, on_hand, reserved, elsewhere FROM stock WHERE product_id IN "
        f"(SELECT id FROM {json_rows(connection, {'id': 'integer'})} wanted) AND source = '{DEFAULT_SOURCE}' "
        f"ORDER BY product_id{locking(connection)}",
        [encode_rows(wanted)],
    )
    return {row["product_id"]: Shelf(**row) for row in rows}


async def for_sale_of(product_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return how many lie at the enabled sources, in the order that goods are taken from them, as `stock_of` reads."""
    stocks = await stock_of(product_ids)
    return await for_sale_beside({product_id: stock.at_default for product_id, stock in stocks.items()})


async def put_on_shelf(unit: Change, counts: Mapping[int, int]) -> None:
    """Give new products, by id, their first count at the default source, each as a move."""
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

    Raises InsufficientStock for the first product of which less would be there than is promised, or less than nothing
    at a source.
    """
    made = [one for one in moves if one.on_hand or one.reserved]
    if made:
        await _count(unit, made)
        await _keep(unit, made)
        await mark_listings(unit, [one.product_id for one in made])


async def _count(unit: Change, moves: Sequence[Move]) -> None:
    # The rows of stock are locked before it is asked which sources are enabled: who switches one locks them all.
    before = await stock_of(one.product_id for one in moves)
    enabled = await enabled_among({one.source for one in moves})
    at_sources = sums_by_place(((one.product_id, one.source), one.on_hand) for one in moves)
    if place := await change_places(unit, at_sources):
        raise await _too_few_at(place, -at_sources[place])
    sums = _sums(moves, enabled)
    columns = ("product_id", "promised", "came", "came_elsewhere")
    moved = json_rows(unit.connection, dict.fromkeys(columns, "integer"))
    _, done = await unit.connection.execute_query(
        "UPDATE stock SET reserved = reserved + moved.promised, on_hand = on_hand + moved.came, "
        f"elsewhere = elsewhere + moved.came_elsewhere FROM {moved} moved "
        f"WHERE stock.product_id = moved.product_id AND stock.source = '{DEFAULT_SOURCE}' "
        "AND stock.reserved + moved.promised BETWEEN 0 AND stock.on_hand + moved.came "
        "AND stock.elsewhere + moved.came_elsewhere <= stock.on_hand + moved.came RETURNING stock.product_id",
        [encode_rows([[product_id, *sums[product_id]] for product_id in sorted(sums)])],
    )
    missed = sorted(sums.keys() - {row["product_id"] for row in done})
    if missed:
        raise await _too_few(missed[0], sums[missed[0]], before.get(missed[0]))


class _Sums(NamedTuple):
    promised: int
    came: int
    came_elsewhere: int


def _sums(moves: Sequence[Move], enabled: Collection[str]) -> dict[int, _Sums]:
    """Add up, by product, what its row of stock counts."""
    sums: dict[int, _Sums] = {}
    for one in moves:
        promised, came, came_elsewhere = sums.get(one.product_id, _Sums(0, 0, 0))
        counted = one.on_hand if one.source in enabled else 0
        sums[one.product_id] = _Sums(
            promised + one.reserved,
            came + counted,
            came_elsewhere + (0 if one.source == DEFAULT_SOURCE else counted),
        )
    return sums


async def _keep(unit: Change, moves: Sequence[Move]) -> None:
    shared = (unit.actor.kind.value, unit.actor.name, to_text(unit.now))
    values = ", ".join(placeholder(unit.connection, number) for number in range(1, len(_COLUMNS) + 1))
    await unit.connection.execute_many(
        f"INSERT INTO stock_move ({', '.join(_COLUMNS)}) VALUES ({values})",
        [[*(getattr(one, column) for column in _KEPT), *shared] for one in moves],
    )


def too_few_left(sku: str, stock: Shelf, *, left: int, path: tuple[str, ...]) -> InsufficientStock:
    """Return the refusal of a change that would leave fewer at the enabled sources than are promised to orders."""
    return InsufficientStock(
        f"{stock.reserved} of {sku} are promised to orders, so there cannot be {left} on hand; count {stock.reserved} "
        "or more, or cancel orders first.",
        path=path,
        product_id=stock.product_id,
        requested=stock.on_hand - left,
        available=stock.on_hand - stock.reserved,
    )


async def _too_few(product_id: int, sums: _Sums, stock: Shelf | None) -> InsufficientStock:
    product = await Product.get_or_none(id=product_id)
    sku = product.sku if product else f"product {product_id}"
    available = stock.on_hand - stock.reserved if stock else 0
    requested = sums.promised - sums.came
    if stock and stock.elsewhere + sums.came_elsewhere > stock.on_hand + sums.came:
        return too_few_at(sku, (product_id, DEFAULT_SOURCE), sums.came_elsewhere - sums.came, stock.at_default)
    return InsufficientStock(
        f"{requested} wanted of {sku}, {available} available.",
        product_id=product_id,
        requested=requested,
        available=available,
    )


def too_few_at(
    sku: str, place: Place, requested: int, available: int, *, path: tuple[str, ...] = ()
) -> InsufficientStock:
    """Return the refusal to take more of a product from a source than lie there."""
    product_id, source = place
    return InsufficientStock(
        f"{requested} of {sku} wanted from the source {source}, {available} are there.",
        path=path,
        product_id=product_id,
        requested=requested,
        available=available,
    )


async def _too_few_at(place: Place, requested: int) -> InsufficientStock:
    product_id, source = place
    product = await Product.get(id=product_id)
    lying = (await physical_of([product_id]))[product_id]
    return too_few_at(product.sku, place, requested, lying.get(source, 0))
