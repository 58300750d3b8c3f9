"""What Amazon's report says of a feed's messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageResult:
    """One result; without a message id it speaks of the feed as a whole."""

    message_id: int | None
    is_error: bool
    code: str | None
    words: str


@dataclass(frozen=True, kw_only=True)
class FeedReport:
    """A report as far as it could be read; a count is None where Amazon left it out (processing report, Feeds API)."""

    results: tuple[MessageResult, ...] = ()
    processed: int | None = None
    successful: int | None = None
    with_error: int | None = None

    @cached_property
    def named(self) -> Mapping[int, MessageResult]:
        """The results that name a message, one of each: an error before a warning, else the first."""
        by_message: dict[int, MessageResult] = {}
        for result in sorted(self.results, key=lambda result: not result.is_error):
            if result.message_id is not None:
                by_message.setdefault(result.message_id, result)
        return by_message

    @property
    def of_the_feed(self) -> MessageResult | None:
        """The first error that speaks of the feed as a whole."""
        return next((result for result in self.results if result.is_error and result.message_id is None), None)

    def is_of_another(self, messages: int) -> bool:
        """Return whether it speaks of more messages than the feed had, so that it cannot be this feed's report."""
        return self.processed is not None and self.processed > messages

    def speaks_for_all(self, messages: int) -> bool:
        """Return whether a message that it does not name has succeeded for sure."""
        ours = [result for number, result in self.named.items() if 0 < number <= messages]
        errors = sum(result.is_error for result in ours)
        if any(result.is_error for result in self.named.values() if result not in ours):
            return False
        told = self.processed in (None, messages) and (self.with_error or 0) <= errors
        return told and (self.successful is None or self.successful >= messages - len(ours))
