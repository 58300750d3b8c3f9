"""An order as a document of Amazon's 2026-01-01 model: the one form that the simulator keeps and changes."""

from typing import Any, TypeAlias

import orjson

# The shape is checked at the border (model.py), where orders are loaded; inside it is Amazon's JSON as it is.
Document: TypeAlias = dict[str, Any]


def pack(document: Document) -> bytes:
    """Return the document as JSON, small enough to keep a hundred thousand of them."""
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


def is_requested(document: Document) -> bool:
    """Say whether the buyer has asked the seller to cancel something of the order."""
    return any("cancellationRequest" in item.get("cancellation", {}) for item in document["orderItems"])
