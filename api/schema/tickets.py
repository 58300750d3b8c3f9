"""What an export's ticket holds: the file that was asked for, as JSON that is sealed until it is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from domain.accounts.saved_views import ListKind


@dataclass(frozen=True)
class Asked:
    """A file of a list: the filters that all have to hold, as clients write them, and the columns in their order."""

    list: ListKind
    where: Sequence[Any]
    columns: Sequence[str]
    has_mark: bool

    def to_bytes(self) -> bytes:
        """Write it down."""
        return orjson.dumps([self.list, self.where, self.columns, self.has_mark])

    @classmethod
    def from_bytes(cls, written: bytes) -> "Asked":
        """Read what was written down."""
        kind, where, columns, has_mark = orjson.loads(written)
        return cls(ListKind(kind), where, columns, has_mark)
