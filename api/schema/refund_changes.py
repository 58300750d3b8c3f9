"""Changes that give money back."""

import strawberry

from api.schema.refunding import RefundOrderPayload, give_back
from api.schema.refusals import RefusalsAsUserErrors


@strawberry.type
class RefundChanges:
    """The changes that give money back."""

    refund_order: RefundOrderPayload = strawberry.mutation(
        resolver=give_back,
        extensions=[RefusalsAsUserErrors(RefundOrderPayload)],
        description="Give back some or all that was paid of an order with a credit memo: units, amounts, shipping, "
        "with an adjustment refund or fee; several for an order, never a cent more than was paid. It stays here unless "
        "Amazon is to be told.",
    )
