"""The sources of stock, and what lies there."""

from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.loaders import Listing
from api.schema.reading import reading
from domain.amazon.records import AmazonItem
from domain.catalog import source_records
from domain.catalog.records import DEFAULT_SOURCE, MoveReason, Product, Stock, StockMove
from domain.catalog.source_shelf import in_order

STOCK = Listing(Stock, "product_id", ("id",))
_ELSEWHERE = Listing(source_records.SourceStock, "product_id", ("id",), (("physical__gt", 0),))
_LEFT = Listing(StockMove, "order_id", ("id",), (("reason__in", (MoveReason.SHIPPED, MoveReason.RETURNED)),))

SourceCode = Annotated[str | None, strawberry.argument(description="Only what lies at the source of this code.")]


@strawberry.type(description="A place that goods leave from. The stock of a product is what lies at all of them.")
class InventorySource:
    """The window on a source."""

    code: str = strawberry.field(description="Its code; it stays for good.")
    name: str = strawberry.field(description="What people call it.")
    country: str | None = strawberry.field(description="Where it is: a code of ISO 3166, such as DE.")
    enabled: bool = strawberry.field(description="Whether what lies there is for sale.")
    priority: int = strawberry.field(
        description="Goods are taken from the source with the lowest number first, unless somebody chooses another."
    )

    @strawberry.field(
        description="Whether it is the one that files, and whoever names no source, count; it is always enabled."
    )
    @staticmethod
    def is_default(root: strawberry.Parent[source_records.Source]) -> bool:
        """Return whether it is the default source."""
        return root.code == DEFAULT_SOURCE


@strawberry.type(description="How many of a product lie at a source.")
class SourceStock:
    """A source and a number."""

    source: source_records.Source = strawberry.field(graphql_type=InventorySource, description="The source.")
    physical: int = strawberry.field(description="How many lie there, promised ones included.")


@strawberry.type(description="How many goods, and from which source.")
class SourceQuantity:
    """A source and a quantity."""

    source: source_records.Source = strawberry.field(graphql_type=InventorySource, description="The source.")
    quantity: int = strawberry.field(description="How many.")


@strawberry.type
class StockAtSources:
    """The part of a product that tells where it lies."""

    @strawberry.field(
        graphql_type=list[SourceStock],
        description="How many lie at which source, in the order that goods are taken from them: at the default one, "
        "and at every other, enabled or not, where any lie.",
    )
    @staticmethod
    async def stock_by_source(root: strawberry.Parent[Product], info: Info) -> list[SourceStock]:
        """List the sources with what lies there."""
        places = await _places(root.id, info)
        return [
            SourceStock(source=source, physical=places[source.code])
            for source in await all_sources(info)
            if source.code in places
        ]


@strawberry.type
class TakenFromSources:
    """The part of an order item that tells from where its goods were taken."""

    @strawberry.field(
        graphql_type=list[SourceQuantity],
        description="From which sources its goods left, less those that came back there: what was shipped from here, "
        "or outside of this service while they were held here.",
    )
    @staticmethod
    async def taken_from(root: strawberry.Parent[AmazonItem], info: Info) -> list[SourceQuantity]:
        """Add up the moves of the item."""
        gone: dict[str, int] = {}
        for move in await info.context.loaders.rows(_LEFT).load(root.order_id):
            if move.item_id == root.id:
                gone[move.source] = gone.get(move.source, 0) - move.on_hand
        known = {source.code: source for source in await all_sources(info)}
        return [SourceQuantity(source=known[code], quantity=count) for code, count in gone.items() if count > 0]


async def all_sources(info: Info) -> list[source_records.Source]:
    """Return the sources in the order that goods are taken from them, asked once for a request."""
    found: list[source_records.Source] = await info.context.loaders.other(_sources).load("all")
    return found


async def physical_at(product_id: int, code: str, info: Info) -> int:
    """Return how many of a product lie at the source of a code, 0 where there is no such source."""
    if code == DEFAULT_SOURCE:
        return sum(stock.on_hand - stock.elsewhere for stock in await info.context.loaders.rows(STOCK).load(product_id))
    return (await _places(product_id, info)).get(code, 0)


async def list_sources() -> list[source_records.Source]:
    """Return the sources, without a request's loaders."""
    with reading():
        return await in_order()


async def _places(product_id: int, info: Info) -> dict[str, int]:
    others = await info.context.loaders.rows(_ELSEWHERE).load(product_id)
    here = await physical_at(product_id, DEFAULT_SOURCE, info)
    return {DEFAULT_SOURCE: here, **{row.source: row.physical for row in others}}


async def _sources(asked: list[str]) -> list[list[source_records.Source]]:
    found = await in_order()
    return [found for _ in asked]
