"""Changes of stores: connecting, pausing, settings, reading orders from Amazon."""

import strawberry

from api.schema.backfilling import BackfillPreviewPayload, preview_backfill, start_backfill
from api.schema.connecting import StorePayload, connect_store
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.saving_settings import OrderSettingsPayload, save_order_settings
from api.schema.switching import delete_store, pause_store, resume_store
from api.schema.syncing import SyncPayload, sync_now


@strawberry.type
class StoreChanges:
    """The changes of stores."""

    connect_store: StorePayload = strawberry.mutation(
        resolver=connect_store,
        extensions=[RefusalsAsUserErrors(StorePayload)],
        description="Connect a shop on one of Amazon's marketplaces. Amazon is asked what the token is good for; the "
        "first sync begins at once. Connected again, its credentials, name and contact are renewed.",
    )
    pause_store: StorePayload = strawberry.mutation(
        resolver=pause_store,
        extensions=[RefusalsAsUserErrors(StorePayload)],
        description="Stop syncing a store. Its orders, settings and history stay; what is queued for Amazon waits.",
    )
    resume_store: StorePayload = strawberry.mutation(
        resolver=resume_store,
        extensions=[RefusalsAsUserErrors(StorePayload)],
        description="Sync a paused store again, from where it stopped.",
    )
    delete_store: StorePayload = strawberry.mutation(
        resolver=delete_store,
        extensions=[RefusalsAsUserErrors(StorePayload)],
        description="Delete a store for good: its orders, commerce orders, papers and settings, and with an account's "
        "last store its credentials. It stops at once; what belongs to it goes in the background.",
    )
    preview_backfill: BackfillPreviewPayload = strawberry.mutation(
        resolver=preview_backfill,
        extensions=[RefusalsAsUserErrors(BackfillPreviewPayload)],
        description="Ask Amazon, at the cost of one search, how many orders placed before the store's cut-off there "
        "are and how long importing them would take.",
    )
    start_backfill: SyncPayload = strawberry.mutation(
        resolver=start_backfill,
        extensions=[RefusalsAsUserErrors(SyncPayload)],
        description="Import orders placed before the store's cut-off, as previewed. They are read apart from new "
        "orders, which never wait for them.",
    )
    update_order_settings: OrderSettingsPayload = strawberry.mutation(
        resolver=save_order_settings,
        extensions=[RefusalsAsUserErrors(OrderSettingsPayload)],
        description="Change a store's order settings. Orders that were not imported yet are evaluated again.",
    )
    sync_now: SyncPayload = strawberry.mutation(
        resolver=sync_now,
        extensions=[RefusalsAsUserErrors(SyncPayload)],
        description="Read a store's orders from Amazon as soon as its quota allows: "
        "all that changed, one order, or a window. What changed in the last three minutes is read by a later pass: "
        "Amazon shows it no earlier.",
    )
