"""The timeline of an order."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from api.plans.event_pages import write_place
from api.schema.actors import Actor, actor_of
from api.schema.blockers import Blocker
from api.schema.comments import OrderComment
from api.schema.context import Info
from api.schema.enums import described
from api.schema.nodes import Node, window_on
from api.schema.scalars import FreeJson
from domain import timeline
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonOrder as OrderRecord
from domain.cause import DETAIL
from domain.channel.records import Attention
from domain.commerce.workflow_records import OrderComment as CommentRecord
from domain.timeline import Event, EventKind

if TYPE_CHECKING:
    from api.schema.amazon_orders import AmazonOrder

described(
    EventKind,
    name="OrderEventKind",
    description="What happened to an order.",
    values={
        "SEEN": "It was seen on Amazon for the first time.",
        "STATUS_CHANGED": "Amazon's status changed.",
        "CHANGED": "Amazon changed something else than the status.",
        "DECISION": "It was decided what becomes of it.",
        "BLOCKER_OPENED": "Something stops its import.",
        "BLOCKER_RESOLVED": "Something that stopped its import is gone.",
        "IMPORTED": "Its commerce order was made.",
        "ADOPTED": "Its commerce order was linked with the one that another system had made of it.",
        "ADOPTION_NOTED": "Somebody said what another system calls it; its commerce order will have that number.",
        "ADOPTION_WITHDRAWN": "Somebody took back what another system calls it.",
        "STOCK_RESERVED": "Stock was promised to it.",
        "STOCK_RELEASED": "Stock that was promised to it is free again.",
        "STOCK_NOT_RESERVED": "It is pending, and what it wants could not be promised to it.",
        "STOCK_DEDUCTED": "Its goods left the shelf.",
        "STOCK_RETURNED": "Goods that had left for it are back on the shelf.",
        "INVOICED": "Its commerce order was invoiced.",
        "SHIPPED": "Some or all of it was shipped.",
        "TRACK_CHANGED": "What left travels under another tracking number, or in more parcels than was said.",
        "COMPLETED": "Its commerce order is complete.",
        "CANCEL_REQUESTED": "Somebody asked to cancel it.",
        "CANCELED": "It was canceled.",
        "REFUNDED": "Money was given back.",
        "REFUND_REQUESTED": "Amazon is asked to pay money back.",
        "HELD": "It was put on hold.",
        "RELEASED": "A hold was lifted.",
        "COMMENTED": "Somebody wrote a comment.",
        "ADDRESS_CORRECTED": "Somebody corrected the shipping address.",
        "MARKETPLACE_SENT": "A message about it went to Amazon.",
        "MARKETPLACE_ACCEPTED": "Amazon took a message about it.",
        "MARKETPLACE_CONFIRMED": "Amazon's own data show what a message asked for.",
        "MARKETPLACE_REJECTED": "Amazon refused a message about it.",
        "MARKETPLACE_RETRIED": "A message about it went to Amazon again.",
        "MARKETPLACE_PARKED": "A message about it waits for a person.",
        "MARKETPLACE_WITHDRAWN": "A message about it is no longer wanted.",
        "ATTENTION_OPENED": "A person should look at it.",
        "ATTENTION_RESOLVED": "Nobody needs to look any more.",
        "ATTENTION_DISMISSED": "Somebody decided to leave what a person should look at.",
        "PRODUCT_MATCHED": "Somebody said which product an item means.",
        "RETRY_REQUESTED": "Somebody asked to evaluate it again.",
        "PROPOSAL_APPLIED": "A difference from Amazon's order was dealt with.",
        "MAIL_QUEUED": "An e-mail to the buyer was queued.",
        "MAIL_SENT": "The mail server took an e-mail to the buyer.",
        "MAIL_FAILED": "An e-mail to the buyer cannot be sent.",
        "TAGGED": "Tags were put on it or taken off.",
        "EXTERNAL_ID": "Another program said what it calls it.",
        "REDACTED": "Its buyer data was deleted.",
    },
    left_out=frozenset(
        [
            "STORE_CONNECTED",
            "STORE_PAUSED",
            "STORE_RESUMED",
            "SETTINGS_CHANGED",
            "CREDENTIALS_REJECTED",
            "CREDENTIALS_ACCEPTED",
            "STORE_DELETED",
            "SYNC_REQUESTED",
            "BACKFILL_STARTED",
            "STATUS_DEFINED",
            "PRODUCT_CREATED",
            "PRODUCT_CHANGED",
            "SOURCE_CHANGED",
        ]
    ),
)

_STATUS: Final = (EventKind.STATUS_CHANGED,)
_BLOCKER: Final = (EventKind.BLOCKER_OPENED, EventKind.BLOCKER_RESOLVED)
_TOLD_APART: Final = (*_STATUS, *_BLOCKER, EventKind.COMMENTED)
_Order = Annotated["AmazonOrder", strawberry.lazy("api.schema.amazon_orders")]


@strawberry.interface(
    description="Something that happened to an order. `sequence` counts the events of one order without gaps; "
    "`cursor` is the place in the stream of all events."
)
class OrderEvent(Node):
    """The common part of events."""

    sequence: int = strawberry.field(description="Its number among the events of its order, from 1.")
    kind: EventKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    message: str = strawberry.field(description="What happened, in words. Never buyer data.")

    @strawberry.field(description="Its place in the stream of all events; later events have later places.")
    @staticmethod
    def cursor(root: strawberry.Parent[Event]) -> str:
        """Return the place in the stream."""
        return write_place(root.id)

    @strawberry.field(graphql_type=Actor, description="Who did it.")
    @staticmethod
    def actor(root: strawberry.Parent[Event]) -> timeline.Actor | None:
        """Return the actor."""
        return actor_of(root.actor_kind, root.actor_name)

    @strawberry.field(
        description="What set it going: `mutation shipOrder`, `sync`, `evaluation`, `message 7` (to Amazon), `feed 3`, "
        "`e-mail 5`, `tidying`. Null for events of earlier versions."
    )
    @staticmethod
    def cause(root: strawberry.Parent[Event]) -> str | None:
        """Return the cause."""
        named: str | None = root.details.get(DETAIL)
        return named

    @strawberry.field(graphql_type=_Order, description="The order.")
    @staticmethod
    async def order(root: strawberry.Parent[Event], info: Info) -> OrderRecord | None:
        """Return the order."""
        return await info.context.loaders.row(OrderRecord).load(root.order_id) if root.order_id else None


@strawberry.type(description="Amazon's status changed.")
@window_on(Event, only=lambda event: event.kind in _STATUS)
class StatusChangedEvent(OrderEvent):
    """A change of status."""

    @strawberry.field(name="from", description="The status before.")
    @staticmethod
    def before(root: strawberry.Parent[Event]) -> AmazonOrderStatus | None:
        """Return the status before."""
        before = root.details.get("before")
        return AmazonOrderStatus(before) if before else None

    @strawberry.field(name="to", description="The status after.")
    @staticmethod
    def after(root: strawberry.Parent[Event]) -> AmazonOrderStatus:
        """Return the status after."""
        return AmazonOrderStatus(root.details["after"])


@strawberry.type(description="Something stops the import, or does so no longer.")
@window_on(Event, only=lambda event: event.kind in _BLOCKER)
class BlockerEvent(OrderEvent):
    """A blocker that came or went."""

    @strawberry.field(graphql_type=Blocker, description="The blocker as it is now.")
    @staticmethod
    async def blocker(root: strawberry.Parent[Event], info: Info) -> Attention | None:
        """Return the blocker."""
        return await info.context.loaders.row(Attention).load(root.details["attention_id"])


@strawberry.type(description="Somebody wrote a comment.")
@window_on(Event, only=lambda event: event.order_id is not None and event.kind is EventKind.COMMENTED)
class CommentEvent(OrderEvent):
    """A comment; the event does not say what it says."""

    @strawberry.field(graphql_type=OrderComment, description="The comment.")
    @staticmethod
    async def comment(root: strawberry.Parent[Event], info: Info) -> CommentRecord | None:
        """Return the comment."""
        return await info.context.loaders.row(CommentRecord).load(root.details["comment_id"])


@strawberry.type(description="Any other event.")
@window_on(Event, only=lambda event: event.order_id is not None and event.kind not in _TOLD_APART)
class GenericOrderEvent(OrderEvent):
    """Any other event."""

    @strawberry.field(graphql_type=FreeJson | None, description="Facts about it. Never buyer data.")
    @staticmethod
    def data(root: strawberry.Parent[Event]) -> Any:
        """Return the facts."""
        return {name: fact for name, fact in root.details.items() if name != DETAIL} or None
