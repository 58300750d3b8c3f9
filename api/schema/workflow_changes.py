"""Changes that take an order through the back office: holds, invoices, comments, and the statuses they may set."""

import strawberry

from api.schema.commenting import CommentPayload, comment_on_order
from api.schema.context import Info
from api.schema.correcting import ExpectedVersion, OrderId, OrderPayload
from api.schema.holding import HoldNote, Until, WhyHeld
from api.schema.invoicing import InvoiceOrderPayload, bill_order
from api.schema.optional import given
from api.schema.order_known import known_order, order_now
from api.schema.order_statuses import (
    OrderStatusPayload,
    assign_order_status,
    create_order_status,
    unassign_order_status,
    update_order_status,
)
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import USER
from api.schema.user_errors import user_error
from domain.amazon.records import AmazonOrder
from domain.channel import hold
from domain.errors import DomainError

_ORDER_ID = ("orderId",)


async def hold_order(
    info: Info,
    order_id: OrderId,
    reason: WhyHeld,
    note: HoldNote = strawberry.UNSET,
    until: Until = strawberry.UNSET,
    expected_version: ExpectedVersion = strawberry.UNSET,
) -> OrderPayload:
    """Put an order on hold."""
    order = await known_order(order_id, path=_ORDER_ID)
    try:
        await hold.hold_order(
            order_id=order.id,
            reason=reason,
            note=given(note),
            until=given(until),
            expected_version=given(expected_version),
            now=info.context.service.clock.now(),
            actor=USER,
        )
    except DomainError as refusal:
        return await _refused(order, refusal)
    return OrderPayload(order=await order_now(order.id))


async def unhold_order(
    info: Info,
    order_id: OrderId,
    note: HoldNote = strawberry.UNSET,
    expected_version: ExpectedVersion = strawberry.UNSET,
) -> OrderPayload:
    """Lift the hold of an order."""
    order = await known_order(order_id, path=_ORDER_ID)
    try:
        await hold.unhold_order(
            order_id=order.id,
            note=given(note),
            expected_version=given(expected_version),
            now=info.context.service.clock.now(),
            actor=USER,
        )
    except DomainError as refusal:
        return await _refused(order, refusal)
    return OrderPayload(order=await order_now(order.id))


async def _refused(order: AmazonOrder, refusal: DomainError) -> OrderPayload:
    return OrderPayload(order=await order_now(order.id), errors=[user_error(refusal)])


@strawberry.type
class WorkflowChanges:
    """The changes of the workflow."""

    hold_order: OrderPayload = strawberry.mutation(
        resolver=hold_order,
        extensions=[RefusalsAsUserErrors(OrderPayload)],
        description="Put an imported order on hold: nothing of it is shipped or canceled from here until the hold is "
        "over. It remembers state and status. What left before is still told to Amazon, and what Amazon does meanwhile "
        "counts all the same.",
    )
    unhold_order: OrderPayload = strawberry.mutation(
        resolver=unhold_order,
        extensions=[RefusalsAsUserErrors(OrderPayload)],
        description="Lift the hold of an order: its state and status are again what they were.",
    )
    invoice_order: InvoiceOrderPayload = strawberry.mutation(
        resolver=bill_order,
        extensions=[RefusalsAsUserErrors(InvoiceOrderPayload)],
        description="Invoice what is not billed of an order, all of it or some. The import bills everything, so "
        "something has to be left; the last invoice takes the rest to the cent.",
    )
    add_order_comment: CommentPayload = strawberry.mutation(
        resolver=comment_on_order,
        extensions=[RefusalsAsUserErrors(CommentPayload)],
        description="Write a comment on an order or one of its papers, and set another status of its present state "
        "with it. The timeline tells that somebody commented, not what.",
    )
    create_order_status: OrderStatusPayload = strawberry.mutation(
        resolver=create_order_status,
        extensions=[RefusalsAsUserErrors(OrderStatusPayload)],
        description="Define a status of your own. It is never deleted.",
    )
    update_order_status: OrderStatusPayload = strawberry.mutation(
        resolver=update_order_status,
        extensions=[RefusalsAsUserErrors(OrderStatusPayload)],
        description="Change what people read of a status of your own, or whether a storefront may show it.",
    )
    assign_order_status: OrderStatusPayload = strawberry.mutation(
        resolver=assign_order_status,
        extensions=[RefusalsAsUserErrors(OrderStatusPayload)],
        description="Assign a status of your own to a state. One that is used stays where it is; each state keeps its "
        "default.",
    )
    unassign_order_status: OrderStatusPayload = strawberry.mutation(
        resolver=unassign_order_status,
        extensions=[RefusalsAsUserErrors(OrderStatusPayload)],
        description="Take a status of your own away from its state, unless it is used.",
    )
