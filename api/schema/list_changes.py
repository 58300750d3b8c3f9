"""Changes of saved views, and files of lists."""

import strawberry

from api.schema.exporting import ExportOrdersPayload, export_orders
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.saving_views import SavedViewPayload, create_saved_view, delete_saved_view, update_saved_view


@strawberry.type
class ListChanges:
    """The changes of views."""

    create_view: SavedViewPayload = strawberry.mutation(
        resolver=create_saved_view,
        extensions=[RefusalsAsUserErrors(SavedViewPayload)],
        description="Save a filter, a sort and columns of a list under a name. "
        "Everybody sees it: write no buyer data into its name or into a text to search for.",
    )
    update_view: SavedViewPayload = strawberry.mutation(
        resolver=update_saved_view,
        extensions=[RefusalsAsUserErrors(SavedViewPayload)],
        description="Rename a view, or let it show something else. The default views stay as they are.",
    )
    delete_view: SavedViewPayload = strawberry.mutation(
        resolver=delete_saved_view,
        extensions=[RefusalsAsUserErrors(SavedViewPayload)],
        description="Delete a view for good. The default views cannot be deleted.",
    )
    export_orders: ExportOrdersPayload = strawberry.mutation(
        resolver=export_orders,
        extensions=[RefusalsAsUserErrors(ExportOrdersPayload)],
        description="Ask for a list as a CSV file, however long; the answer is where it can be fetched, once.",
    )
