"""What grids of Amazon orders show of their items and of the stock held for them."""

from typing import Final

import strawberry

from api.schema.context import Info
from api.schema.loaders import Listing
from api.schema.order_items import ITEMS
from domain.amazon import records
from domain.catalog.records import Reservation, ReservationState

_HELD: Final = Listing(Reservation, "order_id", ("id",), only=(("state", ReservationState.ACTIVE),))


@strawberry.type
class GridColumns:
    """Columns of a grid."""

    @strawberry.field(description="Whether stock is held for it.")
    @staticmethod
    async def is_stock_reserved(root: strawberry.Parent[records.AmazonOrder], info: Info) -> bool:
        """Return whether there is a reservation."""
        return bool(await info.context.loaders.rows(_HELD).load(root.id))

    @strawberry.field(description="How many pieces of it Amazon knows as shipped.")
    @staticmethod
    async def quantity_shipped(root: strawberry.Parent[records.AmazonOrder], info: Info) -> int:
        """Add the items up."""
        return sum(item.quantity_shipped for item in await info.context.loaders.rows(ITEMS).load(root.id))

    @strawberry.field(description="How many pieces of it are still to ship, as Amazon knows it.")
    @staticmethod
    async def quantity_unshipped(root: strawberry.Parent[records.AmazonOrder], info: Info) -> int:
        """Add the items up; where Amazon does not say it, what is ordered and not shipped."""
        return sum(_unshipped(item) for item in await info.context.loaders.rows(ITEMS).load(root.id))


def _unshipped(item: records.AmazonItem) -> int:
    if item.quantity_unshipped is not None:
        return item.quantity_unshipped
    return item.quantity_ordered - item.quantity_shipped
