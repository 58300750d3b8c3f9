"""Changes of Amazon orders and of what Amazon is told about them."""

import strawberry

from api.schema.canceling import CancelOrderPayload, request_cancellation
from api.schema.commanding import CommandPayload, give_up, send_again
from api.schema.correcting import OrderPayload, correct_address
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.retrying import BulkOrdersPayload, retry_imports
from api.schema.shipping import ShipOrderPayload, ship_order


@strawberry.type
class OrderChanges:
    """The changes of Amazon orders."""

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
    correct_address: OrderPayload = strawberry.mutation(
        resolver=correct_address,
        extensions=[RefusalsAsUserErrors(OrderPayload)],
        description="Correct parts of the delivery address of an order that is not sent yet. The correction stays "
        "whatever Amazon says later. The order is evaluated at once; the same again changes nothing.",
    )
    retry_import: BulkOrdersPayload = strawberry.mutation(
        resolver=retry_imports,
        extensions=[RefusalsAsUserErrors(BulkOrdersPayload)],
        description="Evaluate orders again with what is stored, without asking Amazon: the first 20 at once, "
        "the others in the background.",
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
