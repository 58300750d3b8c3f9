"""Products taken from a list of rows, and looked up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.expressions import Q

from domain.catalog.product_rows import ProductRow, Wish, read_row
from domain.catalog.records import DEFAULT_SOURCE, MoveReason, Product, Stock
from domain.catalog.shelf import Move, chunks, move, stock_of, too_few_left
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


async def apply_rows(unit: Change, rows: Iterable[ProductRow], *, into: ImportedProducts) -> list[Product]:
    """Create or change the products of some rows of a file; returns those that are not as they were.

    Counts into `into`; a row that cannot be taken is refused there with its line and stops no other.
    """
    wishes = _readable(rows, into)
    known = {product.sku: product for product in await Product.filter(sku__in=[wish.sku for wish in wishes])}
    shelves = await stock_of(product.id for product in known.values())
    created = await create_products(unit, [wish for wish in wishes if wish.sku not in known])
    changed: list[Product] = []
    counted: list[Move] = []
    for wish in (wish for wish in wishes if wish.sku in known):
        product = known[wish.sku]
        if refusal := _below_reserved(wish, shelves[product.id]):
            into.refused.append((wish.line, refusal))
        elif _apply(unit, wish, product, shelves[product.id]):
            changed.append(product)
            counted += _counted(wish, shelves[product.id])
        else:
            into.unchanged += 1
    await _store(changed)
    await move(unit, counted)
    into.created += len(created)
    into.updated += len(changed)
    return created + changed


async def create_products(unit: Change, wishes: Sequence[Wish]) -> list[Product]:
    """Create products of SKUs that there are none of yet, each with its first count."""
    await Product.bulk_create([_product(wish, unit) for wish in wishes])
    created = await Product.filter(sku__in=[wish.sku for wish in wishes]).order_by("id")
    quantities = {wish.sku: wish.quantity or 0 for wish in wishes}
    await Stock.bulk_create([Stock(product_id=product.id, on_hand=0) for product in created])
    counts = [(product, quantities[product.sku]) for product in created]
    await move(unit, [Move(product_id=one.id, reason=MoveReason.COUNTED, on_hand=count) for one, count in counts])
    for product, count in counts:
        unit.event(
            Subject(),
            EventKind.PRODUCT_CREATED,
            f"Product {product.sku} created.",
            product_id=product.id,
            sku=product.sku,
            on_hand=count,
        )
    return created


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


def _product(wish: Wish, unit: Change) -> Product:
    return Product(
        sku=wish.sku,
        name=wish.name or wish.sku,
        price_minor=wish.price.minor if wish.price else None,
        currency=wish.price.currency if wish.price else None,
        enabled=wish.enabled is not False,
        manages_stock=wish.manages_stock is not False,
        asin=wish.asin,
        created_at=unit.now,
        updated_at=unit.now,
    )


def _below_reserved(wish: Wish, stock: Stock) -> InsufficientStock | None:
    if wish.quantity is None or wish.quantity >= stock.reserved:
        return None
    return too_few_left(wish.sku, stock, left=wish.quantity, path=("quantity",))


def _counted(wish: Wish, stock: Stock) -> list[Move]:
    if wish.quantity is None:
        return []
    by = wish.quantity - stock.on_hand
    return [Move(product_id=stock.product_id, reason=MoveReason.COUNTED, on_hand=by)]


def _apply(unit: Change, wish: Wish, product: Product, stock: Stock) -> bool:
    wanted: dict[str, Any] = {
        "name": wish.name,
        "price_minor": wish.price.minor if wish.price else None,
        "currency": wish.price.currency if wish.price else None,
        "enabled": wish.enabled,
        "manages_stock": wish.manages_stock,
        "asin": wish.asin,
    }
    news: dict[str, Any] = {
        name: value for name, value in wanted.items() if value is not None and value != getattr(product, name)
    }
    for name, value in news.items():
        setattr(product, name, value)
    if wish.quantity is not None and wish.quantity != stock.on_hand:
        news["on_hand"] = wish.quantity
    if not news:
        return False
    product.version += 1
    product.updated_at = unit.now
    message = f"Product {product.sku} changed: {', '.join(sorted(news))}."
    unit.event(Subject(), EventKind.PRODUCT_CHANGED, message, product_id=product.id, sku=product.sku, **news)
    return True


async def _store(changed: Sequence[Product]) -> None:
    columns = ["name", "price_minor", "currency", "enabled", "manages_stock", "asin", "version", "updated_at"]
    for part in chunks(changed, 200):
        await Product.bulk_update(part, fields=columns)
