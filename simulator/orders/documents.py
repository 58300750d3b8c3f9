"""An order as a document of Amazon's 2026-01-01 model: the one form that the simulator keeps and changes."""

import zlib
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import orjson

from simulator.instants import parse_time, to_milliseconds

# The shape is checked at the border (model.py), where orders are loaded; inside it is Amazon's JSON as it is.
Document: TypeAlias = dict[str, Any]

WINDOW: Final = 32_000  # bytes that deflate can look back, less what it needs for itself
RAW: Final = -15  # deflate without header and checksum
LEVEL: Final = 3  # the levels above take half as long again and save a tenth


class Common:
    """What orders have in common: each is kept folded against it, at about an eighth of its size.

    The folded bytes mean something only together with the same sample.
    """

    def __init__(self, sample: bytes) -> None:
        self.sample = sample
        self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW, zdict=sample)
        self._inflate = zlib.decompressobj(RAW, zdict=sample)

    @classmethod
    def of(cls, documents: Iterable[bytes]) -> "Common":
        """Return what these packed documents have in common."""
        return cls(b"".join(documents)[-WINDOW:])

    def fold(self, packed: bytes) -> bytes:
        """Return the packed document, folded."""
        deflate = self._deflate.copy()  # a copy has read the sample, which takes longer than an order does
        return deflate.compress(packed) + deflate.flush()

    def unfold(self, folded: bytes, *, most: int = 0) -> bytes:
        """Return the packed document. Raises ValueError for less than a whole one, or more than ``most`` bytes."""
        inflate = self._inflate.copy()
        try:
            packed = inflate.decompress(folded, most)
        except zlib.error as error:
            raise ValueError("not a folded document") from error
        if not inflate.eof:
            raise ValueError("not a folded document")
        return packed


def pack(document: Document) -> bytes:
    """Return the document as JSON, as short as it can be."""
    # The copy is half as large: what orjson returns keeps the room it was written into.
    return memoryview(orjson.dumps(document)).tobytes()


def unpack(packed: bytes) -> Document:
    """Return a fresh copy of the packed document."""
    document: Document = orjson.loads(packed)
    return document


def status_of(document: Document) -> str | None:
    """Return the fulfillment status, which a loaded order may lack."""
    status: str | None = document.get("fulfillment", {}).get("fulfillmentStatus")
    return status


def fulfilled_by(document: Document) -> str | None:
    """Return MERCHANT or AMAZON, which a loaded order may lack."""
    party: str | None = document.get("fulfillment", {}).get("fulfilledBy")
    return party


def marketplace_of(document: Document) -> str | None:
    """Return the marketplace id, which a loaded order may lack."""
    marketplace_id: str | None = document["salesChannel"].get("marketplaceId")
    return marketplace_id


def moment_of(document: Document, name: str) -> int:
    """Return a moment of the order, in milliseconds since 1970. Raises ValueError if it is not spelt as one."""
    moment = parse_time(document[name])
    if moment is None:
        raise ValueError(f"not a date and time of ISO 8601: {document[name]}")
    return to_milliseconds(moment)


def is_requested(document: Document) -> bool:
    """Say whether the buyer has asked the seller to cancel something of the order."""
    return any("cancellationRequest" in item.get("cancellation", {}) for item in document["orderItems"])
