"""Messages to Amazon, and where they stand."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.schema.context import Info
from api.schema.enums import described
from api.schema.nodes import Node, window_on
from api.schema.user_errors import MarketplaceError
from domain.amazon import records
from domain.amazon.command_words import content_of
from domain.amazon.records import CommandKind, CommandState
from domain.errors import ErrorCode

if TYPE_CHECKING:
    from api.schema.amazon_orders import AmazonOrder

_Order = Annotated["AmazonOrder", strawberry.lazy("api.schema.amazon_orders")]

described(
    CommandKind,
    description="What Amazon is asked to do.",
    values={
        "CONFIRM_SHIPMENT": "Take note that a package has shipped.",
        "CANCEL": "Cancel an order.",
        "REFUND": "Pay back some of an order.",
        "PARTIAL_CANCEL": "Cancel units of an order that have not left.",
        "UPDATE_STOCK": "Take note of how much is for sale.",
        "UPDATE_TRACKING": "Take note of other tracking or contents of packages that it was told of.",
    },
)

described(
    CommandState,
    description="Where a message to Amazon stands.",
    values={
        "QUEUED": "It waits to be sent.",
        "HELD": "It is kept back: nothing is sent in read-only mode.",
        "SENT": "A call went out, and its answer is not known yet.",
        "ACCEPTED": "Amazon took it; that it became a fact is not seen yet.",
        "CONFIRMED": "It is done: Amazon's own data show it, or of a refund Amazon's report says so.",
        "REFUSED": "Amazon said no for good.",
        "PARKED": "It is not clear what became of it: a person has to look.",
        "DEAD": "It failed too often and is not sent again.",
        "WITHDRAWN": "It is no longer wanted.",
    },
)


@strawberry.type(description="Where a message to Amazon stands; a shipment can exist here and still be refused there.")
@window_on(records.Command)
class Command(Node):
    """The window on a command."""

    kind: CommandKind = strawberry.field(description="What Amazon is asked to do.")
    state: CommandState = strawberry.field(description="Where it stands.")
    attempts: int = strawberry.field(description="How often it was sent.")
    due_at: datetime | None = strawberry.field(
        name="nextAttemptAt", description="When it is sent, or sent again; null when it is not."
    )
    confirmed_at: datetime | None = strawberry.field(
        description="When Amazon's own data first showed it; of a refund, when Amazon's report or a person said so."
    )

    @strawberry.field(
        description="What Amazon is told by it, in words: packages, items by Amazon's ids, amounts. Never buyer data."
    )
    @staticmethod
    def content(root: strawberry.Parent[records.Command]) -> str | None:
        """Say what it says."""
        return content_of(root)

    @strawberry.field(graphql_type=_Order, description="The order that it is about.")
    @staticmethod
    async def order(root: strawberry.Parent[records.Command], info: Info) -> records.AmazonOrder | None:
        """Return the order."""
        return await info.context.loaders.row(records.AmazonOrder).load(root.order_id)

    @strawberry.field(description="Amazon's id of the feed that carried it last; null if none did.")
    @staticmethod
    async def feed_id(root: strawberry.Parent[records.Command], info: Info) -> str | None:
        """Return the id of its feed."""
        if root.submission_id is None:
            return None
        feed = await info.context.loaders.row(records.FeedSubmission).load(root.submission_id)
        return feed.feed_id if feed else None

    @strawberry.field(graphql_type=MarketplaceError | None, description="What went wrong last; null if nothing did.")
    @staticmethod
    def last_error(root: strawberry.Parent[records.Command]) -> MarketplaceError | None:
        """Return Amazon's last no."""
        if root.error_message is None:
            return None
        retryable = bool(root.error_retryable)
        return MarketplaceError(
            code=ErrorCode.MARKETPLACE_UNAVAILABLE if retryable else ErrorCode.MARKETPLACE_REJECTED,
            message=root.error_message,
            path=None,
            retryable=retryable,
            amazon_code=root.error_code,
            request_id=root.request_id,
            retry_after_seconds=None,
        )
