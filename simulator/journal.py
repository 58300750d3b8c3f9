"""Every request that reached the simulator, in order; no tokens, no bodies, no buyers."""

from collections import deque
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from simulator.orders.documents import Document

LONGEST: Final = 20_000  # the oldest entries go first


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One request and how it was answered; in JSON, what is unset is left out."""

    time: str
    method: str
    path: str
    query: str
    operation: str | None
    status: int | None  # nothing, if the connection was dropped before anything was done
    seller: str | None
    client_id: str | None
    request_id: str
    is_lost: bool = False  # it was done, and the answer never left
    faults: list[dict[str, str]] | UnsetType = UNSET  # the rules that struck it, by id and effect
    hint: str | UnsetType = UNSET  # what the request may have meant
    summary: Any = UNSET  # what a writing request was about
    answered: Any = UNSET  # the ids that a control act answered


class NoSuchEntry(LookupError):
    """No entry has this request id, or it was so long ago that it is gone."""


class Journal:
    """The latest requests, and what the world began with."""

    def __init__(self, *, began: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=LONGEST)
        self.began = began  # milliseconds since 1970
        self.seeded = 0  # orders that were there from the beginning

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def is_whole(self) -> bool:
        """Whether no entry has gone yet."""
        return len(self._entries) < LONGEST

    def write(self, entry: Entry) -> None:
        """Add a request."""
        self._entries.append(entry)

    def entries(
        self,
        *,
        operations: Collection[str] = (),
        statuses: Collection[str] = (),
        sellers: Collection[str] = (),
        since: str | None = None,
        last: int | None = None,
    ) -> list[Entry]:
        """Return the requests that are asked for, oldest first; an empty collection allows everything.

        ``since`` leaves out everything up to and with that request id, ``last`` all but so many of what is found.
        Raises NoSuchEntry.
        """
        found = [
            entry
            for entry in self._after(since)
            if (not operations or entry.operation in operations)
            and (not statuses or str(entry.status) in statuses)
            and (not sellers or entry.seller in sellers)
        ]
        return found if last is None else found[max(0, len(found) - last) :]

    def documents(self) -> list[Document]:
        """Return all requests as JSON shows them, oldest first."""
        return [shown(entry) for entry in self._entries]

    def keep(self) -> Any:
        """Return the entries and the beginning."""
        return {"began": self.began, "seeded": self.seeded, "entries": self.documents()}

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self.began, self.seeded = kept["began"], kept["seeded"]
        self._entries = deque(msgspec.convert(kept["entries"], list[Entry]), maxlen=LONGEST)

    def _after(self, since: str | None) -> Sequence[Entry]:
        entries = list(self._entries)
        if since is None:
            return entries
        for place, entry in enumerate(entries):
            if entry.request_id == since:
                return entries[place + 1 :]
        raise NoSuchEntry(since)


def shown(entry: Entry) -> Document:
    """Return a request as JSON shows it."""
    document: Document = msgspec.to_builtins(entry)
    return document
