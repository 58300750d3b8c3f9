"""What people say of products, and the orders that waited for it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from domain.catalog.counting import restock, switch
from domain.catalog.product_rows import ProductRow, plain_name, read_row
from domain.catalog.products import ImportedProducts, apply_rows, create_products
from domain.catalog.records import Product
from domain.change import Change, change
from domain.channel.affected import Affected, orders_behind
from domain.errors import Duplicate, NotFound
from domain.money import Money
from domain.timeline import Actor

MOST_ROWS: Final = 500
"""So many rows are taken in one transaction."""


async def import_products(*, rows: Iterable[ProductRow], now: datetime, actor: Actor) -> ImportedProducts:
    """Create or change products in short transactions, and have the orders that waited for them evaluated again.

    A row that cannot be taken is refused with its line and stops no other; the same rows again change nothing.
    """
    result = ImportedProducts()
    for part in _parts(rows):
        await take_rows(rows=part, into=result, now=now, actor=actor)
    return result


async def take_rows(*, rows: Sequence[ProductRow], into: ImportedProducts, now: datetime, actor: Actor) -> Affected:
    """Create or change products in one transaction, counted in `into`, and have the orders behind them evaluated."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        return await orders_behind(unit, await apply_rows(unit, rows, into=into))


async def save_product(*, row: ProductRow, now: datetime, actor: Actor) -> tuple[Product, Affected]:
    """Create or change one product by the rules of a file's line.

    Raises RequiredInput, InvalidInput or InsufficientStock, with the column as path.
    """
    result = ImportedProducts()
    affected = await take_rows(rows=[row], into=result, now=now, actor=actor)
    for _, refusal in result.refused:
        raise refusal
    return await Product.get(sku=read_row(row).sku), affected


async def enable_in(unit: Change, *, product_id: int) -> Affected:
    """Put a product on sale, and have the orders behind it evaluated.

    Raises NotFound.
    """
    product = await locked_product(product_id, path=("productId",))
    await switch(unit, product, enabled=True)
    return await orders_behind(unit, [product])


async def disable_in(unit: Change, *, product_id: int) -> None:
    """Take a product off sale; orders keep what they hold of it.

    Raises NotFound.
    """
    await switch(unit, await locked_product(product_id, path=("productId",)), enabled=False)


async def restock_in(
    unit: Change,
    *,
    product_id: int,
    delta: int | None = None,
    set_to: int | None = None,
    note: str | None = None,
    source: str | None = None,
) -> Affected:
    """Count what came or went of a product (`delta`), or what there is (`set_to`), and have its orders evaluated.

    At the default source unless one is named. Raises NotFound, RequiredInput, InvalidInput, ActionNotAllowed if the
    product's stock is not counted, and InsufficientStock if fewer would be left than are promised, or less than nothing
    at the source; paths as in the input of a restock.
    """
    product = await locked_product(product_id, path=("input", "productId"))
    await restock(unit, product, delta=delta, set_to=set_to, note=note, source=source)
    return await orders_behind(unit, [product])


async def create_product_in(
    unit: Change,
    *,
    sku: str,
    name: str | None = None,
    price: Money | None = None,
    asin: str | None = None,
    quantity: int | None = None,
) -> Product:
    """Create a product that is for sale; its stock is counted only if a quantity is given. Marks no order.

    Raises RequiredInput or InvalidInput as a line of a file does, Duplicate if there is a product of this SKU.
    """
    row = ProductRow(
        line=0,
        sku=sku,
        name=plain_name(name or ""),
        price=f"{price.amount:f}" if price else None,
        currency=price.currency if price else None,
        quantity=None if quantity is None else str(quantity),
        manages_stock="false" if quantity is None else "true",
        asin=asin,
    )
    wish = read_row(row)
    if await Product.exists(sku=wish.sku):
        raise Duplicate(f"There is a product {wish.sku} already; match it instead.", path=("sku",))
    (created,) = await create_products(unit, [wish])
    return await Product.get(id=created.id)


async def locked_product(product_id: int, *, path: tuple[str, ...]) -> Product:
    """Return a product that nobody else changes meanwhile.

    Raises NotFound.
    """
    product = await Product.filter(id=product_id).select_for_update().first()
    if product is None:
        raise NotFound("There is no such product.", path=path)
    return product


def _parts(rows: Iterable[ProductRow]) -> Iterator[list[ProductRow]]:
    following = iter(rows)
    while part := list(islice(following, MOST_ROWS)):
        yield part
