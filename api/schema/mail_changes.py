"""Writing to buyers: what clients say, and what they get."""

from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.canceling import orders_of
from api.schema.context import Info
from api.schema.ids import NodeId, parse_id, typed_id
from api.schema.mail_settings import MailSettingsPayload, save_mail_settings
from api.schema.mails import Email
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.mail_results import retry_mail
from domain.channel.send_mail import send_mail
from domain.commerce.mail_records import MailMessage
from domain.commerce.mail_rules import MailKind
from domain.errors import DomainError, InvalidInput, NotFound

_PAPERS = {"INVOICE": "Invoice", "SHIPMENT": "Shipment", "CREDIT_MEMO": "CreditMemo"}
_DOCUMENT = ("input", "documentId")


@strawberry.input(description="Which e-mail goes to the buyer of which order.")
class SendEmailInput(Optionals):
    """An e-mail."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    kind: MailKind = strawberry.field(description="What it tells of.")
    document_id: strawberry.ID | None = optional(
        "The id of the `Invoice`, `Shipment` or `CreditMemo` that it is about; none for one about the order."
    )
    comment: str | None = optional(
        "What you want to say, at most 5000 characters; kinds that carry a comment need one. Sealed until it is sent, "
        "and not kept: `addOrderComment` with `notify` keeps the comment and sends it."
    )
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first e-mail again."
    )


@strawberry.type(description="What became of an e-mail.")
class EmailPayload:
    """The answer to sendEmail and retryEmail."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    email: MailMessage | None = strawberry.field(
        graphql_type=Email | None, default=None, description="The e-mail; it is sent in the background."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is queued.")


EmailInput = Annotated[SendEmailInput, strawberry.argument(description="What goes to whom.")]
EmailId = Annotated[strawberry.ID, strawberry.argument(description="The id of an `Email`.")]


async def send_email(info: Info, input: EmailInput) -> EmailPayload:
    """Queue an e-mail."""
    service, wanted = info.context.service, typed_id(input.order_id, "AmazonOrder", path=("input", "orderId"))
    if wanted not in await orders_of([wanted]):
        raise NotFound("There is no such order.", path=("input", "orderId"))
    payload = EmailPayload()
    try:
        payload.email = await send_mail(
            order_id=wanted.row_id,
            kind=input.kind,
            document_id=_document(input, wanted),
            comment=input.comment,
            idempotency_key=input.idempotency_key,
            mailing=service.mailing,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
        )
        service.wake()
    except DomainError as refusal:
        payload.errors = [user_error(refusal)]
    payload.order = (await orders_of([wanted]))[wanted]
    return payload


async def send_email_again(info: Info, email_id: EmailId) -> EmailPayload:
    """Queue an e-mail again that could not be sent."""
    service, wanted = info.context.service, typed_id(email_id, "Email", path=("emailId",))
    with reading():
        known = await MailMessage.get_or_none(id=wanted.row_id, account_id=wanted.account_id)
    if known is None:
        raise NotFound("There is no such e-mail.", path=("emailId",))
    payload = EmailPayload()
    try:
        payload.email = await retry_mail(
            mail_id=known.id, mailing=service.mailing, sealer=service.sealer, now=service.clock.now(), actor=USER
        )
        service.wake()
    except DomainError as refusal:
        refusal.path = ("emailId",)
        payload.errors = [user_error(refusal)]
    order = NodeId("AmazonOrder", known.account_id, known.channel_order_id)
    payload.order = (await orders_of([order])).get(order)
    return payload


def _document(input: SendEmailInput, order: NodeId) -> int | None:
    """Return the row of the paper; whether it is the order's is the domain's to say."""
    if input.document_id is None:
        return None
    expected = _PAPERS.get(input.kind.subject)
    if expected is None:
        return parse_id(input.document_id, path=_DOCUMENT).row_id
    found = typed_id(input.document_id, expected, path=_DOCUMENT)
    if found.account_id != order.account_id:
        raise InvalidInput("The paper belongs to another account.", path=_DOCUMENT)
    return found.row_id


@strawberry.type
class MailChanges:
    """The changes that write to buyers."""

    send_email: EmailPayload = strawberry.mutation(
        resolver=send_email,
        extensions=[RefusalsAsUserErrors(EmailPayload)],
        description="Write to the buyer of an imported order, at Amazon's relay address. The e-mail is queued and sent "
        "in the background; another idempotency key is another e-mail.",
    )
    retry_email: EmailPayload = strawberry.mutation(
        resolver=send_email_again,
        extensions=[RefusalsAsUserErrors(EmailPayload)],
        description="Send an e-mail again that could not be sent, under the same Message-ID.",
    )
    update_mail_settings: MailSettingsPayload = strawberry.mutation(
        resolver=save_mail_settings,
        extensions=[RefusalsAsUserErrors(MailSettingsPayload)],
        description="Change which e-mails a store sends and from whom. What is queued already is sent by the new "
        "settings; what they forbid is refused then.",
    )
