"""Calls that failed, kept in memory until the worker writes them down: no call waits for the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.amazon.access_token import Seller
from api.amazon.amazon_time import Clock
from domain.errors import MarketplaceError

MOST_KINDS: Final = 200
"""So many different failures are kept apart until they are written down; those beyond are counted as one."""

_VERSION: Final = re.compile(r"v\d+|\d{4}-\d\d-\d\d")
_KEPT_WORDS: Final = frozenset(["shipmentConfirmation"])


@dataclass(slots=True)
class Trouble:
    """Calls that failed alike; the request id and the time are those of the newest."""

    seller: Seller | None = field(repr=False)
    marketplace_id: str | None
    operation: str
    code: str
    message: str
    request_id: str | None
    at: datetime
    times: int = 1


class Troubles:
    """The failures since they were taken last; never more than a few hundred, whatever comes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[tuple[object, ...], Trouble] = {}

    @contextmanager
    def watching(self, seller: Seller | None, operation: str, marketplace_id: str | None = None) -> Iterator[None]:
        """Note an error of Amazon's that passes by; it goes on."""
        try:
            yield
        except MarketplaceError as error:
            self.note(seller, operation, marketplace_id, error)
            raise

    def taken(self) -> list[Trouble]:
        """Return what was kept, and keep it no longer."""
        kept, self._kept = self._kept, {}
        return list(kept.values())

    def note(self, seller: Seller | None, operation: str, marketplace_id: str | None, error: MarketplaceError) -> None:
        """Keep a failure that is told otherwise than by raising, as Amazon's report on a feed tells of its messages."""
        code, message = error.amazon_code or error.code.value, error.message
        key: tuple[object, ...] = (seller, marketplace_id, operation, code, message)
        if key not in self._kept and len(self._kept) >= MOST_KINDS:
            seller, marketplace_id, operation, code, message = None, None, "several", "OTHERS", "Many different errors."
            key = (None, None, operation, code, message)
        at, trouble = self._clock.now(), self._kept.get(key)
        if trouble is None:
            self._kept[key] = Trouble(seller, marketplace_id, operation, code, message, error.request_id, at)
            return
        trouble.times, trouble.request_id, trouble.at = trouble.times + 1, error.request_id, at


def operation_of(method: str, path: str) -> str:
    """Return what is called, without the ids in its path: POST orders/v0/orders/…/shipmentConfirmation."""
    parts = path.strip("/").split("/")
    named = [
        part if (at < 3 and (at == 0 or _VERSION.fullmatch(part) or part.isalpha())) or part in _KEPT_WORDS else "…"
        for at, part in enumerate(parts)
    ]
    return f"{method} {'/'.join(named)}"
