"""An Amazon order as it was at an instant, and the question for it."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.plans.fragments import Fragment
from api.schema.amazon_orders import AmazonOrder, EventsWhere
from api.schema.commerce_words import CommerceOrderStatus, status_of
from api.schema.context import Info
from api.schema.event_list import OrderEventConnection, latest_event, list_events
from api.schema.events import OrderEvent
from api.schema.money import Money
from api.schema.optional import given
from api.schema.order_choice import AmazonOrderBy, find_amazon_order
from api.schema.order_items import OrderItem
from api.schema.paging import After, Before, First, Last
from api.schema.reading import reading
from domain.amazon import records
from domain.amazon.display import DisplayStatus
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.as_it_was import CommerceAsItWas, ItemAsItWas, LineAsItWas, OrderAsItWas
from domain.channel.cases import Outcome
from domain.channel.time_travel import order_as_it_was
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.workflow_records import HoldReason
from domain.timeline import Event

OrderChoice = Annotated[AmazonOrderBy, strawberry.argument(description="Which one.")]
AsOf = Annotated[datetime, strawberry.argument(description="The instant, to the millisecond; not in the future.")]


@strawberry.type(description="An item as Amazon told of it by then.")
class OrderItemAsItWas:
    """The window on a past item."""

    seller_sku: str | None = strawberry.field(description="The seller's SKU as Amazon had it.")
    quantity_ordered: int = strawberry.field(description="How many Amazon said were ordered.")
    quantity_shipped: int = strawberry.field(description="How many Amazon said had shipped.")
    line_total: Money | None = strawberry.field(description="All of it together; null while Amazon withheld it.")

    @strawberry.field(graphql_type=OrderItem, description="The item as it is now.")
    @staticmethod
    async def item(root: strawberry.Parent[ItemAsItWas], info: Info) -> records.AmazonItem | None:
        """Return the item of today."""
        return await _item_now(root.item_id, info)


@strawberry.type(description="A line of the commerce order as it was then.")
class CommerceOrderLineAsItWas:
    """The window on a past line."""

    sku: str = strawberry.field(description="The SKU.")
    quantity_ordered: int = strawberry.field(description="How many were ordered.")
    quantity_invoiced: int = strawberry.field(description="How many of them were billed.")
    quantity_shipped: int = strawberry.field(description="How many of them had left.")
    quantity_refunded: int = strawberry.field(description="How many of them had been given back.")
    quantity_canceled: int = strawberry.field(description="How many of them were no longer wanted.")
    total: Money = strawberry.field(description="All of it together.")

    @strawberry.field(graphql_type=OrderItem, description="The item that it was made of, as it is now.")
    @staticmethod
    async def item(root: strawberry.Parent[LineAsItWas], info: Info) -> records.AmazonItem | None:
        """Return the item of today."""
        return await _item_now(root.item_id, info)


@strawberry.type(description="The hold that an order was on.")
class OrderHoldAsItWas:
    """The window on a past hold."""

    reason: HoldReason = strawberry.field(description="Why.")
    placed_at: datetime = strawberry.field(description="Since when.")
    until: datetime | None = strawberry.field(description="When it was to lift itself; null: when somebody lifted it.")


@strawberry.type(description="The commerce order as it was then.")
class CommerceOrderAsItWas:
    """The window on a past commerce order."""

    number: str = strawberry.field(description="Its number.")
    state: CommerceOrderState = strawberry.field(description="Where it stood.")
    subtotal: Money = strawberry.field(description="The goods, without shipping, tax and discount.")
    shipping: Money = strawberry.field(description="The shipping.")
    gift_wrap: Money = strawberry.field(description="The gift wrap.")
    tax: Money = strawberry.field(description="The tax.")
    discount: Money = strawberry.field(description="The discount: negative reduces.")
    other: Money = strawberry.field(description="What is none of these.")
    total: Money = strawberry.field(description="What the buyer pays.")
    total_paid: Money = strawberry.field(description="What was billed: the sum of its invoices.")
    total_refunded: Money = strawberry.field(description="What was given back: the sum of its credit memos.")
    lines: list[CommerceOrderLineAsItWas] = strawberry.field(description="Its lines.")
    hold: OrderHoldAsItWas | None = strawberry.field(description="The hold that stood; null if none did.")

    @strawberry.field(description="Its status: the code of then, read as the statuses are named now.")
    @staticmethod
    def status(root: strawberry.Parent[CommerceAsItWas]) -> CommerceOrderStatus:
        """Return the status."""
        return status_of(root.status, root.state)


@strawberry.type(
    description="An Amazon order as it was at an instant: its events up to then, folded. Buyer data is not kept over "
    "time and is no part of it, nor is what was offered for it then; the timeline of then is."
)
class AmazonOrderAsItWas:
    """The order of today, the instant, and what the events up to then make of it."""

    row: strawberry.Private[records.AmazonOrder]
    then: strawberry.Private[OrderAsItWas]
    as_of: datetime = strawberry.field(description="The instant asked for.")

    @strawberry.field(graphql_type=AmazonOrder, description="The order as it is now.")
    @staticmethod
    def order(root: strawberry.Parent["AmazonOrderAsItWas"]) -> records.AmazonOrder:
        """Return the order of today."""
        return root.row

    @strawberry.field(description="The number of its last event of then.")
    @staticmethod
    def sequence(root: strawberry.Parent["AmazonOrderAsItWas"]) -> int:
        """Return the number."""
        return root.then.sequence

    @strawberry.field(description="The fact: what Amazon had said last.")
    @staticmethod
    def status(root: strawberry.Parent["AmazonOrderAsItWas"]) -> AmazonOrderStatus:
        """Return the status."""
        return root.then.amazon_status

    @strawberry.field(description="Exactly the word that Amazon had sent.")
    @staticmethod
    def raw_status(root: strawberry.Parent["AmazonOrderAsItWas"]) -> str | None:
        """Return the word."""
        return root.then.raw_status

    @strawberry.field(description="What a person saw: adds ERROR, COMPLETED and CANCEL_REQUESTED to the fact.")
    @staticmethod
    def display_status(root: strawberry.Parent["AmazonOrderAsItWas"]) -> DisplayStatus:
        """Return what was shown."""
        return root.then.display_status

    @strawberry.field(description="What had been decided about its import; null if nothing was decided yet.")
    @staticmethod
    def import_outcome(root: strawberry.Parent["AmazonOrderAsItWas"]) -> Outcome | None:
        """Return the outcome."""
        return root.then.import_outcome

    @strawberry.field(description="Who was to send the goods; null while Amazon did not say.")
    @staticmethod
    def fulfillment_channel(root: strawberry.Parent["AmazonOrderAsItWas"]) -> FulfillmentChannel | None:
        """Return the channel."""
        return root.then.fulfillment_channel

    @strawberry.field(description="When Amazon had last changed it.")
    @staticmethod
    def last_updated_at(root: strawberry.Parent["AmazonOrderAsItWas"]) -> datetime:
        """Return Amazon's time."""
        return root.then.updated_at

    @strawberry.field(description="Until when it had to ship, if Amazon said so.")
    @staticmethod
    def latest_ship_at(root: strawberry.Parent["AmazonOrderAsItWas"]) -> datetime | None:
        """Return the time."""
        return root.then.latest_ship_at

    @strawberry.field(description="When the buyer had asked to cancel it; null if not.")
    @staticmethod
    def buyer_cancellation_at(root: strawberry.Parent["AmazonOrderAsItWas"]) -> datetime | None:
        """Return the time."""
        return root.then.cancel_requested_at

    @strawberry.field(description="When its commerce order had been completed; null if not.")
    @staticmethod
    def completed_at(root: strawberry.Parent["AmazonOrderAsItWas"]) -> datetime | None:
        """Return the time."""
        return root.then.completed_at

    @strawberry.field(
        graphql_type=Money | None, description="What the buyer was to pay; null while Amazon withheld it."
    )
    @staticmethod
    def total(root: strawberry.Parent["AmazonOrderAsItWas"]) -> Any:
        """Return the total."""
        return root.then.total

    @strawberry.field(graphql_type=list[OrderItemAsItWas], description="What Amazon listed.")
    @staticmethod
    def items(root: strawberry.Parent["AmazonOrderAsItWas"]) -> Any:
        """Return the items."""
        return root.then.items

    @strawberry.field(
        graphql_type=CommerceOrderAsItWas | None, description="The commerce order; null before there was one."
    )
    @staticmethod
    def commerce_order(root: strawberry.Parent["AmazonOrderAsItWas"]) -> Any:
        """Return the commerce order."""
        return root.then.commerce

    @strawberry.field(graphql_type=OrderEvent, description="The newest line of its timeline then.")
    @staticmethod
    async def latest_event(root: strawberry.Parent["AmazonOrderAsItWas"], info: Info) -> Event | None:
        """Return the event."""
        return await latest_event(root.row, info, only=_by_then(root))

    @strawberry.field(description="Its timeline up to then, oldest first.")
    @staticmethod
    async def events(
        root: strawberry.Parent["AmazonOrderAsItWas"],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        where: EventsWhere = strawberry.UNSET,
    ) -> OrderEventConnection:
        """Return a page of the events."""
        return await list_events(root.row, info, first, after, last, before, given(where), only=_by_then(root))


@strawberry.type
class TimeTravelQuestions:
    """The question about the past."""

    @strawberry.field(
        description="An Amazon order as it was at an instant; null if it was not seen yet. An instant in the "
        "future is an error, and so is one of which an older version of this program kept too little: the error says "
        "from when on it is known."
    )
    @staticmethod
    async def amazon_order_as_of(info: Info, by: OrderChoice, as_of: AsOf) -> AmazonOrderAsItWas | None:
        """Fold the order's events."""
        order = await find_amazon_order(info.context, by)
        if order is None:
            return None
        with reading():
            now = info.context.service.clock.now()
            then = await order_as_it_was(order.id, at=as_of, now=now, path=("asOf",))
        return AmazonOrderAsItWas(row=order, then=then, as_of=as_of) if then else None


async def _item_now(item_id: int, info: Info) -> records.AmazonItem | None:
    return await info.context.loaders.row(records.AmazonItem).load(item_id)


def _by_then(root: AmazonOrderAsItWas) -> Fragment:
    return Fragment("sequence <= ?", (root.then.sequence,))
