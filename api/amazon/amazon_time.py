"""Amazon's time, as its Date headers tell it: right with a simulated Amazon and with a clock here that is wrong."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx2

from domain.accounts.regions import Region


class Clock(Protocol):
    """Business time."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        ...


def date_of(response: httpx2.Response) -> datetime | None:
    """Return when Amazon answered, to the second; None without a readable Date header."""
    try:
        told = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


class AmazonTime:
    """How far Amazon's clock is from ours, per region, learned from every answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offsets: dict[Region, timedelta] = {}

    def observe(self, region: Region, response: httpx2.Response) -> datetime:
        """Learn from an answer and return when Amazon gave it."""
        told = date_of(response)
        if told is not None:
            self._offsets[region] = told - self._clock.now()
        return told or self.now(region)

    def now(self, region: Region) -> datetime:
        """Return Amazon's time; ours until the region has answered for the first time."""
        return self._clock.now() + self._offsets.get(region, timedelta())
