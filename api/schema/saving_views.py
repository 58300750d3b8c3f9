"""Saving, changing and deleting views."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

import strawberry

from api.plans.commerce_where import compile_commerce_where
from api.plans.conditions import parts_of
from api.plans.order import commerce_sort, order_sort
from api.plans.where import compile_where
from api.schema.commerce_filters import CommerceOrderOrder, CommerceOrderWhere
from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.list_columns import AmazonOrderColumn, CommerceOrderColumn
from api.schema.optional import Optionals, given, optional
from api.schema.order_filters import AmazonOrderOrder, AmazonOrderWhere
from api.schema.places import beneath
from api.schema.saved_views import SavedView, ViewId
from api.schema.shipping import USER
from api.schema.stored_inputs import as_json
from api.schema.user_errors import UserError
from domain.accounts import saved_views as records
from domain.accounts.saved_views import ListKind, ViewContent, create_view, delete_view, update_view
from domain.errors import InvalidInput, LimitExceeded

_LARGEST: Final = 20_000
_BUYERS: Final = {
    "buyer_name": "buyerName",
    "bill_to_name": "billToName",
    "ship_to_name": "shipToName",
    "customer_email": "customerEmail",
}
_WHERE: Final = "Its filter, without buyers: a view is kept longer than their data may be. Null: everything."
_SORT: Final = "Its sort. Null: as the list comes by itself."
_COLUMNS: Final = "Its columns, in their order. None: those of the default view."


@strawberry.input(description="What a view of Amazon orders shows.")
class AmazonOrderViewInput(Optionals):
    """A view of Amazon orders."""

    where: AmazonOrderWhere | None = optional(_WHERE)
    order_by: AmazonOrderOrder | None = optional(_SORT)
    columns: list[AmazonOrderColumn] | None = optional(_COLUMNS)


@strawberry.input(description="What a view of commerce orders shows.")
class CommerceOrderViewInput(Optionals):
    """A view of commerce orders."""

    where: CommerceOrderWhere | None = optional(_WHERE)
    order_by: CommerceOrderOrder | None = optional(_SORT)
    columns: list[CommerceOrderColumn] | None = optional(_COLUMNS)


@strawberry.input(one_of=True, description="What a view shows; name the list that it is a view of.")
class ViewContentInput(Optionals):
    """What a view shows."""

    amazon_orders: AmazonOrderViewInput | None = optional("It is a view of Amazon orders.")
    commerce_orders: CommerceOrderViewInput | None = optional("It is a view of commerce orders.")


@strawberry.input(description="A view to be saved.")
class CreateViewInput:
    """A new view."""

    name: str = strawberry.field(description="Its name, at most 100 characters; no other view of its list has it.")
    content: ViewContentInput = strawberry.field(description="What it shows.")


@strawberry.input(description="A view to be changed; what is left out stays.")
class UpdateViewInput(Optionals):
    """Changes of a view."""

    view_id: strawberry.ID = strawberry.field(description="The id of a `SavedView`.")
    name: str | None = optional("Its new name.")
    content: ViewContentInput | None = optional("What it shows from now on, all of it.")
    expected_version: int | None = optional("The version of the view that you saw; if it has another, nothing is done.")


@strawberry.type(description="What became of a change of a view.")
class SavedViewPayload:
    """The answer to changes of views."""

    view: records.SavedView | None = strawberry.field(
        graphql_type=SavedView | None, default=None, description="The view as it is now, or as it was deleted."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


CreateInput = Annotated[CreateViewInput, strawberry.argument(description="Which view.")]
UpdateInput = Annotated[UpdateViewInput, strawberry.argument(description="Which view, and what becomes of it.")]


async def create_saved_view(info: Info, input: CreateInput) -> SavedViewPayload:
    """Save a view."""
    content = _content(info, input.content)
    now = info.context.service.clock.now()
    return SavedViewPayload(view=await create_view(name=input.name, content=content, now=now, actor=USER))


async def update_saved_view(info: Info, input: UpdateInput) -> SavedViewPayload:
    """Change a view."""
    wanted = typed_id(input.view_id, "SavedView", path=("input", "viewId"))
    view = await update_view(
        view_id=wanted.row_id,
        name=input.name,
        content=None if input.content is None else _content(info, input.content),
        expected_version=input.expected_version,
        now=info.context.service.clock.now(),
        actor=USER,
    )
    return SavedViewPayload(view=view)


async def delete_saved_view(info: Info, view_id: ViewId) -> SavedViewPayload:
    """Delete a view."""
    wanted = typed_id(view_id, "SavedView", path=("viewId",))
    view = await delete_view(view_id=wanted.row_id, now=info.context.service.clock.now(), actor=USER)
    return SavedViewPayload(view=view)


def _content(info: Info, input: ViewContentInput) -> ViewContent:
    """Check what a view shows as its list would."""
    amazon, commerce, sealer = given(input.amazon_orders), given(input.commerce_orders), info.context.service.sealer
    with beneath(("input", "content", "amazonOrders" if amazon else "commerceOrders")):
        if amazon:
            compile_where(amazon.where, sealer)
            order_sort(amazon.order_by, amazon.where)
            return _checked(ListKind.AMAZON_ORDERS, amazon)
        compile_commerce_where(commerce.where, sealer)
        commerce_sort(commerce.order_by, commerce.where)
        return _checked(ListKind.COMMERCE_ORDERS, commerce)


def _checked(kind: ListKind, shown: Any) -> ViewContent:
    for field in _of_buyers(shown.where):
        raise InvalidInput(
            "A view is kept longer than buyer data may be; ask for buyers beside it, in the list's own filter.",
            path=("where", field),
        )
    columns = [column.value for column in shown.columns or ()]
    if len(set(columns)) < len(columns):
        raise InvalidInput("A column is named twice.", path=("columns",))
    condition = as_json(shown.where)
    if len(str(condition)) > _LARGEST:
        raise LimitExceeded(f"The filter of a view has at most {_LARGEST} characters.", path=("where",))
    return ViewContent(kind=kind, condition=condition, sort=as_json(shown.order_by), columns=columns)


def _of_buyers(where: Any) -> Iterator[str]:
    """Name what a filter says of buyers; a text to search for is an e-mail address if it looks like one."""
    if where is None:
        return
    yield from (name for field, name in _BUYERS.items() if getattr(where, field, None) is not None)
    if "@" in (where.search or ""):
        yield "search"
    for part in parts_of(where):
        yield from _of_buyers(part)
