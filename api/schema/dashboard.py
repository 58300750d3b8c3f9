"""A store's dashboard: what came in, what it comes to, what waits, and what people should know."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from api.plans.fragments import equal
from api.plans.ship_by import awaiting_in
from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.counts import LARGEST_CAP, Count, CountPrecision, count_orders
from api.schema.currency_totals import BaseTotal, sales_in_base
from api.schema.enums import described
from api.schema.loaders import Listing
from api.schema.money import Money
from api.schema.order_list import list_orders
from api.schema.paging import First
from api.schema.reading import reading
from api.schema.revenue import DAYS, Revenue, RevenuePeriod
from api.schema.scalars import Link
from api.schema.sync_runs import SyncRun
from api.schema.system_messages import SystemMessage, system_messages
from domain import money
from domain.accounts import records
from domain.accounts.marketplaces import MARKETPLACES
from domain.accounts.records import CursorKind
from domain.accounts.sync_state import SyncState, SyncWait, sync_state
from domain.amazon.display import DisplayStatus, ImportState
from domain.amazon.records import AmazonOrder as OrderRecord
from domain.channel.figures import Totals, sales_of, totals_of

_RECENT: Final = 10
_CURSORS: Final = Listing(records.SyncCursor, "account_id", ("id",), (("kind", CursorKind.LIVE),))

# The pages as the back office whose behaviour is kept links them, on the host of the marketplace's region.
_PAGES: Final = {
    "shipping": "sbr/ref=xx_shipset_dnav_xx#shipping_templates",
    "taxes": "tax/nexus/settings",
    "payments": "sw/AccountInfo/DepositMethodView/step/DepositMethodView",
    "notifications": "notifications/preferences/ref=xx_notifpref_dnav_xx",
    "category_approval": "hz/myqdashboard/ref=xx_myqd_dnav_xx",
}

described(
    SyncWait,
    description="Why a store is not being read.",
    values={
        "DELETING": "It is being removed.",
        "PAUSED": "It is paused.",
        "CREDENTIALS": "Amazon does not accept its credentials.",
        "AMAZON": "Amazon said wait, or could not be reached.",
        "QUOTA": "Our copy of Amazon's quota is spent.",
        "SCHEDULE": "The interval between passes has not passed.",
        "TURN": "It is due, and the worker has not got there yet.",
    },
)

Period = Annotated[RevenuePeriod, strawberry.argument(description="How many days.")]


@strawberry.type(description="Where a store is set up at Amazon; signing in there is needed.")
class SellerCentralLinks:
    """Pages of Seller Central."""

    shipping: Link = strawberry.field(description="Shipping rates.")
    taxes: Link = strawberry.field(description="Tax rates.")
    payments: Link = strawberry.field(description="The bank account.")
    notifications: Link = strawberry.field(description="What Amazon tells by e-mail.")
    category_approval: Link = strawberry.field(description="Permission to sell in a category.")


@strawberry.type(description="How reading a store's orders stands.")
class StoreSync:
    """The window on the state of reading."""

    found: strawberry.Private[SyncState]
    of_store: strawberry.Private[records.Store]
    of_run: strawberry.Private[records.SyncRun | None]

    @strawberry.field(description="Whether a pass is at work right now.")
    @staticmethod
    def running(root: strawberry.Parent["StoreSync"]) -> bool:
        """Return whether it is being read."""
        return root.found.running

    @strawberry.field(description="When a pass last reached the present.")
    @staticmethod
    def last_synced_at(root: strawberry.Parent["StoreSync"]) -> datetime | None:
        """Return when."""
        return root.of_store.last_synced_at

    @strawberry.field(description="When it goes on; null while it stands still.")
    @staticmethod
    def next_sync_at(root: strawberry.Parent["StoreSync"]) -> datetime | None:
        """Return when."""
        return root.found.next_at

    @strawberry.field(description="Why it is not being read; null while it is.")
    @staticmethod
    def waits(root: strawberry.Parent["StoreSync"]) -> SyncWait | None:
        """Return the kind of reason."""
        return root.found.waits

    @strawberry.field(description="The same for a person.")
    @staticmethod
    def because(root: strawberry.Parent["StoreSync"]) -> str | None:
        """Return the reason in words."""
        return root.found.because

    @strawberry.field(graphql_type=SyncRun | None, description="The pass that is not finished; null if all are.")
    @staticmethod
    def current_run(root: strawberry.Parent["StoreSync"]) -> records.SyncRun | None:
        """Return the open pass."""
        return root.of_run


@strawberry.type(description="How many orders people see in a status.")
class DisplayCount:
    """A status and its orders."""

    status: DisplayStatus = strawberry.field(description="What people see.")
    count: Count = strawberry.field(description="How many orders; always exact.")


@strawberry.type(description="A store at a glance. Each part is worked out only if it is selected.")
class StoreDashboard:
    """The dashboard of a store."""

    store: strawberry.Private[records.Store]

    @strawberry.field(graphql_type=list[AmazonOrder], description="The newest orders: 10 if `first` is not given.")
    @staticmethod
    async def recent_orders(
        root: strawberry.Parent["StoreDashboard"], info: Info, first: First = _RECENT
    ) -> list[OrderRecord]:
        """Return the newest orders."""
        unset = strawberry.UNSET
        own = equal("store_id", root.store.id)
        page = await list_orders(info, first, unset, unset, unset, unset, unset, only=own)
        return [placed.node for placed in page.placed]

    @strawberry.field(description="How many orders it has.")
    @staticmethod
    async def orders(root: strawberry.Parent["StoreDashboard"], info: Info) -> Count:
        """Return the number of all orders."""
        return _exact((await _totals(root, info)).orders)

    @strawberry.field(description="Its orders by the status that people see; statuses without orders are left out.")
    @staticmethod
    async def counts(root: strawberry.Parent["StoreDashboard"], info: Info) -> list[DisplayCount]:
        """Return the numbers by status."""
        totals = await _totals(root, info)
        return [DisplayCount(status=status, count=_exact(count)) for status, count in totals.by_status]

    @strawberry.field(description="How many orders cannot be imported.")
    @staticmethod
    async def blocked(root: strawberry.Parent["StoreDashboard"]) -> Count:
        """Count the blocked orders."""
        # Written out: the index of such orders has them alone.
        blocked = equal("store_id", root.store.id)._replace(
            sql=f"store_id = ? AND import_state = '{ImportState.BLOCKED.value}'"
        )
        return await count_orders(blocked, cap=LARGEST_CAP)

    @strawberry.field(description="How many orders the seller still has to ship: all of the ship-by worklist.")
    @staticmethod
    async def awaiting_shipment(root: strawberry.Parent["StoreDashboard"]) -> Count:
        """Count what has to ship."""
        return await count_orders(awaiting_in([root.store]), cap=LARGEST_CAP)

    @strawberry.field(description="What it sold in a period, by day.")
    @staticmethod
    async def revenue(
        root: strawberry.Parent["StoreDashboard"], info: Info, period: Period = RevenuePeriod.LAST_7_DAYS
    ) -> Revenue:
        """Add the period's sales up."""
        with reading():
            found = await sales_of(root.store, now=info.context.service.clock.now(), days=DAYS[period])
        return Revenue(found=list(found))

    @strawberry.field(
        graphql_type=list[Money],
        description="What all its orders came to, the store's own currency first; CANCELED and ERROR do not count.",
    )
    @staticmethod
    async def lifetime_sales(root: strawberry.Parent["StoreDashboard"], info: Info) -> list[money.Money]:
        """Return the sums by currency."""
        return list((await _totals(root, info)).lifetime)

    @strawberry.field(
        description="What of `lifetimeSales` has an amount in the base currency, added up in it; null while no base "
        "currency is set."
    )
    @staticmethod
    async def base_sales(root: strawberry.Parent["StoreDashboard"]) -> BaseTotal | None:
        """Return the sum in the base currency."""
        return await sales_in_base(root.store.id)

    @strawberry.field(description="What people should know about it at once.")
    @staticmethod
    async def system_messages(root: strawberry.Parent["StoreDashboard"], info: Info) -> list[SystemMessage]:
        """Return the messages about the store."""
        messages = await system_messages(info.context)
        return [message for message in messages if any(store.id == root.store.id for store in message.about)]

    @strawberry.field(description="How reading its orders stands.")
    @staticmethod
    async def sync(root: strawberry.Parent["StoreDashboard"], info: Info) -> StoreSync:
        """Return how it stands."""
        return await _sync_of(root.store, info)

    @strawberry.field(description="Where it is set up at Amazon.")
    @staticmethod
    def seller_central(root: strawberry.Parent["StoreDashboard"]) -> SellerCentralLinks:
        """Return the pages."""
        host = MARKETPLACES[root.store.marketplace_id].seller_central
        return SellerCentralLinks(**{name: Link(f"https://{host}/{page}") for name, page in _PAGES.items()})


async def _totals(root: StoreDashboard, info: Info) -> Totals:
    """Count and add up once, however many parts ask for it."""
    return await info.context.loaders.other(_totals_of).load(root.store.id)


async def _totals_of(store_ids: list[int]) -> list[Totals]:
    stores = {store.id: store for store in await records.Store.filter(id__in=store_ids)}
    return [await totals_of(stores[store_id]) for store_id in store_ids]


async def _sync_of(store: records.Store, info: Info) -> StoreSync:
    loaders = info.context.loaders
    account = await loaders.row(records.Account).load(store.account_id)
    cursors = await loaders.rows(_CURSORS).load(store.account_id)
    cursor = next((one for one in cursors if store.marketplace_id in one.marketplaces.split(",")), None)
    run = await loaders.row(records.SyncRun).load(cursor.run_id) if cursor and cursor.run_id else None
    assert account is not None, "a store has an account"
    state = sync_state(store, account, cursor=cursor, run=run, now=info.context.service.clock.now())
    return StoreSync(found=state, of_store=store, of_run=run)


def _exact(count: int) -> Count:
    return Count(value=count, precision=CountPrecision.EXACT)
