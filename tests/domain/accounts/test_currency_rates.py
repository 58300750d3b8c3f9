from datetime import date
from decimal import Decimal

import pytest

from domain.accounts.currency_rates import MOST_RATES, NewRate, rates_in_force, remove_rate_in, set_rates_in
from domain.accounts.currency_records import CurrencyRate, RateSource
from domain.change import change
from domain.errors import Duplicate, InvalidInput, LimitExceeded, NotFound, RequiredInput
from domain.timeline import Event
from tests.domain.channel.stage import CLERK

DAY = date(2026, 3, 2)


def rate(value="0.92", currency="USD", base="EUR", day=DAY, **more):
    return NewRate(currency=currency, base_currency=base, rate=Decimal(value), valid_from=day, **more)


async def set_(now, *rates, source=RateSource.PERSON):
    async with change(now=now, actor=CLERK) as unit:
        return await set_rates_in(unit, rates, source=source)


async def force(currency="USD", *, day=DAY, base="EUR"):
    return (await rates_in_force({currency}, base=base, day=day)).get(currency)


async def test_a_rate_is_kept_with_who_set_it_and_told(database, now):
    done = await set_(now, rate("0.9200", note=" ECB "), source=RateSource.FILE)
    (stored,) = done.rates
    assert (stored.rate, stored.valid_from, stored.source, stored.note) == ("0.92", "2026-03-02", "FILE", "ECB")
    assert (stored.actor_kind, stored.actor_name, stored.entered_at) == ("USER", "clerk", now)
    (event,) = await Event.all()
    assert event.message == "Rate set: 1 USD = 0.92 EUR from 2026-03-02."
    assert event.details == {"currency": "USD", "base_currency": "EUR", "rate": "0.92", "valid_from": "2026-03-02"}


async def test_the_rate_in_force_is_the_newest_that_is_not_in_the_future(database, now):
    await set_(now, rate("0.90", day=date(2026, 1, 1)), rate("0.92"), rate("0.95", day=date(2026, 3, 3)))
    assert await force(day=date(2025, 12, 31)) is None
    assert await force(day=date(2026, 3, 1)) == Decimal("0.9")
    assert await force() == Decimal("0.92")
    assert await force(day=date(2027, 1, 1)) == Decimal("0.95")


async def test_a_currency_is_worth_one_of_itself_and_nothing_follows_from_the_other_direction(database, now):
    await set_(now, rate("0.92"))
    assert await rates_in_force({"EUR", "GBP", "USD"}, base="EUR", day=DAY) == {"EUR": 1, "USD": Decimal("0.92")}
    assert await force("EUR", base="USD") is None


async def test_the_same_again_changes_nothing(database, now):
    first = await set_(now, rate("0.92"))
    again = await set_(now, rate("0.920"), rate("0.93", day=date(2026, 3, 3)))
    assert again.rates[0].id == first.rates[0].id
    assert await CurrencyRate.all().count() == 2
    assert await Event.all().count() == 2


async def test_a_rate_that_is_there_is_never_replaced_and_nothing_else_is_set_then(database, now):
    await set_(now, rate("0.92"))
    done = await set_(now, rate("0.5", "GBP"), rate("0.93"))
    assert done.rates == []
    ((place, refusal),) = done.refused.items()
    assert (place, type(refusal), refusal.path) == (1, Duplicate, ("validFrom",))
    assert [row.rate for row in await CurrencyRate.all()] == ["0.92"]


WRONG = (
    (rate("0"), InvalidInput, ("rate",)),
    (rate("-0.92"), InvalidInput, ("rate",)),
    (rate("0.00000000001"), InvalidInput, ("rate",)),
    (rate("10000000"), InvalidInput, ("rate",)),
    (rate(currency="XXQ"), InvalidInput, ("currency",)),
    (rate(currency="usd"), InvalidInput, ("currency",)),
    (rate(base="EURO"), InvalidInput, ("baseCurrency",)),
    (rate(currency="EUR"), InvalidInput, ("baseCurrency",)),
    (rate(note="x" * 201), InvalidInput, ("note",)),
    (rate("0.91", "GBP"), Duplicate, ()),
)


async def test_what_is_wrong_with_each_rate_is_said_and_none_is_set(database, now):
    for wrong, error, path in WRONG:
        done = await set_(now, rate("0.91", "GBP", day=date(2026, 3, 1)), rate("0.92", "GBP"), wrong)
        ((place, refusal),) = done.refused.items()
        assert isinstance(refusal, error)
        assert (place, refusal.path) == (2, path)
    assert await CurrencyRate.all().count() == 0
    assert await Event.all().count() == 0


async def test_none_and_too_many_are_refused(database, now):
    with pytest.raises(RequiredInput):
        await set_(now)
    with pytest.raises(LimitExceeded):
        await set_(now, *[rate()] * (MOST_RATES + 1))


async def test_a_removed_rate_lets_the_one_before_it_be_in_force(database, now):
    done = await set_(now, rate("0.90", day=date(2026, 1, 1)), rate("0.92"))
    async with change(now=now, actor=CLERK) as unit:
        await remove_rate_in(unit, done.rates[1].id)
    assert await force() == Decimal("0.9")
    *_, told = await Event.all().order_by("id")
    assert told.message == "Rate removed: 1 USD = 0.92 EUR from 2026-03-02."
    with pytest.raises(NotFound):
        async with change(now=now, actor=CLERK) as unit:
            await remove_rate_in(unit, done.rates[1].id)
