"""Canceling orders: what clients say, and what they get."""

from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.commands import Command
from api.schema.context import Info
from api.schema.enums import described
from api.schema.ids import NodeId, typed_id
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.amazon.records import Command as CommandRecord
from domain.channel.cancel import cancel_order
from domain.errors import DomainError, NotFound

described(
    CancelReason,
    description="Why an order is canceled; Amazon gets the word of its acknowledgement feed.",
    values={
        "NO_INVENTORY": "The goods are not there.",
        "SHIPPING_ADDRESS_UNDELIVERABLE": "Nothing can be delivered to the address.",
        "CUSTOMER_EXCHANGE": "The buyer gets something else instead.",
        "BUYER_CANCELED": "The buyer asked for it.",
        "GENERAL_ADJUSTMENT": "For another reason.",
        "CARRIER_CREDIT_DECISION": "The carrier gives no credit.",
        "RISK_ASSESSMENT_INFORMATION_NOT_VALID": "What the risk was judged by is not valid.",
        "CARRIER_COVERAGE_FAILURE": "The carrier does not deliver there.",
        "CUSTOMER_RETURN": "The buyer sent the goods back.",
        "MERCHANDISE_NOT_RECEIVED": "The goods did not arrive.",
        "PRICING_ERROR": "The price was wrong.",
    },
)


@strawberry.input(description="Which order is canceled, and why. Always the whole order.")
class CancelOrderInput(Optionals):
    """A cancellation."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    reason: CancelReason = strawberry.field(description="Why; Amazon asks for it.")
    note: str | None = optional(
        "A remark for the timeline, at most 500 characters. Amazon does not get it. Write no buyer data into it."
    )
    restock: bool = strawberry.field(
        default=True,
        description="What becomes of the goods once Amazon shows the order as canceled: free for other orders, or "
        "written off because they are not there. If Amazon cancels before it was asked to, they are free.",
    )
    expected_version: int | None = optional(
        "The version of the order that you saw; if it has another, nothing is done."
    )
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first result again."
    )


@strawberry.type(description="What became of a cancellation.")
class CancelOrderPayload:
    """The answer to cancelOrder."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    command: CommandRecord | None = strawberry.field(
        graphql_type=Command | None,
        default=None,
        description="The request to Amazon; the order is canceled once Amazon shows it.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is asked for.")


CancelInput = Annotated[CancelOrderInput, strawberry.argument(description="Which order, and why.")]


async def request_cancellation(info: Info, input: CancelInput) -> CancelOrderPayload:
    """Ask Amazon to cancel an order."""
    service, wanted = info.context.service, typed_id(input.order_id, "AmazonOrder", path=("input", "orderId"))
    if wanted not in await orders_of([wanted]):
        raise NotFound("There is no such order.", path=("input", "orderId"))
    try:
        command = await cancel_order(
            order_id=wanted.row_id,
            reason=input.reason,
            note=input.note,
            restock=input.restock,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
        )
    except DomainError as refusal:
        return CancelOrderPayload(order=(await orders_of([wanted]))[wanted], errors=[user_error(refusal)])
    service.wake()
    return CancelOrderPayload(order=(await orders_of([wanted]))[wanted], command=command)


async def orders_of(wanted: list[NodeId]) -> dict[NodeId, AmazonOrderRecord]:
    """Return the orders of these ids that there are."""
    with reading():
        found = await AmazonOrderRecord.filter(id__in={one.row_id for one in wanted})
    by_id = {NodeId("AmazonOrder", order.account_id, order.id): order for order in found}
    return {one: by_id[one] for one in wanted if one in by_id}
