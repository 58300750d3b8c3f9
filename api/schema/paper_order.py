"""The way from a paper to its order."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.schema.context import Info
from domain.commerce.records import CommerceOrder as CommerceOrderRecord

if TYPE_CHECKING:
    from api.schema.commerce_orders import CommerceOrder

_Order = Annotated["CommerceOrder", strawberry.lazy("api.schema.commerce_orders")]


@strawberry.type
class OrderedPaper:
    """What a paper shows of its order."""

    @strawberry.field(graphql_type=_Order, description="The order that it is a paper of.")
    @staticmethod
    async def commerce_order(root: strawberry.Parent[Any], info: Info) -> CommerceOrderRecord | None:
        """Return the order."""
        return await info.context.loaders.row(CommerceOrderRecord).load(root.order_id)
