"""Moments as the simulator keeps them: whole milliseconds since 1970, and their spelling on the wire."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_MINUTES: Final = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60)]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
ISO_8601: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def to_milliseconds(moment: datetime) -> int:
    """Return the milliseconds since 1970 of an aware moment, fractions cut off."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def to_datetime(milliseconds: int) -> datetime:
    """Return the moment, aware and in UTC. Raises OverflowError outside the calendar."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def wire_time(milliseconds: int) -> str:
    """Spell a moment as Amazon does: ``2026-01-31T09:30:00.000Z``. Raises OverflowError outside the calendar."""
    day, rest = divmod(milliseconds, DAY)
    minutes, rest = divmod(rest, MINUTE)
    return f"{_date(day)}T{_MINUTES[minutes]}:{rest // SECOND:02}.{rest % SECOND:03}Z"


def http_date(milliseconds: int) -> str:
    """Spell a moment as a Date header does."""
    return format_datetime(to_datetime(milliseconds), usegmt=True)


@lru_cache(maxsize=4_096)
def _date(day: int) -> str:
    return to_datetime(day * DAY).date().isoformat()


def parse_time(text: str) -> datetime | None:
    """Read a date and time of ISO 8601, or return nothing. One without a zone is taken as UTC."""
    if not ISO_8601.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
