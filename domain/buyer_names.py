"""What sealed names are found by: keyed digests of how their parts begin, and of the whole."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

Digest = Callable[[str], str]
"""Gives the keyed digest of a text as hex digits."""

PURPOSE: Final = "buyer term"
"""What the digests are made for, see `Sealer.digester`."""

SHORTEST: Final = 3
"""With fewer letters the beginning of a name finds nothing but a whole part: two letters say too little to hide in,
as their digests, counted over many orders, would spell out the names from their commonest pairs."""

LONGEST: Final = 14
"""Letters of a part that count; what comes after them is not looked at."""

_MOST_PARTS: Final = 8
_FIRST_WIDE_LETTER: Final = 0x2E80  # from here on one letter is a syllable or a word: Han, Kana, Hangul
_PART: Final = re.compile(r"[^\W_]+")
_FIRST_DIGITS: Final = 8
_MORE_DIGITS: Final = 4
_WHOLE_DIGITS: Final = 32
_BEYOND_DIGITS: Final = "g"  # greater than every hex digit, in every collation


class NameOf(StrEnum):
    """Whose name it is."""

    BUYER = "BUYER"
    RECIPIENT = "RECIPIENT"


class Span(NamedTuple):
    """Terms from `low` on and before `high`."""

    low: str
    high: str


_STARTS: Final = {NameOf.BUYER: "b", NameOf.RECIPIENT: "s"}
_WHOLES: Final = {NameOf.BUYER: "x", NameOf.RECIPIENT: "y"}
_BOTH_START: Final = "c"
_BOTH_WHOLE: Final = "z"
_EMAIL: Final = "e"

EMAILS: Final = Span(_EMAIL, "f")
"""The terms of e-mail addresses."""


def terms_of(*, buyer: str | None, recipient: str | None, email: str | None, digest: Digest) -> set[str]:
    """Return the terms under which an order is found; buyer and recipient share theirs where they are the same."""
    terms = {_email_term(email, digest)} if email and email.strip() else set()
    if _normal(buyer) == _normal(recipient):
        return terms | set(_name_terms(buyer, _BOTH_START, _BOTH_WHOLE, digest))
    for whose, name in ((NameOf.BUYER, buyer), (NameOf.RECIPIENT, recipient)):
        terms |= set(_name_terms(name, _STARTS[whose], _WHOLES[whose], digest))
    return terms


def whole_name(name: str, whose: NameOf, digest: Digest) -> list[str]:
    """Return the terms of an exact name, whatever its case, accents and punctuation."""
    whole = _whole(_normal(name), digest)
    return [_WHOLES[whose] + whole, _BOTH_WHOLE + whole]


def beginnings(text: str, whose: NameOf, digest: Digest) -> list[list[Span]]:
    """Return for each word of a text the terms of the name parts that begin with it; one of a word's spans has to hit.

    A word of fewer letters than `SHORTEST` finds parts of exactly that word, as none shorter is told apart.
    """
    return [[_span(letter + path) for letter in (_STARTS[whose], _BOTH_START)] for path in _paths(text, digest)]


def anybody(text: str, digest: Digest) -> list[list[Span]]:
    """Return for each word of a text the terms of the name parts of buyer or recipient that begin with it."""
    letters = (*_STARTS.values(), _BOTH_START)
    return [[_span(letter + path) for letter in letters] for path in _paths(text, digest)]


def email_term(email: str, digest: Digest) -> str:
    """Return the term of an e-mail address, whatever its case."""
    return _email_term(email, digest)


def _name_terms(name: str | None, start: str, whole: str, digest: Digest) -> Iterator[str]:
    parts = _normal(name)
    if not parts:
        return
    yield whole + _whole(parts, digest)
    for part in parts[:_MOST_PARTS]:
        yield start + _path(part, digest)


def _normal(name: str | None) -> list[str]:
    """Return the parts of a name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name or "")
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _PART.findall(unicodedata.normalize("NFC", letters).casefold())


def _paths(text: str, digest: Digest) -> list[str]:
    return [_path(part, digest) for part in _normal(text)[:_MOST_PARTS]]


def _path(part: str, digest: Digest) -> str:
    """Return the digests of a part's beginnings, one after the other: a longer beginning has a longer path.

    So one row per part is enough, and what begins with some letters is a range of an index.
    """
    first = 1 if ord(part[0]) >= _FIRST_WIDE_LETTER else SHORTEST
    if len(part) < first:
        return digest(f"short:{part}")[:_FIRST_DIGITS]
    lengths = range(first, min(len(part), LONGEST) + 1)
    return "".join(
        digest(f"start:{part[:length]}")[: _FIRST_DIGITS if length == first else _MORE_DIGITS] for length in lengths
    )


def _whole(parts: list[str], digest: Digest) -> str:
    return digest("whole:" + " ".join(parts))[:_WHOLE_DIGITS]


def _email_term(email: str, digest: Digest) -> str:
    return _EMAIL + digest("email:" + email.strip().casefold())[:_WHOLE_DIGITS]


def _span(path: str) -> Span:
    return Span(path, path + _BEYOND_DIGITS)
