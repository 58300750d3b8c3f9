"""Our copy of Amazon's token buckets."""

from datetime import datetime, timedelta
from decimal import Decimal

import strawberry

from domain.accounts.budgets import PLANS
from domain.accounts.records import ApiBudget as Budget


@strawberry.type(
    description="Our copy of one of Amazon's token buckets: why a sync waits. All stores of an account share it."
)
class ApiBudget:
    """A bucket at an instant."""

    operation: str = strawberry.field(description="Amazon's operation, e.g. searchOrders.")
    rate_per_second: Decimal = strawberry.field(description="How many calls a second fill it.")
    burst: int = strawberry.field(description="How many calls it holds when full.")
    available: Decimal = strawberry.field(description="How many calls it holds now.")
    next_token_at: datetime | None = strawberry.field(
        description="When it holds the next whole call; null while it holds one."
    )


def budgets_at(stored: list[Budget], now: datetime) -> list[ApiBudget]:
    """Return every bucket as it is now; one that was never used is full."""
    known = {budget.operation: budget for budget in stored}
    return [
        _budget(known[operation], now) if operation in known else _full(operation, plan.rate, plan.burst)
        for operation, plan in PLANS.items()
    ]


def _budget(stored: Budget, now: datetime) -> ApiBudget:
    elapsed = max(0.0, (now - stored.tokens_at).total_seconds())
    tokens = min(float(stored.burst), stored.tokens + elapsed * stored.rate)
    waits = timedelta(seconds=(1 - tokens) / stored.rate)
    return ApiBudget(
        operation=stored.operation,
        rate_per_second=_exact(stored.rate),
        burst=stored.burst,
        available=_exact(tokens),
        next_token_at=None if tokens >= 1 else max(now, stored.tokens_at) + waits,
    )


def _full(operation: str, rate: float, burst: int) -> ApiBudget:
    return ApiBudget(
        operation=operation, rate_per_second=_exact(rate), burst=burst, available=Decimal(burst), next_token_at=None
    )


def _exact(number: float) -> Decimal:
    return Decimal(f"{number:.4f}")
