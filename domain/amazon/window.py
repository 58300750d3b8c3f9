"""Which slice of Amazon's time a pass asks for, and how far it then has read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MAX_PAGES: Final = 20  # searchOrders allows a burst of 20 calls (Orders API v2026-01-01, usage plan)
FEW_PAGES: Final = 5
OVERLAP: Final = timedelta(seconds=600)  # changes may appear minutes late in a search
SETTLE: Final = timedelta(minutes=3)  # an upper bound less than 2 minutes old is refused; one more for skew
INITIAL_SPAN: Final = timedelta(days=1)
MIN_SPAN: Final = timedelta(seconds=1)
MAX_SPAN: Final = timedelta(days=64)
GROWTH: Final = 4  # a quiet quarter is read in five calls: each one costs three minutes of quota


@dataclass(frozen=True, slots=True)
class Window:
    """The bounds of lastUpdatedTime that a pass sends, both inclusive (Amazon time)."""

    lower: datetime
    upper: datetime


def next_window(
    *, watermark: datetime, amazon_now: datetime, overlap: timedelta = OVERLAP, span: timedelta = INITIAL_SPAN
) -> Window | None:
    """Return what to read next, or None while nothing beyond the watermark has settled (also if the clock went back).

    The overlap reaches back from the watermark and the span forward from it, so even the narrowest slice moves on.
    """
    upper = min(watermark + span, amazon_now - SETTLE)
    return Window(watermark - overlap, upper) if upper > watermark else None


def advance(*, window: Window, echoed_before: datetime | None, watermark: datetime) -> datetime:
    """Return the watermark after the last page of a window is stored: the bound sent or echoed, never backwards."""
    reached = window.upper if echoed_before is None else min(window.upper, echoed_before)
    return max(watermark, reached)


def span_after(*, span: timedelta, pages: int, finished: bool) -> timedelta:
    """Return how wide the next slice may be, in whole seconds.

    Half as wide after a slice that was given up at `MAX_PAGES`, `GROWTH` times as wide after one of few pages.
    """
    seconds = int(span.total_seconds())
    if not finished:
        return max(MIN_SPAN, timedelta(seconds=seconds // 2))
    if pages <= FEW_PAGES:
        return min(MAX_SPAN, timedelta(seconds=max(1, seconds) * GROWTH))
    return span


def page_limit(*, span: timedelta) -> int | None:
    """Return after how many pages a slice is given up; None for the narrowest one, which has to be read to its end."""
    return MAX_PAGES if span > MIN_SPAN else None
