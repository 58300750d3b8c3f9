"""Commenting on an order: what clients say, and what they get."""

from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.comments import OrderComment
from api.schema.context import Info
from api.schema.events import CommentEvent
from api.schema.ids import parse_id
from api.schema.optional import Optionals, optional
from api.schema.order_known import known_order, order_now
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.comment import Remark, add_comment
from domain.commerce.records import Document
from domain.commerce.workflow_records import OrderComment as CommentRecord
from domain.errors import DomainError, InvalidInput
from domain.timeline import Event, EventKind

_ORDER_ID = ("input", "orderId")
_PAPER_ID = ("input", "documentId")
_PAPERS = {"Invoice": Document.INVOICE, "Shipment": Document.SHIPMENT, "CreditMemo": Document.CREDIT_MEMO}


@strawberry.input(description="What is said of an order, and what goes with it.")
class AddOrderCommentInput(Optionals):
    """A comment."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    text: str | None = optional(
        "What is said, at most 5000 characters; it is kept as buyer data is. Only setting a status needs no words."
    )
    status: str | None = optional("The code of another status of the order's present state, which it gets with this.")
    notify: bool = strawberry.field(default=False, description="Whether the buyer gets it by e-mail.")
    is_visible: bool = strawberry.field(default=False, description="Whether a storefront may show it.")
    document_id: strawberry.ID | None = optional(
        "The id of the `Invoice`, `Shipment` or `CreditMemo` that it is about; without it, the order."
    )
    expected_version: int | None = optional(
        "The version of the order that you saw; if it has another, nothing is done."
    )
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first result again."
    )


@strawberry.type(description="What became of a comment.")
class CommentPayload:
    """The answer to addOrderComment."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    comment: CommentRecord | None = strawberry.field(
        graphql_type=OrderComment | None, default=None, description="The comment."
    )
    event: Event | None = strawberry.field(
        graphql_type=CommentEvent | None, default=None, description="The line of the timeline that tells of it."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


CommentInput = Annotated[AddOrderCommentInput, strawberry.argument(description="What is said of which order.")]


async def comment_on_order(info: Info, input: CommentInput) -> CommentPayload:
    """Keep what somebody says of an order."""
    service, order = info.context.service, await known_order(input.order_id, path=_ORDER_ID)
    remark = Remark(
        text=input.text,
        status=input.status,
        notify=input.notify,
        is_visible=input.is_visible,
        paper=_paper_of(input.document_id),
    )
    try:
        comment = await add_comment(
            order_id=order.id,
            remark=remark,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=service.clock.now(),
            actor=USER,
            mailing=service.mailing,
            sealer=service.sealer,
        )
    except DomainError as refusal:
        return CommentPayload(order=await order_now(order.id), errors=[user_error(refusal)])
    if comment.is_notified:
        service.wake()
    return CommentPayload(order=await order_now(order.id), comment=comment, event=await _event_of(order, comment))


def _paper_of(text: str | None) -> tuple[Document, int] | None:
    if text is None:
        return None
    wanted = parse_id(text, path=_PAPER_ID)
    if wanted.type_name not in _PAPERS:
        raise InvalidInput("This is not the id of an invoice, a shipment or a credit memo.", path=_PAPER_ID)
    return _PAPERS[wanted.type_name], wanted.row_id


async def _event_of(order: AmazonOrderRecord, comment: CommentRecord) -> Event | None:
    with reading():
        told = await Event.filter(order_id=order.id, kind=EventKind.COMMENTED, at=comment.at).order_by("-id")
    return next((event for event in told if event.details.get("comment_id") == comment.id), None)
