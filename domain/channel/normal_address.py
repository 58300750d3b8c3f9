"""Delivery addresses in the one spelling that carriers and reports read: codes of regions, postal codes of five."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

import pycountry

from domain.channel.address_patch import Address, plain
from domain.commerce.person_names import plain_name

_CODED: Final = frozenset(["AU", "BR", "CA", "IN", "MX", "US"])
"""The countries whose addresses are written with the code of a region."""

_ZIP: Final = re.compile(r"(\d{5})-?\d{4}")

# What people wrote before there were codes of two letters; those that are the code or a name with dots are not here.
_OLD: Final[Mapping[str, str]] = {
    "ala": "AL", "alas": "AK", "ariz": "AZ", "ark": "AR", "cal": "CA", "calif": "CA", "colo": "CO", "conn": "CT",
    "del": "DE", "fla": "FL", "ida": "ID", "ill": "IL", "ind": "IN", "kan": "KS", "kans": "KS", "ken": "KY",
    "mass": "MA", "mich": "MI", "minn": "MN", "miss": "MS", "mont": "MT", "neb": "NE", "nebr": "NE", "nev": "NV",
    "ndak": "ND", "sdak": "SD", "okla": "OK", "ore": "OR", "oreg": "OR", "penn": "PA", "penna": "PA",
    "tenn": "TN", "tex": "TX", "virg": "VA", "wash": "WA", "wva": "WV", "wis": "WI", "wisc": "WI", "wyo": "WY",
    "washingtondc": "DC", "ncar": "NC", "scar": "SC", "nmex": "NM", "puertorico": "PR",
}  # fmt: skip


def normal_address(address: Address) -> dict[str, str | None]:
    """Return an address with a plain name, its region as the country's code, and a short postal code.

    A region or code that is not known is kept.
    Doing it again changes nothing. Source: the guide's release notes 4.2.0 (addresses of the United States).
    """
    country = (plain(address.get("country_code")) or "").upper()
    found: dict[str, str | None] = dict(address)
    if address.get("name"):
        found["name"] = plain_name(address["name"])
    if region := plain(address.get("region")):
        found["region"] = _region(country, region)
    if postal_code := plain(address.get("postal_code")):
        found["postal_code"] = _postal_code(country, postal_code)
    return found


def _region(country: str, text: str) -> str:
    words = " ".join(text.split())
    return _codes(country).get(_key(words), words) if country in _CODED else words


def _postal_code(country: str, text: str) -> str:
    long = _ZIP.fullmatch(text) if country in ("US", "PR") else None
    return long[1] if long else text


@cache
def _codes(country: str) -> dict[str, str]:
    """Return the codes of a country's regions by all that people write for them."""
    regions = [region for region in pycountry.subdivisions if region.country_code == country]
    codes = {region.code.partition("-")[2]: region.name for region in regions}
    known = {_key(name): code for code, name in codes.items()} | {code.lower(): code for code in codes}
    return {**_OLD, **known} if country == "US" else known


def _key(text: str) -> str:
    plain_letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain_letters.lower() if letter.isalpha())
