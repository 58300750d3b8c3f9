"""Products taken from a file, and the orders that waited for them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from tortoise.expressions import Q

from domain.catalog.product_rows import ProductRow
from domain.catalog.products import ImportedProducts, apply_rows
from domain.catalog.records import Product
from domain.change import change
from domain.channel.blockers import BlockerKind
from domain.channel.records import Attention, AttentionState
from domain.timeline import Actor

_CHUNK: Final = 500


async def import_products(*, rows: Iterable[ProductRow], now: datetime, actor: Actor) -> ImportedProducts:
    """Create or change products in short transactions, and have the orders that waited for them evaluated again.

    A row that cannot be taken is refused with its line and stops no other; the same rows again change nothing.
    """
    result = ImportedProducts()
    for part in _parts(rows):
        async with change(now=now, actor=actor) as unit:
            unit.quiet()
            touched = await apply_rows(unit, part, into=result)
            await unit.due(await orders_waiting_for(touched))
    return result


async def orders_waiting_for(products: Sequence[Product]) -> list[int]:
    """Return the orders with an open blocker because of one of these products, its SKU or its ASIN."""
    if not products:
        return []
    unresolved = Attention.exclude(state=AttentionState.RESOLVED).filter(order_id__isnull=False)
    ids = {product.id for product in products}
    skus = {product.sku for product in products}
    asins = {product.asin for product in products if product.asin}
    by_product = await unresolved.filter(Q(product_id__in=ids) | Q(seller_sku__in=skus))
    unmatched = await unresolved.filter(blocker_kind=BlockerKind.PRODUCT_NOT_MATCHED) if asins else []
    waiting = by_product + [row for row in unmatched if row.facts["asin"] in asins]
    return sorted({row.order_id for row in waiting if row.order_id is not None})


def _parts(rows: Iterable[ProductRow]) -> Iterator[list[ProductRow]]:
    following = iter(rows)
    while part := list(islice(following, _CHUNK)):
        yield part
