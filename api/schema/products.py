"""Products and their stock."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.plans.fragments import EVERYTHING, any_of, containing
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.plans.texts import searchable
from api.schema.actors import Actor, actor_of
from api.schema.context import Context, Info
from api.schema.enums import described
from api.schema.money import Money, money_of
from api.schema.nodes import Node, window_on
from api.schema.optional import given
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.sources import STOCK, SourceCode, StockAtSources, physical_at
from api.schema.stock_moves import StockMoveConnection, list_moves
from domain import money, timeline
from domain.catalog import records
from domain.catalog.records import MatchSource

described(
    MatchSource,
    description="How a seller SKU found its product.",
    values={
        "SKU": "The product has the same SKU.",
        "ASIN": "It is the only product with the item's ASIN.",
        "MANUAL": "A person said so.",
        "CREATED": "The product was made from the item.",
    },
)

_BY_SKU = Sort("SKU", "sku", str, descending=False)


@strawberry.type(description="Something we sell.")
@window_on(records.Product)
class Product(Node, StockAtSources):
    """The window on a product."""

    sku: str = strawberry.field(description="Our name for it, unique.")
    name: str = strawberry.field(description="What people call it.")
    enabled: bool = strawberry.field(description="Whether it is for sale.")
    manages_stock: bool = strawberry.field(description="Whether its stock is counted; if not, there is always enough.")
    awaits_review: bool = strawberry.field(
        description="Whether an import made it, disabled, and nobody has enabled it since (`autoCreateProducts`)."
    )
    asin: str | None = strawberry.field(description="Amazon's number of it, where one is known.")
    created_at: datetime = strawberry.field(description="When it was created here.")
    updated_at: datetime = strawberry.field(
        description="When a person or a file last changed it or its count; orders change its stock without that."
    )

    @strawberry.field(graphql_type=Money | None, description="What one costs; null where no price is known.")
    @staticmethod
    def price(root: strawberry.Parent[records.Product]) -> money.Money | None:
        """Join the price and its currency."""
        return money_of(root.price_minor, root.currency)

    @strawberry.field(
        description="How many lie on the shelf, promised ones included: at all enabled sources, or at one of them."
    )
    @staticmethod
    async def stock(root: strawberry.Parent[records.Product], info: Info, source: SourceCode = strawberry.UNSET) -> int:
        """Return the count of all enabled sources, or of one."""
        if code := given(source):
            return await physical_at(root.id, code, info)
        return sum(stock.on_hand for stock in await _stock_of(root, info))

    @strawberry.field(description="How many of them are promised to orders.")
    @staticmethod
    async def reserved(root: strawberry.Parent[records.Product], info: Info) -> int:
        """Return the count."""
        return sum(stock.reserved for stock in await _stock_of(root, info))

    @strawberry.field(description="How many of them are free: stock less reserved.")
    @staticmethod
    async def salable(root: strawberry.Parent[records.Product], info: Info) -> int:
        """Return the count of the enabled sources without what is promised."""
        return sum(stock.on_hand - stock.reserved for stock in await _stock_of(root, info))

    @strawberry.field(description="How its stock came to be what it is, newest first.")
    @staticmethod
    async def moves(
        root: strawberry.Parent[records.Product],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> StockMoveConnection:
        """List the moves."""
        return await list_moves(root, info, first, after)


async def _stock_of(product: records.Product, info: Info) -> list[records.Stock]:
    return await info.context.loaders.rows(STOCK).load(product.id)


@strawberry.type(description="A remembered answer: what a seller SKU means in an account.")
class ProductMatch:
    """The window on a match."""

    source: MatchSource = strawberry.field(description="How the product was found.")
    matched_at: datetime = strawberry.field(description="Since when it is remembered.")

    @strawberry.field(graphql_type=Actor, description="Who said so.")
    @staticmethod
    def matched_by(root: strawberry.Parent[records.Match]) -> timeline.Actor | None:
        """Return who remembered it."""
        return actor_of(root.actor_kind, root.actor_name)


@strawberry.type(description="A product and its place in the list.")
class ProductEdge:
    """A product in a list."""

    node: Product = strawberry.field(description="The product.")
    cursor: str = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of products, by SKU.")
class ProductConnection:
    """A page of products."""

    edges: list[ProductEdge] = strawberry.field(description="The products with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[Product], description="The products alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["ProductConnection"]) -> list[Product]:
        """Return the nodes of the edges."""
        return [edge.node for edge in root.edges]


Search = Annotated[
    str | None,
    strawberry.argument(description="A part of the SKU or the name; ignores the case of ASCII letters."),
]


async def list_products(context: Context, first: First, after: After, search: Search) -> ProductConnection:
    """Return a page of products by SKU.

    Raises InvalidInput or LimitExceeded.
    """
    text = searchable(given(search) or "", path=("search",)).strip()
    where = any_of([containing("sku", text), containing("name", text)]) if text else EVERYTHING
    page = await find_page("product", where=where, sort=_BY_SKU, request=asked_page(first, after))
    context.spend(len(page.rows))
    products = await context.loaders.row(records.Product).load_many([row.row_id for row in page.rows])
    edges = [
        ProductEdge(node=product, cursor=row.cursor)  # type: ignore[arg-type]
        for product, row in zip(products, page.rows, strict=True)
        if product is not None
    ]
    return ProductConnection(edges=edges, page_info=page_info(page))
