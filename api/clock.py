"""The service's clocks: business time may be simulated, machine time never is."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Business time: what stamps events and makes things due."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        ...


class WallClock:
    """The time of day."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        return datetime.now(UTC)


def machine_ms() -> int:
    """Return machine time in milliseconds, for leases: comparable between processes of one machine."""
    return time.time_ns() // 1_000_000
