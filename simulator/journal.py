"""Every request that reached the simulator, in order; no tokens, no bodies, no buyers."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Final

from simulator.orders.documents import Document

LONGEST: Final = 20_000  # the oldest entries go first


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request and how it was answered."""

    time: str
    method: str
    path: str
    query: str
    operation: str | None
    status: int
    seller: str | None
    request_id: str
    hint: str | None = None  # what a request that nothing answers may have meant


class Journal:
    """The latest requests."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=LONGEST)

    def write(self, entry: Entry) -> None:
        """Add a request."""
        self._entries.append(entry)

    def documents(self) -> list[Document]:
        """Return the requests as JSON shows them, oldest first."""
        return [_document(entry) for entry in self._entries]


def _document(entry: Entry) -> Document:
    shown = asdict(entry)
    shown["requestId"] = shown.pop("request_id")
    if shown["hint"] is None:
        del shown["hint"]
    return shown
