"""The history of a product's stock."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.plans.move_pages import MovesOf, check_place, read_moves
from api.schema.actors import Actor, actor_of
from api.schema.context import Info
from api.schema.enums import described
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.sources import InventorySource, all_sources
from domain import timeline
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.catalog import records
from domain.catalog.records import MoveReason
from domain.catalog.source_records import Source

if TYPE_CHECKING:
    from api.schema.amazon_orders import AmazonOrder

_Order = Annotated["AmazonOrder", strawberry.lazy("api.schema.amazon_orders")]

described(
    MoveReason,
    name="StockMoveReason",
    description="Why the counts of a product changed.",
    values={
        "COUNTED": "A person or a file said how many there are.",
        "RESTOCKED": "More came.",
        "RESERVED": "They were promised to an order.",
        "RELEASED": "An order no longer needs them.",
        "EXPIRED": "They were promised to a pending order for longer than its store allows.",
        "SHIPPED": "They left with a shipment.",
        "WRITTEN_OFF": "They were promised to an order and turned out not to be there.",
        "RETURNED": "They came back.",
        "TRANSFERRED": "They were carried from one source to another.",
    },
)


@strawberry.type(
    description="One change of a product's counts. The counts are the sums of their moves, from the product's first; "
    "what lies at disabled sources is moved there, and not counted."
)
class StockMove:
    """The window on a move."""

    reason: MoveReason = strawberry.field(description="Why.")
    on_hand: int = strawberry.field(description="By how much the number on the shelf changed.")
    reserved: int = strawberry.field(description="By how much the number promised to orders changed.")
    note: str | None = strawberry.field(description="What the person who counted said of it.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(
        graphql_type=InventorySource | None,
        description="At which source; null where only the promised number changed, as goods are promised from all.",
    )
    @staticmethod
    async def source(root: strawberry.Parent[records.StockMove], info: Info) -> Source | None:
        """Return the source."""
        if not root.on_hand:
            return None
        return next(source for source in await all_sources(info) if source.code == root.source)

    @strawberry.field(graphql_type=Actor, description="Who did it.")
    @staticmethod
    def actor(root: strawberry.Parent[records.StockMove]) -> timeline.Actor | None:
        """Return who did it."""
        return actor_of(root.actor_kind, root.actor_name)

    @strawberry.field(graphql_type=_Order | None, description="The order it was for, if it was for one that is here.")
    @staticmethod
    async def order(root: strawberry.Parent[records.StockMove], info: Info) -> AmazonOrderRecord | None:
        """Return the order."""
        if root.order_id is None:
            return None
        return await info.context.loaders.row(AmazonOrderRecord).load(root.order_id)


@dataclass(frozen=True)
class PlacedMove:
    """A move and its place in the history."""

    node: records.StockMove
    cursor: str


@strawberry.type(description="A move and its place in the history.")
class StockMoveEdge:
    """The window on a placed move."""

    node: StockMove = strawberry.field(description="The move.")
    cursor: str = strawberry.field(description="Its place in the history.")


@strawberry.type(description="A page of the history of a product's stock, newest first.")
class StockMoveConnection:
    """A page of moves."""

    placed: strawberry.Private[list[PlacedMove]]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the history.")

    @strawberry.field(graphql_type=list[StockMoveEdge], description="The moves with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["StockMoveConnection"]) -> list[PlacedMove]:
        """Return the moves with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[StockMove], description="The moves alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["StockMoveConnection"]) -> list[records.StockMove]:
        """Return the moves."""
        return [placed.node for placed in root.placed]


async def list_moves(product: records.Product, info: Info, first: First, after: After) -> StockMoveConnection:
    """Return a page of the history of a product's stock.

    Raises InvalidInput.
    """
    request = asked_page(first, after)
    if request.after is not None:
        check_place(request.after)
    loaders = info.context.loaders
    page = await loaders.other(read_moves).load(MovesOf(product.id, request))
    info.context.spend(len(page.rows))
    found = await loaders.row(records.StockMove).load_many([row.row_id for row in page.rows])
    placed = [PlacedMove(move, row.cursor) for move, row in zip(found, page.rows, strict=True) if move is not None]
    return StockMoveConnection(placed=placed, page_info=page_info(page))
