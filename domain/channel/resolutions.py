"""The ways out of many entries at once, read with a handful of statements."""

from collections import Counter
from collections.abc import Sequence

from domain.amazon.records import AmazonItem, AmazonOrder
from domain.catalog.records import Product
from domain.channel.blockers import BlockerKind
from domain.channel.records import Attention, AttentionState
from domain.channel.resolution import Resolution
from domain.channel.shortage import short_together
from domain.channel.standing import standings
from domain.channel.ways_out import Surroundings, ways_out, ways_out_together


async def resolutions_of(entries: Sequence[Attention]) -> dict[int, tuple[Resolution, ...]]:
    """Return what clears each entry by its row, the best first; nothing for what is resolved."""
    around = await _surroundings(entries)
    return {entry.id: ways_out(entry, around) for entry in entries}


async def resolutions_together(entries: Sequence[Attention]) -> dict[int, tuple[Resolution, ...]]:
    """Return by the row of an entry what clears all that stands still for the same cause."""
    lacking = [entry for entry in entries if entry.blocker_kind is BlockerKind.OUT_OF_STOCK]
    causes = {entry.cause: entry.product_id for entry in lacking if entry.cause and entry.product_id}
    around = await _surroundings(entries, together=await short_together(causes) if causes else {})
    return {entry.id: ways_out_together(entry, around) for entry in entries}


async def _surroundings(entries: Sequence[Attention], *, together: dict[str, int] | None = None) -> Surroundings:
    order_ids = {entry.order_id for entry in entries if entry.order_id is not None}
    items = await AmazonItem.filter(id__in={entry.item_id for entry in entries if entry.item_id is not None})
    products = await Product.filter(id__in={entry.product_id for entry in entries if entry.product_id is not None})
    return Surroundings(
        standings=await standings(await AmazonOrder.filter(id__in=order_ids)),
        items={item.id: item for item in items},
        products={product.id: product for product in products},
        short_of=await _short_of(entries),
        short_together=together or {},
    )


async def _short_of(entries: Sequence[Attention]) -> Counter[tuple[int, int]]:
    """Add up by order and product what its items lacked when they were last looked at."""
    lacking = {entry.order_id for entry in entries if entry.blocker_kind is BlockerKind.OUT_OF_STOCK}
    rows = Attention.filter(order_id__in=lacking, blocker_kind=BlockerKind.OUT_OF_STOCK)
    short: Counter[tuple[int, int]] = Counter()
    for row in await rows.exclude(state=AttentionState.RESOLVED):
        short[row.order_id or 0, row.product_id or 0] += int(row.facts["short_by"])
    return short
