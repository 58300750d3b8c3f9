"""Addresses that trip importers up, each a known kind of trouble; none is a real person's."""

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

Address: TypeAlias = dict[str, Any]
AddressKind: TypeAlias = Literal[
    "NO_STATE", "STATE_IN_WORDS", "MISSING_NAME", "MISSING_LINE", "MISSING_CITY", "MISSING_POSTAL_CODE",
    "MISSING_PHONE", "EMPTY_FIELDS", "LONG_LINES", "MULTI_LINE_NAME", "SINGLE_NAME", "NON_LATIN", "EMOJI",
    "PADDED", "PO_BOX", "MILITARY", "TERRITORY", "STREET_IN_LINE_2", "PICKUP_POINT", "OTHER_COUNTRY",
]  # fmt: skip
OF_ONE_COUNTRY: Final = {"MILITARY": "US", "TERRITORY": "US"}
LONG_LINE: Final = "Example Business Park, Building of the Former Example Works, Staircase East, Ring Twice, "
LONGEST_LINE: Final = 180

_Change: TypeAlias = Callable[[Address], None]


def odd_address(kind: str, usual: Address) -> Address:
    """Return the address made odd in the way that the kind names."""
    odd = dict(usual)
    CHANGES[kind](odd)
    return odd


def _without(*fields: str) -> _Change:
    def change(address: Address) -> None:
        for field in fields:
            address.pop(field, None)

    return change


def _with(**fields: str) -> _Change:
    return lambda address: address.update(fields)


def _empty(address: Address) -> None:
    """Amazon's own samples spell what is absent as empty text."""
    for field in ("addressLine2", "addressLine3", "districtOrCounty", "stateOrRegion", "municipality"):
        address[field] = ""


def _long(address: Address) -> None:
    for number in (1, 2, 3):
        address[f"addressLine{number}"] = (LONG_LINE * 3)[:LONGEST_LINE]


def _multi_line(address: Address) -> None:
    address["name"] = f"{address['name']}\nc/o Example Reception\r\n2nd floor"


def _pad(address: Address) -> None:
    for field in ("name", "addressLine1", "city", "postalCode"):
        if field in address:
            address[field] = f"  {address[field]}\t"


def _post_office_box(address: Address) -> None:
    address.pop("addressLine2", None)
    address["addressLine1"] = "PO Box 1234"


def _military(address: Address) -> None:
    address.pop("addressLine2", None)
    address |= {"addressLine1": "PSC 000 Box 0000", "city": "APO", "stateOrRegion": "AE", "postalCode": "09000"}


def _street_in_line_2(address: Address) -> None:
    address["addressLine2"] = address["addressLine1"]
    address["addressLine1"] = "Example Trading Company"


def _abroad(address: Address) -> None:
    country = "CH" if address.get("countryCode") != "CH" else "AT"
    address.pop("stateOrRegion", None)
    address |= {"addressLine1": "Beispielgasse 1", "city": "Musterstadt", "postalCode": "0000", "countryCode": country}


CHANGES: Final[dict[str, _Change]] = {
    "NO_STATE": _without("stateOrRegion"),
    "STATE_IN_WORDS": _with(stateOrRegion="  new   EXAMPLE state "),
    "MISSING_NAME": _without("name"),
    "MISSING_LINE": _without("addressLine1", "addressLine2", "addressLine3"),
    "MISSING_CITY": _without("city"),
    "MISSING_POSTAL_CODE": _without("postalCode"),
    "MISSING_PHONE": _without("phone"),
    "EMPTY_FIELDS": _empty,
    "LONG_LINES": _long,
    "MULTI_LINE_NAME": _multi_line,
    "SINGLE_NAME": _with(name="X"),
    "NON_LATIN": _with(name="例 太郎", addressLine1="見本町一丁目2番3号", city="Παράδειγμα", stateOrRegion="منطقة"),
    "EMOJI": _with(name="Example 🎈 Buyer", addressLine1="1 Example Street 🏠"),
    "PADDED": _pad,
    "PO_BOX": _post_office_box,
    "MILITARY": _military,
    "TERRITORY": _with(city="Example", stateOrRegion="PR", postalCode="00901"),
    "STREET_IN_LINE_2": _street_in_line_2,
    "PICKUP_POINT": _with(name="Example Locker", addressLine1="1 Example Square", addressType="PICKUP_POINT"),
    "OTHER_COUNTRY": _abroad,
}
