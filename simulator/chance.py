"""Chance that can be repeated: everything random is drawn from the world's seed and a purpose."""

import hashlib
from random import Random


def chance(seed: str, *purpose: str | int) -> Random:
    """Return a generator that draws the same for the same seed and purpose, on any machine."""
    return Random("/".join((seed, *map(str, purpose))))


def digest(seed: str, *purpose: str | int) -> bytes:
    """Return 32 bytes that look random and are the same for the same seed and purpose."""
    return hashlib.sha256("/".join((seed, *map(str, purpose))).encode()).digest()
