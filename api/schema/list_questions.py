"""Questions about lists: commerce orders, and the saved views of every list."""

import strawberry

from api.schema.commerce_list import CommerceOrderConnection, list_commerce_orders
from api.schema.saved_views import SavedView, saved_view, saved_views


@strawberry.type
class ListQuestions:
    """The questions about lists."""

    commerce_orders: CommerceOrderConnection = strawberry.field(
        resolver=list_commerce_orders, description="Commerce orders of all stores."
    )
    saved_views: list[SavedView] = strawberry.field(
        resolver=saved_views,
        graphql_type=list[SavedView],
        description="Saved views of the lists, each list's default view first.",
    )
    saved_view: SavedView | None = strawberry.field(
        resolver=saved_view, graphql_type=SavedView | None, description="A saved view; null if it is deleted."
    )
