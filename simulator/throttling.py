"""Amazon's usage plans: a token bucket for each operation, application and seller, in virtual time."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

UNITS: Final = 10_000_000  # of one token, so that every published rate refills whole units each millisecond


@dataclass(frozen=True, slots=True)
class Plan:
    """The published rate in requests a second, as Amazon prints it, and the burst."""

    rate: str
    burst: int

    @property
    def refill(self) -> int:
        """Units that come back each millisecond."""
        return int(Decimal(self.rate) * UNITS / 1_000)


@dataclass(slots=True)
class Bucket:
    """What is left of a burst, and since when."""

    units: int
    since: int


class Quotas:
    """All buckets; each starts full. Time set back neither fills nor empties one."""

    def __init__(self) -> None:
        self.is_enabled = True
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def grants(self, plan: Plan, *, operation: str, client_id: str, seller: str, now: int) -> bool:
        """Take one request out of the bucket, or say that it is empty."""
        if not self.is_enabled:
            return True
        full = plan.burst * UNITS
        bucket = self._buckets.setdefault((operation, client_id, seller), Bucket(full, now))
        bucket.units = min(full, bucket.units + max(0, now - bucket.since) * plan.refill)
        bucket.since = now
        if bucket.units < UNITS:
            return False
        bucket.units -= UNITS
        return True
