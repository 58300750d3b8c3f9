"""What the demo's shop has: most of what it offers on Amazon, and three gaps that block orders."""

from collections.abc import Iterator, Sequence
from typing import Final

from domain.catalog.product_rows import ProductRow
from simulator.cast.catalog import Product

ON_THE_SHELF: Final = 40
CURRENCY: Final = "USD"


def blocked_skus(catalog: Sequence[Product]) -> tuple[str, str, str]:
    """Return the SKU that the shop does not know, the one that is disabled, and the one that is out of stock."""
    unknown, disabled, sold_out = [product.sku for product in catalog if product.fulfilled_by == "MERCHANT"][-3:]
    return unknown, disabled, sold_out


def sellable_sku(catalog: Sequence[Product]) -> str:
    """Return a SKU that nothing stands against."""
    return next(product.sku for product in catalog if product.fulfilled_by == "MERCHANT")


def goods(catalog: Sequence[Product]) -> Iterator[ProductRow]:
    """Return the shop's products, as the rows of a file."""
    unknown, disabled, sold_out = blocked_skus(catalog)
    for line, product in enumerate(catalog, 2):
        if product.sku != unknown:
            cents = product.price(CURRENCY)
            yield ProductRow(
                line=line,
                sku=product.sku,
                name=product.title,
                price=f"{cents // 100}.{cents % 100:02}",
                currency=CURRENCY,
                quantity="0" if product.sku == sold_out else str(ON_THE_SHELF),
                enabled="false" if product.sku == disabled else "true",
                asin=product.asin,
            )
