"""Stores: whose orders these are."""

from datetime import datetime
from enum import StrEnum

import strawberry

from api.database import read_rows
from api.plans.fragments import all_of, equal
from api.plans.where import compile_where
from api.schema.api_budgets import ApiBudget, budgets_at
from api.schema.context import Context, Info
from api.schema.counts import Count, CountPrecision
from api.schema.enums import described
from api.schema.ids import NodeId
from api.schema.loaders import Listing
from api.schema.mail_settings import WritingStore
from api.schema.nodes import Node, window_on
from api.schema.optional import given
from api.schema.order_list import AmazonOrderConnection, OrderBy, Where, list_orders
from api.schema.paging import After, Before, First, Last
from api.schema.settings import OrderSettings, saved_at, settings_window
from api.schema.settings_history import OrderSettingsVersionConnection, list_versions
from api.schema.store_at_a_glance import StoreAtAGlance
from api.schema.sync_runs import SyncRunConnection, list_runs
from domain.accounts import records
from domain.accounts.global_settings import is_read_only
from domain.accounts.records import AccountState, StoreState
from domain.amazon.facts import AmazonOrderStatus

_BUDGETS = Listing(records.ApiBudget, "account_id", ("id",))


class StoreStatus(StrEnum):
    """Whether a store takes part in syncing."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    CREDENTIALS_REJECTED = "CREDENTIALS_REJECTED"
    READ_ONLY = "READ_ONLY"
    DELETING = "DELETING"


described(
    StoreStatus,
    description="Whether a store takes part in syncing.",
    values={
        "ACTIVE": "It is synced.",
        "INACTIVE": "It is paused: nothing is read, and what is queued for Amazon waits.",
        "CREDENTIALS_REJECTED": "Amazon does not accept its credentials: connect it again.",
        "READ_ONLY": "It is synced, and nothing goes to Amazon or to buyers: see `globalSettings`.",
        "DELETING": "It is being removed with all that belongs to it.",
    },
)


@strawberry.type(description="How many orders of a store have a status.")
class StatusCount:
    """A status and its orders."""

    status: AmazonOrderStatus = strawberry.field(description="What Amazon says.")
    count: Count = strawberry.field(description="How many orders; always exact.")


@strawberry.type(description="An account's shop on one of Amazon's marketplaces.")
@window_on(records.Store)
class Store(Node, WritingStore, StoreAtAGlance):
    """The window on a store."""

    name: str = strawberry.field(description="What people call it.")
    contact_email: str | None = strawberry.field(description="Whom to write to about it.")
    marketplace_id: str = strawberry.field(description="Amazon's marketplace, e.g. A1PA6795UKMFR9.")
    country_code: str = strawberry.field(description="The marketplace's country, ISO 3166.")
    connected_at: datetime = strawberry.field(description="When it was connected.")
    cutoff_at: datetime = strawberry.field(description="Orders placed before this are not imported.")
    last_synced_at: datetime | None = strawberry.field(description="When a pass last reached the present.")
    next_sync_at: datetime | None = strawberry.field(description="When the next pass is due; null while it is paused.")

    @strawberry.field(description="Whether it is synced.")
    @staticmethod
    async def status(root: strawberry.Parent[records.Store], info: Info) -> StoreStatus:
        """Return what keeps it from being synced, if anything does."""
        if root.state is StoreState.DELETING:
            return StoreStatus.DELETING
        account = await info.context.loaders.row(records.Account).load(root.account_id)
        if account and account.state is AccountState.CREDENTIALS_REJECTED:
            return StoreStatus.CREDENTIALS_REJECTED
        if root.state is StoreState.ACTIVE and await info.context.loaders.other(_read_only).load(0):
            return StoreStatus.READ_ONLY
        return StoreStatus(root.state.value)

    @strawberry.field(description="What it does with Amazon's orders.")
    @staticmethod
    async def order_settings(root: strawberry.Parent[records.Store], info: Info) -> OrderSettings:
        """Return the settings in force."""
        return await settings_of(root, info.context)

    @strawberry.field(description="The saved versions of its order settings, newest first.")
    @staticmethod
    async def order_settings_history(
        root: strawberry.Parent[records.Store],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> OrderSettingsVersionConnection:
        """Return a page of the versions."""
        return await list_versions(info, root, first, after)

    @strawberry.field(description="Our copy of Amazon's token buckets, so that one can see why a sync waits.")
    @staticmethod
    async def api_budgets(root: strawberry.Parent[records.Store], info: Info) -> list[ApiBudget]:
        """Return the account's buckets as they are now."""
        stored = await info.context.loaders.rows(_BUDGETS).load(root.account_id)
        return budgets_at(stored, info.context.service.clock.now())

    @strawberry.field(description="Its orders by Amazon's status; statuses without orders are left out.")
    @staticmethod
    async def order_counts(
        root: strawberry.Parent[records.Store], info: Info, where: Where = strawberry.UNSET
    ) -> list[StatusCount]:
        """Count its orders."""
        condition = all_of([equal("store_id", root.id), compile_where(given(where), info.context.service.sealer)])
        rows = await read_rows(
            f"SELECT amazon_status, COUNT(*) AS found FROM amazon_order WHERE {condition.sql} "
            "GROUP BY amazon_status ORDER BY amazon_status",
            condition.parameters,
        )
        return [
            StatusCount(
                status=AmazonOrderStatus(row["amazon_status"]),
                count=Count(value=row["found"], precision=CountPrecision.EXACT),
            )
            for row in rows
        ]

    @strawberry.field(description="Its orders.")
    @staticmethod
    async def orders(
        root: strawberry.Parent[records.Store],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        where: Where = strawberry.UNSET,
        order_by: OrderBy = strawberry.UNSET,
    ) -> AmazonOrderConnection:
        """Return a page of its orders."""
        own = equal("store_id", root.id)
        return await list_orders(info, first, after, last, before, where, order_by, only=own)

    @strawberry.field(description="The passes over its orders, newest first.")
    @staticmethod
    async def sync_runs(
        root: strawberry.Parent[records.Store],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> SyncRunConnection:
        """Return a page of its passes."""
        return await list_runs(info, root, first, after)


async def _read_only(keys: list[int]) -> list[bool]:
    """Ask once for all stores."""
    return [await is_read_only()] * len(keys)


async def find_store(context: Context, wanted: NodeId) -> records.Store | None:
    """Return a store, if there is one of this id."""
    store = await context.loaders.row(records.Store).load(wanted.row_id)
    return store if store and store.account_id == wanted.account_id else None


async def settings_of(store: records.Store, context: Context) -> OrderSettings:
    """Return the settings in force of a store."""
    version, chosen = await context.loaders.settings.load(store.id)
    return settings_window(store, version, chosen, await context.loaders.other(saved_at).load((store.id, version)))
