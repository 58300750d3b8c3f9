"""Everything that changes something."""

import strawberry

from api.schema.applying import BlockerPayload, apply, create_product_from_item, dismiss_blocker, match_product
from api.schema.backfilling import BackfillPreviewPayload, preview_backfill, start_backfill
from api.schema.bulk_canceling import request_cancellations
from api.schema.canceling import CancelOrderPayload, request_cancellation
from api.schema.commanding import CommandPayload, give_up, send_again
from api.schema.connecting import StorePayload, connect_store
from api.schema.correcting import OrderPayload, correct_address
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.retrying import BulkOrdersPayload, retry_imports
from api.schema.saving_products import ImportProductsPayload, import_products, save_product
from api.schema.saving_settings import OrderSettingsPayload, save_order_settings
from api.schema.shipping import ShipOrderPayload, ship_order
from api.schema.stocking import StockPayload, disable_product, enable_product, restock_product
from api.schema.switching import delete_store, pause_store, resume_store
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
    ship_order: ShipOrderPayload = strawberry.mutation(
        resolver=ship_order,
        extensions=[RefusalsAsUserErrors(ShipOrderPayload)],
        description="Ship what is left of an order, or some of it. Stock goes down at once; Amazon is told by one "
        "command for each package.",
    )
    cancel_order: CancelOrderPayload = strawberry.mutation(
        resolver=request_cancellation,
        extensions=[RefusalsAsUserErrors(CancelOrderPayload)],
        description="Ask Amazon to cancel a whole order, imported or not, while it is UNSHIPPED. Stock and money stay "
        "as they are until Amazon shows it as canceled.",
    )
    bulk_cancel_orders: BulkOrdersPayload = strawberry.mutation(
        resolver=request_cancellations,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Ask Amazon to cancel many orders, at most 500; each has its own answer.",
    )
    retry_command: CommandPayload = strawberry.mutation(
        resolver=send_again,
        extensions=[RefusalsAsUserErrors(CommandPayload)],
        description="Send a message to Amazon again that was refused, parked or dead; a package keeps its reference.",
    )
    give_up_command: CommandPayload = strawberry.mutation(
        resolver=give_up,
        extensions=[RefusalsAsUserErrors(CommandPayload)],
        description="Drop a message to Amazon that failed or was not sent yet, or a cancellation that Amazon took and "
        "did not carry out within a day. What was recorded here stays as it is.",
    )
    enable_product: StockPayload = strawberry.mutation(
        resolver=enable_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Put a product on sale. The orders that it blocked, or that waited for it, are evaluated again.",
    )
    disable_product: StockPayload = strawberry.mutation(
        resolver=disable_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Take a product off sale: it blocks the orders that come from now on. Orders keep what they hold.",
    )
    restock_product: StockPayload = strawberry.mutation(
        resolver=restock_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Count a product: what came or went, or how many there are; never fewer than are promised to "
        "orders. The orders that waited for it are evaluated again.",
    )
    save_product: StockPayload = strawberry.mutation(
        resolver=save_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Create a product, or change one of the same SKU. The same again changes nothing. The orders that "
        "waited for it are evaluated again.",
    )
    import_products: ImportProductsPayload = strawberry.mutation(
        resolver=import_products,
        extensions=[RefusalsAsUserErrors(ImportProductsPayload)],
        description="Create or change up to 500 products, as `saveProduct` does with one; what is refused stops no "
        "other. `orderlane products import --url` sends a CSV file this way.",
    )
    correct_address: OrderPayload = strawberry.mutation(
        resolver=correct_address,
        extensions=[RefusalsAsUserErrors(OrderPayload)],
        description="Correct parts of the delivery address of an order that is not sent yet. The correction stays "
        "whatever Amazon says later. The order is evaluated at once; the same again changes nothing.",
    )
    sync_now: SyncPayload = strawberry.mutation(
        resolver=sync_now,
        extensions=[RefusalsAsUserErrors(SyncPayload)],
        description="Read a store's orders from Amazon as soon as its quota allows: "
        "all that changed, one order, or a window. What changed in the last three minutes is read by a later pass: "
        "Amazon shows it no earlier.",
    )
    retry_import: BulkOrdersPayload = strawberry.mutation(
        resolver=retry_imports,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Evaluate orders again with what is stored, without asking Amazon: the first 20 at once, "
        "the others in the background.",
    )
    apply_resolution: BlockerPayload = strawberry.mutation(
        resolver=apply,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Apply one of the ways out of a blocker, or of anything else that a person should look at. What it "
        "helps besides is evaluated again as well: the first 20 orders at once, the others in the background.",
    )
    match_product: BlockerPayload = strawberry.mutation(
        resolver=match_product,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Say which product the item of a blocker means; with `remember`, what its seller SKU means from "
        "now on, instead of what it meant before.",
    )
    create_product_from_item: BlockerPayload = strawberry.mutation(
        resolver=create_product_from_item,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Make a product of an item that has none: its seller SKU, title, price of one and ASIN. One that "
        "was made meanwhile is used as it is.",
    )
    dismiss_blocker: BlockerPayload = strawberry.mutation(
        resolver=dismiss_blocker,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Leave a blocker. Its order gets no commerce order, is shown in no list of what is open, and is "
        "looked at again only when something about it changes.",
    )
