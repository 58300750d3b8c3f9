"""Which Amazon order is meant: by its id, Amazon's number, or the number of its commerce order."""

from contextlib import suppress

import strawberry
from tortoise.exceptions import ValidationError

from api.schema.context import Context
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from domain.amazon import records
from domain.commerce.records import CommerceOrder as CommerceOrderRecord
from domain.outward.records import ExternalId


@strawberry.input(description="What another program calls an order.")
class ExternalIdChoice:
    """What another program calls an order."""

    system: str = strawberry.field(description="Which program.")
    value: str = strawberry.field(description="What it calls the order.")


@strawberry.input(one_of=True, description="Which Amazon order; name exactly one of these.")
class AmazonOrderBy(Optionals):
    """Which Amazon order."""

    id: strawberry.ID | None = optional("Its id.")
    amazon_order_id: str | None = optional("Amazon's number; if several stores have it, the order seen first.")
    commerce_number: str | None = optional("The number of its commerce order; if several have it, the one made first.")
    external_id: ExternalIdChoice | None = optional(
        "What another program calls it (`setExternalId`); if it does so in several accounts, the first one named."
    )


async def find_amazon_order(context: Context, by: AmazonOrderBy) -> records.AmazonOrder | None:
    """Return the Amazon order, if there is one.

    Raises InvalidInput for a malformed id.
    """
    orders = context.loaders.row(records.AmazonOrder)
    if by.id is not None:
        wanted = typed_id(by.id, "AmazonOrder", path=("by", "id"))
        order = await orders.load(wanted.row_id)
        return order if order and order.account_id == wanted.account_id else None
    order_id = None
    with reading(), suppress(ValidationError):  # a text too long for the column is the number of nothing
        if by.amazon_order_id is not None:
            return await records.AmazonOrder.filter(number=by.amazon_order_id).order_by("id").first()
        order_id = await _order_called(by)
    return await orders.load(order_id) if order_id else None


async def _order_called(by: AmazonOrderBy) -> int | None:
    if by.external_id is not None:
        named = ExternalId.filter(system=by.external_id.system, value=by.external_id.value)
        found = await named.order_by("id").first()
        return found.order_id if found else None
    made = await CommerceOrderRecord.filter(number=by.commerce_number).order_by("id").first()
    return made.channel_order_id if made else None
