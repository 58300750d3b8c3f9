"""Changes of many orders in one request, a result for each."""

import strawberry

from api.schema.bulk_canceling import request_cancellations
from api.schema.bulk_holding import hold_orders, unhold_orders
from api.schema.bulk_shipping import ship_orders
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.retrying import BulkOrdersPayload


@strawberry.type
class BulkChanges:
    """The changes of many orders."""

    bulk_cancel_orders: BulkOrdersPayload = strawberry.mutation(
        resolver=request_cancellations,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Ask Amazon to cancel many orders, at most 500; each has its own answer.",
    )
    bulk_ship_orders: BulkOrdersPayload = strawberry.mutation(
        resolver=ship_orders,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Ship many orders, at most 500; each has its own answer. As `shipOrder` for each.",
    )
    bulk_hold_orders: BulkOrdersPayload = strawberry.mutation(
        resolver=hold_orders,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Put many orders on hold, at most 500; each has its own answer. As `holdOrder` for each.",
    )
    bulk_unhold_orders: BulkOrdersPayload = strawberry.mutation(
        resolver=unhold_orders,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Lift the holds of many orders, at most 500; each has its own answer. As `unholdOrder` for each.",
    )
