"""Money on Amazon's wire: whole minor units inside, decimal strings outside."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from simulator.marketplaces import decimals_of
from simulator.orders.documents import Document

DECIMAL: Final = re.compile(r"\d{1,12}(?:[.](\d{1,4}))?", re.ASCII)


def money(minor: int, currency: str) -> Document:
    """Spell an amount of minor units as Amazon's Money: a decimal string and a currency."""
    return {"amount": _spell(minor, decimals_of(currency)), "currencyCode": currency}


def parse_amount(text: str, currency: str) -> int | None:
    """Read a decimal string as minor units, or return nothing if it has too many decimals or is no number."""
    found = DECIMAL.fullmatch(text)
    decimals = decimals_of(currency)
    if found is None or len(found[1] or "") > decimals:
        return None
    return int(Decimal(text).scaleb(decimals))


@lru_cache(maxsize=16_384)
def _spell(minor: int, decimals: int) -> str:
    if decimals == 0:
        return str(minor)
    whole, rest = divmod(abs(minor), 10**decimals)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{rest:0{decimals}d}"
