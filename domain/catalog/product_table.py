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

_EDITED: Final = {
    "name": "text",
    "price_minor": "integer",
    "currency": "text",
    "enabled": "boolean",
    "manages_stock": "boolean",
    "asin": "text",
}
_NEW: Final = {"sku": "text", **_EDITED}


class ProductKey(NamedTuple):
    """What finds the orders of a product."""

    id: int
    sku: str
    asin: str | None


class KnownProduct(NamedTuple):
    """A product with its counts; `on_hand` is how many lie at the default source, which is what files count."""

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
    elsewhere: int

    @property
    def key(self) -> ProductKey:
        """What finds its orders."""
        return ProductKey(self.id, self.sku, self.asin)

    @property
    def shelf(self) -> Shelf:
        """Its counts at all enabled sources."""
        return Shelf(self.id, self.on_hand + self.elsewhere, self.reserved, self.elsewhere)

    def with_news(self, news: Mapping[str, Any]) -> "KnownProduct":
        """Return it as it is after a change of some fields."""
        return self._replace(**news)


async def known_products(skus: Collection[str]) -> dict[str, KnownProduct]:
    """Return those of these SKUs that there are products of; read for update where the database can lock rows."""
    connection = get_connection("default")
    columns = ", ".join(f"product.{name}" for name in ("id", "sku", *_EDITED))
    rows = await connection.execute_query_dict(
        f"SELECT {columns}, stock.on_hand - stock.elsewhere AS on_hand, stock.reserved, stock.elsewhere "
        f"FROM {json_rows(connection, {'sku': 'text'})} wanted "
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
    rows = [[wish.sku, wish.name or wish.sku, *_price(wish), *_flags(wish), wish.asin] for wish in wishes]
    columns, at = ", ".join(_NEW), placeholder(unit.connection, 2)
    _, made = await unit.connection.execute_query(
        f"INSERT INTO product ({columns}, version, created_at, updated_at) SELECT {columns}, 1, {at}, {at} "
        f"FROM {json_rows(unit.connection, _NEW)} new RETURNING id, sku",
        [encode_rows(rows), to_text(unit.now)],
    )
    return {row["sku"]: row["id"] for row in made}


async def update_products(unit: Change, products: Sequence[KnownProduct]) -> None:
    """Store the products as they are, each a version further; their counts are moved elsewhere."""
    if not products:
        return
    edited = ", ".join(f"{name} = edited.{name}" for name in _EDITED)
    rows = json_rows(unit.connection, {"id": "integer", **_EDITED})
    await unit.connection.execute_query(
        f"UPDATE product SET {edited}, awaits_review = awaits_review AND NOT edited.enabled, "
        f"version = version + 1, updated_at = {placeholder(unit.connection, 2)} "
        f"FROM {rows} edited WHERE product.id = edited.id",
        [encode_rows([_edited(product) for product in products]), to_text(unit.now)],
    )
    await mark_listings(unit, [product.id for product in products])


def _edited(product: KnownProduct) -> list[Any]:
    return [product.id, *(getattr(product, name) for name in _EDITED)]


def _price(wish: Wish) -> tuple[int | None, str | None]:
    return (wish.price.minor, wish.price.currency) if wish.price else (None, None)


def _flags(wish: Wish) -> tuple[bool, bool]:
    return wish.enabled is not False, wish.manages_stock is not False
