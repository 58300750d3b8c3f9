"""Times as a person writes them on a command line."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from api.cli.endings import CommandFailed, Exit

_SPAN: Final = re.compile(r"(\d{1,5})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def instant_of(text: str, *, flag: str) -> datetime:
    """Return an instant such as 2026-03-02T09:00:00Z; refuse one that does not say its offset."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CommandFailed(
            f"{flag}: {text[:40]!r} is not a time with its offset; write it like 2026-03-02T09:00:00Z.",
            code=Exit.WRONG_USAGE,
        )
    return instant.astimezone(UTC)


def since(text: str, *, now: datetime, flag: str) -> datetime:
    """Return an instant, or the one so long ago: 90s, 30m, 12h, 7d."""
    span = _SPAN.fullmatch(text)
    if span is None:
        return instant_of(text, flag=flag)
    return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
