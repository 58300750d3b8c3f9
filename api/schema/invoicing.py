"""Invoicing what is left of an order: what clients say, and what they get."""

from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.documents import Invoice
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.order_known import known_order, order_now
from api.schema.shipping import USER, QuantityInput
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.invoice import invoice_order
from domain.commerce.records import Invoice as InvoiceRecord
from domain.errors import DomainError

_ORDER_ID = ("input", "orderId")


@strawberry.input(description="What of an order is invoiced.")
class InvoiceOrderInput(Optionals):
    """An invoice."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    lines: list[QuantityInput] | None = optional("What is billed; without lines, all that is left to invoice.")
    notify: bool = strawberry.field(default=False, description="Whether the buyer gets a copy by e-mail.")
    expected_version: int | None = optional(
        "The version of the order that you saw; if it has another, nothing is done."
    )
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first result again."
    )


@strawberry.type(description="What became of an invoice.")
class InvoiceOrderPayload:
    """The answer to invoiceOrder."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    invoice: InvoiceRecord | None = strawberry.field(
        graphql_type=Invoice | None, default=None, description="The invoice."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


InvoiceInput = Annotated[InvoiceOrderInput, strawberry.argument(description="What is billed.")]


async def bill_order(info: Info, input: InvoiceInput) -> InvoiceOrderPayload:
    """Invoice some or all of what is left of an order."""
    service, order = info.context.service, await known_order(input.order_id, path=_ORDER_ID)
    try:
        invoice = await invoice_order(
            order_id=order.id,
            lines=None if input.lines is None else _quantities(input.lines),
            copy_by=service.mailing if input.notify else None,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
        )
    except DomainError as refusal:
        return InvoiceOrderPayload(order=await order_now(order.id), errors=[user_error(refusal)])
    if input.notify:
        service.wake()
    return InvoiceOrderPayload(order=await order_now(order.id), invoice=invoice)


def _quantities(lines: list[QuantityInput]) -> list[tuple[int, int]]:
    return [
        (typed_id(line.item_id, "OrderItem", path=("input", "lines", str(at), "itemId")).row_id, line.quantity)
        for at, line in enumerate(lines)
    ]
