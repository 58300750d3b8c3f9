"""Questions about lists: commerce orders and their papers, and the saved views of every list."""

from collections.abc import Sequence

import strawberry

from api.schema.commerce_list import CommerceOrderConnection, list_commerce_orders
from api.schema.context import Info
from api.schema.paper_lists import PaperQuestions
from api.schema.saved_views import OfList, SavedView, ViewId, saved_view, saved_views
from domain.accounts.saved_views import SavedView as SavedViewRecord


@strawberry.type
class ListQuestions(PaperQuestions):
    """The questions about lists."""

    commerce_orders: CommerceOrderConnection = strawberry.field(
        resolver=list_commerce_orders, description="Commerce orders of all stores."
    )

    @strawberry.field(
        graphql_type=list[SavedView], description="Saved views of the lists, each list's default view first."
    )
    @staticmethod
    async def saved_views(list: OfList = strawberry.UNSET) -> Sequence[SavedViewRecord]:
        """List the views."""
        return await saved_views(list)

    @strawberry.field(graphql_type=SavedView | None, description="A saved view; null if it is deleted.")
    @staticmethod
    async def saved_view(info: Info, id: ViewId) -> SavedViewRecord | None:
        """Find a view."""
        return await saved_view(info, id)
