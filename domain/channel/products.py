"""Products taken from a file, and the orders that waited for them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from tortoise.expressions import Q, Subquery

from domain.accounts.records import Store
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.catalog.product_rows import ProductRow
from domain.catalog.products import ImportedProducts, apply_rows
from domain.catalog.records import Match, Product, Reservation, ReservationState
from domain.catalog.shelf import chunks
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
    """Return the orders that one of these products may help: blocked because of it, or pending without its stock."""
    if not products:
        return []
    unresolved = Attention.exclude(state=AttentionState.RESOLVED).filter(order_id__isnull=False)
    ids = {product.id for product in products}
    skus = {product.sku for product in products}
    asins = {product.asin for product in products if product.asin}
    by_product = await unresolved.filter(Q(product_id__in=ids) | Q(seller_sku__in=skus))
    unmatched = await unresolved.filter(blocker_kind=BlockerKind.PRODUCT_NOT_MATCHED) if asins else []
    waiting = by_product + [row for row in unmatched if row.facts["asin"] in asins]
    blocked = {row.order_id for row in waiting if row.order_id is not None}
    remembered = {match.seller_sku for match in await Match.filter(product_id__in=ids)}
    return sorted(blocked | await _pending_without_stock(skus | remembered, asins))


async def _pending_without_stock(seller_skus: Iterable[str], asins: Iterable[str]) -> set[int]:
    """Return the merchant's pending orders of these SKUs and ASINs that hold nothing and did not hold it too long."""
    # By store and status first, which an index finds: few orders are pending, while a SKU may be in very many.
    pending = AmazonOrder.filter(
        store_id__in=[store.id for store in await Store.all()],
        amazon_status=AmazonOrderStatus.PENDING,
        fulfillment_channel=FulfillmentChannel.MERCHANT,
        commerce_order_id__isnull=True,
    )
    open_items = AmazonItem.filter(order_id__in=Subquery(pending.values("id")), gone_at__isnull=True)
    found = {item.order_id for item in await open_items.filter(asin__in=list(asins))}
    for part in chunks(sorted(seller_skus)):
        found |= {item.order_id for item in await open_items.filter(seller_sku__in=part)}
    for orders in chunks(sorted(found)):
        held = Reservation.filter(order_id__in=orders, state__in=(ReservationState.ACTIVE, ReservationState.EXPIRED))
        found -= {row.order_id for row in await held}
    return found


def _parts(rows: Iterable[ProductRow]) -> Iterator[list[ProductRow]]:
    following = iter(rows)
    while part := list(islice(following, _CHUNK)):
        yield part
