"""Products taken from a list of rows, and looked up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.expressions import Q

from domain.catalog.product_rows import COLUMNS_OF, ProductRow, Wish, read_row
from domain.catalog.product_table import KnownProduct, ProductKey, insert_products, known_products, update_products
from domain.catalog.records import DEFAULT_SOURCE, MoveReason, Product, Stock
from domain.catalog.shelf import Move, Shelf, move, put_on_shelf, too_few_left
from domain.change import Change
from domain.errors import DomainError, Duplicate, InsufficientStock
from domain.timeline import EventKind, Subject


@dataclass(slots=True)
class ImportedProducts:
    """What became of the rows of a file; `refused` pairs a line with its reason."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[int, DomainError]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # where each SKU was first seen


async def apply_rows(unit: Change, rows: Iterable[ProductRow], *, into: ImportedProducts) -> list[ProductKey]:
    """Create or change the products of some rows of a file; returns those that are not as they were.

    Counts into `into`; a row that cannot be taken is refused there with its line and stops no other.
    """
    return await apply_wishes(unit, _readable(rows, into), into=into)


async def apply_wishes(unit: Change, wishes: Sequence[Wish], *, into: ImportedProducts) -> list[ProductKey]:
    """Create or change products of different SKUs; returns those that are not as they were, counted in `into`."""
    known = await known_products([wish.sku for wish in wishes])
    created = await create_products(unit, [wish for wish in wishes if wish.sku not in known])
    changed: list[KnownProduct] = []
    counted: list[Move] = []
    for wish in (wish for wish in wishes if wish.sku in known):
        product = known[wish.sku]
        if refusal := below_reserved(wish, product.shelf):
            into.refused.append((wish.line, refusal))
        elif news := _news(wish, product):
            _tell(unit, product, news)
            counted += _counted(wish, product.shelf)
            changed.append(product.with_news(news))
        else:
            into.unchanged += 1
    await update_products(unit, changed)
    await move(unit, counted)
    into.created += len(created)
    into.updated += len(changed)
    return [*created, *(product.key for product in changed)]


async def create_products(unit: Change, wishes: Sequence[Wish]) -> list[ProductKey]:
    """Create products of SKUs that there are none of yet, each with its first count."""
    if not wishes:
        return []
    ids = await insert_products(unit, wishes)
    await put_on_shelf(unit, {ids[wish.sku]: wish.quantity or 0 for wish in wishes})
    for wish in wishes:
        unit.event(
            Subject(),
            EventKind.PRODUCT_CREATED,
            f"Product {wish.sku} created.",
            product_id=ids[wish.sku],
            sku=wish.sku,
            on_hand=wish.quantity or 0,
        )
    return [ProductKey(ids[wish.sku], wish.sku, wish.asin) for wish in wishes]


def below_reserved(wish: Wish, stock: Shelf) -> InsufficientStock | None:
    """Return why a line cannot be taken: it counts fewer than are promised to orders."""
    if wish.quantity is None or wish.quantity + stock.elsewhere >= stock.reserved:
        return None
    return too_few_left(wish.sku, stock, left=wish.quantity + stock.elsewhere, path=("quantity",))


async def list_products(
    *, search: str | None = None, after_id: int | None = None, limit: int = 50
) -> list[tuple[Product, Stock]]:
    """Return products in the order of their ids, with their stock; `search` looks into SKUs and names."""
    wanted = Product.all()
    if search:
        wanted = wanted.filter(Q(sku__icontains=search) | Q(name__icontains=search))
    if after_id is not None:
        wanted = wanted.filter(id__gt=after_id)
    products = await wanted.order_by("id").limit(limit)
    stocks = await Stock.filter(product_id__in=[product.id for product in products], source=DEFAULT_SOURCE)
    shelves = {stock.product_id: stock for stock in stocks}
    return [(product, shelves[product.id]) for product in products]


def _readable(rows: Iterable[ProductRow], into: ImportedProducts) -> list[Wish]:
    wishes = []
    for row in rows:
        try:
            wish = read_row(row)
            if (first := into.lines.setdefault(wish.sku, wish.line)) != wish.line:
                raise Duplicate(f"This SKU stands in line {first} already; give each once.", path=("sku",))
        except DomainError as refusal:
            into.refused.append((row.line, refusal))
        else:
            wishes.append(wish)
    return wishes


def _counted(wish: Wish, stock: Shelf) -> list[Move]:
    if wish.quantity is None:
        return []
    by = wish.quantity - stock.at_default
    return [Move(product_id=stock.product_id, reason=MoveReason.COUNTED, on_hand=by)]


def _news(wish: Wish, product: KnownProduct) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "name": wish.name,
        "price_minor": wish.price.minor if wish.price else None,
        "currency": wish.price.currency if wish.price else None,
        "enabled": wish.enabled,
        "manages_stock": wish.manages_stock,
        "asin": wish.asin,
        "on_hand": wish.quantity,
    }
    news = {name: value for name, value in wanted.items() if value is not None and value != getattr(product, name)}
    cleared = (name for field in wish.clears for name in COLUMNS_OF[field])
    return news | {name: None for name in cleared if getattr(product, name) is not None}


def _tell(unit: Change, product: KnownProduct, news: dict[str, Any]) -> None:
    message = f"Product {product.sku} changed: {', '.join(sorted(news))}."
    unit.event(Subject(), EventKind.PRODUCT_CHANGED, message, product_id=product.id, sku=product.sku, **news)
