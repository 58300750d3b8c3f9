"""The words that say where a commerce order stands."""

import strawberry

from api.schema.enums import described
from domain.commerce.lifecycle import STATUSES, CommerceOrderState, Status
from domain.commerce.refund_reasons import RefundReason

__all__ = ["CommerceOrderStatus", "RefundReason", "status_of"]

described(
    CommerceOrderState,
    description="Where a commerce order stands; what it allows depends on it.",
    values={
        "NEW": "Made, and nothing done yet.",
        "PENDING_PAYMENT": "It waits for money.",
        "PROCESSING": "It is being worked on.",
        "COMPLETE": "Everything is invoiced and shipped.",
        "CLOSED": "All that was paid is given back.",
        "CANCELED": "It was canceled.",
        "ON_HOLD": "Nothing happens until the hold is lifted.",
        "PAYMENT_REVIEW": "The payment is being looked at.",
    },
)


described(
    RefundReason,
    description="Why money was given back.",
    values={
        "BUYER_RETURN": "The buyer sent goods back.",
        "BUYER_CANCELED": "The buyer did not want them any more.",
        "NO_INVENTORY": "They were not there.",
        "PRICE_ADJUSTMENT": "They were too dear.",
        "DAMAGED": "They came damaged.",
        "CANCELED_ON_AMAZON": "Amazon shows the order as canceled.",
        "QUANTITY_LOWERED": "Amazon took them off the order after its import.",
        "PRICE_LOWERED": "Amazon lowered the amount of a line after the import.",
        "OTHER": "Another reason.",
    },
)


@strawberry.type(description="A status belongs to a state; merchants define their own codes and labels.")
class CommerceOrderStatus:
    """The window on a status."""

    code: str = strawberry.field(description="Its code.")
    label: str = strawberry.field(description="What people read.")
    state: CommerceOrderState = strawberry.field(description="The state that it belongs to.")


def status_of(code: str, state: CommerceOrderState = CommerceOrderState.PROCESSING) -> CommerceOrderStatus:
    """Return a status by its code; one that we did not define is its own label in the state given."""
    known = STATUSES.get(code, Status(code, code, state))
    return CommerceOrderStatus(code=known.code, label=known.label, state=known.state)
