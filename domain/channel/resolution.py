"""A way out of what a person should look at, in words and as something that can be applied."""

from dataclasses import dataclass
from enum import StrEnum


class ResolutionKind(StrEnum):
    """What applying it does."""

    CREATE_PRODUCT = "CREATE_PRODUCT"
    MATCH_PRODUCT = "MATCH_PRODUCT"
    ENABLE_PRODUCT = "ENABLE_PRODUCT"
    RESTOCK_PRODUCT = "RESTOCK_PRODUCT"
    CORRECT_ADDRESS = "CORRECT_ADDRESS"
    RETRY_IMPORT = "RETRY_IMPORT"
    READ_AGAIN = "READ_AGAIN"  # ask Amazon for the order again
    SET_RATE = "SET_RATE"  # of the order's currency
    CANCEL_ORDER = "CANCEL_ORDER"
    RETRY_COMMAND = "RETRY_COMMAND"
    GIVE_UP_COMMAND = "GIVE_UP_COMMAND"
    CONFIRM_COMMAND = "CONFIRM_COMMAND"  # say that Amazon did it
    REFUND_DIFFERENCE = "REFUND_DIFFERENCE"
    TAKE_OVER = "TAKE_OVER"  # let our side say what Amazon says now
    KEEP = "KEEP"  # leave our side as it is
    CONNECT_STORE = "CONNECT_STORE"
    RETRY_EMAIL = "RETRY_EMAIL"
    DISMISS = "DISMISS"


class ResolutionInput(StrEnum):
    """What a person has to give before a resolution can be applied."""

    PRODUCT = "PRODUCT"
    ADDRESS = "ADDRESS"
    QUANTITY = "QUANTITY"
    RATE = "RATE"
    NOTE = "NOTE"
    CREDENTIALS = "CREDENTIALS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """One way out; `mutation` is the specific operation behind it, `asserts` what applying it claims of the world."""

    kind: ResolutionKind
    label: str
    mutation: str
    needs_input: tuple[ResolutionInput, ...] = ()
    asserts: str | None = None
    together: bool = False  # for all orders that stand still for the same cause

    @property
    def id(self) -> str:
        """What tells it from the other ways out of the same entry."""
        return f"{self.kind.value}:TOGETHER" if self.together else self.kind.value
