"""What a feed is made of, whichever way it is written: its messages, and what became of each."""

from dataclasses import dataclass
from typing import Final

from simulator.feeds.queue import Counts
from simulator.feeds.requests import Request

# 5000 is Amazon's code of a document that cannot be read; the other numbers are the simulator's own.
# 50xx: the document or the message is not well made. 60xx: the order. 601x: an item of it. 602x: shipping.
# 603x: money.
UNREADABLE: Final = 5000
WRONG_DOCUMENT: Final = 5001
WRONG_MESSAGE: Final = 5002
REPEATED_MESSAGE: Final = 5003
UNKNOWN_ORDER: Final = 6001
NOT_THE_SELLERS_TO_SHIP: Final = 6002
NOT_CANCELLABLE: Final = 6003
UNKNOWN_ITEM: Final = 6011
REPEATED_ITEM: Final = 6012
WRONG_QUANTITY: Final = 6013
NOT_THE_WHOLE_ORDER: Final = 6014
UNKNOWN_REASON: Final = 6015
NOT_SHIPPABLE: Final = 6021  # what confirmShipment would answer with 400
NOT_CHARGED: Final = 6031  # nothing of the item was shipped, so nothing was paid
UNKNOWN_COMPONENT: Final = 6032
WRONG_CURRENCY: Final = 6033
WRONG_AMOUNT: Final = 6034
MORE_THAN_PAID: Final = 6035
TAX_IS_INCLUDED: Final = 6036  # where prices include the tax, no component of its own holds it


class Fault(Exception):
    """Why a message, or the whole document, is refused; names the order and the item where one is at fault."""

    def __init__(self, code: int, description: str, *, order_id: str = "", item_code: str = "") -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.order_id = order_id
        self.item_code = item_code


@dataclass(frozen=True, slots=True)
class Message:
    """A request of a feed, or what is wrong with it, and the numbers of the messages or records it was made of."""

    numbers: tuple[int, ...]
    asks: Request | Fault


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message or record: nothing wrong, or the fault."""

    number: int
    fault: Fault | None = None


def count(outcomes: list[Outcome]) -> Counts:
    """Return how many messages were looked at and how many of them were refused."""
    return Counts(len(outcomes), sum(outcome.fault is not None for outcome in outcomes))
