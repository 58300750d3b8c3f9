"""Correcting a delivery address: what clients say, and what they get."""

from typing import Annotated

import strawberry

from api.schema.affected import evaluate_affected
from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.optional import Optionals, given, optional
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel import correct
from domain.errors import DomainError, NotFound


@strawberry.input(
    description="Parts of a delivery address as they should be. What is left out or null stays; what the country "
    "needs cannot be emptied."
)
class AddressPatch(Optionals):
    """A correction."""

    line1: str | None = optional("The first line.")
    line2: str | None = optional("The second line; an empty text takes it off.")
    line3: str | None = optional("The third line; an empty text takes it off.")
    city: str | None = optional("The city.")
    region: str | None = optional("The state or region.")
    postal_code: str | None = optional("The postal code.")
    country_code: str | None = optional("The country, two letters of ISO 3166.")

    def as_domain(self) -> correct.AddressPatch:
        """Return what is sent in the domain's words."""
        return correct.AddressPatch(
            line1=self.line1,
            line2=self.line2,
            line3=self.line3,
            city=self.city,
            region=self.region,
            postal_code=self.postal_code,
            country_code=self.country_code,
        )


@strawberry.type(description="What became of an order.")
class OrderPayload:
    """The answer to what is done with one order."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


OrderId = Annotated[strawberry.ID, strawberry.argument(description="The id of an `AmazonOrder`.")]
Patch = Annotated[AddressPatch, strawberry.argument(description="What is to be corrected.")]
ExpectedVersion = Annotated[
    int | None,
    strawberry.argument(description="The version of the order that you saw; if it has another, nothing is done."),
]


async def correct_address(
    info: Info, order_id: OrderId, address: Patch, expected_version: ExpectedVersion = strawberry.UNSET
) -> OrderPayload:
    """Correct an order's delivery address and evaluate the order at once."""
    service, wanted = info.context.service, typed_id(order_id, "AmazonOrder", path=("orderId",))
    with reading():
        known = await AmazonOrderRecord.get_or_none(id=wanted.row_id, account_id=wanted.account_id)
    if known is None:
        raise NotFound("There is no such order.", path=("orderId",))
    try:
        affected = await correct.correct_address(
            order_id=known.id,
            address=address.as_domain(),
            expected_version=given(expected_version),
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
        )
    except DomainError as refusal:
        return OrderPayload(order=await _order_now(known.id), errors=[user_error(refusal)])
    await evaluate_affected(service, affected)
    return OrderPayload(order=await _order_now(known.id))


async def _order_now(order_id: int) -> AmazonOrderRecord:
    with reading():
        return await AmazonOrderRecord.get(id=order_id)
