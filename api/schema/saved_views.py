"""Saved views: what clients see of them, and how they are asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.plans.commerce_where import compile_commerce_where
from api.plans.order import commerce_sort, order_sort
from api.plans.where import compile_where
from api.schema.commerce_filters import CommerceOrderOrder, CommerceOrderWhere
from api.schema.context import Info
from api.schema.enums import described
from api.schema.ids import typed_id
from api.schema.list_columns import AmazonOrderColumn, CommerceOrderColumn
from api.schema.nodes import Node, window_on
from api.schema.optional import given
from api.schema.order_filters import AmazonOrderOrder, AmazonOrderWhere
from api.schema.reading import reading
from api.schema.scalars import FreeJson
from api.schema.view_reading import ReadView, read_view
from domain.accounts import saved_views as records
from domain.accounts.saved_views import ListKind
from domain.errors import InvalidInput
from domain.sealing import Sealer

described(
    ListKind,
    description="A list that has saved views.",
    values={"AMAZON_ORDERS": "The list `amazonOrders`.", "COMMERCE_ORDERS": "The list `commerceOrders`."},
)

OfList = Annotated[ListKind | None, strawberry.argument(description="Only views of this list.")]
ViewId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `SavedView`.")]


@strawberry.type(description="A name for a filter, a sort and columns of a list.")
@window_on(records.SavedView)
class SavedView(Node):
    """The window on a saved view."""

    kind: ListKind = strawberry.field(name="list", description="The list that it is a view of.")
    name: str = strawberry.field(description="Its name, unique among the views of its list.")
    is_default: bool = strawberry.field(description="Whether it came with the list: then it stays as it is.")
    condition: FreeJson | None = strawberry.field(
        name="where",
        description="Its filter: an `AmazonOrderWhere` or `CommerceOrderWhere`, to be sent as a variable. Null: all.",
    )
    sort: FreeJson | None = strawberry.field(
        name="orderBy",
        description="Its sort: an `AmazonOrderOrder` or `CommerceOrderOrder`. Null: as the list comes by itself.",
    )
    columns: list[str] = strawberry.field(
        description="Its columns: `AmazonOrderColumn`s or `CommerceOrderColumn`s. Empty: those of the default view."
    )
    version: int = strawberry.field(description="Grows when it is changed. Send it back as `expectedVersion`.")
    created_at: datetime | None = strawberry.field(description="When it was saved; null if it came with the list.")

    @strawberry.field(
        description="Why it cannot be used as it is, after a new version of the service for example; null if it can."
    )
    @staticmethod
    def problem(root: strawberry.Parent[records.SavedView], info: Info) -> str | None:
        """Read it as its list would."""
        try:
            check_view(info.schema, root, info.context.service.sealer)
        except InvalidInput as invalid:
            return invalid.message
        return None


def check_view(schema: Any, view: records.SavedView, sealer: Sealer) -> ReadView[Any, Any]:
    """Read a view with everything that its list and its export would check.

    Raises InvalidInput.
    """
    columns: type[AmazonOrderColumn | CommerceOrderColumn]
    found: ReadView[Any, Any]
    if view.kind is ListKind.AMAZON_ORDERS:
        found, columns = read_view(schema, view, AmazonOrderWhere, AmazonOrderOrder), AmazonOrderColumn
        compile_where(found.where, sealer)
        order_sort(found.order_by, found.where)
    else:
        found, columns = read_view(schema, view, CommerceOrderWhere, CommerceOrderOrder), CommerceOrderColumn
        compile_commerce_where(found.where, sealer)
        commerce_sort(found.order_by, found.where)
    if unknown := [name for name in found.columns if name not in columns.__members__]:
        raise InvalidInput(f"There are no columns {', '.join(unknown)} any more; save the view anew.", path=("view",))
    return found


async def saved_views(list: OfList = strawberry.UNSET) -> Sequence[records.SavedView]:
    """Return the views, each list's default view first."""
    asked = given(list)
    views = records.SavedView.filter(kind=asked) if asked else records.SavedView.all()
    with reading():
        return await views.order_by("kind", "-is_default", "name_key", "id")


async def saved_view(info: Info, id: ViewId) -> records.SavedView | None:
    """Return a view."""
    return await info.context.loaders.row(records.SavedView).load(typed_id(id, "SavedView").row_id)
