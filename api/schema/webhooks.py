"""Webhooks: who is told of changes, and what became of each message."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.plans.fragments import Fragment, all_of, equal, one_of
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.context import Info
from api.schema.enums import described
from api.schema.events import OrderEvent
from api.schema.ids import typed_id
from api.schema.nodes import Node, window_on
from api.schema.optional import given
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.reading import reading
from api.schema.stores import Store
from domain.accounts.records import Store as StoreRecord
from domain.outward import records
from domain.outward.records import DeliveryState, WebhookState
from domain.timeline import Event, EventKind

described(
    WebhookState,
    description="Whether anything is sent to a webhook.",
    values={
        "ACTIVE": "It is told of what happens.",
        "PAUSED": "It is told nothing; what happens meanwhile is sent once it is active again.",
    },
)
described(
    DeliveryState,
    name="WebhookDeliveryState",
    description="How far a message to a webhook has come.",
    values={
        "QUEUED": "It is still to be sent, or to be sent again.",
        "DELIVERED": "The address answered with success.",
        "DEAD": "It failed too often; `replayWebhookDelivery` sends it again.",
    },
)

NEWEST_FIRST = Sort("ID", "id", int, descending=True)
States = Annotated[
    list[DeliveryState] | None, strawberry.argument(description="Only in one of these states; all if left out.")
]


@strawberry.type(description="One event for one webhook; it keeps its id however often it is sent.")
@window_on(records.WebhookDelivery)
class WebhookDelivery(Node):
    """The window on a delivery."""

    state: DeliveryState = strawberry.field(description="How far it has come.")
    attempts: int = strawberry.field(description="How often it was sent.")
    status_code: int | None = strawberry.field(description="The status of the last answer; null if there was none.")
    error: str | None = strawberry.field(description="Why it was not taken the last time.")
    created_at: datetime = strawberry.field(description="When it was made.")
    due_at: datetime | None = strawberry.field(
        name="nextAttemptAt", description="When it is sent next; null if it is not."
    )
    delivered_at: datetime | None = strawberry.field(description="When it was taken.")

    @strawberry.field(graphql_type=OrderEvent | None, description="What it tells.")
    @staticmethod
    async def event(root: strawberry.Parent[records.WebhookDelivery], info: Info) -> Event | None:
        """Return the event."""
        return await info.context.loaders.row(Event).load(root.event_id)


@strawberry.type(description="A delivery and its place in the list.")
class WebhookDeliveryEdge:
    """The window on a placed delivery."""

    node: WebhookDelivery = strawberry.field(description="The delivery.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of what was sent to a webhook, newest first.")
class WebhookDeliveryConnection:
    """A page of deliveries."""

    nodes: list[WebhookDelivery] = strawberry.field(description="The deliveries alone.")
    edges: list[WebhookDeliveryEdge] = strawberry.field(description="The deliveries with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


@strawberry.type(description="An address that is told of what happens to orders, signed as Standard Webhooks asks.")
@window_on(records.Webhook)
class Webhook(Node):
    """The window on a webhook."""

    name: str = strawberry.field(description="What people call it.")
    url: str = strawberry.field(description="Where it is told.")
    state: WebhookState = strawberry.field(description="Whether it is told.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(description="Of which events it is told; empty: of all.")
    @staticmethod
    def kinds(root: strawberry.Parent[records.Webhook]) -> list[EventKind]:
        """Return the kinds."""
        return [EventKind(word) for word in root.kinds]

    @strawberry.field(graphql_type=Store | None, description="Of which store's orders it is told; null: of all.")
    @staticmethod
    async def store(root: strawberry.Parent[records.Webhook], info: Info) -> StoreRecord | None:
        """Return the store."""
        return await info.context.loaders.row(StoreRecord).load(root.store_id) if root.store_id else None

    @strawberry.field(description="What was sent to it in the last 30 days and what waits, newest first.")
    @staticmethod
    async def deliveries(
        root: strawberry.Parent[records.Webhook],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        states: States = strawberry.UNSET,
    ) -> WebhookDeliveryConnection:
        """List the deliveries."""
        parts: list[Fragment] = [equal("webhook_id", root.id)]
        if (wanted := given(states)) is not None:
            parts.append(one_of("state", [state.value for state in dict.fromkeys(wanted)]))
        page = await find_page(
            "webhook_delivery", where=all_of(parts), sort=NEWEST_FIRST, request=asked_page(first, after)
        )
        info.context.spend(len(page.rows))
        found: list[Any] = await info.context.loaders.row(records.WebhookDelivery).load_many(
            [row.row_id for row in page.rows]
        )
        edges = [
            WebhookDeliveryEdge(node=node, cursor=row.cursor)
            for node, row in zip(found, page.rows, strict=True)
            if node is not None
        ]
        return WebhookDeliveryConnection(nodes=[edge.node for edge in edges], edges=edges, page_info=page_info(page))


WebhookId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `Webhook`.")]


@strawberry.type
class WebhookQuestions:
    """The questions about webhooks."""

    @strawberry.field(graphql_type=list[Webhook], description="All webhooks, the one made first first.")
    @staticmethod
    async def webhooks(info: Info) -> list[records.Webhook]:
        """List the webhooks."""
        with reading():
            return await records.Webhook.all().order_by("id")


def webhook_row(text: str, *, path: tuple[str, ...] = ("input", "webhookId")) -> int:
    """Return the row of a webhook. Raises InvalidInput."""
    return typed_id(text, "Webhook", path=path).row_id
