"""Many products at once as plain rows, since a file may bring 100,000 of them: read, inserted and updated."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tortoise.connection import get_connection

from domain.catalog.listing_marks import mark_listings
from domain.catalog.product_rows import Wish
from domain.catalog.records import DEFAULT_SOURCE
from domain.catalog.shelf import Shelf
from domain.change import Change
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, locking, placeholder

_EDITED: Final = ("name", "price_minor", "currency", "enabled", "manages_stock", "asin")
_NEW: Final = ("sku", *_EDITED, "version", "created_at", "updated_at")


class ProductKey(NamedTuple):
    """What finds the orders of a product."""

    id: int
    sku: str
    asin: str | None


class KnownProduct(NamedTuple):
    """A product with its counts."""

    id: int
    sku: str
    name: str
    price_minor: int | None
    currency: str | None
    enabled: bool
    manages_stock: bool
    asin: str | None
    on_hand: int
    reserved: int

    @property
    def key(self) -> ProductKey:
        """What finds its orders."""
        return ProductKey(self.id, self.sku, self.asin)

    @property
    def shelf(self) -> Shelf:
        """Its counts."""
        return Shelf(self.id, self.on_hand, self.reserved)

    def with_news(self, news: Mapping[str, Any]) -> "KnownProduct":
        """Return it as it is after a change of some fields."""
        return self._replace(**news)


async def known_products(skus: Collection[str]) -> dict[str, KnownProduct]:
    """Return those of these SKUs that there are products of; read for update where the database can lock rows."""
    connection = get_connection("default")
    columns = ", ".join(f"product.{name}" for name in ("id", "sku", *_EDITED))
    rows = await connection.execute_query_dict(
        f"SELECT {columns}, stock.on_hand, stock.reserved FROM {json_rows(connection, {'sku': 'text'})} wanted "
        "CROSS JOIN product JOIN stock ON stock.product_id = product.id "
        f"WHERE product.sku = wanted.sku AND stock.source = '{DEFAULT_SOURCE}' "
        f"ORDER BY product.id{locking(connection)}",
        [encode_rows([[sku] for sku in skus])],
    )
    return {
        row["sku"]: KnownProduct(
            **{**row, "enabled": bool(row["enabled"]), "manages_stock": bool(row["manages_stock"])}
        )
        for row in rows
    }


async def insert_products(unit: Change, wishes: Sequence[Wish]) -> dict[str, int]:
    """Insert products of SKUs that there are none of yet; returns their ids by SKU. A new one is for sale."""
    at = to_text(unit.now)
    await unit.connection.execute_many(
        f"INSERT INTO product ({', '.join(_NEW)}) VALUES ({_places(unit, len(_NEW))})",
        [[wish.sku, wish.name or wish.sku, *_price(wish), *_flags(wish), wish.asin, 1, at, at] for wish in wishes],
    )
    rows = await unit.connection.execute_query_dict(
        f"SELECT id, sku FROM product WHERE sku IN (SELECT sku FROM {json_rows(unit.connection, {'sku': 'text'})} new)",
        [encode_rows([[wish.sku] for wish in wishes])],
    )
    return {row["sku"]: row["id"] for row in rows}


async def update_products(unit: Change, products: Sequence[KnownProduct]) -> None:
    """Store the products as they are, each a version further; their counts are moved elsewhere."""
    if not products:
        return
    edited = ", ".join(f"{name} = {placeholder(unit.connection, at)}" for at, name in enumerate(_EDITED, 1))
    at, which = (placeholder(unit.connection, len(_EDITED) + number) for number in (1, 2))
    now = to_text(unit.now)
    await unit.connection.execute_many(
        f"UPDATE product SET {edited}, version = version + 1, updated_at = {at} WHERE id = {which}",
        [[*(getattr(product, name) for name in _EDITED), now, product.id] for product in products],
    )
    await mark_listings(unit, [product.id for product in products])


def _price(wish: Wish) -> tuple[int | None, str | None]:
    return (wish.price.minor, wish.price.currency) if wish.price else (None, None)


def _flags(wish: Wish) -> tuple[bool, bool]:
    return wish.enabled is not False, wish.manages_stock is not False


def _places(unit: Change, count: int) -> str:
    return ", ".join(placeholder(unit.connection, number) for number in range(1, count + 1))
