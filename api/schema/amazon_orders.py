"""Amazon orders: what Amazon said, and what became of it here."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.schema.actions import OrderAction, actions_of
from api.schema.address_corrections import AddressCorrection, address_of, corrections_of
from api.schema.blockers import BLOCKERS, Blocker
from api.schema.buyers import Address, Buyer, BuyerCancellation, buyer_of, cancellation_of
from api.schema.commands import Command
from api.schema.commerce_orders import CommerceOrder
from api.schema.context import Info
from api.schema.decisions import ImportDecision
from api.schema.event_list import OrderEventConnection, OrderEventWhere, latest_event, list_events
from api.schema.events import OrderEvent
from api.schema.grid_columns import GridColumns
from api.schema.holding import Holdable
from api.schema.label_fields import Labels
from api.schema.loaders import Listing
from api.schema.money import Money, money_of
from api.schema.nodes import Node, window_on
from api.schema.optional import given
from api.schema.order_details import OrderDetails
from api.schema.order_items import ITEMS, OrderItem
from api.schema.order_words import OrderTarget
from api.schema.paging import After, Before, First, Last
from api.schema.scalars import Link
from domain import money
from domain.accounts.marketplaces import seller_central_url
from domain.accounts.records import Store as StoreRecord
from domain.amazon import records
from domain.amazon.display import DisplayStatus
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.records import Attention, AttentionState, DecisionRecord
from domain.commerce.records import CommerceOrder as CommerceOrderRecord
from domain.timeline import Event

if TYPE_CHECKING:
    from api.schema.stores import Store

COMMANDS = Listing(records.Command, "order_id", ("order_seq",))
DECISIONS = Listing(DecisionRecord, "order_id", ("id",))
_Order = Annotated["AmazonOrder", strawberry.lazy("api.schema.amazon_orders")]
_Store = Annotated["Store", strawberry.lazy("api.schema.stores")]
IncludeResolved = Annotated[bool | None, strawberry.argument(description="Also those that no longer count.")]
EventsWhere = Annotated[OrderEventWhere | None, strawberry.argument(description="Only events like these.")]


@strawberry.type(description="An order as Amazon describes it, and what became of it here.")
@window_on(records.AmazonOrder)
class AmazonOrder(Node, Labels, Holdable, GridColumns, OrderDetails):
    """The window on an Amazon order."""

    version: int = strawberry.field(
        description="Grows when something about it changes, not by syncing alone. Send it back as `expectedVersion`."
    )
    number: str = strawberry.field(name="amazonOrderId", description="Amazon's order number, e.g. 902-3159896-1390916.")
    amazon_status: AmazonOrderStatus = strawberry.field(name="status", description="The fact: what Amazon said last.")
    raw_status: str | None = strawberry.field(description="Exactly the word that Amazon sent; keeps UNKNOWN readable.")
    display_status: DisplayStatus = strawberry.field(
        description="What a person should see: adds ERROR, COMPLETED and CANCEL_REQUESTED to the fact."
    )
    fulfillment_channel: FulfillmentChannel | None = strawberry.field(
        description="Who sends the goods; null while Amazon does not say."
    )
    purchased_at: datetime = strawberry.field(description="When the buyer placed it.")
    updated_at: datetime = strawberry.field(name="lastUpdatedAt", description="When Amazon last changed it.")
    latest_ship_at: datetime | None = strawberry.field(description="Until when it has to ship, if Amazon says so.")

    @strawberry.field(graphql_type=_Store, description="The store it belongs to.")
    @staticmethod
    async def store(root: strawberry.Parent[records.AmazonOrder], info: Info) -> StoreRecord | None:
        """Return the store."""
        return await _store_of(root, info)

    @strawberry.field(
        description="Where a click on the order number leads: to the commerce order if there is one, "
        "to Seller Central if importing is disabled, else to the details here."
    )
    @staticmethod
    async def default_target(root: strawberry.Parent[records.AmazonOrder], info: Info) -> OrderTarget:
        """Return the target."""
        if root.commerce_order_id is not None:
            return OrderTarget.COMMERCE_ORDER
        _, settings = await info.context.loaders.settings.load(root.store_id)
        return OrderTarget.AMAZON_ORDER_DETAILS if settings.import_enabled else OrderTarget.SELLER_CENTRAL

    @strawberry.field(graphql_type=Link, description="Its page in Amazon's Seller Central.")
    @staticmethod
    async def seller_central_url(root: strawberry.Parent[records.AmazonOrder], info: Info) -> str | None:
        """Return the address."""
        store = await _store_of(root, info)
        return seller_central_url(store.marketplace_id, root.number) if store else None

    @strawberry.field(graphql_type=OrderEvent | None, description="The newest line of its timeline.")
    @staticmethod
    async def latest_event(root: strawberry.Parent[records.AmazonOrder], info: Info) -> Event | None:
        """Return the newest event."""
        return await latest_event(root, info)

    @strawberry.field(graphql_type=list[Command], description="What Amazon is asked to do about it, oldest first.")
    @staticmethod
    async def commands(root: strawberry.Parent[records.AmazonOrder], info: Info) -> list[records.Command]:
        """Return the commands."""
        return await info.context.loaders.rows(COMMANDS).load(root.id)

    @strawberry.field(description="Whether Amazon promised Prime delivery.")
    @staticmethod
    def is_prime(root: strawberry.Parent[records.AmazonOrder]) -> bool:
        """Return whether Amazon lists the program."""
        return "PRIME" in root.programs

    @strawberry.field(description="Whether a business bought it.")
    @staticmethod
    def is_business(root: strawberry.Parent[records.AmazonOrder]) -> bool:
        """Return whether Amazon lists the program."""
        return "AMAZON_BUSINESS" in root.programs

    @strawberry.field(graphql_type=_Order | None, description="The order that this one replaces, if we know it.")
    @staticmethod
    async def replaced_order(root: strawberry.Parent[records.AmazonOrder], info: Info) -> records.AmazonOrder | None:
        """Return the order of that number in the same store."""
        if root.replaced_number is None:
            return None
        return await info.context.loaders.other(_by_number).load((root.store_id, root.replaced_number))

    @strawberry.field(
        graphql_type=Buyer | None,
        description="Who bought it. Buyer data. Null until Amazon verifies the order, for most that Amazon sends, "
        "and once it is deleted.",
    )
    @staticmethod
    async def buyer(root: strawberry.Parent[records.AmazonOrder], info: Info) -> dict[str, Any] | None:
        """Open the sealed data."""
        return await buyer_of(root, info)

    @strawberry.field(
        graphql_type=Address | None,
        description="Where it goes, as people corrected it. Buyer data; null as `buyer` is.",
    )
    @staticmethod
    async def shipping_address(root: strawberry.Parent[records.AmazonOrder], info: Info) -> dict[str, Any] | None:
        """Open the sealed data."""
        return await address_of(root, info)

    @strawberry.field(
        description="Which parts of the address people corrected over what Amazon says; empty once buyer data is gone."
    )
    @staticmethod
    async def address_corrections(root: strawberry.Parent[records.AmazonOrder], info: Info) -> list[AddressCorrection]:
        """Return the corrected parts."""
        return await corrections_of(root, info)

    @strawberry.field(graphql_type=Money | None, description="What the buyer pays; null while Amazon withholds it.")
    @staticmethod
    def total(root: strawberry.Parent[records.AmazonOrder]) -> money.Money | None:
        """Return the total."""
        return money_of(root.total_minor, root.currency)

    @strawberry.field(graphql_type=list[OrderItem], description="What was bought, without what Amazon no longer lists.")
    @staticmethod
    async def items(root: strawberry.Parent[records.AmazonOrder], info: Info) -> list[records.AmazonItem]:
        """Return the items."""
        return await info.context.loaders.rows(ITEMS).load(root.id)

    @strawberry.field(description="The buyer's request to cancel, never carried out by itself; null if there is none.")
    @staticmethod
    async def buyer_cancellation(root: strawberry.Parent[records.AmazonOrder], info: Info) -> BuyerCancellation | None:
        """Return the request."""
        return await cancellation_of(root, info)

    @strawberry.field(
        graphql_type=ImportDecision | None, description="Why it was imported or not; null until evaluated."
    )
    @staticmethod
    async def import_decision(root: strawberry.Parent[records.AmazonOrder], info: Info) -> DecisionRecord | None:
        """Return the latest decision."""
        found = await info.context.loaders.rows(DECISIONS).load(root.id)
        return found[-1] if found else None

    @strawberry.field(graphql_type=list[Blocker], description="What stops its import, oldest first.")
    @staticmethod
    async def blockers(
        root: strawberry.Parent[records.AmazonOrder], info: Info, include_resolved: IncludeResolved = False
    ) -> list[Attention]:
        """Return the blockers."""
        found = await info.context.loaders.rows(BLOCKERS).load(root.id)
        return [one for one in found if include_resolved or one.state is AttentionState.OPEN]

    @strawberry.field(
        graphql_type=CommerceOrder | None, description="The commerce order made of it; null if there is none."
    )
    @staticmethod
    async def commerce_order(root: strawberry.Parent[records.AmazonOrder], info: Info) -> CommerceOrderRecord | None:
        """Return the commerce order."""
        if root.commerce_order_id is None:
            return None
        return await info.context.loaders.row(CommerceOrderRecord).load(root.commerce_order_id)

    @strawberry.field(
        description="What can be asked of it, and why not: the reasons are the errors that the mutation would return."
    )
    @staticmethod
    async def actions(root: strawberry.Parent[records.AmazonOrder], info: Info) -> list[OrderAction]:
        """Return the actions."""
        return await actions_of(root, info)

    @strawberry.field(description="Its timeline, oldest first.")
    @staticmethod
    async def events(
        root: strawberry.Parent[records.AmazonOrder],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        where: EventsWhere = strawberry.UNSET,
    ) -> OrderEventConnection:
        """Return a page of the timeline."""
        return await list_events(root, info, first, after, last, before, given(where))


async def _store_of(order: records.AmazonOrder, info: Info) -> StoreRecord | None:
    return await info.context.loaders.row(StoreRecord).load(order.store_id)


async def _by_number(keys: list[tuple[int, str]]) -> list[records.AmazonOrder | None]:
    found = await records.AmazonOrder.filter(
        store_id__in={store_id for store_id, _ in keys}, number__in={number for _, number in keys}
    )
    orders = {(order.store_id, order.number): order for order in found}
    return [orders.get(key) for key in keys]
