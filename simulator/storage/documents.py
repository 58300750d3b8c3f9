"""Documents that lie in the storage: what sellers upload for feeds, the results of feeds, and reports."""

import gzip
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from simulator.chance import digest
from simulator.instants import DAY

UPLOADS_LIVE: Final = 2 * DAY
REPORTS_LIVE: Final = 28 * DAY
LARGEST: Final = 10 * 1024 * 1024  # bytes of an uploaded document
LARGE: Final = 10_000  # bytes from which a report is kept compressed
GZIP: Final = "GZIP"


class Purpose(StrEnum):
    """What a document is for; each is found only by the API that it belongs to."""

    FEED_INPUT = "FEED_INPUT"
    FEED_RESULT = "FEED_RESULT"
    REPORT = "REPORT"


@dataclass(slots=True, kw_only=True)
class StoredDocument:
    """A document of a seller; what was asked for and not uploaded yet has no contents."""

    document_id: str
    seller: str
    content_type: str
    expires: int
    purpose: Purpose
    contents: bytes | None = None
    compression: str | None = None
    is_used: bool = False  # a feed was created from it

    @property
    def is_input(self) -> bool:
        """Whether a seller uploads it, and it is no report."""
        return self.purpose is Purpose.FEED_INPUT


class StoredDocuments:
    """All documents; the seed and their number decide their ids."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._documents: dict[str, StoredDocument] = {}

    def expect(self, *, seller: str, content_type: str, at: int) -> StoredDocument:
        """Make room for a document that is going to be uploaded."""
        expires = at + UPLOADS_LIVE
        return self._add(seller=seller, content_type=content_type, expires=expires, purpose=Purpose.FEED_INPUT)

    def keep_report(
        self, contents: bytes, *, seller: str, content_type: str, at: int, purpose: Purpose = Purpose.FEED_RESULT
    ) -> StoredDocument:
        """Keep a report, on a feed or one that was asked for, compressed if it is large."""
        report = self._add(seller=seller, content_type=content_type, expires=at + REPORTS_LIVE, purpose=purpose)
        is_large = len(contents) >= LARGE
        report.contents = gzip.compress(contents, mtime=0) if is_large else contents
        report.compression = GZIP if is_large else None
        return report

    def find(self, document_id: str, *, now: int) -> StoredDocument | None:
        """Return the document, unless there is none or its time is over."""
        document = self._documents.get(document_id)
        return document if document is not None and now < document.expires else None

    def keep(self) -> Any:
        """Return all documents, their contents as base64."""
        return msgspec.to_builtins(list(self._documents.values()))

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        documents = msgspec.convert(kept, list[StoredDocument])
        self._documents = {document.document_id: document for document in documents}

    def _add(self, *, seller: str, content_type: str, expires: int, purpose: Purpose) -> StoredDocument:
        raw = digest(self._seed, "document", len(self._documents) + 1)[:16]
        document = StoredDocument(
            document_id=str(uuid.UUID(bytes=raw, version=4)),
            seller=seller,
            content_type=content_type,
            expires=expires,
            purpose=purpose,
        )
        self._documents[document.document_id] = document
        return document
