"""Amounts of one currency in another, by an exact rate, rounded to the minor unit."""

from decimal import Decimal
from typing import Final

from domain.errors import InvalidInput
from domain.money import decimals_of

MOST_DECIMALS: Final = 10
"""So many decimals a rate has at most: 1 VND in KWD still has six digits that count."""

_BOUND: Final = Decimal(10_000_000)


def exact_rate(rate: Decimal) -> Decimal:
    """Return a rate as it is kept: what one unit of a currency is worth in another, without trailing zeros.

    Raises InvalidInput for what is not above 0 and below 10,000,000, or has more than 10 decimals.
    """
    if not rate.is_finite() or not 0 < rate < _BOUND:
        raise InvalidInput(f"A rate is above 0 and below {_BOUND:,}.", path=("rate",))
    _, digits, exponent = rate.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    if int(exponent) + zeros < -MOST_DECIMALS:
        raise InvalidInput(f"A rate has at most {MOST_DECIMALS} decimals.", path=("rate",))
    return Decimal(rate_text(rate))


def rate_text(rate: Decimal) -> str:
    """Return a rate as it is written and stored: plain, without trailing zeros."""
    plain = f"{rate:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def convert(minor: int, *, source: str, target: str, rate: Decimal) -> int:
    """Return minor units of `source` in those of `target`, half a unit to the even one.

    `rate` is what one whole unit of `source` is worth in `target`. More never becomes less, nothing stays nothing, and
    what is taken off becomes as much less as it would have been more.
    """
    numerator, denominator = rate.as_integer_ratio()
    exact = minor * numerator * int(10 ** decimals_of(target))
    of = denominator * int(10 ** decimals_of(source))
    whole, rest = divmod(exact, of)
    return whole + (2 * rest > of or (2 * rest == of and whole % 2 == 1))
