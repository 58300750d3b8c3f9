"""Money as whole minor units of one currency, exact in and out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from domain.errors import InvalidInput

_AMOUNT: Final = re.compile(r"(-?\d{1,15})(?:\.(\d{1,10}))?", re.ASCII)

NO_DECIMALS: Final = frozenset([
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF", "XPF",
])  # fmt: skip
THREE_DECIMALS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
TWO_DECIMALS: Final = frozenset([
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF",
    "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR",
    "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF",
    "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP",
    "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD",
    "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP",
    "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VES", "WST", "XCD", "YER", "ZAR",
    "ZMW", "ZWG",
])  # fmt: skip


class UnknownCurrency(InvalidInput):
    """A code that is not a currency of ISO 4217 in use."""


class InvalidAmount(InvalidInput):
    """Text that is not a plain decimal number, or has more decimals than the currency."""


def decimals_of(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217).

    Raises UnknownCurrency.
    """
    if currency in TWO_DECIMALS:
        return 2
    if currency in NO_DECIMALS:
        return 0
    if currency in THREE_DECIMALS:
        return 3
    raise UnknownCurrency(f"{currency[:8]!r} is not a currency of ISO 4217; use a code such as EUR.")


def share(minor: int, *, part: int, of: int) -> int:
    """Return what `part` of `of` equal units of an amount come to, rounded half up; the other units get the rest."""
    return (2 * minor * part + of) // (2 * of)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, in its minor units (cents; whole yen)."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, amount: str, currency: str) -> "Money":
        """Read a plain decimal such as "19.90"; trailing zeros beyond the currency's decimals are harmless.

        Raises UnknownCurrency or InvalidAmount (exponents, NaN, blanks, decimals the currency does not have).
        """
        places = decimals_of(currency)
        found = _AMOUNT.fullmatch(amount)
        if not found:
            raise InvalidAmount(f"{amount[:40]!r} is not an amount; write a plain decimal such as 19.90.")
        whole, fraction = found.groups("")
        if fraction[places:].strip("0"):
            raise InvalidAmount(f"{amount[:40]} has more decimals than {currency}, which has {places}.")
        return cls(int(whole + fraction[:places].ljust(places, "0")), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def sum(cls, amounts: Iterable["Money"], *, currency: str) -> "Money":
        """Add amounts of one currency up."""
        total = cls.zero(currency)
        for amount in amounts:
            total += amount
        return total

    @property
    def amount(self) -> Decimal:
        """The amount as a decimal with exactly the currency's decimals."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def per_unit(self, quantity: int) -> "Money":
        """Return the price of one of `quantity`, rounded half up: for showing only."""
        if quantity < 1:
            raise InvalidInput("A unit price needs a quantity of at least 1.")
        unit = (Decimal(self.minor) / quantity).quantize(Decimal(1), ROUND_HALF_UP)
        return Money(int(unit), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise InvalidInput(f"{self.currency} and {other.currency} cannot be added.")
        return other.minor
