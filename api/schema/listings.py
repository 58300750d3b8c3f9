"""Stock pushed to Amazon's listings: how a store does it, and what was sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from api.plans.fragments import Fragment, all_of, equal
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.context import Info
from api.schema.enums import described
from api.schema.ids import typed_id
from api.schema.loaders import Listing as RowsOf
from api.schema.optional import given
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.products import Product
from api.schema.reading import reading
from domain.accounts.records import Store as StoreRecord
from domain.catalog import listing_records as records
from domain.catalog.listing_records import Listing, ListingAction, ListingOutcome
from domain.catalog.records import Product as ProductRecord
from domain.channel.stock_push import settings_of_push

if TYPE_CHECKING:
    from api.schema.stores import Store

described(
    ListingAction,
    description="What is changed of a listing.",
    values={"UPDATE_STOCK": "How many of it are offered."},
)
described(
    ListingOutcome,
    description="What became of a message about a listing.",
    values={
        "ACCEPTED": "Amazon took it, and lets it take effect a little later.",
        "REFUSED": "Amazon will not have it; it is sent again with the product's next change.",
        "POSTPONED": "There was no answer, or none that counts; it is sent again.",
    },
)

_NEWEST_FIRST = Sort("ID", "id", int, descending=True)
_STORES: Final = RowsOf(StoreRecord, "account_id", ("id",))
_Store = Annotated["Store", strawberry.lazy("api.schema.stores")]
StoreId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `Store`.")]
OfSku = Annotated[str | None, strawberry.argument(description="Only of this seller SKU.")]


@strawberry.type(
    description="How a store pushes stock to its listings. Amazon has one number for all stores of a seller in a "
    "region: where several of them push, the highest threshold and the lowest maximum count."
)
class StockPush:
    """How a store pushes stock."""

    enabled: bool = strawberry.field(description="Whether it does.")
    out_of_stock_threshold: int = strawberry.field(description="With so many free, or fewer, none is offered.")
    maximum_quantity: int | None = strawberry.field(description="Never more than so many are offered; null: no limit.")
    waiting: int = strawberry.field(
        description="How many listings of the store's seller are still to be told. They wait while the newest orders "
        "could not be read, as a number that is pushed replaces what Amazon took for orders that are not known yet."
    )


@strawberry.type(description="One message about a listing that was sent to Amazon.")
class ListingChange:
    """The window on a message."""

    seller_sku: str = strawberry.field(description="Amazon's SKU of the listing.")
    action: ListingAction = strawberry.field(description="What is changed.")
    outcome: ListingOutcome = strawberry.field(description="What became of it.")
    quantity: int = strawberry.field(description="How many were to be offered.")
    comment: str = strawberry.field(description="What happened, in words.")
    submission_id: str | None = strawberry.field(description="Amazon's id of the message, where it gave one.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(graphql_type=Product | None, description="The product that the listing is of.")
    @staticmethod
    async def product(root: strawberry.Parent[records.ListingChange], info: Info) -> ProductRecord | None:
        """Return the product."""
        return await info.context.loaders.row(ProductRecord).load(root.product_id)

    @strawberry.field(
        graphql_type=list[_Store],
        description="The stores of the seller whose listing it is: the number is the same in all of them.",
    )
    @staticmethod
    async def stores(root: strawberry.Parent[records.ListingChange], info: Info) -> list[StoreRecord]:
        """Return the stores of the account."""
        return await info.context.loaders.rows(_STORES).load(root.account_id)


@dataclass(frozen=True)
class PlacedChange:
    """A message and its place in the list."""

    node: records.ListingChange
    cursor: str


@strawberry.type(description="A message about a listing and its place in the list.")
class ListingChangeEdge:
    """The window on a placed message."""

    node: ListingChange = strawberry.field(description="The message.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of the messages about listings, newest first.")
class ListingChangeConnection:
    """A page of messages."""

    placed: strawberry.Private[list[PlacedChange]]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[ListingChangeEdge], description="The messages with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["ListingChangeConnection"]) -> list[PlacedChange]:
        """Return the messages with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[ListingChange], description="The messages alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["ListingChangeConnection"]) -> list[records.ListingChange]:
        """Return the messages."""
        return [placed.node for placed in root.placed]


async def push_of_store(store_id: int) -> StockPush:
    """Return how a store pushes stock."""
    settings = await settings_of_push(store_id)
    store = await StoreRecord.get(id=store_id)
    waiting = await Listing.filter(account_id=store.account_id, due_at__isnull=False).count()
    return StockPush(
        enabled=settings.enabled,
        out_of_stock_threshold=settings.threshold,
        maximum_quantity=settings.most,
        waiting=waiting,
    )


@strawberry.type
class ListingQuestions:
    """The questions about listings."""

    @strawberry.field(description="How a store pushes stock to Amazon; null if there is no such store.")
    @staticmethod
    async def stock_push(info: Info, store_id: StoreId) -> StockPush | None:
        """Return how it does."""
        row_id = typed_id(store_id, "Store", path=("storeId",)).row_id
        with reading():
            return await push_of_store(row_id) if await StoreRecord.exists(id=row_id) else None

    @strawberry.field(description="What was sent to Amazon about listings, newest first.")
    @staticmethod
    async def listing_changes(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        seller_sku: OfSku = strawberry.UNSET,
    ) -> ListingChangeConnection:
        """List the messages."""
        parts: list[Fragment] = []
        if (sku := given(seller_sku)) is not None:
            parts.append(equal("seller_sku", sku))
        page = await find_page(
            "listing_change", where=all_of(parts), sort=_NEWEST_FIRST, request=asked_page(first, after)
        )
        info.context.spend(len(page.rows))
        rows: list[Any] = await info.context.loaders.row(records.ListingChange).load_many([r.row_id for r in page.rows])
        placed = [PlacedChange(node, row.cursor) for node, row in zip(rows, page.rows, strict=True) if node is not None]
        return ListingChangeConnection(placed=placed, page_info=page_info(page))
