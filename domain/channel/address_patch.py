"""What a person says of a delivery address, checked before it is taken over."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pycountry

from domain.channel.checks import needed_parts
from domain.errors import InvalidInput, RequiredInput
from domain.plain_text import is_plain

Address = Mapping[str, str | None]
Path = tuple[str, ...]

_LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {
        "line1": 200,
        "line2": 200,
        "line3": 200,
        "city": 100,
        "region": 100,
        "postal_code": 20,
        "country_code": 2,
    }
)

PARTS: Final = tuple(_LONGEST)
"""The parts of an address that can be corrected."""

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {part: part for part in PARTS} | {"postal_code": "postalCode", "country_code": "countryCode"}
)
"""How a client names them."""

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "line1": "first line",
        "line2": "second line",
        "line3": "third line",
        "city": "city",
        "region": "region",
        "postal_code": "postal code",
        "country_code": "country",
    }
)
"""How a person names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPatch:
    """Parts of an address as they should be; None leaves a part as it is, blank text empties it. Buyer data."""

    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country_code: str | None = None

    def __repr__(self) -> str:
        return "AddressPatch(…)"


def changed_parts(patch: AddressPatch, *, before: Address, path: Path) -> dict[str, str | None]:
    """Return the parts that a patch changes with what they are then, None where a part is emptied.

    The address may lack what it lacked before, so that it can be corrected in several steps, and nothing else. The
    path of an error goes on from `path`; no error repeats what was sent. Raises RequiredInput or InvalidInput.
    """
    given = {part: text for part, text in dataclasses.asdict(patch).items() if text is not None}
    sent = {part: _cleaned(part, text, (*path, NAMES[part])) for part, text in given.items()}
    lacked = missing_parts(before)
    after = {**before, **sent}
    for part in missing_parts(after):
        if part in sent or part not in lacked:
            message = f"An address in this country needs the {WORDS[part]}; send it along."
            raise RequiredInput(message, path=(*path, NAMES[part]))
    return {part: text for part, text in sent.items() if text != plain(before.get(part))}


def missing_parts(address: Address) -> tuple[str, ...]:
    """Return the parts that the address lacks though its country uses them."""
    country = (plain(address.get("country_code")) or "").upper()
    return tuple(part for part in needed_parts(country) if plain(address.get(part)) is None)


def plain(text: str | None) -> str | None:
    """Return a text without blanks around it, None if nothing is left."""
    return (text or "").strip() or None


def _cleaned(part: str, text: str, path: Path) -> str | None:
    cleaned = plain(text)
    if cleaned is None:
        return None
    if not is_plain(cleaned):
        raise InvalidInput("A text without line breaks and control characters, please.", path=path)
    if part == "country_code":
        return _country(cleaned, path)
    if len(cleaned) > _LONGEST[part]:
        raise InvalidInput(f"At most {_LONGEST[part]} characters, please.", path=path)
    return cleaned


def _country(text: str, path: Path) -> str:
    code = text.upper()
    if not text.isascii() or len(code) != _LONGEST["country_code"] or pycountry.countries.get(alpha_2=code) is None:
        message = "There is no such country; send its code of two letters from ISO 3166, such as DE."
        raise InvalidInput(message, path=path)
    return code
