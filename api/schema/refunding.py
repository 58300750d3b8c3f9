"""Refunding an order: what clients say, and what they get."""

from decimal import Decimal
from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.canceling import orders_of
from api.schema.commerce_words import RefundReason
from api.schema.context import Info
from api.schema.documents import CreditMemo
from api.schema.ids import NodeId, typed_id
from api.schema.optional import Optionals, optional
from api.schema.refund_amounts import RefundAmounts, amounts_of
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.refund import RefundLine, RefundRequest, refund_order, rehearse_refund
from domain.commerce.records import CreditMemo as CreditMemoRecord
from domain.errors import DomainError, NotFound


@strawberry.input(description="How much of an order item is given back: units, an amount, or units for an amount.")
class RefundLineInput(Optionals):
    """Some of a line."""

    item_id: strawberry.ID = strawberry.field(description="The id of an `OrderItem`.")
    quantity: int = strawberry.field(default=0, description="How many units; 0 for an amount alone.")
    amount: Decimal | None = optional(
        "How much, in the order's currency and without shipping. Left out: the units' share of what is left of the "
        "line; the last unit gets the rest, so that the parts add up exactly."
    )
    restock: bool | None = optional("As `restock` of the whole refund, for this line alone.")
    restock_source: str | None = optional("As `restockSource` of the whole refund, for this line alone.")


@strawberry.input(
    description="What is given back, and why. Amounts are in the order's currency, without `lines` and `amount` it is "
    "all that is left of the order."
)
class RefundOrderInput(Optionals):
    """A refund."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    lines: list[RefundLineInput] | None = optional(
        "What is given back of which items. Left out: all that is left of the order, with what earlier credit memos "
        "kept back. Empty: shipping and adjustments only."
    )
    amount: Decimal | None = optional(
        "This much alone: for no item, without shipping; it stands on the credit memo as its adjustment refund. Goes "
        "with neither lines nor shipping nor adjustments."
    )
    shipping: Decimal | None = optional(
        'How much of the shipping. Left out: all that is left of it, and it can only be less; "0" for none.'
    )
    adjustment_refund: Decimal | None = optional("How much on top; all together never more than was paid.")
    adjustment_fee: Decimal | None = optional("How much is kept back of all that.")
    reason: RefundReason = strawberry.field(
        description="Why; all but those that follow changes on Amazon: CANCELED_ON_AMAZON, QUANTITY_LOWERED, "
        "PRICE_LOWERED and REST_CANCELED."
    )
    restock: bool | None = optional(
        "What becomes of the goods. True: units that had left are back on the shelf, and those that never left are "
        "free for others. False: those that never left are struck off the shelf, as they are not there. Left out: "
        "those that never left are free for others, the shelf is not changed. Units count as not sent first."
    )
    restock_source: str | None = optional(
        "The code of the source that units come back to. Left out: those that they left from, the last first, or the "
        "default one instead of one that is disabled now."
    )
    note: str | None = optional(
        "A remark on the credit memo, at most 500 characters. Amazon does not get it. Write no buyer data into it."
    )
    tell_amazon: bool = strawberry.field(
        default=False,
        description="Whether Amazon is asked to pay the money back to the buyer, by a payment adjustment feed. "
        "Otherwise the credit memo stays here, and the buyer gets nothing by it.",
    )
    notify: bool = strawberry.field(default=False, description="Whether the buyer gets an e-mail about it.")
    dry_run: bool = strawberry.field(
        default=False,
        description="Only say what it would come to, in `amounts`, or why not. Nothing is stored, not even the key.",
    )
    expected_version: int | None = optional(
        "The version of the order that you saw; if it has another, nothing is done."
    )
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first result again."
    )


@strawberry.type(description="What became of a refund.")
class RefundOrderPayload:
    """The answer to refundOrder."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    credit_memo: CreditMemoRecord | None = strawberry.field(
        graphql_type=CreditMemo | None, default=None, description="The credit memo; null in a dry run."
    )
    amounts: RefundAmounts | None = strawberry.field(
        default=None, description="What it would come to; null unless it is a dry run."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


RefundInput = Annotated[RefundOrderInput, strawberry.argument(description="What is given back, and why.")]


async def give_back(info: Info, input: RefundInput) -> RefundOrderPayload:
    """Make a credit memo, or say what it would be."""
    wanted = typed_id(input.order_id, "AmazonOrder", path=("input", "orderId"))
    if wanted not in await orders_of([wanted]):
        raise NotFound("There is no such order.", path=("input", "orderId"))
    try:
        payload = await _tried(info, wanted, input) if input.dry_run else await _done(info, wanted, input)
    except DomainError as refusal:
        payload = RefundOrderPayload(errors=[user_error(refusal)])
    payload.order = (await orders_of([wanted]))[wanted]
    return payload


async def _done(info: Info, wanted: NodeId, input: RefundOrderInput) -> RefundOrderPayload:
    service = info.context.service
    memo = await refund_order(
        order_id=wanted.row_id,
        request=_request(input),
        expected_version=input.expected_version,
        idempotency_key=input.idempotency_key,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
        mailing=service.mailing,
    )
    service.wake()
    return RefundOrderPayload(credit_memo=memo)


async def _tried(info: Info, wanted: NodeId, input: RefundOrderInput) -> RefundOrderPayload:
    service = info.context.service
    tried = await rehearse_refund(
        order_id=wanted.row_id,
        request=_request(input),
        expected_version=input.expected_version,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
        mailing=service.mailing,
    )
    return RefundOrderPayload(amounts=amounts_of(tried))


def _request(input: RefundOrderInput) -> RefundRequest:
    return RefundRequest(
        reason=input.reason,
        lines=None if input.lines is None else tuple(_line(line, at) for at, line in enumerate(input.lines)),
        amount=input.amount,
        shipping=input.shipping,
        adjustment_refund=input.adjustment_refund,
        adjustment_fee=input.adjustment_fee,
        restock=input.restock,
        restock_source=input.restock_source,
        note=input.note,
        tell_amazon=input.tell_amazon,
        notify=input.notify,
    )


def _line(line: RefundLineInput, at: int) -> RefundLine:
    wanted = typed_id(line.item_id, "OrderItem", path=("input", "lines", str(at), "itemId"))
    return RefundLine(
        item_id=wanted.row_id,
        quantity=line.quantity,
        amount=line.amount,
        restock=line.restock,
        restock_source=line.restock_source,
    )
