"""Why a pending order holds no stock, in the words that the documented channel shows."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.catalog.records import Reservation
from domain.channel.blockers import LineState, stock_blockers

_UNABLE: Final = "Unable to reserve inventory as"
NOT_ENOUGH: Final = f"{_UNABLE} the quantity is not available."


def why_unheld(lines: Sequence[LineState], *, held: Mapping[int, Reservation]) -> str | None:
    """Return why these lines cannot all be held, None if they can.

    A line that holds its product already keeps it when the product is taken off sale.
    """
    for line in lines:
        if line.is_to_create:
            continue  # nobody counts the product that the import makes
        if line.product is None:
            return (
                f'{_UNABLE} we cannot find the product "{line.seller_sku or line.asin or "without SKU"}" in the catalog'
            )
        before = held.get(line.item_id)
        is_off = not (line.product.enabled or line.product.is_let_through)
        if is_off and (before is None or before.product_id != line.product.product_id):
            return f'{_UNABLE} the product "{line.product.sku}" is disabled.'
    return NOT_ENOUGH if stock_blockers(lines, merchant=True) else None
