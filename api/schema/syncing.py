"""Asking for a pass over Amazon's orders."""

from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.filters import DateTimeRange
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.shipping import USER
from api.schema.stores import find_store
from api.schema.sync_runs import SyncRun
from api.schema.user_errors import UserError
from domain.accounts.records import SyncRun as SyncRunRecord
from domain.accounts.sync_requests import request_sync
from domain.errors import NotFound, RequiredInput


@strawberry.input(description="Which orders are read again.")
class SyncNowInput(Optionals):
    """A pass that somebody wants."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    amazon_order_id: str | None = optional("Read this one order only, by Amazon's number.")
    window: DateTimeRange | None = optional("Read what changed within this time; needs both bounds.")


@strawberry.type(description="What became of the wish for a pass.")
class SyncPayload:
    """The answer to syncNow."""

    run: SyncRunRecord | None = strawberry.field(
        graphql_type=SyncRun | None,
        default=None,
        description="The pass; the one already queued or running, if there is one.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is queued.")


SyncInput = Annotated[SyncNowInput, strawberry.argument(description="Which orders.")]


async def sync_now(info: Info, input: SyncInput) -> SyncPayload:
    """Queue a pass."""
    service = info.context.service
    store = await find_store(info.context, typed_id(input.store_id, "Store", path=("input", "storeId")))
    if store is None:
        raise NotFound("There is no such store.", path=("input", "storeId"))
    window = None
    if input.window is not None:
        if input.window.gte is None or input.window.lt is None:
            raise RequiredInput("A window needs both bounds, `gte` and `lt`.", path=("input", "window"))
        window = (input.window.gte, input.window.lt)
    run = await request_sync(
        store_id=store.id,
        amazon_order_id=input.amazon_order_id,
        window=window,
        now=service.clock.now(),
        actor=USER,
    )
    service.wake()
    return SyncPayload(run=run)
