"""All questions."""

from typing import Annotated, Any

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.api_info import ApiInfo, api_info
from api.schema.as_it_was import TimeTravelQuestions
from api.schema.attention_list import AttentionConnection, InState, OfKinds, StoreConcerned, list_attention
from api.schema.backlog import evaluation_backlog
from api.schema.blocker_groups import BlockerGroupConnection, list_groups
from api.schema.blocker_list import BlockerConnection, InStore, OfKind, StandingSo, list_blockers
from api.schema.carriers import CarrierQuestions
from api.schema.change_list import ChangeQuestions
from api.schema.commanding import CommandConnection, InStates, OfStore, list_commands
from api.schema.commerce_orders import CommerceOrder, CommerceOrderBy, find_commerce_order
from api.schema.context import Info
from api.schema.counts import Count
from api.schema.currency_changes import CurrencyQuestions
from api.schema.customers import CustomerQuestions
from api.schema.ids import typed_id
from api.schema.impact import OrderSettingsImpact, preview_settings
from api.schema.list_questions import ListQuestions
from api.schema.listings import ListingQuestions
from api.schema.mail_list import MailQuestions
from api.schema.node_lookup import find_node, find_nodes
from api.schema.nodes import Node
from api.schema.order_choice import AmazonOrderBy, find_amazon_order
from api.schema.order_list import AmazonOrderConnection, OrderBy, Where, list_orders
from api.schema.order_statuses import StatusQuestions
from api.schema.paging import After, Before, First, Last
from api.schema.printing import PrintingQuestions
from api.schema.products import ProductConnection, Search, list_products
from api.schema.reading import reading
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.service_questions import ServiceQuestions
from api.schema.settings import OrderSettings
from api.schema.shipment_proposals import ShipmentQuestions
from api.schema.source_changes import SourceQuestions
from api.schema.stores import Store, find_store, settings_of
from api.schema.system_messages import SystemMessage, system_messages
from api.schema.view_reading import InView
from api.schema.webhooks import WebhookQuestions
from domain.accounts.records import Store as StoreRecord
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.records import AttentionState
from domain.commerce.records import CommerceOrder as CommerceOrderRecord

NodeIdArgument = Annotated[strawberry.ID, strawberry.argument(description="An id from any earlier answer.")]
NodeIds = Annotated[list[strawberry.ID], strawberry.argument(description="Ids from earlier answers, at most 100.")]
StoreId = Annotated[strawberry.ID, strawberry.argument(description="The id of a store.")]
OrderChoice = Annotated[AmazonOrderBy, strawberry.argument(description="Which one.")]
CommerceChoice = Annotated[CommerceOrderBy, strawberry.argument(description="Which one.")]


@strawberry.type(description="All questions. What is unknown is null; a malformed id is an error.")
class Query(
    ListingQuestions,
    SourceQuestions,
    ShipmentQuestions,
    ChangeQuestions,
    PrintingQuestions,
    ListQuestions,
    WebhookQuestions,
    StatusQuestions,
    ServiceQuestions,
    CustomerQuestions,
    CarrierQuestions,
    CurrencyQuestions,
    MailQuestions,
    TimeTravelQuestions,
):
    """The questions."""

    @strawberry.field(graphql_type=Node | None, description="Anything by its id; null if there is nothing.")
    @staticmethod
    async def node(info: Info, id: NodeIdArgument) -> Any:
        """Find one."""
        return await find_node(info.context, id)

    @strawberry.field(graphql_type=list[Node | None], description="Anything by ids: the answers in the ids' order.")
    @staticmethod
    async def nodes(info: Info, ids: NodeIds) -> list[Any]:
        """Find many."""
        return await find_nodes(info.context, ids)

    @strawberry.field(graphql_type=list[Store], description="All stores, the one connected first first.")
    @staticmethod
    async def stores(info: Info) -> list[StoreRecord]:
        """List the stores."""
        with reading():
            return await StoreRecord.all().order_by("id")

    @strawberry.field(graphql_type=Store | None, description="A store.")
    @staticmethod
    async def store(info: Info, id: StoreId) -> StoreRecord | None:
        """Find a store."""
        return await find_store(info.context, typed_id(id, "Store"))

    @strawberry.field(graphql_type=OrderSettings | None, description="The order settings in force of a store.")
    @staticmethod
    async def order_settings(info: Info, store_id: StoreId) -> OrderSettings | None:
        """Find a store's settings."""
        store = await find_store(info.context, typed_id(store_id, "Store", path=("storeId",)))
        return await settings_of(store, info.context) if store else None

    preview_order_settings: OrderSettingsImpact = strawberry.field(
        resolver=preview_settings,
        extensions=[RefusalsAsUserErrors(OrderSettingsImpact)],
        description="What becomes of a store's orders if its settings are changed: exactly what the change then does. "
        "Nothing is written.",
    )

    @strawberry.field(graphql_type=AmazonOrder | None, description="An Amazon order.")
    @staticmethod
    async def amazon_order(info: Info, by: OrderChoice) -> AmazonOrderRecord | None:
        """Find an Amazon order."""
        return await find_amazon_order(info.context, by)

    @strawberry.field(description="Amazon orders of all stores.")
    @staticmethod
    async def amazon_orders(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        where: Where = strawberry.UNSET,
        order_by: OrderBy = strawberry.UNSET,
        view: InView = strawberry.UNSET,
    ) -> AmazonOrderConnection:
        """List Amazon orders."""
        return await list_orders(info, first, after, last, before, where, order_by, view=view)

    @strawberry.field(graphql_type=CommerceOrder | None, description="A commerce order.")
    @staticmethod
    async def commerce_order(info: Info, by: CommerceChoice) -> CommerceOrderRecord | None:
        """Find a commerce order."""
        return await find_commerce_order(info.context, by)

    @strawberry.field(description="Products by SKU.")
    @staticmethod
    async def products(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        search: Search = strawberry.UNSET,
    ) -> ProductConnection:
        """List products."""
        return await list_products(info.context, first, after, search)

    @strawberry.field(description="Messages to Amazon of all orders: those that failed, unless other states are named.")
    @staticmethod
    async def commands(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        store_id: OfStore = strawberry.UNSET,
        states: InStates = strawberry.UNSET,
    ) -> CommandConnection:
        """List commands."""
        return await list_commands(info.context, first, after, store_id, states)

    @strawberry.field(description="What stops orders, one for each cause and item: what has to ship first comes first.")
    @staticmethod
    async def blockers(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        store_id: InStore = strawberry.UNSET,
        kind: OfKind = strawberry.UNSET,
        state: StandingSo = AttentionState.OPEN,
    ) -> BlockerConnection:
        """List the blockers."""
        return await list_blockers(info, first, after, store_id, kind, state)

    @strawberry.field(description="What stops orders, by cause: one fix clears all orders of a group.")
    @staticmethod
    async def blocker_groups(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        store_id: InStore = strawberry.UNSET,
        kind: OfKind = strawberry.UNSET,
    ) -> BlockerGroupConnection:
        """List the causes."""
        return await list_groups(info, first, after, store_id, kind)

    @strawberry.field(
        description="How many orders are due and not evaluated yet, after a big fix for example; at most 100000."
    )
    @staticmethod
    async def evaluation_backlog(info: Info, store_id: InStore = strawberry.UNSET) -> Count:
        """Count the orders that wait."""
        return await evaluation_backlog(info.context, store_id)

    @strawberry.field(description="What people should know at once; empty when nothing stands still.")
    @staticmethod
    async def system_messages(info: Info) -> list[SystemMessage]:
        """List the messages."""
        return await system_messages(info.context)

    @strawberry.field(
        description="All that a person should look at, each with its way out: what has to ship first comes first."
    )
    @staticmethod
    async def attention(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        store_id: StoreConcerned = strawberry.UNSET,
        kind: OfKinds = strawberry.UNSET,
        state: InState = AttentionState.OPEN,
    ) -> AttentionConnection:
        """List what to look at."""
        return await list_attention(info, first, after, store_id, kind, state)

    @strawberry.field(description="What this API is.")
    @staticmethod
    def api_info(info: Info) -> ApiInfo:
        """Describe the API."""
        return api_info(info)
