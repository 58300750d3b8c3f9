"""What an order's currency is worth in the base currency, and the blocker of those of which nobody said it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.channel.blockers import BlockerKind, Flaw
from domain.money import UnknownCurrency, decimals_of

_FIELD: Final = "baseCurrency"


@dataclass(frozen=True, slots=True)
class Base:
    """The base currency, and what one unit of an order's currency is worth in it; None: nobody said it yet."""

    currency: str
    rate: Decimal | None


def rate_flaws(currency: str | None, base: Base | None) -> tuple[Flaw, ...]:
    """Return a flaw for a known currency that has no rate to the base currency."""
    if base is None or base.rate is not None or currency is None:
        return ()
    try:
        decimals_of(currency)
    except UnknownCurrency:
        return ()  # that is a flaw of its own, and no rate mends it
    return (
        Flaw(
            kind=BlockerKind.CURRENCY_NOT_CONFIGURED,
            field=_FIELD,
            message=f"There is no rate from {currency} to {base.currency}, the base currency",
            facts={"value": currency, "base_currency": base.currency},
        ),
    )


def currency_cause(currency: str, base: str) -> str:
    """Return the cause of all blockers for want of a rate of one pair."""
    return f"{BlockerKind.CURRENCY_NOT_CONFIGURED}:{currency}/{base}"
