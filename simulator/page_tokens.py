"""The opaque token of the next page: it holds on to the search it belongs to, for 24 hours."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

import msgspec

from simulator.chance import digest
from simulator.instants import DAY

LIFETIME: Final = DAY
MARK: Final = b"\xfb\xff\xbf"  # spelt "+/+/": clients that forget to encode the token fail here as they do at Amazon
SIGNATURE: Final = 12


class WrongToken(ValueError):
    """The token is damaged, expired, or belongs to another request."""


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
        body = msgspec.msgpack.encode(Place(now, _fingerprint(asked), before, *last))
        filled = len(body) + len(MARK) + SIGNATURE + 1
        padding = bytes([0]) * ((1 - filled) % 3)
        sealed = bytes([len(padding)]) + padding + body
        return base64.b64encode(MARK + self._sign(sealed) + sealed).decode()

    def read(self, token: str, *, asked: str, now: int) -> Place:
        """Return the place that the token stands for. Raises WrongToken."""
        try:
            raw = base64.b64decode(token, validate=True)
        except (binascii.Error, ValueError) as error:
            raise WrongToken from error
        signature, sealed = raw[len(MARK) : len(MARK) + SIGNATURE], raw[len(MARK) + SIGNATURE :]
        if not raw.startswith(MARK) or not hmac.compare_digest(signature, self._sign(sealed)):
            raise WrongToken
        place = msgspec.msgpack.decode(sealed[1 + sealed[0] :], type=Place)
        if place.asked != _fingerprint(asked) or now - place.issued > LIFETIME:
            raise WrongToken
        return place

    def _sign(self, sealed: bytes) -> bytes:
        return hmac.digest(digest(self.seed, "pages"), sealed, hashlib.sha256)[:SIGNATURE]


def _fingerprint(asked: str) -> str:
    return hashlib.sha256(asked.encode()).hexdigest()[:16]
