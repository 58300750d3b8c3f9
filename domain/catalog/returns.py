"""Goods of an order that come back to the shelf they left from."""

from collections import defaultdict
from collections.abc import Mapping

from domain.catalog.records import MoveReason, StockMove
from domain.catalog.shelf import Move, move
from domain.change import Change


async def take_back(unit: Change, *, account_id: int, order_id: int, quantities: Mapping[int, int]) -> int:
    """Put goods of an order's items back, `quantities` by item id, and return how many came back in all.

    Never more than left the shelf for an item and is not back yet, to the product that it left from: what Amazon sent
    from its own shelf, or had left before the order was known here, does not come back to ours.
    """
    moves = [
        Move(
            product_id=product_id,
            reason=MoveReason.RETURNED,
            on_hand=min(gone, quantities[item_id]),
            account_id=account_id,
            order_id=order_id,
            item_id=item_id,
        )
        for (item_id, product_id), gone in sorted((await _gone(order_id, quantities)).items())
    ]
    await move(unit, moves)
    return sum(one.on_hand for one in moves)


async def _gone(order_id: int, quantities: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """Return how many left for each item, by item and product, less those that came back."""
    wanted = [item_id for item_id, quantity in quantities.items() if quantity]
    if not wanted:
        return {}
    reasons = [MoveReason.SHIPPED, MoveReason.RETURNED]
    gone: defaultdict[tuple[int, int], int] = defaultdict(int)
    for one in await StockMove.filter(order_id=order_id, item_id__in=wanted, reason__in=reasons):
        gone[one.item_id or 0, one.product_id] -= one.on_hand
    return gone
