"""Labels as an order shows them."""

import strawberry

from api.schema.context import Info
from api.schema.loaders import Listing
from domain.amazon.records import AmazonOrder
from domain.outward import records

_EXTERNAL_IDS = Listing(records.ExternalId, "order_id", ("system",))
_TAGS = Listing(records.OrderTag, "order_id", ("tag",))


@strawberry.type(description="What another program calls an order.")
class ExternalId:
    """The window on an external id."""

    system: str = strawberry.field(description="Which program.")
    value: str = strawberry.field(description="What it calls the order.")


@strawberry.type
class Labels:
    """The part of an order that other programs wrote."""

    @strawberry.field(graphql_type=list[ExternalId], description="What other programs call it (`setExternalId`).")
    @staticmethod
    async def external_ids(root: strawberry.Parent[AmazonOrder], info: Info) -> list[records.ExternalId]:
        """Return the external ids by program."""
        return await info.context.loaders.rows(_EXTERNAL_IDS).load(root.id)

    @strawberry.field(description="The tags on it, sorted (`tagOrder`).")
    @staticmethod
    async def tags(root: strawberry.Parent[AmazonOrder], info: Info) -> list[str]:
        """Return the tags."""
        return [row.tag for row in await info.context.loaders.rows(_TAGS).load(root.id)]
