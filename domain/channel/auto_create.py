"""Products that the import makes by itself, where a store's settings say so: disabled, and their stock not counted."""

from collections.abc import Iterator, Sequence

from domain.accounts.order_settings import OrderSettings
from domain.amazon.records import AmazonItem
from domain.catalog.matches import remember_match
from domain.catalog.product_rows import ProductRow, Wish, plain_name, read_row
from domain.catalog.products import create_products
from domain.catalog.records import MatchSource, Product
from domain.change import Change
from domain.channel.affected import orders_behind
from domain.channel.create_from_item import price_of_one
from domain.channel.due_orders import DueOrder
from domain.errors import DomainError
from domain.timeline import EventKind


def is_to_create(item: AmazonItem, settings: OrderSettings) -> bool:
    """Return whether the import makes the product of an item that has none.

    Only of a seller SKU that a product can have as it is: what else the item may mean is for a person to say.
    """
    return settings.auto_create_products and _wish(item) is not None


def is_let_through(product: Product, settings: OrderSettings) -> bool:
    """Return whether a disabled product stops no order: an import made it so, and nobody enabled it since."""
    return settings.auto_create_products and not product.enabled and product.awaits_review


def lacking(due_orders: Sequence[DueOrder]) -> Iterator[tuple[DueOrder, AmazonItem]]:
    """Return what is ordered and has no product, with its order."""
    for due in due_orders:
        for item in due.items:
            if item.quantity_ordered and item.id not in due.products:
                yield due, item


def planned_product(item: AmazonItem) -> Product:
    """Return the product that the import would make of an item, not stored."""
    wish = _wish(item)
    assert wish is not None, "an item that no product can be made of has a blocker"
    return Product(id=0, sku=wish.sku, name=wish.name or wish.sku, enabled=False, manages_stock=False)


async def create_missing(unit: Change, due_orders: Sequence[DueOrder]) -> None:
    """Make the products that orders about to be imported lack, one for each seller SKU, and let their items mean them.

    The SKU is unique: where another evaluation makes it at the same time one of them fails, and finds it next time.
    """
    items = list(lacking(due_orders))
    if not items:
        return
    wishes = {wish.sku: wish for _, item in reversed(items) if (wish := _wish(item))}
    keys = await create_products(unit, list(wishes.values()))
    await Product.filter(id__in=[key.id for key in keys]).update(awaits_review=True)
    products = {product.sku: product for product in await Product.filter(id__in=[key.id for key in keys])}
    for account_id, sku in sorted({(item.account_id, str(item.seller_sku)) for _, item in items}):
        await remember_match(
            unit, account_id=account_id, seller_sku=sku, product=products[sku], source=MatchSource.CREATED
        )
    for due, item in items:
        due.products[item.id] = product = products[str(item.seller_sku)]
        unit.event(
            due.order.subject,
            EventKind.PRODUCT_MATCHED,
            f"Product {product.sku} created from the listing, disabled: there was none, and autoCreateProducts is on.",
            product_id=product.id,
            sku=product.sku,
            seller_sku=item.seller_sku,
            remembered=True,
        )
    await orders_behind(unit, keys)


def _wish(item: AmazonItem) -> Wish | None:
    sku = item.seller_sku
    if not sku or sku != sku.strip():
        return None
    price = price_of_one(item)
    try:
        return read_row(
            ProductRow(
                line=0,
                sku=sku,
                name=plain_name(item.title or ""),
                price=f"{price.amount:f}" if price else None,
                currency=price.currency if price else None,
                enabled="false",
                manages_stock="false",
                asin=item.asin,
            )
        )
    except DomainError:
        return None
