"""The rules by which things go wrong, each counted until it is spent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """What goes wrong."""

    THROTTLED = "THROTTLED"  # 429
    FAILED = "FAILED"  # 500
    UNAVAILABLE = "UNAVAILABLE"  # 503
    DENIED = "DENIED"  # 403
    INVALID = "INVALID"  # 400, for example on one includedData value
    SLOW = "SLOW"  # the answer comes so many real seconds late
    DROPPED = "DROPPED"  # the connection is closed before anything was done
    LOST = "LOST"  # everything was done, and the connection is closed before the answer
    DUPLICATE_PAGE = "DUPLICATE_PAGE"  # a page is answered once more under the next token
    MISSING = "MISSING"  # listings leave the order out
    LATE = "LATE"  # listings show a change only so many seconds after it
    STALE = "STALE"  # an order is answered as it was before its last change
    NULL_MESSAGE = "NULL_MESSAGE"  # errors come with "message": null
    NO_RATE_HEADER = "NO_RATE_HEADER"
    UNKNOWN_VALUE = "UNKNOWN_VALUE"  # an enum holds a word that the model does not have
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    FEED_STUCK = "FEED_STUCK"  # the feed never ends
    FEED_FATAL = "FEED_FATAL"  # Amazon gives up on the feed after so many messages
    MESSAGE_DUPLICATED = "MESSAGE_DUPLICATED"  # a notification is delivered twice
    MESSAGE_DELAYED = "MESSAGE_DELAYED"  # a notification is delivered so many seconds late
    MESSAGE_SWAPPED = "MESSAGE_SWAPPED"  # a notification is delivered after the one that follows it


@dataclass(slots=True, kw_only=True)
class Rule:
    """One rule: what goes wrong, where, and when."""

    rule_id: str
    effect: Effect
    seconds: float = 0  # of SLOW, LATE and MESSAGE_DELAYED
    messages: int = 0  # of FEED_FATAL: how many messages are worked on


class Faults:
    """All rules of the world."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def strike(self, effect: Effect, *, operation: str, seller: str | None, at: int, subject: str = "") -> Rule | None:
        """Count this occasion, and return the rule by which it goes wrong, if there is one.

        ``operation`` is an operation's name, a feed type or a notification type; ``subject`` an order's id, where it
        is about one.
        """
        return None

    def keep(self) -> Any:
        """Return the rules and how far each of them is."""
        return {}

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
