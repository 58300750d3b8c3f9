from datetime import UTC, datetime, timedelta

import pytest

from domain.accounts.marketplace_days import ZONES, days_of
from domain.accounts.marketplaces import MARKETPLACES


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_every_marketplace_has_a_time_zone():
    assert {place.country_code for place in MARKETPLACES.values()} == set(ZONES)


@pytest.mark.parametrize(
    ("country", "now", "today_ends", "tomorrow_ends"),
    [
        # 23:59 in Los Angeles is 07:59 of the next day by UTC.
        ("US", "2026-03-03T07:59:59Z", "2026-03-03T08:00:00Z", "2026-03-04T08:00:00Z"),
        ("US", "2026-03-03T08:00:00Z", "2026-03-04T08:00:00Z", "2026-03-05T08:00:00Z"),
        ("JP", "2026-03-02T14:59:59Z", "2026-03-02T15:00:00Z", "2026-03-03T15:00:00Z"),
        ("DE", "2026-03-28T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),  # a day of 23 hours follows
        ("DE", "2026-10-25T12:00:00Z", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z"),  # on a day of 25 hours
        ("GB", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
        ("IN", "2026-03-02T18:29:59Z", "2026-03-02T18:30:00Z", "2026-03-03T18:30:00Z"),
    ],
)
def test_a_day_ends_at_the_marketplaces_midnight(country: str, now: str, today_ends: str, tomorrow_ends: str):
    days = days_of(country, now=at(now))
    assert (days.today_ends, days.tomorrow_ends) == (at(today_ends), at(tomorrow_ends))


def test_days_follow_each_other_all_year_round():
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for country in ZONES:
        for ahead in range(0, 365, 7):
            days = days_of(country, now=now + timedelta(days=ahead))
            assert now + timedelta(days=ahead) < days.today_ends < days.tomorrow_ends
            assert timedelta(hours=23) <= days.tomorrow_ends - days.today_ends <= timedelta(hours=25)
