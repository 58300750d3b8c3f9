"""Sealing: secrets and buyer data leave this module only encrypted, bound to the row they belong to."""

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES: Final = 12


class CannotUnseal(RuntimeError):
    """The key is another one, the text was altered, or it belongs to another row."""


@dataclass(frozen=True)
class Sealer:
    """AES-256-GCM with one master secret; `nonce` gives fresh random bytes.

    The row's identity is the associated data, so a sealed text copied to another row does not open.
    """

    secret: bytes = field(repr=False)
    nonce: Callable[[int], bytes] = os.urandom

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ValueError("The secret key needs at least 32 bytes.")

    @property
    def key_id(self) -> str:
        """A short name of the key in use, safe to store beside what it sealed."""
        return self.digest("key", "id")[:16]

    def seal(self, text: bytes, *, row: str) -> bytes:
        """Encrypt for one row."""
        nonce = self.nonce(_NONCE_BYTES)
        return nonce + AESGCM(self._derive(b"seal")).encrypt(nonce, text, row.encode())

    def unseal(self, sealed: bytes, *, row: str) -> bytes:
        """Decrypt what was sealed for this row.

        Raises CannotUnseal.
        """
        try:
            return AESGCM(self._derive(b"seal")).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row.encode())
        except (InvalidTag, ValueError):
            raise CannotUnseal(
                f"What is stored for {row} cannot be opened with this ORDERLANE_SECRET_KEY; "
                "start with the key it was written with."
            ) from None

    def digest(self, purpose: str, text: str) -> str:
        """Return a keyed digest, 64 hex digits: equal for equal text, useless without the key."""
        return self.digester(purpose)(text)

    def digester(self, purpose: str) -> Callable[[str], str]:
        """Return what makes keyed digests for one purpose: for many at once, as its key is derived only once."""
        key = self._derive(b"digest:" + purpose.encode())
        return lambda text: hmac.digest(key, text.encode(), "sha256").hex()

    def _derive(self, purpose: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"orderlane:" + purpose).derive(self.secret)
