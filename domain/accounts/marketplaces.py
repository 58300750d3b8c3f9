"""Amazon's marketplaces: which region, country, currency and Seller Central each belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from domain.accounts.regions import Region
from domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One of Amazon's marketplaces (Marketplace IDs, Selling Partner API documentation)."""

    marketplace_id: str
    region: Region
    country_code: str
    currency: str
    domain: str  # of the shop, e.g. amazon.de
    seller_central: str  # host


@dataclass(frozen=True, slots=True)
class Participation:
    """A marketplace on which the holder of a refresh token sells."""

    marketplace_id: str
    is_participating: bool
    store_name: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What Amazon says of a refresh token, and when it said so (Amazon time)."""

    participations: tuple[Participation, ...]
    at: datetime


_NA: Final = "sellercentral.amazon.com"
_EU: Final = "sellercentral-europe.amazon.com"

_TABLE: Final = (
    ("ATVPDKIKX0DER", Region.NA, "US", "USD", "amazon.com", _NA),
    ("A2EUQ1WTGCTBG2", Region.NA, "CA", "CAD", "amazon.ca", _NA),
    ("A1AM78C64UM0Y8", Region.NA, "MX", "MXN", "amazon.com.mx", _NA),
    ("A2Q3Y263D00KWC", Region.NA, "BR", "BRL", "amazon.com.br", _NA),
    ("A1F83G8C2ARO7P", Region.EU, "GB", "GBP", "amazon.co.uk", _EU),
    ("A1PA6795UKMFR9", Region.EU, "DE", "EUR", "amazon.de", _EU),
    ("A13V1IB3VIYZZH", Region.EU, "FR", "EUR", "amazon.fr", _EU),
    ("APJ6JRA9NG5V4", Region.EU, "IT", "EUR", "amazon.it", _EU),
    ("A1RKKUPIHCS9HS", Region.EU, "ES", "EUR", "amazon.es", _EU),
    ("A1805IZSGTT6HS", Region.EU, "NL", "EUR", "amazon.nl", _EU),
    ("AMEN7PMS3EDWL", Region.EU, "BE", "EUR", "amazon.com.be", _EU),
    ("A28R8C7NBKEWEA", Region.EU, "IE", "EUR", "amazon.ie", _EU),
    ("A2NODRKZP88ZB9", Region.EU, "SE", "SEK", "amazon.se", _EU),
    ("A1C3SOZRARQ6R3", Region.EU, "PL", "PLN", "amazon.pl", _EU),
    ("A33AVAJ2PDY3EV", Region.EU, "TR", "TRY", "amazon.com.tr", _EU),
    ("ARBP9OOSHTCHU", Region.EU, "EG", "EGP", "amazon.eg", _EU),
    ("A17E79C6D8DWNP", Region.EU, "SA", "SAR", "amazon.sa", _EU),
    ("A2VIGQ35RCS4UG", Region.EU, "AE", "AED", "amazon.ae", _EU),
    ("A21TJRUUN4KGV", Region.EU, "IN", "INR", "amazon.in", _EU),
    ("AE08WJ6YKNBMC", Region.EU, "ZA", "ZAR", "amazon.co.za", _EU),
    ("A1VC38T7YXB528", Region.FE, "JP", "JPY", "amazon.co.jp", "sellercentral.amazon.co.jp"),
    ("A39IBJ37TRP1C6", Region.FE, "AU", "AUD", "amazon.com.au", "sellercentral.amazon.com.au"),
    ("A19VAU5U5O7RUS", Region.FE, "SG", "SGD", "amazon.sg", "sellercentral.amazon.sg"),
)

MARKETPLACES: Final[Mapping[str, Marketplace]] = MappingProxyType({row[0]: Marketplace(*row) for row in _TABLE})


def marketplace_of(marketplace_id: str) -> Marketplace:
    """Return one of Amazon's marketplaces.

    Raises InvalidInput, naming the ids there are.
    """
    found = MARKETPLACES.get(marketplace_id)
    if found is None:
        known = ", ".join(f"{entry.marketplace_id} ({entry.country_code})" for entry in MARKETPLACES.values())
        # What was given is not said again: it may be a token that was put in the wrong place.
        raise InvalidInput(f"This is not the id of one of Amazon's marketplaces: {known}.", path=("marketplaceId",))
    return found


def seller_central_url(marketplace_id: str, number: str) -> str:
    """Return the page of an order in Seller Central."""
    return f"https://{MARKETPLACES[marketplace_id].seller_central}/orders-v3/order/{number}"
