"""Making, changing and repeating webhooks."""

from typing import Annotated

import strawberry

from api.plans.event_pages import read_place
from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import USER
from api.schema.user_errors import UserError
from api.schema.webhooks import Webhook, WebhookDelivery, WebhookId, webhook_row
from domain.outward import deliveries, records, webhooks
from domain.outward.records import WebhookState
from domain.timeline import EventKind

_KINDS = "Of which events it is told; all if left out or empty."
_URL = "Where it is told: https://, or http:// on this machine."


@strawberry.input(description="A new webhook.")
class CreateWebhookInput(Optionals):
    """A new webhook."""

    name: str = strawberry.field(description="What people call it, up to 100 characters.")
    url: str = strawberry.field(description=_URL)
    kinds: list[EventKind] | None = optional(_KINDS)
    store_id: strawberry.ID | None = optional("Only orders of this `Store`; all if left out.")


@strawberry.input(description="What changes of a webhook; what is left out stays.")
class UpdateWebhookInput(Optionals):
    """A changed webhook."""

    webhook_id: strawberry.ID = strawberry.field(description="The id of a `Webhook`.")
    name: str | None = optional("What people call it, up to 100 characters.")
    url: str | None = optional(_URL)
    kinds: list[EventKind] | None = optional("Of which events it is told; empty: of all.")
    state: WebhookState | None = optional("Whether it is told.")


@strawberry.type(description="What became of a webhook.")
class WebhookPayload:
    """The answer to what is done with a webhook."""

    webhook: records.Webhook | None = strawberry.field(
        graphql_type=Webhook | None, default=None, description="The webhook as it is now; null once it is deleted."
    )
    secret: str | None = strawberry.field(
        default=None,
        description="What its messages are signed with, for a Standard Webhooks library (`whsec_…`). Shown only when "
        "it is made: keep it.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


@strawberry.type(description="What became of a message to a webhook.")
class WebhookDeliveryPayload:
    """The answer to a replay."""

    delivery: records.WebhookDelivery | None = strawberry.field(
        graphql_type=WebhookDelivery | None, default=None, description="The delivery as it is now."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


CreateWebhook = Annotated[CreateWebhookInput, strawberry.argument(description="Who is told, and of what.")]
UpdateWebhook = Annotated[UpdateWebhookInput, strawberry.argument(description="What changes.")]
DeliveryId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `WebhookDelivery`.")]
Place = Annotated[str, strawberry.argument(description="A cursor of `changes`: what comes after it is sent again.")]


async def create_webhook(info: Info, input: CreateWebhook) -> WebhookPayload:
    """Make a webhook."""
    service, secret = info.context.service, info.context.service.sealer.nonce(webhooks.SECRET_BYTES)
    store = typed_id(input.store_id, "Store", path=("input", "storeId")).row_id if input.store_id else None
    hook = await webhooks.create_webhook(
        name=input.name,
        url=input.url,
        kinds=input.kinds or [],
        store_id=store,
        secret=secret,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
    )
    return WebhookPayload(webhook=hook, secret=webhooks.spelled(secret))


async def update_webhook(info: Info, input: UpdateWebhook) -> WebhookPayload:
    """Change a webhook."""
    hook = await webhooks.change_webhook(
        webhook_id=webhook_row(input.webhook_id),
        name=input.name,
        url=input.url,
        kinds=input.kinds,
        state=input.state,
        now=info.context.service.clock.now(),
        actor=USER,
    )
    info.context.service.wake()
    return WebhookPayload(webhook=hook)


async def renew_webhook_secret(info: Info, webhook_id: WebhookId) -> WebhookPayload:
    """Sign with another secret."""
    service, secret = info.context.service, info.context.service.sealer.nonce(webhooks.SECRET_BYTES)
    hook = await webhooks.renew_secret(
        webhook_id=webhook_row(webhook_id, path=("webhookId",)),
        secret=secret,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
    )
    return WebhookPayload(webhook=hook, secret=webhooks.spelled(secret))


async def delete_webhook(info: Info, webhook_id: WebhookId) -> WebhookPayload:
    """Delete a webhook."""
    row = webhook_row(webhook_id, path=("webhookId",))
    await webhooks.delete_webhook(webhook_id=row, now=info.context.service.clock.now(), actor=USER)
    return WebhookPayload()


async def replay_webhook(info: Info, webhook_id: WebhookId, after: Place) -> WebhookPayload:
    """Send everything after a place again."""
    hook = await deliveries.replay_from(
        webhook_id=webhook_row(webhook_id, path=("webhookId",)),
        event_id=read_place(after, argument="after"),
        now=info.context.service.clock.now(),
        actor=USER,
    )
    info.context.service.wake()
    return WebhookPayload(webhook=hook)


async def replay_webhook_delivery(info: Info, delivery_id: DeliveryId) -> WebhookDeliveryPayload:
    """Send one message again."""
    row = typed_id(delivery_id, "WebhookDelivery", path=("deliveryId",)).row_id
    delivery = await deliveries.replay_delivery(delivery_id=row, now=info.context.service.clock.now(), actor=USER)
    info.context.service.wake()
    return WebhookDeliveryPayload(delivery=delivery)


@strawberry.type
class WebhookChanges:
    """The changes of webhooks."""

    create_webhook: WebhookPayload = strawberry.mutation(
        resolver=create_webhook,
        extensions=[RefusalsAsUserErrors(WebhookPayload)],
        description="Tell an address of what happens to orders from now on, at least once each, signed as Standard "
        "Webhooks asks. Messages hold numbers and words, never buyer data: the receiver asks for the rest.",
    )
    update_webhook: WebhookPayload = strawberry.mutation(
        resolver=update_webhook,
        extensions=[RefusalsAsUserErrors(WebhookPayload)],
        description="Change a webhook, pause it, or tell it again what happened since it was paused.",
    )
    renew_webhook_secret: WebhookPayload = strawberry.mutation(
        resolver=renew_webhook_secret,
        extensions=[RefusalsAsUserErrors(WebhookPayload)],
        description="Sign with another secret from now on; the old one is worth nothing any more.",
    )
    delete_webhook: WebhookPayload = strawberry.mutation(
        resolver=delete_webhook,
        extensions=[RefusalsAsUserErrors(WebhookPayload)],
        description="Delete a webhook with all that is known of its messages.",
    )
    replay_webhook: WebhookPayload = strawberry.mutation(
        resolver=replay_webhook,
        extensions=[RefusalsAsUserErrors(WebhookPayload)],
        description="Send a webhook everything after a place in `changes` again; each message keeps its id.",
    )
    replay_webhook_delivery: WebhookDeliveryPayload = strawberry.mutation(
        resolver=replay_webhook_delivery,
        extensions=[RefusalsAsUserErrors(WebhookDeliveryPayload)],
        description="Send one message to a webhook again, with its id.",
    )
