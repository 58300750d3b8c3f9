"""Changes that take something off an order at Amazon without ending it, and what a person says of refunds."""

import strawberry

from api.schema.commanding import CommandPayload, confirm_done
from api.schema.partial_canceling import CancelRestPayload, request_part_canceled
from api.schema.refusals import RefusalsAsUserErrors


@strawberry.type
class AdjustmentChanges:
    """The changes that payment adjustments stand behind."""

    cancel_rest: CancelRestPayload = strawberry.mutation(
        resolver=request_part_canceled,
        extensions=[RefusalsAsUserErrors(CancelRestPayload)],
        description="Ask Amazon to cancel what is left of a partly shipped order, or some units of an order that has "
        "not shipped. Stock and money stay as they are until Amazon shows it; then a credit memo gives back what the "
        "units came to. Nothing of it was charged at Amazon, so no refund follows.",
    )
    confirm_command: CommandPayload = strawberry.mutation(
        resolver=confirm_done,
        extensions=[RefusalsAsUserErrors(CommandPayload)],
        description="Mark a refund as paid that Amazon refused or of which nobody here knows what became, because "
        "Seller Central shows it. Amazon is not asked for it again.",
    )
