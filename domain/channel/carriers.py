"""Carriers in Amazon's words."""

from types import MappingProxyType
from typing import Final

OTHER: Final = "Other"
"""The code that says that the carrier is given by name (Orders API v0, confirmShipment)."""

_CODES: Final = MappingProxyType({"fedex": "FedEx", "ups": "UPS", "usps": "USPS", "dhl": "DHL"})


def amazon_carrier(code: str, name: str | None) -> tuple[str, str | None]:
    """Return the carrier code and name that Amazon is told: a code of its own, or Other with what was given."""
    known = _CODES.get(code.strip().lower())
    given = (name or "").strip() or None
    return (known, given) if known else (OTHER, given or code.strip())
