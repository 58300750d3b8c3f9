"""Opaque tokens: what a caller is given to bring back, signed by the world's seed."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from simulator.chance import digest

MARK: Final = b"\xfb\xff\xbf"  # spelt "+/+/": clients that forget to encode the token fail here as they do at Amazon
SIGNATURE: Final = 12


class WrongToken(ValueError):
    """The token is damaged, expired, or belongs to another request."""


def seal(seed: str, purpose: str, body: bytes) -> str:
    """Return a token that holds the body, in base64 without padding signs."""
    filled = len(body) + len(MARK) + SIGNATURE + 1
    padding = bytes([0]) * ((1 - filled) % 3)
    sealed = bytes([len(padding)]) + padding + body
    return base64.b64encode(MARK + _sign(seed, purpose, sealed) + sealed).decode()


def unseal(seed: str, purpose: str, token: str) -> bytes:
    """Return what a token of this seed and purpose holds. Raises WrongToken."""
    try:
        raw = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError) as error:
        raise WrongToken from error
    signature, sealed = raw[len(MARK) : len(MARK) + SIGNATURE], raw[len(MARK) + SIGNATURE :]
    if not raw.startswith(MARK) or not hmac.compare_digest(signature, _sign(seed, purpose, sealed)):
        raise WrongToken
    return sealed[1 + sealed[0] :]


def _sign(seed: str, purpose: str, sealed: bytes) -> bytes:
    return hmac.digest(digest(seed, purpose), sealed, hashlib.sha256)[:SIGNATURE]
