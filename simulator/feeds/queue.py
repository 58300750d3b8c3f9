"""Feeds: what sellers send Amazon in bulk, where each of them stands, and what became of its messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from simulator.chance import chance
from simulator.queued import ProcessingStatus
from simulator.storage.documents import StoredDocument

FIRST_NUMBERS: Final = (50_000_000_000, 89_999_999_999)


class FeedType(StrEnum):
    """The feeds that are served here, in Amazon's words."""

    ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
    FLAT_ACKNOWLEDGEMENT = "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA"
    FULFILLMENT = "POST_ORDER_FULFILLMENT_DATA"
    FLAT_FULFILLMENT = "POST_FLAT_FILE_FULFILLMENT_DATA"
    PAYMENT_ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"
    FLAT_PAYMENT_ADJUSTMENT = "POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA"

    @property
    def is_flat(self) -> bool:
        """Whether its documents are tab-separated text, and not XML."""
        return "_FLAT_FILE_" in self


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages of a feed were looked at, and how many of them were refused."""

    processed: int = 0
    with_error: int = 0

    @property
    def successful(self) -> int:
        """How many messages did what they asked for."""
        return self.processed - self.with_error


@dataclass(slots=True, kw_only=True)
class Feed:
    """A feed of a seller; it keeps what it was made from, whatever is uploaded later."""

    feed_id: str
    number: int  # counts the feeds of the world
    seller: str
    feed_type: FeedType
    marketplace_ids: tuple[str, ...]
    input_document_id: str
    contents: bytes
    created: int
    status: ProcessingStatus = ProcessingStatus.IN_QUEUE
    started: int | None = None
    ended: int | None = None
    result_document_id: str | None = None
    counts: Counts | None = None
    is_stuck: bool = False  # it never ends

    @property
    def kind(self) -> str:
        """The feed type, as lists of feeds and reports are filtered by it."""
        return self.feed_type


class Feeds:
    """All feeds, in the order of their creation; the seed decides the first id."""

    def __init__(self, seed: str) -> None:
        self._first = chance(seed, "feeds").randint(*FIRST_NUMBERS)
        self._feeds: dict[str, Feed] = {}

    def __iter__(self) -> Iterator[Feed]:
        return iter(self._feeds.values())

    def newest_first(self) -> Iterator[Feed]:
        """Walk the feeds from the last one created."""
        return reversed(self._feeds.values())

    def get(self, feed_id: str) -> Feed | None:
        """Return the feed, or nothing."""
        return self._feeds.get(feed_id)

    def add(self, feed_type: FeedType, document: StoredDocument, *, marketplace_ids: tuple[str, ...], at: int) -> Feed:
        """Queue a feed of an uploaded document, which cannot be used again."""
        number = len(self._feeds) + 1
        feed = Feed(
            feed_id=str(self._first + number),
            number=number,
            seller=document.seller,
            feed_type=feed_type,
            marketplace_ids=marketplace_ids,
            input_document_id=document.document_id,
            contents=document.contents or b"",
            created=at,
        )
        document.is_used = True
        self._feeds[feed.feed_id] = feed
        return feed

    def keep(self) -> Any:
        """Return all feeds, oldest first, what they were made from as base64."""
        return msgspec.to_builtins(list(self._feeds.values()))

    def restore(self, kept: Any) -> None:
        """Become what was kept; the seed has to be the one that it was kept with."""
        self._feeds = {feed.feed_id: feed for feed in msgspec.convert(kept, list[Feed])}
