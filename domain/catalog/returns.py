"""Goods of an order that come back to the shelf that they left from."""

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.catalog.records import DEFAULT_SOURCE, MoveReason, StockMove
from domain.catalog.shelf import Move, move
from domain.catalog.source_shelf import enabled_among
from domain.change import Change

_Gone = dict[str, int]  # by source, the one that goods left from last being the last

_WHERE_THEY_LEFT: Final[Mapping[int, str]] = MappingProxyType({})


async def take_back(
    unit: Change,
    *,
    account_id: int,
    order_id: int,
    quantities: Mapping[int, int],
    sources: Mapping[int, str] = _WHERE_THEY_LEFT,
) -> int:
    """Put goods of an order's items back, `quantities` by item id, and return how many came back in all.

    Never more than left the shelf for an item and is not back yet, to the product that it left from: what Amazon sent
    from its own shelf, or had left before the order was known here, does not come back to ours. They come to the source
    in `sources`, by item id; else to those that they left from, what left last first, and to the default one instead of
    one that is disabled now.
    """
    gone = await _gone(order_id, quantities)
    enabled = await enabled_among({source for places in gone.values() for source in places})
    moves = [
        Move(
            product_id=product_id,
            source=sources.get(item_id) or (source if source in enabled else DEFAULT_SOURCE),
            reason=MoveReason.RETURNED,
            on_hand=quantity,
            account_id=account_id,
            order_id=order_id,
            item_id=item_id,
        )
        for (item_id, product_id), places in sorted(gone.items())
        for source, quantity in _last_first(places, quantities[item_id])
    ]
    await move(unit, moves)
    return sum(one.on_hand for one in moves)


def _last_first(places: _Gone, quantity: int) -> list[tuple[str, int]]:
    """Return how many of a quantity come back to which source."""
    parts = []
    for source, gone in reversed(places.items()):
        if (part := min(gone, quantity)) > 0:
            parts.append((source, part))
            quantity -= part
    return parts


async def _gone(order_id: int, quantities: Mapping[int, int]) -> dict[tuple[int, int], _Gone]:
    """Return how many left from where for each item, by item and product, less those that came back."""
    wanted = [item_id for item_id, quantity in quantities.items() if quantity]
    if not wanted:
        return {}
    reasons = [MoveReason.SHIPPED, MoveReason.RETURNED]
    gone: defaultdict[tuple[int, int], _Gone] = defaultdict(dict)
    for one in await StockMove.filter(order_id=order_id, item_id__in=wanted, reason__in=reasons).order_by("id"):
        places = gone[one.item_id or 0, one.product_id]
        if one.reason is MoveReason.SHIPPED:
            places[one.source] = places.pop(one.source, 0) - one.on_hand
        else:
            _come_back(places, one.source, one.on_hand)
    return gone


def _come_back(places: _Gone, source: str, quantity: int) -> None:
    """Take what came back off what is gone: off its source first, then, as it may have come elsewhere, off the last."""
    for place in (source, *reversed(list(places))):
        part = min(places.get(place, 0), quantity)
        if part > 0:
            places[place] -= part
            quantity -= part
