"""Lists of Amazon orders: filtered, sorted, by page."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from api.plans.fragments import EVERYTHING, Fragment, all_of
from api.plans.keyset import find_page
from api.plans.order import order_sort
from api.plans.where import compile_where
from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.counts import Count, count_orders
from api.schema.optional import given
from api.schema.order_filters import AmazonOrderOrder, AmazonOrderWhere
from api.schema.paging import After, Before, First, Last, PageInfo, asked_page, page_info
from api.schema.view_reading import InView, in_view
from domain.accounts.saved_views import ListKind
from domain.amazon import records

Where = Annotated[AmazonOrderWhere | None, strawberry.argument(description="Only orders like these.")]
OrderBy = Annotated[
    AmazonOrderOrder | None, strawberry.argument(description="How to sort; by default the newest purchases first.")
]
Cap = Annotated[int | None, strawberry.argument(description="How many to count at most, up to 100000.")]


@dataclass(frozen=True)
class PlacedOrder:
    """An order and its place in the list."""

    node: records.AmazonOrder
    cursor: str


@strawberry.type(description="An order and its place in the list.")
class AmazonOrderEdge:
    """The window on a placed order."""

    node: AmazonOrder = strawberry.field(description="The order.")
    cursor: str = strawberry.field(description="Its place in this list with this filter and sort.")


@strawberry.type(description="A page of Amazon orders.")
class AmazonOrderConnection:
    """A page, and the condition that its list fulfils."""

    placed: strawberry.Private[list[PlacedOrder]]
    where: strawberry.Private[Fragment]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[AmazonOrderEdge], description="The orders with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["AmazonOrderConnection"]) -> list[PlacedOrder]:
        """Return the orders with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[AmazonOrder], description="The orders alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["AmazonOrderConnection"]) -> list[records.AmazonOrder]:
        """Return the orders."""
        return [placed.node for placed in root.placed]

    @strawberry.field(description="How many orders the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["AmazonOrderConnection"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_orders(root.where, cap=10_000 if cap is None else cap)


async def list_orders(
    info: Info,
    first: First,
    after: After,
    last: Last,
    before: Before,
    where: Where,
    order_by: OrderBy,
    *,
    view: InView = strawberry.UNSET,
    only: Fragment = EVERYTHING,
) -> AmazonOrderConnection:
    """Return a page of Amazon orders, of those only that also fulfil a condition of ours.

    Raises InvalidInput or LimitExceeded.
    """
    seen = await in_view(info, view, ListKind.AMAZON_ORDERS, AmazonOrderWhere, AmazonOrderOrder)
    asked = [one for one in (given(where), seen.where) if one is not None]
    sealer = info.context.service.sealer
    condition = all_of([only, *(compile_where(one, sealer) for one in asked)])
    sort = order_sort(given(order_by) or seen.order_by, AmazonOrderWhere(all_of=asked))
    request = asked_page(first, after, last, before)
    page = await find_page("amazon_order", where=condition, sort=sort, request=request)
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(records.AmazonOrder).load_many([row.row_id for row in page.rows])
    placed = [PlacedOrder(order, row.cursor) for order, row in zip(found, page.rows, strict=True) if order is not None]
    return AmazonOrderConnection(placed=placed, where=condition, page_info=page_info(page))
