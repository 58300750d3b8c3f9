"""Documents that go beside a feed: what a seller uploads to be processed, and the report that comes back."""

import gzip
import uuid
from dataclasses import dataclass
from typing import Final

from simulator.chance import digest
from simulator.instants import DAY

UPLOADS_LIVE: Final = 2 * DAY
REPORTS_LIVE: Final = 28 * DAY
LARGEST: Final = 10 * 1024 * 1024  # bytes of an uploaded document
LARGE: Final = 10_000  # bytes from which a report is kept compressed
GZIP: Final = "GZIP"


@dataclass(slots=True, kw_only=True)
class FeedDocument:
    """A document of a seller; what was asked for and not uploaded yet has no contents."""

    document_id: str
    seller: str
    content_type: str
    expires: int
    is_input: bool  # uploaded by a seller, and not a report
    contents: bytes | None = None
    compression: str | None = None
    is_used: bool = False  # a feed was created from it


class FeedDocuments:
    """All documents; the seed and their number decide their ids."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._documents: dict[str, FeedDocument] = {}

    def expect(self, *, seller: str, content_type: str, at: int) -> FeedDocument:
        """Make room for a document that is going to be uploaded."""
        return self._add(seller=seller, content_type=content_type, expires=at + UPLOADS_LIVE, is_input=True)

    def keep_report(self, contents: bytes, *, seller: str, content_type: str, at: int) -> FeedDocument:
        """Keep a report on a feed, compressed if it is large."""
        report = self._add(seller=seller, content_type=content_type, expires=at + REPORTS_LIVE, is_input=False)
        is_large = len(contents) >= LARGE
        report.contents = gzip.compress(contents, mtime=0) if is_large else contents
        report.compression = GZIP if is_large else None
        return report

    def find(self, document_id: str, *, now: int) -> FeedDocument | None:
        """Return the document, unless there is none or its time is over."""
        document = self._documents.get(document_id)
        return document if document is not None and now < document.expires else None

    def _add(self, *, seller: str, content_type: str, expires: int, is_input: bool) -> FeedDocument:
        raw = digest(self._seed, "feed document", len(self._documents) + 1)[:16]
        document = FeedDocument(
            document_id=str(uuid.UUID(bytes=raw, version=4)),
            seller=seller,
            content_type=content_type,
            expires=expires,
            is_input=is_input,
        )
        self._documents[document.document_id] = document
        return document
