"""Canceling parts of orders: what clients say, and what they get."""

from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.canceling import orders_of
from api.schema.commands import Command
from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.shipping import USER, QuantityInput
from api.schema.user_errors import UserError, user_error
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.amazon.records import Command as CommandRecord
from domain.channel.partial_cancel import cancel_rest
from domain.errors import DomainError, NotFound


@strawberry.input(description="Which units of an order are canceled, and why.")
class CancelRestInput(Optionals):
    """The cancellation of a part."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    lines: list[QuantityInput] | None = optional(
        "Which units; without lines, all that has not left of a partly shipped order. Of an order of which nothing "
        "has shipped they are needed, and cannot be all of it: `cancelOrder` cancels that."
    )
    reason: CancelReason = strawberry.field(description="Why; Amazon asks for it.")
    note: str | None = optional(
        "A remark for the timeline and the credit memo, at most 500 characters. Amazon does not get it. Write no "
        "buyer data into it."
    )
    restock: bool = strawberry.field(
        default=True,
        description="What becomes of the goods once Amazon shows the units as canceled: free for other orders, or "
        "written off because they are not there.",
    )
    expected_version: int | None = optional(
        "The version of the order that you saw; if it has another, nothing is done."
    )
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first result again."
    )


@strawberry.type(description="What became of the cancellation of a part.")
class CancelRestPayload:
    """The answer to cancelRest."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    command: CommandRecord | None = strawberry.field(
        graphql_type=Command | None,
        default=None,
        description="The request to Amazon; the units are canceled once Amazon shows it.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is asked for.")


PartInput = Annotated[CancelRestInput, strawberry.argument(description="Which units, and why.")]


async def request_part_canceled(info: Info, input: PartInput) -> CancelRestPayload:
    """Ask Amazon to cancel a part of an order."""
    service, wanted = info.context.service, typed_id(input.order_id, "AmazonOrder", path=("input", "orderId"))
    if wanted not in await orders_of([wanted]):
        raise NotFound("There is no such order.", path=("input", "orderId"))
    units = None if input.lines is None else [_units(line, at) for at, line in enumerate(input.lines)]
    try:
        command = await cancel_rest(
            order_id=wanted.row_id,
            lines=units,
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
        return CancelRestPayload(order=(await orders_of([wanted]))[wanted], errors=[user_error(refusal)])
    service.wake()
    return CancelRestPayload(order=(await orders_of([wanted]))[wanted], command=command)


def _units(line: QuantityInput, at: int) -> tuple[int, int]:
    return typed_id(line.item_id, "OrderItem", path=("input", "lines", str(at), "itemId")).row_id, line.quantity
