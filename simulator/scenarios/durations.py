"""How a scenario spells a span of time: ``90s``, ``5m``, ``1h30m``, ``2d``."""

import re
from typing import Final

from simulator.instants import DAY, HOUR, MINUTE, SECOND

SPELLING: Final = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,6})(?:[.](\d{1,3}))?s)?", re.ASCII)
HOW_TO_WRITE: Final = "write a time after the start such as 0s, 90s, 5m, 1h30m or 2d"


def read_duration(text: str) -> int | None:
    """Return the milliseconds that a span has, or nothing if it is not spelt like one."""
    found = SPELLING.fullmatch(text)
    if not text or found is None:
        return None
    days, hours, minutes, seconds, fraction = found.groups(default="0")
    whole = int(days) * DAY + int(hours) * HOUR + int(minutes) * MINUTE + int(seconds) * SECOND
    return whole + int(fraction.ljust(3, "0"))


def spell_duration(milliseconds: int) -> str:
    """Spell a span of time as a scenario does."""
    rest, words = milliseconds, ""
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        count, rest = divmod(rest, unit)
        words += f"{count}{letter}" if count else ""
    seconds, fraction = divmod(rest, SECOND)
    if fraction:
        return f"{words}{seconds}.{fraction:03d}s"
    return f"{words}{seconds}s" if seconds or not words else words
