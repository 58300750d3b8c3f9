"""The opaque token of the next page: it holds on to the search it belongs to, for 24 hours."""

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec

from simulator.instants import DAY
from simulator.sealing import WrongToken, seal, unseal

LIFETIME: Final = DAY
PURPOSE: Final = "pages"


class Place(msgspec.Struct, array_like=True):
    """Where a search stopped: the last key given out, and the upper bound fixed on the first page."""

    issued: int
    asked: str
    before: int
    moment: int
    order_id: str


@dataclass(frozen=True, slots=True)
class PageTokens:
    """Writes and reads page tokens; only tokens of the same seed are its own."""

    seed: str

    def write(self, *, asked: str, before: int, last: tuple[int, str], now: int) -> str:
        """Return the token for the page after ``last`` of the request ``asked`` for."""
        return seal(self.seed, PURPOSE, msgspec.msgpack.encode(Place(now, _fingerprint(asked), before, *last)))

    def read(self, token: str, *, asked: str, now: int) -> Place:
        """Return the place that the token stands for. Raises WrongToken."""
        place = msgspec.msgpack.decode(unseal(self.seed, PURPOSE, token), type=Place)
        if place.asked != _fingerprint(asked) or now - place.issued > LIFETIME:
            raise WrongToken
        return place


def _fingerprint(asked: str) -> str:
    return hashlib.sha256(asked.encode()).hexdigest()[:16]
