"""Names of people as a back office takes them: without strange characters, and in two parts."""

import unicodedata
from typing import Final, NamedTuple

PLACEHOLDER: Final = "N/A"
"""What stands where a part of a name is missing: stores, carriers and exports ask for both parts."""

_WITHIN: Final = frozenset(".,'’‘`´-‐–&/()·・\u200c\u200d")
"""What names are written with beside letters, marks and digits."""


class PersonName(NamedTuple):
    """A name in two parts; `is_placeholder` where nothing of it is known."""

    first: str
    last: str
    is_placeholder: bool = False


def plain_name(name: str | None) -> str | None:
    """Return a name without characters that names are not written with; None if nothing is left.

    Source: the guide's release notes 4.4.1, special characters in buyers' names stopped orders.
    """
    kept = "".join(one if _belongs(one) else " " for one in name or "")
    words = " ".join(kept.split())
    return words if any(unicodedata.category(one)[0] in "LN" for one in words) else None


def person_name(name: str | None) -> PersonName:
    """Return a name split at its first space; what is missing is a placeholder."""
    first, _, last = (plain_name(name) or "").partition(" ")
    return PersonName(first or PLACEHOLDER, last or PLACEHOLDER, is_placeholder=not first)


def _belongs(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" or character in _WITHIN
