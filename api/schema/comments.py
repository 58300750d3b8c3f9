"""Comments on orders and their papers, as they are shown."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.schema.actors import Actor, actor_of
from api.schema.commerce_words import CommerceOrderStatus, status_of
from api.schema.context import Info
from api.schema.loaders import Listing
from api.schema.nodes import Node, window_on
from api.schema.paper_order import OrderedPaper
from domain import timeline
from domain.buyers import Owner
from domain.commerce import records
from domain.commerce.comments import text_of
from domain.commerce.records import Document
from domain.commerce.workflow_records import OrderComment as CommentRecord

if TYPE_CHECKING:
    from api.schema.documents import CreditMemo, Invoice, Shipment

COMMENTS = Listing(CommentRecord, "order_id", ("id",))
_PAPERS: dict[Document, Any] = {
    Document.INVOICE: records.Invoice,
    Document.SHIPMENT: records.Shipment,
    Document.CREDIT_MEMO: records.CreditMemo,
}
_KIND_OF: dict[Any, Document] = {record: document for document, record in _PAPERS.items()}
_ON_PAPER = {
    document: Listing(CommentRecord, "document_id", ("id",), (("document", document),)) for document in _PAPERS
}
_Paper = Annotated[
    Annotated["Invoice", strawberry.lazy("api.schema.documents")]
    | Annotated["Shipment", strawberry.lazy("api.schema.documents")]
    | Annotated["CreditMemo", strawberry.lazy("api.schema.documents")],
    strawberry.union("Paper", description="A paper of a commerce order."),
]


@strawberry.type(description="What somebody said of an order or of one of its papers.")
@window_on(CommentRecord)
class OrderComment(Node):
    """The window on a comment."""

    is_notified: bool = strawberry.field(description="Whether it was handed to an e-mail to the buyer.")
    is_visible: bool = strawberry.field(description="Whether a storefront may show it.")
    at: datetime = strawberry.field(description="When it was written.")

    @strawberry.field(
        description="What it says. It is kept as buyer data: null once that is deleted, or if it only set a status."
    )
    @staticmethod
    async def text(root: strawberry.Parent[CommentRecord], info: Info) -> str | None:
        """Open the sealed text."""
        return text_of(await info.context.loaders.buyers(Owner.COMMERCE_ORDER).load(root.order_id), root.id)

    @strawberry.field(description="The order's status since then.")
    @staticmethod
    async def status(root: strawberry.Parent[CommentRecord], info: Info) -> CommerceOrderStatus:
        """Return the status."""
        return status_of(root.status)

    @strawberry.field(graphql_type=Actor, description="Who wrote it.")
    @staticmethod
    def actor(root: strawberry.Parent[CommentRecord]) -> timeline.Actor | None:
        """Return the actor."""
        return actor_of(root.actor_kind, root.actor_name)

    @strawberry.field(graphql_type=_Paper | None, description="The paper that it is about; null: the order itself.")
    @staticmethod
    async def paper(root: strawberry.Parent[CommentRecord], info: Info) -> Any:
        """Return the invoice, shipment or credit memo."""
        if root.document is None:
            return None
        return await info.context.loaders.row(_PAPERS[root.document]).load(root.document_id or 0)


@strawberry.type
class CommentedOrder:
    """What an order shows of its comments."""

    @strawberry.field(
        graphql_type=list[OrderComment], description="What was said of it and of its papers, oldest first."
    )
    @staticmethod
    async def comments(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[CommentRecord]:
        """Return the comments."""
        return await info.context.loaders.rows(COMMENTS).load(root.id)


@strawberry.type
class CommentedPaper(OrderedPaper):
    """What a paper shows of its order and of its comments."""

    @strawberry.field(graphql_type=list[OrderComment], description="What was said of it, oldest first.")
    @staticmethod
    async def comments(root: strawberry.Parent[Any], info: Info) -> list[CommentRecord]:
        """Return the comments."""
        return await info.context.loaders.rows(_ON_PAPER[_KIND_OF[type(root)]]).load(root.id)
