"""Which product a seller SKU means: a remembered match, the same SKU, or the only product of that ASIN."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from tortoise.expressions import Q

from domain.catalog.records import Match, MatchSource, Product
from domain.catalog.shelf import chunks


class Wanted(NamedTuple):
    """What an item says about the product that it is."""

    account_id: int
    seller_sku: str | None
    asin: str | None


class Found(NamedTuple):
    """The product, and how it was found."""

    product: Product
    source: MatchSource


async def find_products(wanted: Collection[Wanted]) -> dict[Wanted, Found]:
    """Find the product of each; what has none is left out. Disabled products are found too."""
    found: dict[Wanted, Found] = {}
    for part in chunks(sorted(set(wanted), key=str)):
        found |= await _find(part)
    return found


async def _find(wanted: Collection[Wanted]) -> dict[Wanted, Found]:
    skus = {one.seller_sku for one in wanted if one.seller_sku}
    asins = {one.asin for one in wanted if one.asin}
    matches = await Match.filter(account_id__in={one.account_id for one in wanted}, seller_sku__in=skus)
    remembered = {(match.account_id, match.seller_sku): match for match in matches}
    ids = {match.product_id for match in matches}
    products = await Product.filter(Q(id__in=ids) | Q(sku__in=skus) | Q(asin__in=asins))
    by_id = {product.id: product for product in products}
    by_sku = {product.sku: product for product in products}
    by_asin: defaultdict[str | None, list[Product]] = defaultdict(list)
    for product in products:
        by_asin[product.asin].append(product)

    def find(one: Wanted) -> Found | None:
        match = remembered.get((one.account_id, one.seller_sku or ""))
        if match:
            return Found(by_id[match.product_id], match.source)
        if one.seller_sku in by_sku:
            return Found(by_sku[one.seller_sku], MatchSource.SKU)
        same_asin = by_asin[one.asin] if one.asin else []
        return Found(same_asin[0], MatchSource.ASIN) if len(same_asin) == 1 else None

    return {one: answer for one in wanted if (answer := find(one))}
