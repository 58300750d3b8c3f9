"""What people are told of a command that goes to Amazon in a feed, kind by kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.amazon.records import CommandKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedWords:
    """The sentences about one kind of command; `look` says what to do where nobody knows what became of it."""

    taken: str
    refused: str
    look: str
    again: str
    not_given: str  # holds the place of a number of attempts


WORDS: Final[Mapping[CommandKind, FeedWords]] = MappingProxyType(
    {
        CommandKind.CANCEL: FeedWords(
            taken="Amazon has taken the cancellation; the order is canceled once Amazon shows it so.",
            refused="Amazon refused the cancellation.",
            look="Look into Seller Central whether the order is canceled there.",
            again="The cancellation could not be given to Amazon; it goes out again with the next feed.",
            not_given="The cancellation could not be given to Amazon {} times. Amazon was not asked for it.",
        ),
        CommandKind.REFUND: FeedWords(
            taken="Amazon has taken the refund and pays the buyer.",
            refused="Amazon refused the refund.",
            look="Look into Seller Central whether the buyer has been paid: it is not sent again by itself.",
            again="The refund could not be given to Amazon; it goes out again with the next feed.",
            not_given="The refund could not be given to Amazon {} times. Amazon was not asked for it.",
        ),
        CommandKind.PARTIAL_CANCEL: FeedWords(
            taken="Amazon has taken the cancellation of a part; it counts once Amazon shows it.",
            refused="Amazon refused the cancellation of a part.",
            look="Look into Seller Central whether it is canceled there: it is not sent again by itself.",
            again="The cancellation of a part could not be given to Amazon; it goes out again with the next feed.",
            not_given="The cancellation of a part could not be given to Amazon {} times. Amazon was not asked for it.",
        ),
    }
)
"""The sentences by kind, for every kind that a feed carries."""
