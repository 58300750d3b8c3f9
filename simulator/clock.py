"""The simulator's own time: it runs at any rate, stands still, jumps ahead and back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from simulator.instants import SECOND, to_datetime, to_milliseconds

EARLIEST: Final = to_milliseconds(datetime(2000, 1, 1, tzinfo=UTC))
LATEST: Final = to_milliseconds(datetime(2200, 1, 1, tzinfo=UTC))


SLOWEST: Final = 0.000001  # 86 ms in a day; what is slower stands still


class TimeOutOfRange(ValueError):
    """A moment before 2000 or after 2199, which no order of this world can have, or a rate too slow to be seen."""


class KeptClock(msgspec.Struct):
    """The time as a snapshot keeps it."""

    now: Annotated[int, Meta(ge=EARLIEST, le=LATEST)]
    rate: Annotated[float, Meta(ge=0)]


class SimulatedClock:
    """Virtual time, driven by a monotonic clock of the machine that it is given.

    ``monotonic`` answers seconds; a constant function makes a clock that only moves when told to.
    """

    def __init__(self, *, monotonic: Callable[[], float], start: datetime, rate: float = 1.0) -> None:
        self._monotonic = monotonic
        self._base = _within_range(to_milliseconds(start))
        self._since = monotonic()
        self._rate = _within_rates(rate)

    @property
    def rate(self) -> float:
        """Virtual seconds for each second of the machine; 0 stands still."""
        return self._rate

    def milliseconds(self) -> int:
        """Return the virtual time in milliseconds since 1970; it stops at the end of the range."""
        passed = (self._monotonic() - self._since) * self._rate * SECOND
        return min(self._base + int(passed), LATEST)

    def now(self) -> datetime:
        """Return the virtual time, in UTC."""
        return to_datetime(self.milliseconds())

    def advance(self, seconds: float) -> None:
        """Jump ahead by some seconds. Raises TimeOutOfRange or ValueError for a step back."""
        if seconds < 0:
            raise ValueError("time advances by zero or more seconds")
        if seconds > (LATEST - EARLIEST) / SECOND:
            raise TimeOutOfRange("the clock runs from 2000 to 2199")
        self._restart(_within_range(self.milliseconds() + round(seconds * SECOND)))

    def set(self, now: datetime) -> None:
        """Jump to a moment, ahead or back. Raises TimeOutOfRange."""
        self._restart(_within_range(to_milliseconds(now)))

    def run_at(self, rate: float) -> None:
        """Run this many times as fast as the machine's clock from now on; 0 stands still.

        Raises TimeOutOfRange for a rate between 0 and SLOWEST, and ValueError for less than 0.
        """
        self._restart(self.milliseconds())
        self._rate = _within_rates(rate)

    def twin(self) -> "SimulatedClock":
        """Return a clock of the same time and rate, driven by the same clock of the machine."""
        return SimulatedClock(monotonic=self._monotonic, start=self.now(), rate=self._rate)

    def keep(self) -> Any:
        """Return the time and the rate."""
        return msgspec.to_builtins(KeptClock(self.milliseconds(), self._rate))

    def restore(self, kept: Any) -> None:
        """Go on from the time that was kept. Raises msgspec.ValidationError."""
        clock = msgspec.convert(kept, KeptClock)
        try:
            self._rate = _within_rates(clock.rate)
        except TimeOutOfRange as error:
            raise msgspec.ValidationError(f"{error} - at `$.rate`") from error
        self._restart(clock.now)

    def _restart(self, base: int) -> None:
        self._base = base
        self._since = self._monotonic()


def _within_rates(rate: float) -> float:
    if rate < 0:
        raise ValueError("time runs at a rate of zero or more")
    if 0 < rate < SLOWEST:
        raise TimeOutOfRange(f"time stands still at 0, or runs at {SLOWEST:f} or more")
    return rate


def _within_range(milliseconds: int) -> int:
    if not EARLIEST <= milliseconds <= LATEST:
        raise TimeOutOfRange("the clock runs from 2000 to 2199")
    return milliseconds
