"""Lists of commerce orders: filtered, sorted, by page."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from api.plans.commerce_where import compile_commerce_where
from api.plans.fragments import Fragment, all_of
from api.plans.keyset import find_page
from api.plans.order import commerce_sort
from api.schema.commerce_filters import CommerceOrderOrder, CommerceOrderWhere
from api.schema.commerce_orders import CommerceOrder
from api.schema.context import Info
from api.schema.counts import Count, count_rows
from api.schema.currency_totals import OrderTotals, totals_of_list
from api.schema.optional import given
from api.schema.order_list import Cap
from api.schema.paging import After, Before, First, Last, PageInfo, asked_page, page_info
from api.schema.view_reading import InView, in_view
from domain.accounts.saved_views import ListKind
from domain.commerce import records

Where = Annotated[CommerceOrderWhere | None, strawberry.argument(description="Only orders like these.")]
OrderBy = Annotated[
    CommerceOrderOrder | None, strawberry.argument(description="How to sort; by default those made last first.")
]


@dataclass(frozen=True)
class PlacedCommerceOrder:
    """An order and its place in the list."""

    node: records.CommerceOrder
    cursor: str


@strawberry.type(description="A commerce order and its place in the list.")
class CommerceOrderEdge:
    """The window on a placed order."""

    node: CommerceOrder = strawberry.field(description="The order.")
    cursor: str = strawberry.field(description="Its place in this list with this filter and sort.")


@strawberry.type(description="A page of commerce orders.")
class CommerceOrderConnection:
    """A page, and the condition that its list fulfils."""

    placed: strawberry.Private[list[PlacedCommerceOrder]]
    where: strawberry.Private[Fragment]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[CommerceOrderEdge], description="The orders with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["CommerceOrderConnection"]) -> list[PlacedCommerceOrder]:
        """Return the orders with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[CommerceOrder], description="The orders alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["CommerceOrderConnection"]) -> list[records.CommerceOrder]:
        """Return the orders."""
        return [placed.node for placed in root.placed]

    @strawberry.field(description="How many orders the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["CommerceOrderConnection"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_rows("commerce_order", root.where, cap=10_000 if cap is None else cap)

    @strawberry.field(description="What the orders of the whole list come to; added up only if selected.")
    @staticmethod
    async def totals(root: strawberry.Parent["CommerceOrderConnection"]) -> OrderTotals:
        """Add the list up."""
        return await totals_of_list(root.where)


async def list_commerce_orders(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
    where: Where = strawberry.UNSET,
    order_by: OrderBy = strawberry.UNSET,
    view: InView = strawberry.UNSET,
) -> CommerceOrderConnection:
    """Return a page of commerce orders.

    Raises InvalidInput or LimitExceeded.
    """
    seen = await in_view(info, view, ListKind.COMMERCE_ORDERS, CommerceOrderWhere, CommerceOrderOrder)
    asked = [one for one in (given(where), seen.where) if one is not None]
    condition = all_of(compile_commerce_where(one, info.context.service.sealer) for one in asked)
    sort = commerce_sort(given(order_by) or seen.order_by, CommerceOrderWhere(all_of=asked))
    request = asked_page(first, after, last, before)
    page = await find_page("commerce_order", where=condition, sort=sort, request=request)
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(records.CommerceOrder).load_many([row.row_id for row in page.rows])
    placed = [
        PlacedCommerceOrder(order, row.cursor) for order, row in zip(found, page.rows, strict=True) if order is not None
    ]
    return CommerceOrderConnection(placed=placed, where=condition, page_info=page_info(page))
