"""Importing orders from before a store was connected: what it would take, and its beginning."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.database import read_rows
from api.schema.context import Info
from api.schema.shipping import USER
from api.schema.switching import asked_store
from api.schema.syncing import SyncPayload
from api.schema.user_errors import UserError
from domain.accounts import backfill
from domain.accounts.records import Store
from domain.instant import to_text


@strawberry.input(description="Which past orders are wanted.")
class BackfillInput:
    """A stretch of the past."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    import_from: datetime = strawberry.field(description="Import orders placed from then on, Amazon's time.")


@strawberry.input(description="Which past orders are imported, as they were previewed.")
class StartBackfillInput:
    """A previewed stretch of the past."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    import_from: datetime = strawberry.field(description="The same time as in the preview.")
    preview_token: str = strawberry.field(description="The preview's `token`.")


@strawberry.type(description="What importing past orders would take. Nothing is changed by looking.")
class BackfillPreview:
    """A look before a backfill."""

    import_from: datetime = strawberry.field(description="Orders placed from then on would be imported.")
    until: datetime = strawberry.field(description="Those placed from then on are imported already.")
    orders: int = strawberry.field(
        description="How many orders of that time there are to read or to look at again; an estimate unless `isExact`."
    )
    is_exact: bool = strawberry.field(description="Whether one search told all; if not, the rest is estimated from it.")
    searches: int = strawberry.field(description="How many searches it costs.")
    available: int = strawberry.field(description="How many searches Amazon's quota has left for the account now.")
    seconds: int = strawberry.field(
        description="How long the quota makes it take at least, without the searches left to new orders."
    )
    token: str = strawberry.field(description="Begins exactly this backfill: pass it to `startBackfill`.")
    expires_at: datetime = strawberry.field(description="Until when the token is taken.")


@strawberry.type(description="The answer to a look before a backfill.")
class BackfillPreviewPayload:
    """The answer to previewBackfill."""

    preview: BackfillPreview | None = strawberry.field(default=None, description="What it would take.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is known.")


Wanted = Annotated[BackfillInput, strawberry.argument(description="Which past orders.")]
Previewed = Annotated[StartBackfillInput, strawberry.argument(description="Which past orders, as previewed.")]


async def preview_backfill(info: Info, input: Wanted) -> BackfillPreviewPayload:
    """Ask Amazon once how much there is."""
    service, since = info.context.service, input.import_from
    asked = await asked_store(info, input.store_id, path=("input", "storeId"))
    now = service.clock.now()
    store = await backfill.checked_backfill(store_id=asked.id, import_from=since, now=now)
    first = await service.first_look(store, since=since)
    found = backfill.preview_of(
        store, import_from=since, first=first, known=await _known(store, since), now=now, sealer=service.sealer
    )
    return BackfillPreviewPayload(
        preview=BackfillPreview(**{name: getattr(found, name) for name in backfill.BackfillPreview.__slots__})
    )


async def start_backfill(info: Info, input: Previewed) -> SyncPayload:
    """Begin what was previewed."""
    service = info.context.service
    store = await asked_store(info, input.store_id, path=("input", "storeId"))
    run = await backfill.start_backfill(
        store_id=store.id,
        import_from=input.import_from,
        preview_token=input.preview_token,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
    )
    service.wake()
    return SyncPayload(run=run)


async def _known(store: Store, since: datetime) -> int:
    """Count the orders of that time that are here already and were left alone for being too old."""
    rows = await read_rows(
        "SELECT COUNT(*) AS found FROM amazon_order WHERE store_id = ? AND purchased_at >= ? AND purchased_at < ? "
        "AND import_state = 'SKIPPED'",
        [store.id, to_text(since), to_text(store.cutoff_at)],
    )
    return int(rows[0]["found"])
