"""Who is billed and who gets the goods, or why a paper cannot say it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import pycountry

from api.documents.papers import Party, clean, day
from domain.amazon.facts import FulfillmentChannel
from domain.amazon.records import AmazonOrder
from domain.buyers import Values

BILL_TO: Final = "Bill to"
SHIP_TO: Final = "Ship to"

_POSTAL_CODE_FIRST: Final = frozenset([
    "AT", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IT", "LI", "LT", "LU", "MC",
    "MX", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "TR", "UA",
])  # fmt: skip


def parties_of(values: Values | None, *, order: AmazonOrder, redacted_at: datetime | None) -> tuple[Party, Party]:
    """Return who is billed and who gets the goods: Amazon names the buyer and one address, which serves for both."""
    buyer = (values or {}).get("buyer") or {}
    address = (values or {}).get("address") or {}
    receiver = address.get("name") or buyer.get("name")
    if not buyer.get("name") and not any(address.values()):
        why = why_unknown(order, redacted_at)
        return Party(BILL_TO, (why,), is_known=False), Party(SHIP_TO, (why,), is_known=False)
    street = tuple(_street(address)) or ("(Amazon gave no address.)",)
    return (
        Party(BILL_TO, (_name(buyer.get("name") or receiver), *street)),
        Party(SHIP_TO, (_name(receiver), *street)),
    )


def _name(name: str | None) -> str:
    return clean(name or "") or "(Amazon gave no name.)"


def _street(address: Mapping[str, str | None]) -> Iterator[str]:
    parts = {part: clean(text or "") for part, text in address.items()}
    for part in ("line1", "line2", "line3"):
        if parts.get(part):
            yield parts[part]
    if city := _city(parts):
        yield city
    if code := parts.get("country_code"):
        country = pycountry.countries.get(alpha_2=code.upper())
        yield country.name if country else code
    if phone := parts.get("phone"):
        yield f"Phone: {phone}"


def _city(parts: Mapping[str, str]) -> str:
    """Return the line with the city, as the country writes it: 10115 Berlin, but Austin, TX 78701."""
    if parts.get("country_code", "").upper() in _POSTAL_CODE_FIRST:
        return " ".join(parts[part] for part in ("postal_code", "city", "region") if parts.get(part))
    place = " ".join(parts[part] for part in ("region", "postal_code") if parts.get(part))
    return ", ".join(part for part in (parts.get("city"), place) if part)


def why_unknown(order: AmazonOrder, redacted_at: datetime | None) -> str:
    """Return why nothing is known of an order's buyer; `redacted_at` is when the data was deleted, if it was."""
    if redacted_at is not None:
        return f"The buyer's data was deleted on {day(redacted_at)}: its time was over."
    if order.fulfillment_channel is FulfillmentChannel.AMAZON:
        return "Amazon fulfils this order and sends no data of the buyer."
    return "Amazon sent no data of the buyer."
