"""The carriers that a person may choose, in Amazon's words, and where their parcels are followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

OTHER: Final = "Other"
"""The code that says that the carrier is given by name (Orders API v0, confirmShipment)."""

CUSTOM: Final = "custom"
"""Our code of a carrier that is given by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier; `amazon_code` is what Amazon is told, `tracking_page` has `{number}` where the number goes."""

    code: str
    title: str
    amazon_code: str
    tracking_page: str | None = None

    @property
    def needs_name(self) -> bool:
        """Whether Amazon has to be told a name besides the code."""
        return self.amazon_code == OTHER


# The first five are those of the commerce back office; the codes are those of Amazon's feed of fulfillments, which
# confirmShipment took over (Amazon's guide "Confirm the shipment status").
CARRIERS: Final = (
    Carrier(code=CUSTOM, title="Custom Value", amazon_code=OTHER),
    Carrier(
        code="dhl",
        title="DHL",
        amazon_code="DHL",
        tracking_page="https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    ),
    Carrier(
        code="fedex",
        title="Federal Express",
        amazon_code="FedEx",
        tracking_page="https://www.fedex.com/fedextrack/?trknbr={number}",
    ),
    Carrier(
        code="ups",
        title="United Parcel Service",
        amazon_code="UPS",
        tracking_page="https://www.ups.com/track?tracknum={number}",
    ),
    Carrier(
        code="usps",
        title="United States Postal Service",
        amazon_code="USPS",
        tracking_page="https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    ),
    Carrier(
        code="canadapost",
        title="Canada Post",
        amazon_code="Canada Post",
        tracking_page="https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={number}",
    ),
    Carrier(code="gls", title="GLS", amazon_code="GLS"),
    Carrier(
        code="ontrac",
        title="OnTrac",
        amazon_code="OnTrac",
        tracking_page="https://www.ontrac.com/tracking/?number={number}",
    ),
    Carrier(
        code="parcelforce",
        title="Parcelforce",
        amazon_code="Parcelforce",
        tracking_page="https://www.parcelforce.com/track-trace?trackNumber={number}",
    ),
    Carrier(
        code="royalmail",
        title="Royal Mail",
        amazon_code="Royal Mail",
        tracking_page="https://www.royalmail.com/track-your-item#/tracking-results/{number}",
    ),
    Carrier(code="tnt", title="TNT", amazon_code="TNT"),
)
"""Every carrier with a code of its own, those of the back office first; any other is given by name."""

CHOICES: Final = (
    f"Choose one of {', '.join(carrier.code for carrier in CARRIERS)} (query carriers); with {CUSTOM}, or with a code "
    "that is not among them, Amazon is told the carrier's name."
)
"""What a person may write, in a sentence."""


def _spoken(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _names() -> Iterator[tuple[str, Carrier]]:
    for carrier in CARRIERS:
        for name in (carrier.code, carrier.title, carrier.amazon_code):
            yield _spoken(name), carrier


_BY_NAME: Final[Mapping[str, Carrier]] = MappingProxyType(dict(_names()))


def carrier_of(text: str) -> Carrier | None:
    """Return the carrier that a code, a title or Amazon's code means, however it is written; None for any other."""
    return _BY_NAME.get(_spoken(text))


def amazon_carrier(code: str, name: str | None) -> tuple[str, str | None]:
    """Return the carrier code and name that Amazon is told: a code of its own, or Other with what was given."""
    known = carrier_of(code)
    given = (name or "").strip() or None
    if known and not known.needs_name:
        return known.amazon_code, given
    return OTHER, given or code.strip()


def tracking_url(code: str, number: str | None) -> str | None:
    """Return the page of the carrier that follows a parcel; None where the carrier's page or the number is unknown."""
    carrier, known = carrier_of(code), (number or "").strip()
    if carrier is None or carrier.tracking_page is None or not known:
        return None
    return carrier.tracking_page.format(number=quote(known, safe=""))
