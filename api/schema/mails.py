"""E-mails to buyers, as an order shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.schema.context import Info
from api.schema.documents import CreditMemo, Invoice, Shipment
from api.schema.enums import described
from api.schema.loaders import Listing
from api.schema.mail_refusals import writing_refusal
from api.schema.nodes import Node, window_on
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.commerce import records
from domain.commerce.mail_records import MailMessage, MailState
from domain.commerce.mail_rules import MailKind

if TYPE_CHECKING:
    from api.schema.commerce_orders import CommerceOrder

_MAILS = Listing(MailMessage, "order_id", ("id",))
_Order = Annotated["CommerceOrder", strawberry.lazy("api.schema.commerce_orders")]

described(
    MailKind,
    name="EmailKind",
    description="What an e-mail tells the buyer of.",
    values={
        "ORDER": "The order. Amazon tells of it itself, so it is off unless a store switches it on.",
        "ORDER_COMMENT": "A comment on the order.",
        "INVOICE": "An invoice.",
        "INVOICE_COMMENT": "A comment on an invoice.",
        "SHIPMENT": "A shipment. Amazon tells of it itself, so it is off unless a store switches it on.",
        "SHIPMENT_COMMENT": "A comment on a shipment.",
        "CREDIT_MEMO": "A credit memo.",
        "CREDIT_MEMO_COMMENT": "A comment on a credit memo.",
    },
)
described(
    MailState,
    name="EmailState",
    description="How far an e-mail has come.",
    values={
        "QUEUED": "It waits to be sent, for the first time or once more.",
        "SENDING": "It was handed to the mail server, which has not answered yet.",
        "SENT": "The mail server took it.",
        "FAILED": "The mail server refused it for good, or could not take it for 4 days.",
        "REFUSED": "It was not handed over: by then there was a reason against it.",
    },
)


@strawberry.type(
    description="An e-mail to a buyer. Address and text are not kept: it is written when it is sent. If the service "
    "ends between the mail server's answer and our note of it, it goes out once more under the same Message-ID."
)
@window_on(MailMessage)
class Email(Node):
    """The window on an e-mail."""

    kind: MailKind = strawberry.field(description="What it tells of.")
    state: MailState = strawberry.field(description="How far it has come.")
    message_id: str = strawberry.field(description="Its Message-ID, the same in every attempt.")
    attempts: int = strawberry.field(description="How often it was handed over since it was last queued.")
    reason: str | None = strawberry.field(description="Why it is not sent, or not yet. Never buyer data.")
    queued_at: datetime = strawberry.field(description="When it was last queued.")
    due_at: datetime | None = strawberry.field(description="When it is sent next; null once it is settled.")
    sent_at: datetime | None = strawberry.field(description="When the mail server took it.")

    @strawberry.field(graphql_type=_Order, description="The order.")
    @staticmethod
    async def commerce_order(root: strawberry.Parent[MailMessage], info: Info) -> records.CommerceOrder | None:
        """Return the order."""
        return await info.context.loaders.row(records.CommerceOrder).load(root.order_id)

    @strawberry.field(graphql_type=Invoice | None, description="The invoice that it is about.")
    @staticmethod
    async def invoice(root: strawberry.Parent[MailMessage], info: Info) -> records.Invoice | None:
        """Return the invoice."""
        is_it = root.kind.subject == "INVOICE"
        return await info.context.loaders.row(records.Invoice).load(root.document_id) if is_it else None

    @strawberry.field(graphql_type=Shipment | None, description="The shipment that it is about.")
    @staticmethod
    async def shipment(root: strawberry.Parent[MailMessage], info: Info) -> records.Shipment | None:
        """Return the shipment."""
        is_it = root.kind.subject == "SHIPMENT"
        return await info.context.loaders.row(records.Shipment).load(root.document_id) if is_it else None

    @strawberry.field(graphql_type=CreditMemo | None, description="The credit memo that it is about.")
    @staticmethod
    async def credit_memo(root: strawberry.Parent[MailMessage], info: Info) -> records.CreditMemo | None:
        """Return the credit memo."""
        is_it = root.kind.subject == "CREDIT_MEMO"
        return await info.context.loaders.row(records.CreditMemo).load(root.document_id) if is_it else None


@strawberry.type(description="A kind of e-mail, and whether one can be sent.")
class EmailOption:
    """A kind with its refusal."""

    kind: MailKind = strawberry.field(description="What it tells of.")
    allowed: bool = strawberry.field(description="Whether it would be queued now.")
    reasons: list[UserError] = strawberry.field(
        description="Why not: the errors that `sendEmail` would return. Empty if it is allowed."
    )


@strawberry.type
class WrittenOrder:
    """What an order says of its e-mails."""

    @strawberry.field(graphql_type=list[Email], description="The e-mails to its buyer, oldest first.")
    @staticmethod
    async def emails(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[MailMessage]:
        """Return the e-mails."""
        return await info.context.loaders.rows(_MAILS).load(root.id)

    @strawberry.field(description="Which e-mails can be sent to its buyer now (`sendEmail`), and why not.")
    @staticmethod
    async def email_options(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[EmailOption]:
        """Return every kind with its refusal."""
        order = await info.context.loaders.row(AmazonOrderRecord).load(root.channel_order_id)
        status = order.amazon_status.value if order else root.state.value
        found = [(kind, await writing_refusal(root, kind, info, status=status)) for kind in MailKind]
        return [
            EmailOption(kind=kind, allowed=refusal is None, reasons=[user_error(refusal)] if refusal else [])
            for kind, refusal in found
        ]
