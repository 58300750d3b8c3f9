"""Everything that changes something."""

import strawberry

from api.schema.connecting import StorePayload, connect_store
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.retrying import BulkOrdersPayload, retry_imports
from api.schema.saving_settings import OrderSettingsPayload, save_order_settings
from api.schema.shipping import ShipOrderPayload, ship_order
from api.schema.syncing import SyncPayload, sync_now


@strawberry.type(
    description="Everything that changes something. What is refused comes back as `errors` of the payload; "
    "then nothing was changed."
)
class Mutation:
    """The changes."""

    connect_store: StorePayload = strawberry.mutation(
        resolver=connect_store,
        extensions=[RefusalsAsUserErrors(StorePayload)],
        description="Connect a shop on one of Amazon's marketplaces. Amazon is asked what the token is good for; the "
        "first sync begins at once. Connected again, its credentials, name and contact are renewed.",
    )
    update_order_settings: OrderSettingsPayload = strawberry.mutation(
        resolver=save_order_settings,
        extensions=[RefusalsAsUserErrors(OrderSettingsPayload)],
        description="Change a store's order settings. Orders that were not imported yet are evaluated again.",
    )
    ship_order: ShipOrderPayload = strawberry.mutation(
        resolver=ship_order,
        extensions=[RefusalsAsUserErrors(ShipOrderPayload)],
        description="Ship what is left of an order, or some of it. Stock goes down at once; Amazon is told by one "
        "command for each package.",
    )
    sync_now: SyncPayload = strawberry.mutation(
        resolver=sync_now,
        extensions=[RefusalsAsUserErrors(SyncPayload)],
        description="Read a store's orders from Amazon as soon as its quota allows: "
        "all that changed, one order, or a window.",
    )
    retry_import: BulkOrdersPayload = strawberry.mutation(
        resolver=retry_imports,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Evaluate orders again with what is stored, without asking Amazon: the first 20 at once, "
        "the others in the background.",
    )
