"""Saved views as lists use them: read anew each time, with the checks that a client's own filter gets."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar

import strawberry

from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.optional import given
from api.schema.reading import reading
from api.schema.stored_inputs import from_json
from domain.accounts.saved_views import ListKind, SavedView
from domain.errors import InvalidInput

Where = TypeVar("Where")
OrderBy = TypeVar("OrderBy")

InView = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="A `SavedView` of this list: its filter holds besides `where`, its sort unless `orderBy` is given."
    ),
]
_PATH: Final = ("view",)


@dataclass(frozen=True)
class ReadView(Generic[Where, OrderBy]):
    """What a view stands for now."""

    where: Where | None = None
    order_by: OrderBy | None = None
    columns: tuple[str, ...] = ()


async def find_view(view_id: str, kind: ListKind, *, path: tuple[str, ...] = _PATH) -> SavedView:
    """Return a view of a list.

    Raises InvalidInput for a malformed id, for a view that is deleted and for one of another list.
    """
    wanted = typed_id(view_id, "SavedView", path=path)
    with reading():
        view = await SavedView.get_or_none(id=wanted.row_id)
    if view is None:
        raise InvalidInput("There is no such view; it may have been deleted.", path=path)
    if view.kind is not kind:
        raise InvalidInput(f"This is a view of {view.kind.value}.", path=path)
    return view


async def in_view(
    info: Info, view_id: Any, kind: ListKind, where: type[Where], order_by: type[OrderBy]
) -> ReadView[Where, OrderBy]:
    """Return what the view stands for that a list is asked for by, nothing if it is asked for without one.

    Raises InvalidInput.
    """
    asked = given(view_id)
    if asked is None:
        return ReadView()
    return read_view(info.schema, await find_view(asked, kind), where, order_by)


def read_view(
    schema: Any, view: SavedView, where: type[Where], order_by: type[OrderBy], *, path: tuple[str, ...] = _PATH
) -> ReadView[Where, OrderBy]:
    """Read what a view stands for.

    Raises InvalidInput if this version would refuse it.
    """
    return ReadView(
        from_json(schema, where, view.condition, path=path),
        from_json(schema, order_by, view.sort, path=path),
        tuple(view.columns),
    )
