"""Which reasons for a cancellation count against the seller, as far as Amazon's public policy says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.amazon.cancel_reasons import CancelReason


class CountsAgainstSeller(StrEnum):
    """Whether Amazon counts a cancellation in the seller's cancellation rate."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a cancellation counts, and why we say so."""

    counts: CountsAgainstSeller
    because: str


_EVERY: Final = (
    "Amazon's cancellation rate has every cancellation by the seller before shipping, whatever the reason; the one "
    "exception is what buyers ask for with the cancellation options of their account."
)
_ASKED: Final = (
    "The buyer asked for it with the cancellation options of the Amazon account: the one kind of cancellation that "
    "Amazon's rate leaves out."
)
_NOT_SEEN: Final = (
    "Amazon leaves it out only if the buyer asked with the cancellation options of the Amazon account. No such request "
    "is known here; what a buyer writes in a message is none."
)
_DEPENDS: Final = (
    "It depends on the order: Amazon leaves it out if the buyer asked with the cancellation options of the Amazon "
    "account; what a buyer writes in a message is none. Ask for an order to know."
)


def verdict_on(reason: CancelReason, *, buyer_asked: bool | None) -> Verdict:
    """Return whether a cancellation for a reason counts against the seller, before it is made.

    `buyer_asked` says whether Amazon told of the buyer's request for the order; None while no order is meant.
    Amazon's help page on the cancellation rate (200285210) speaks of no single reason but this one.
    """
    if reason is not CancelReason.BUYER_CANCELED:
        return Verdict(CountsAgainstSeller.YES, _EVERY)
    if buyer_asked is None:
        return Verdict(CountsAgainstSeller.UNKNOWN, _DEPENDS)
    if buyer_asked:
        return Verdict(CountsAgainstSeller.NO, _ASKED)
    return Verdict(CountsAgainstSeller.UNKNOWN, _NOT_SEEN)
