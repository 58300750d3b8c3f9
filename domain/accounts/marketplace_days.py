"""When a day ends on a marketplace: ship-by dates are kept by its clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

_PACIFIC: Final = "America/Los_Angeles"

ZONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "US": _PACIFIC,  # the time that Amazon reports the North American marketplaces in
        "CA": _PACIFIC,
        "MX": _PACIFIC,
        "BR": "America/Sao_Paulo",
        "GB": "Europe/London",
        "DE": "Europe/Berlin",
        "FR": "Europe/Paris",
        "IT": "Europe/Rome",
        "ES": "Europe/Madrid",
        "NL": "Europe/Amsterdam",
        "BE": "Europe/Brussels",
        "IE": "Europe/Dublin",
        "SE": "Europe/Stockholm",
        "PL": "Europe/Warsaw",
        "TR": "Europe/Istanbul",
        "EG": "Africa/Cairo",
        "SA": "Asia/Riyadh",
        "AE": "Asia/Dubai",
        "IN": "Asia/Kolkata",
        "ZA": "Africa/Johannesburg",
        "JP": "Asia/Tokyo",
        "AU": "Australia/Sydney",
        "SG": "Asia/Singapore",
    }
)
"""The time zone of each marketplace by its country.

Amazon's latest ship time is an instant (`shipByWindow.latestDateTime`, Orders API v2026-01-01), set to the end of a day
on the marketplace: whether it has passed needs no zone, but "today" is the marketplace's. A deadline in the United
States at 23:59 would be tomorrow by UTC, and its orders would be packed a day late.
"""


@dataclass(frozen=True, slots=True)
class Days:
    """When today and tomorrow end somewhere, as instants; a day with a change of the clocks is as long as it is."""

    today_ends: datetime
    tomorrow_ends: datetime


def days_of(country_code: str, *, now: datetime) -> Days:
    """Return when the days end on the marketplace of a country."""
    zone = ZoneInfo(ZONES[country_code])
    today = now.astimezone(zone).date()
    ends = [datetime.combine(today + timedelta(days=ahead), time(), zone).astimezone(UTC) for ahead in (1, 2)]
    return Days(*ends)
