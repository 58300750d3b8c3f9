"""What sales come to, day by day, and how a period compares with the one before it: pure rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from domain.amazon.display import DisplayStatus

NOT_SOLD: Final = (DisplayStatus.CANCELED, DisplayStatus.ERROR)
"""Orders that do not count as sales."""

COUNTED: Final = tuple(status for status in DisplayStatus if status not in NOT_SOLD)

RULE: Final = (
    "Sums of what buyers pay, by the UTC day of purchase, each currency for itself. Orders shown as CANCELED or ERROR "
    "do not count, nor those whose total Amazon withholds. The last day is today as far as it has come. The change "
    "compares with as many days right before: 0 % if both are 0, 100 % if only the earlier one is 0, else "
    "100 x (now / before - 1), rounded half up to two decimals."
)
"""How the figures are made, for people."""

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class DaySales:
    """What was bought on one UTC day in one currency."""

    day: date
    currency: str
    minor: int
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencySales:
    """The sales of a period in one currency; every day of it is there, the oldest first."""

    currency: str
    days: tuple[DaySales, ...]
    previous_minor: int

    @property
    def minor(self) -> int:
        """The sum of the days."""
        return sum(day.minor for day in self.days)

    @property
    def orders(self) -> int:
        """How many orders the days have."""
        return sum(day.orders for day in self.days)

    @property
    def change(self) -> Decimal:
        """How much more than in the period before, in percent."""
        return change_percent(self.minor, before=self.previous_minor)


def change_percent(now: int, *, before: int) -> Decimal:
    """Return how much more `now` is than `before`, in percent with two decimals, rounded half up."""
    if before == 0:
        return Decimal("0.00") if now == 0 else Decimal("100.00")
    return (100 * (Decimal(now) / before - 1)).quantize(_CENT, ROUND_HALF_UP)


def period_start(now: datetime, *, days: int) -> datetime:
    """Return when a period of so many UTC days begins whose last day is today."""
    return datetime.combine(now.astimezone(UTC).date(), datetime.min.time(), UTC) - timedelta(days=days - 1)


def sales_of_period(found: Iterable[DaySales], *, now: datetime, days: int, currency: str) -> Sequence[CurrencySales]:
    """Return the sales of the last `days` UTC days by currency: the given one first, then others that were sold in.

    `found` are the sales by day since the period before began; missing days are 0.
    """
    start = period_start(now, days=days).date()
    by_currency: defaultdict[str, dict[date, DaySales]] = defaultdict(dict)
    by_currency[currency] = {}
    for sales in found:
        by_currency[sales.currency][sales.day] = sales
    first = start - timedelta(days=days)
    return [
        CurrencySales(
            currency=code,
            days=tuple(_day(by_day, start + timedelta(days=at), code) for at in range(days)),
            previous_minor=sum(_day(by_day, first + timedelta(days=at), code).minor for at in range(days)),
        )
        for code, by_day in sorted(by_currency.items(), key=lambda entry: (entry[0] != currency, entry[0]))
    ]


def _day(by_day: dict[date, DaySales], day: date, currency: str) -> DaySales:
    return by_day.get(day) or DaySales(day, currency, 0, 0)
