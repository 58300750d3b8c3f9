"""Delivery addresses in the one spelling that carriers and reports read: codes of regions, postal codes of five."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

import pycountry

from domain.channel.address_patch import Address, plain
from domain.commerce.person_names import plain_name

_CODED: Final = frozenset(["AU", "BR", "CA", "IN", "IT", "MX", "US"])
"""The countries whose addresses are written with the code of a region."""

_ZIP: Final = re.compile(r"(\d{5})-?\d{4}")

# What people write beside codes and full names, as letters alone; what is the code or the name with dots is not here.
# United States: the abbreviations before 1963, and military post (USPS Publication 28, 225).
_UNITED_STATES: Final[Mapping[str, str]] = {
    "ala": "AL", "alas": "AK", "ariz": "AZ", "ark": "AR", "cal": "CA", "calif": "CA", "colo": "CO", "conn": "CT",
    "del": "DE", "fla": "FL", "ida": "ID", "ill": "IL", "ind": "IN", "kan": "KS", "kans": "KS", "ken": "KY",
    "mass": "MA", "mich": "MI", "minn": "MN", "miss": "MS", "mont": "MT", "neb": "NE", "nebr": "NE", "nev": "NV",
    "ndak": "ND", "sdak": "SD", "okla": "OK", "ore": "OR", "oreg": "OR", "penn": "PA", "penna": "PA",
    "tenn": "TN", "tex": "TX", "virg": "VA", "wash": "WA", "wva": "WV", "wis": "WI", "wisc": "WI", "wyo": "WY",
    "washingtondc": "DC", "ncar": "NC", "scar": "SC", "nmex": "NM", "ncarolina": "NC", "scarolina": "SC",
    "ndakota": "ND", "sdakota": "SD", "nhampshire": "NH", "njersey": "NJ", "nmexico": "NM", "wvirginia": "WV",
    "westva": "WV", "virginislands": "VI", "usvirginislands": "VI", "armedforcesamericas": "AA",
    "armedforceseurope": "AE", "armedforcespacific": "AP", "aa": "AA", "ae": "AE", "ap": "AP",
}  # fmt: skip
_OTHERS: Final[Mapping[str, Mapping[str, str]]] = {
    "US": _UNITED_STATES,
    "CA": {
        "alta": "AB", "man": "MB", "newfoundland": "NL", "nfld": "NL", "labrador": "NL", "nwt": "NT", "ont": "ON",
        "pei": "PE", "que": "QC", "pq": "QC", "sask": "SK", "yukonterritory": "YT",
    },
    "IN": {"nctofdelhi": "DL", "newdelhi": "DL", "orissa": "OD", "pondicherry": "PY", "uttaranchal": "UK"},
    "MX": {
        "cdmx": "CMX", "df": "CMX", "distritofederal": "CMX", "mexicodf": "CMX", "coahuila": "COA",
        "edomex": "MEX", "estadodemexico": "MEX", "michoacan": "MIC", "veracruz": "VER",
    },
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
    codes = {code: region.name for region in regions if (code := region.code.partition("-")[2]).isalpha()}
    known = {_key(name): code for code, name in codes.items()} | {_key(country + code): code for code in codes}
    return {**_OTHERS.get(country, {}), **known, **{code.lower(): code for code in codes}}


def _key(text: str) -> str:
    plain_letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain_letters.lower() if letter.isalpha())
