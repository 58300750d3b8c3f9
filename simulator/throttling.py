"""Amazon's usage plans: a token bucket for each operation, application and seller, in virtual time."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

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


class KeptBucket(msgspec.Struct, array_like=True):
    """A bucket as a snapshot keeps it."""

    operation: str
    client_id: str
    seller: str
    units: Annotated[int, Meta(ge=0)]
    since: int


class KeptQuotas(msgspec.Struct, rename="camel"):
    """All buckets as a snapshot keeps them."""

    is_enabled: bool
    buckets: list[KeptBucket]


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

    def keep(self) -> Any:
        """Return what is left in each bucket."""
        buckets = [KeptBucket(*names, bucket.units, bucket.since) for names, bucket in self._buckets.items()]
        return msgspec.to_builtins(KeptQuotas(self.is_enabled, buckets))

    def restore(self, kept: Any) -> None:
        """Become what was kept. Raises msgspec.ValidationError."""
        quotas = msgspec.convert(kept, KeptQuotas)
        self.is_enabled = quotas.is_enabled
        self._buckets = {
            (one.operation, one.client_id, one.seller): Bucket(one.units, one.since) for one in quotas.buckets
        }
