"""The rates of currencies that people enter: setting, removing, and finding the one in force on a day."""

from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from domain.accounts.currency_records import CurrencyRate, RateSource
from domain.change import Change
from domain.errors import DomainError, Duplicate, InvalidInput, LimitExceeded, NotFound, RequiredInput
from domain.exchange import exact_rate, rate_text
from domain.money import decimals_of
from domain.timeline import EventKind, Subject

MOST_RATES: Final = 1000
"""So many rates are set at once."""

_LONGEST_NOTE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """A rate as it is given: what one `currency` is worth in `base_currency` from a UTC day on."""

    currency: str
    base_currency: str
    rate: Decimal
    valid_from: date
    note: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What there is one rate of."""
        return self.base_currency, self.currency, self.valid_from.isoformat()

    def __str__(self) -> str:
        return f"1 {self.currency} = {rate_text(self.rate)} {self.base_currency} from {self.valid_from.isoformat()}"


@dataclass(slots=True)
class SetRates:
    """What became of given rates: stored ones in their order, or, if any is refused, none and why by its place."""

    rates: list[CurrencyRate] = field(default_factory=list)
    refused: dict[int, DomainError] = field(default_factory=dict)


class _Refused(Exception):
    """Some of the rates cannot be set: none is."""


async def set_rates_in(unit: Change, given: Sequence[NewRate], *, source: RateSource) -> SetRates:
    """Store rates, all or none; one that is stored so already stays as it is, and a stored one is never replaced.

    Raises RequiredInput for none and LimitExceeded for more than 1,000; other refusals go by the places of the rates.
    """
    if not given:
        raise RequiredInput("Give at least one rate.", path=("input", "rates"))
    if len(given) > MOST_RATES:
        raise LimitExceeded(f"At most {MOST_RATES:,} rates are set at once.", path=("input", "rates"))
    unit.quiet()
    known = await _stored(given)
    refused = dict(_refusals(given))
    try:
        async with unit.savepoint():
            stored = await _insert(unit, given, refused, source=source)
    except _Refused:
        return SetRates(refused=dict(sorted(refused.items())))
    for rate in given:
        if rate.key not in known:
            _tell(unit, f"Rate set: {rate}.", stored[rate.key])
    return SetRates(rates=[stored[rate.key] for rate in given])


async def remove_rate_in(unit: Change, rate_id: int) -> None:
    """Take a rate away; orders that got it keep it, and the one before it is in force again.

    Raises NotFound.
    """
    rate = await CurrencyRate.filter(id=rate_id).select_for_update().first()
    if rate is None:
        raise NotFound("There is no such rate.", path=("rateId",))
    await rate.delete()
    _tell(unit, f"Rate removed: 1 {rate.currency} = {rate.rate} {rate.base_currency} from {rate.valid_from}.", rate)


async def rates_in_force(currencies: Collection[str], *, base: str, day: date) -> dict[str, Decimal]:
    """Return what one of each currency is worth in the base currency on a day; those without a rate are left out.

    The base currency itself is worth 1. What is known of the other direction only is no rate: its inverse is not exact.
    """
    found = {base: Decimal(1)} if base in currencies else {}
    for currency in sorted(set(currencies) - {base}):
        rates = CurrencyRate.filter(base_currency=base, currency=currency, valid_from__lte=day.isoformat())
        if newest := await rates.order_by("-valid_from").first():
            found[currency] = Decimal(newest.rate)
    return found


async def _insert(
    unit: Change, given: Sequence[NewRate], refused: dict[int, DomainError], *, source: RateSource
) -> dict[tuple[str, str, str], CurrencyRate]:
    """Insert what is not refused, and return what is stored; raises _Refused once anything is."""
    fine = [rate for place, rate in enumerate(given) if place not in refused]
    await CurrencyRate.bulk_create([_row(unit, rate, source) for rate in fine], ignore_conflicts=True)
    # Whoever came first, its rate is the one that is stored: the key of a pair and a day is unique.
    stored = await _stored(given)
    refused |= dict(_clashes(given, stored, besides=refused))
    if refused:
        raise _Refused
    return stored


async def _stored(given: Sequence[NewRate]) -> dict[tuple[str, str, str], CurrencyRate]:
    rows = await CurrencyRate.filter(
        base_currency__in={rate.base_currency[:3] for rate in given},
        currency__in={rate.currency[:3] for rate in given},
        valid_from__in={rate.valid_from.isoformat() for rate in given},
    )
    return {(row.base_currency, row.currency, row.valid_from): row for row in rows}


def _refusals(given: Sequence[NewRate]) -> Iterator[tuple[int, DomainError]]:
    seen: set[tuple[str, str, str]] = set()
    for place, rate in enumerate(given):
        try:
            _check(rate)
            if rate.key in seen:
                raise Duplicate("This pair has a rate from this day among the ones before; give each day once.")
        except DomainError as refusal:
            yield place, refusal
        seen.add(rate.key)


def _check(rate: NewRate) -> None:
    for name, code in (("currency", rate.currency), ("baseCurrency", rate.base_currency)):
        try:
            decimals_of(code)
        except InvalidInput as refusal:
            refusal.path = (name,)
            raise
    if rate.currency == rate.base_currency:
        raise InvalidInput(f"{rate.currency} is worth 1 of itself; name two currencies.", path=("baseCurrency",))
    exact_rate(rate.rate)
    if rate.note and len(rate.note) > _LONGEST_NOTE:
        raise InvalidInput(f"A note has at most {_LONGEST_NOTE} characters.", path=("note",))


def _clashes(
    given: Sequence[NewRate], stored: dict[tuple[str, str, str], CurrencyRate], *, besides: Container[int]
) -> Iterator[tuple[int, DomainError]]:
    for place, rate in enumerate(given):
        if place in besides or Decimal(stored[rate.key].rate) == rate.rate:
            continue
        row = stored[rate.key]
        yield (
            place,
            Duplicate(
                f"From {row.valid_from} on 1 {row.currency} is worth {row.rate} {row.base_currency} already; remove "
                "that rate first, or set another one from a later day.",
                path=("validFrom",),
            ),
        )


def _row(unit: Change, rate: NewRate, source: RateSource) -> CurrencyRate:
    return CurrencyRate(
        currency=rate.currency,
        base_currency=rate.base_currency,
        rate=rate_text(exact_rate(rate.rate)),
        valid_from=rate.valid_from.isoformat(),
        source=source,
        note=(rate.note or "").strip() or None,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
        entered_at=unit.now,
    )


def _tell(unit: Change, message: str, rate: CurrencyRate) -> None:
    unit.event(
        Subject(),
        EventKind.SETTINGS_CHANGED,
        message,
        currency=rate.currency,
        base_currency=rate.base_currency,
        rate=rate.rate,
        valid_from=rate.valid_from,
    )
