"""The words that say where a commerce order stands."""

import strawberry

from api.schema.context import Info
from api.schema.enums import described
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.refund_reasons import RefundReason
from domain.commerce.statuses import PREDEFINED, DefinedStatus, find_statuses

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
        "REST_CANCELED": "Amazon took off the order what it was asked to cancel.",
        "OTHER": "Another reason.",
    },
)


@strawberry.type(description="A status belongs to a state; merchants define their own codes and labels.")
class CommerceOrderStatus:
    """A status by its code; the rest is looked up unless it is known already."""

    code: str = strawberry.field(description="Its code.")
    known: strawberry.Private[DefinedStatus | None] = None
    had_in: strawberry.Private[CommerceOrderState | None] = None

    @classmethod
    def of(cls, status: DefinedStatus) -> "CommerceOrderStatus":
        """Return the window on a status."""
        return cls(code=status.code, known=status)

    @strawberry.field(description="What people read.")
    @staticmethod
    async def label(root: strawberry.Parent["CommerceOrderStatus"], info: Info) -> str:
        """Return the label."""
        return (await _known(root, info)).label

    @strawberry.field(description="The state that it belongs to; null while it is assigned to none.")
    @staticmethod
    async def state(root: strawberry.Parent["CommerceOrderStatus"], info: Info) -> CommerceOrderState | None:
        """Return the state."""
        return (await _known(root, info)).state

    @strawberry.field(description="Whether orders get it by themselves in its state; others are set by a comment.")
    @staticmethod
    async def is_default(root: strawberry.Parent["CommerceOrderStatus"], info: Info) -> bool:
        """Return whether it is the default of its state."""
        return (await _known(root, info)).is_default

    @strawberry.field(description="Whether it is one of your own.")
    @staticmethod
    async def is_custom(root: strawberry.Parent["CommerceOrderStatus"], info: Info) -> bool:
        """Return whether a merchant defined it."""
        return (await _known(root, info)).is_custom

    @strawberry.field(description="Whether a storefront may show it.")
    @staticmethod
    async def is_visible(root: strawberry.Parent["CommerceOrderStatus"], info: Info) -> bool:
        """Return whether buyers may see it."""
        return (await _known(root, info)).is_visible


def status_of(code: str, state: CommerceOrderState = CommerceOrderState.PROCESSING) -> CommerceOrderStatus:
    """Return a status by its code; one that nobody defined is its own label in the state given."""
    return CommerceOrderStatus(code=code, known=PREDEFINED.get(code), had_in=state)


async def _known(status: CommerceOrderStatus, info: Info) -> DefinedStatus:
    known = status.known or await info.context.loaders.other(_by_code).load(status.code)
    return known or DefinedStatus(code=status.code, label=status.code, state=status.had_in)


async def _by_code(codes: list[str]) -> list[DefinedStatus | None]:
    found = await find_statuses(codes)
    return [found.get(code) for code in codes]
