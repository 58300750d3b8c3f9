"""Holding orders back: what clients say, what they get, and how holds are shown."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.schema.actors import Actor, actor_of
from api.schema.context import Info
from api.schema.enums import described
from api.schema.loaders import Listing
from api.schema.nodes import Node, window_on
from api.schema.optional import given
from domain import timeline
from domain.amazon.records import AmazonOrder
from domain.commerce import workflow_records as records
from domain.commerce.workflow_records import HoldEnding, HoldReason

HOLDS = Listing(records.OrderHold, "order_id", ("id",))

described(
    HoldReason,
    description="Why an order waits.",
    values={
        "ADDRESS": "Its address has to be cleared up.",
        "FRAUD": "Somebody has to look whether it is honest.",
        "STOCK": "Its goods are not ready.",
        "BUYER_REQUEST": "The buyer asked to wait.",
        "MANUAL": "Somebody wants to see to it by hand.",
        "OTHER": "For another reason.",
    },
)

described(
    HoldEnding,
    description="How a hold ended.",
    values={
        "LIFTED": "Somebody lifted it.",
        "EXPIRED": "Its time was over.",
        "OVERTAKEN": "Amazon showed the order as shipped or canceled, whatever was held here.",
    },
)


@strawberry.type(
    description="A time in which nothing of an order is shipped or canceled from here. An order is on hold once at a "
    "time; past holds stay on record."
)
@window_on(records.OrderHold)
class OrderHold(Node):
    """The window on a hold."""

    reason: HoldReason = strawberry.field(description="Why.")
    note: str | None = strawberry.field(description="What was said when it was placed.")
    placed_at: datetime = strawberry.field(description="Since when.")
    until_at: datetime | None = strawberry.field(
        name="until", description="When it lifts itself; null: when somebody lifts it."
    )
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it stands.")
    ending: HoldEnding | None = strawberry.field(description="How it ended; null while it stands.")

    @strawberry.field(graphql_type=Actor, description="Who placed it.")
    @staticmethod
    def placed_by(root: strawberry.Parent[records.OrderHold]) -> timeline.Actor | None:
        """Return who placed it."""
        return actor_of(root.placed_by_kind, root.placed_by_name)

    @strawberry.field(graphql_type=Actor | None, description="Who ended it; null while it stands.")
    @staticmethod
    def ended_by(root: strawberry.Parent[records.OrderHold]) -> timeline.Actor | None:
        """Return who ended it."""
        return actor_of(root.ended_by_kind, root.ended_by_name)


IncludeEnded = Annotated[bool | None, strawberry.argument(description="Also those that are over.")]
WhyHeld = Annotated[HoldReason, strawberry.argument(description="Why.")]
HoldNote = Annotated[
    str | None,
    strawberry.argument(description="A remark, at most 500 characters. Write no buyer data into it."),
]
Until = Annotated[
    datetime | None,
    strawberry.argument(description="When the hold lifts itself; without it, somebody has to lift it."),
]


@strawberry.type
class Holdable:
    """What an order shows of its holds."""

    @strawberry.field(
        graphql_type=list[OrderHold],
        description="What holds it back: one hold or none; with the past ones, oldest first.",
    )
    @staticmethod
    async def holds(
        root: strawberry.Parent[AmazonOrder], info: Info, include_ended: IncludeEnded = False
    ) -> list[records.OrderHold]:
        """Return the holds."""
        if root.commerce_order_id is None:
            return []
        found = await info.context.loaders.rows(HOLDS).load(root.commerce_order_id)
        return [hold for hold in found if given(include_ended) or hold.ended_at is None]
