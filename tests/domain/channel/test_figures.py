"""The figures of the dashboard against a naive addition over all orders, in random worlds."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from domain.accounts.records import Store
from domain.amazon.display import DisplayStatus, ImportState
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonOrder
from domain.channel.figures import sales_of, totals_of
from domain.channel.revenue import change_percent, period_start, sales_of_period
from domain.money import Money
from tests.counted import rounds
from tests.domain.channel.stage import Stage

CURRENCIES = ("EUR", "JPY", "USD", None)
NOT_SOLD = {"CANCELED", "ERROR"}


def order(store: Store, number: int, **values) -> AmazonOrder:
    given = {
        "account_id": store.account_id,
        "store_id": store.id,
        "number": f"902-0000000-{number:07d}",
        "amazon_status": AmazonOrderStatus.UNSHIPPED,
        "display_status": DisplayStatus.UNSHIPPED,
        "import_state": ImportState.NEW,
        "fulfillment_channel": FulfillmentChannel.MERCHANT,
        "facts_hash": "x",
        "currency": "EUR",
        "total_minor": 1000,
    }
    at = values["purchased_at"]
    return AmazonOrder(**given | {"updated_at": at, "fetched_at": at, "seen_at": at} | values)


def world(chance: random.Random, store: Store, now: datetime, first: int) -> list[AmazonOrder]:
    """Return orders of three months, many of them right at the edges of UTC days."""
    edges = [timedelta(), timedelta(milliseconds=-1), timedelta(milliseconds=1), timedelta(hours=chance.randrange(24))]
    midnight = datetime.combine(now.date(), datetime.min.time(), UTC)
    return [
        order(
            store,
            first + at,
            purchased_at=midnight + timedelta(days=1 - chance.randrange(70)) + chance.choice(edges),
            display_status=chance.choice(list(DisplayStatus)),
            currency=chance.choice(CURRENCIES),
            total_minor=chance.choice([None, 0, 1, 99, chance.randrange(10**9)]),
        )
        for at in range(chance.randrange(40))
    ]


def naive(orders: list[AmazonOrder], currency: str, first: date, last: date) -> list[tuple[int, int]]:
    """Return the sum and the number of each day's orders, looked at one by one."""
    found = []
    while first <= last:
        counted = [
            one.total_minor
            for one in orders
            if one.purchased_at.date() == first
            and one.currency == currency
            and one.total_minor is not None
            and one.display_status not in NOT_SOLD
        ]
        found.append((sum(counted), len(counted)))
        first += timedelta(days=1)
    return found


async def test_the_figures_are_what_adding_up_all_orders_gives(stage: Stage, show):
    played = rounds(250)
    for seed in range(played):
        chance = random.Random(seed)
        now = stage.now + timedelta(seconds=chance.randrange(86400))
        currency = chance.choice(["EUR", "JPY", "USD"])
        await AmazonOrder.all().delete()
        await Store.filter(id=stage.store.id).update(currency=currency)
        store = await Store.get(id=stage.store.id)
        orders = world(chance, store, now, 1)
        await AmazonOrder.bulk_create(orders)

        totals = await totals_of(store)
        assert totals.orders == len(orders)
        assert dict(totals.by_status) == {
            status: sum(one.display_status is status for one in orders)
            for status in {one.display_status for one in orders}
        }
        sums = {money.currency: money.minor for money in totals.lifetime}
        assert totals.lifetime[0].currency == currency
        for code in ("EUR", "JPY", "USD"):
            everything = sum(minor for minor, _ in naive(orders, code, date(2025, 1, 1), date(2026, 12, 31)))
            assert sums.get(code, 0) == everything, (seed, code)

        for days in (7, 30):
            by_currency = {sales.currency: sales for sales in await sales_of(store, now=now, days=days)}
            start = now.date() - timedelta(days=days - 1)
            for code in ("EUR", "JPY", "USD"):
                expected = naive(orders, code, start, now.date())
                before = naive(orders, code, start - timedelta(days=days), start - timedelta(days=1))
                if code not in by_currency:
                    assert code != currency
                    assert not any(count for _, count in expected + before)
                    continue
                sales = by_currency[code]
                assert [(day.minor, day.orders) for day in sales.days] == expected, (seed, code, days)
                assert [day.day for day in sales.days] == [start + timedelta(days=at) for at in range(days)]
                assert sales.previous_minor == sum(minor for minor, _ in before)
                assert sales.minor == sum(minor for minor, _ in expected)
                assert sales.orders == sum(count for _, count in expected)
                assert sales.change == change_percent(sales.minor, before=sales.previous_minor)
    show(f"figures of {played} random worlds: as by hand")


async def test_another_stores_orders_do_not_count(stage: Stage):
    await Store.filter(id=stage.store.id).update(currency="EUR")
    other = await Store.create(
        account_id=stage.store.account_id,
        marketplace_id="A1F83G8C2ARO7P",
        name="Other",
        country_code="GB",
        currency="GBP",
        connected_at=stage.now,
        cutoff_at=stage.now,
    )
    await order(other, 1, purchased_at=stage.now).save()
    assert (await totals_of(stage.store)).lifetime == (Money(0, "EUR"),)
    assert (await totals_of(other)).lifetime == (Money(0, "GBP"), Money(1000, "EUR"))


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (0, 0, "0.00"),
        (5, 0, "100.00"),
        (0, 5, "-100.00"),
        (10, 10, "0.00"),
        (15, 10, "50.00"),
        (2, 3, "-33.33"),
        (1, 3, "-66.67"),
        (100_005, 100_000, "0.01"),  # half up
        (3, 1, "200.00"),
    ],
)
def test_the_change_is_by_the_rule(now: int, before: int, change: str):
    assert str(change_percent(now, before=before)) == change


def test_the_change_is_exact_for_any_amounts():
    chance = random.Random(3)
    for _ in range(200):
        now, before = chance.randrange(10**12), chance.randrange(1, 10**12)
        exact = 100 * (Fraction(now, before) - 1)
        assert abs(Fraction(change_percent(now, before=before)) - exact) <= Fraction(1, 200) + Fraction(1, 10**12)


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2026, 3, 2, 0, 0, tzinfo=UTC), datetime(2026, 2, 24, tzinfo=UTC)),
        (datetime(2026, 3, 2, 23, 59, 59, 999_000, tzinfo=UTC), datetime(2026, 2, 24, tzinfo=UTC)),
        (datetime.fromisoformat("2026-03-03T00:30:00+01:00"), datetime(2026, 2, 24, tzinfo=UTC)),
    ],
)
def test_a_period_ends_today_by_utc(now: datetime, start: datetime):
    assert period_start(now, days=7) == start


def test_the_stores_own_currency_is_there_without_sales(now: datetime):
    (only,) = sales_of_period([], now=now, days=30, currency="JPY")
    assert (only.currency, only.minor, only.previous_minor, only.change) == ("JPY", 0, 0, Decimal("0.00"))
    assert len(only.days) == 30
