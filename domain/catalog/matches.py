"""Which product an item means: what a person said, a remembered match, the same SKU, or the only one of its ASIN."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from tortoise.expressions import Q

from domain.catalog.listing_marks import mark_listings
from domain.catalog.records import ItemMatch, Match, MatchSource, Product
from domain.catalog.shelf import chunks
from domain.change import Change


class Wanted(NamedTuple):
    """What an item says about the product that it is; `item_id` is its row, for what was said of it alone."""

    account_id: int
    seller_sku: str | None
    asin: str | None
    item_id: int | None = None


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


async def remember_match(
    unit: Change, *, account_id: int, seller_sku: str, product: Product, source: MatchSource
) -> int | None:
    """Remember what a seller SKU means in an account; returns the product that it meant before, if it was another."""
    found = await Match.get_or_none(account_id=account_id, seller_sku=seller_sku)
    before = found.product_id if found else None
    match = found or Match(account_id=account_id, seller_sku=seller_sku)
    match.update_from_dict(
        {
            "product_id": product.id,
            "source": source,
            "matched_at": unit.now,
            "actor_kind": unit.actor.kind,
            "actor_name": unit.actor.name,
        }
    )
    await match.save()
    await mark_listings(unit, {product.id, before or product.id})
    return before if before != product.id else None


async def choose_for_item(
    unit: Change, *, account_id: int, order_id: int, item_id: int, product: Product
) -> int | None:
    """Say what one item means, and nothing of others like it; returns the product chosen before, if it was another."""
    before = await forget_choice(item_id)
    await ItemMatch.create(
        account_id=account_id,
        order_id=order_id,
        item_id=item_id,
        product_id=product.id,
        matched_at=unit.now,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
    )
    return before if before != product.id else None


async def forget_choice(item_id: int) -> int | None:
    """Let an item mean what others like it mean; returns the product that was chosen for it, if there was one."""
    found = await ItemMatch.get_or_none(item_id=item_id)
    if found is None:
        return None
    await found.delete()
    product_id: int = found.product_id
    return product_id


async def _find(wanted: Collection[Wanted]) -> dict[Wanted, Found]:
    skus = {one.seller_sku for one in wanted if one.seller_sku}
    asins = {one.asin for one in wanted if one.asin}
    chosen = {row.item_id: row.product_id for row in await ItemMatch.filter(item_id__in=_items(wanted))}
    matches = await Match.filter(account_id__in={one.account_id for one in wanted}, seller_sku__in=skus)
    remembered = {(match.account_id, match.seller_sku): match for match in matches}
    ids = {match.product_id for match in matches} | set(chosen.values())
    products = await Product.filter(Q(id__in=ids) | Q(sku__in=skus) | Q(asin__in=asins))
    by_id = {product.id: product for product in products}
    by_sku = {product.sku: product for product in products}
    by_asin: defaultdict[str | None, list[Product]] = defaultdict(list)
    for product in products:
        by_asin[product.asin].append(product)

    def find(one: Wanted) -> Found | None:
        if one.item_id in chosen:
            return Found(by_id[chosen[one.item_id]], MatchSource.MANUAL)
        match = remembered.get((one.account_id, one.seller_sku or ""))
        if match:
            return Found(by_id[match.product_id], match.source)
        if one.seller_sku in by_sku:
            return Found(by_sku[one.seller_sku], MatchSource.SKU)
        same_asin = by_asin[one.asin] if one.asin else []
        return Found(same_asin[0], MatchSource.ASIN) if len(same_asin) == 1 else None

    return {one: answer for one in wanted if (answer := find(one))}


def _items(wanted: Collection[Wanted]) -> set[int]:
    return {one.item_id for one in wanted if one.item_id is not None}
