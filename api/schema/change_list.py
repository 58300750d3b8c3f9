"""The stream of all changes of orders, as an ERP or a warehouse reads it."""

from typing import Annotated

import strawberry

from api.plans.event_pages import read_place, read_stream
from api.plans.fragments import all_of, equal, one_of
from api.schema.context import Info
from api.schema.event_list import OrderEventConnection
from api.schema.ids import typed_id
from api.schema.optional import given
from api.schema.paging import After, Before, First, Last, asked_page
from api.schema.reading import reading
from domain.timeline import EventKind

OfStore = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this store.")]
OfKinds = Annotated[list[EventKind] | None, strawberry.argument(description="Only if one of these happened.")]


async def list_changes(
    info: Info, first: First, after: After, last: Last, before: Before, store_id: OfStore, kinds: OfKinds
) -> OrderEventConnection:
    """Return a page of the stream.

    Raises InvalidInput.
    """
    request = asked_page(first, after, last, before)
    for argument, cursor in (("after", request.after), ("before", request.before)):
        if cursor is not None:
            read_place(cursor, argument=argument)
    parts = []
    if (text := given(store_id)) is not None:
        store = typed_id(text, "Store", path=("storeId",))
        parts += [equal("store_id", store.row_id), equal("account_id", store.account_id)]
    if (wanted := given(kinds)) is not None:
        parts.append(one_of("kind", [kind.value for kind in dict.fromkeys(wanted)]))
    with reading():
        page = await read_stream(request, all_of(parts))
    info.context.spend(len(page.events))
    return OrderEventConnection(page=page)


@strawberry.type
class ChangeQuestions:
    """The questions about changes."""

    @strawberry.field(
        description="What happened to the orders of all stores, in the order in which it was stored. A reader keeps "
        "`pageInfo.endCursor` and asks for what comes after it; an empty page has none: keep the one before. "
        "`changes(last: 1)` gives the place of now."
    )
    @staticmethod
    async def changes(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        store_id: OfStore = strawberry.UNSET,
        kinds: OfKinds = strawberry.UNSET,
    ) -> OrderEventConnection:
        """List the changes."""
        return await list_changes(info, first, after, last, before, store_id, kinds)
