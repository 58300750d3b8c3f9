"""Our copy of Amazon's token buckets, asked before a call so that a storm of refusals costs one refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from domain.accounts.records import ApiBudget
from domain.change import change
from domain.timeline import SYSTEM

_SLACK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """How often an operation may be called: `rate` a second on average, `burst` at once."""

    rate: float
    burst: int


SEARCH_ORDERS: Final = "searchOrders"
GET_ORDER: Final = "getOrder"
CONFIRM_SHIPMENT: Final = "confirmShipment"
CREATE_FEED_DOCUMENT: Final = "createFeedDocument"
CREATE_FEED: Final = "createFeed"
GET_FEED: Final = "getFeed"
GET_FEEDS: Final = "getFeeds"
GET_FEED_DOCUMENT: Final = "getFeedDocument"
PATCH_LISTINGS_ITEM: Final = "patchListingsItem"

PLANS: Final[Mapping[str, Plan]] = MappingProxyType(
    {
        SEARCH_ORDERS: Plan(0.0056, 20),
        GET_ORDER: Plan(0.5, 30),
        CONFIRM_SHIPMENT: Plan(2.0, 10),
        CREATE_FEED_DOCUMENT: Plan(0.5, 15),
        CREATE_FEED: Plan(0.0083, 15),
        GET_FEED: Plan(2.0, 15),
        GET_FEEDS: Plan(0.0222, 10),
        GET_FEED_DOCUMENT: Plan(0.0222, 10),
        PATCH_LISTINGS_ITEM: Plan(5.0, 5),
    }
)
"""The published usage plans (Orders API v2026-01-01 and v0, Feeds API v2021-06-30, Listings Items API
v2021-08-01, Usage Plans and Rate Limits)."""


async def take(*, account_id: int, operation: str, at: datetime, now: datetime, spare: int = 0) -> float:
    """Take one token and return 0.0, or return the seconds until there is one; `at` is Amazon time.

    `spare` tokens are left for what matters more, as long as the bucket can hold them.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        budget = await _budget(account_id, operation, at)
        tokens = _refilled(budget, at)
        needed = min(1 + spare, budget.burst)
        if tokens >= needed:
            await _store(budget, tokens=tokens - 1, at=at)
            return 0.0
        if budget.tokens_at > at + _SLACK:  # Amazon's clock was set back: begin to count from here
            await _store(budget, tokens=tokens, at=at)
        ahead = max(0.0, min((budget.tokens_at - at).total_seconds(), _SLACK.total_seconds()))
        return (needed - tokens) / budget.rate + ahead


async def drain(*, account_id: int, operation: str, at: datetime, jitter: float, now: datetime) -> float:
    """Empty the bucket after Amazon said that it is; return the seconds to wait, `jitter` seconds included."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        budget = await _budget(account_id, operation, at)
        await _store(budget, tokens=0.0, at=at + timedelta(seconds=jitter))
        return 1 / budget.rate + jitter


async def learn_rate(*, account_id: int, operation: str, rate: float, at: datetime, now: datetime) -> None:
    """Keep the rate that Amazon says it allows; what has refilled so far counts at the old one."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        budget = await _budget(account_id, operation, at)
        if budget.rate != rate:
            await _store(budget, tokens=_refilled(budget, at), at=max(at, budget.tokens_at))
            await ApiBudget.filter(id=budget.id).update(rate=rate)


async def available(*, account_id: int, operation: str, at: datetime) -> tuple[float, float]:
    """Return how many tokens there are, and how many come back a second; `at` is Amazon time."""
    found = await ApiBudget.get_or_none(account_id=account_id, operation=operation)
    if found is None:
        return float(PLANS[operation].burst), PLANS[operation].rate
    return _refilled(found, at), found.rate


async def _budget(account_id: int, operation: str, at: datetime) -> ApiBudget:
    found = await ApiBudget.get_or_none(account_id=account_id, operation=operation)
    plan = PLANS[operation]
    return found or await ApiBudget.create(
        account_id=account_id,
        operation=operation,
        rate=plan.rate,
        burst=plan.burst,
        tokens=plan.burst,
        tokens_at=at,
    )


def _refilled(budget: ApiBudget, at: datetime) -> float:
    elapsed = max(0.0, (at - budget.tokens_at).total_seconds())
    return min(float(budget.burst), budget.tokens + elapsed * budget.rate)


async def _store(budget: ApiBudget, *, tokens: float, at: datetime) -> None:
    await ApiBudget.filter(id=budget.id).update(tokens=tokens, tokens_at=at)
