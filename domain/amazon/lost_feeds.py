"""Which of the feeds that Amazon lists is the one whose id was lost, where that is certain enough to follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.amazon.records import FeedState, FeedSubmission

LOOK_BACK: Final = timedelta(days=1)
"""How far back the list is read, to see whether somebody else sends feeds of the type too.

By its quota of createFeed (0.0083 a second, burst 15) one application sends at most some 730 feeds a day.
"""

_EARLY: Final = timedelta(minutes=2)  # Amazon's clock as we know it may be ahead of the one that stamps a feed
_LATE: Final = timedelta(minutes=5)  # that, and the call on its way
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed as Amazon lists it (Feeds API v2021-06-30, Feed); None where Amazon does not say it, or unreadably."""

    feed_id: str
    created_at: datetime | None = None
    marketplaces: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """It is this one."""

    feed_id: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Amazon lists none that it may be."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may be one of several, or somebody else's; `why` names them for a person."""

    why: str


async def recognise(lost: FeedSubmission, listed: Sequence[ListedFeed], *, is_whole: bool) -> Found | Missing | Unclear:
    """Return which of the feeds that Amazon lists of the type since `LOOK_BACK` is the one whose id was lost.

    Amazon does not say from which document a feed was made: it is told by its time and its marketplaces, and because
    nobody else sends such feeds for the account. Without `is_whole` Amazon lists more than was read.
    """
    ours = FeedSubmission.filter(account_id=lost.account_id)
    known = set(map(str, await ours.filter(feed_id__isnull=False).values_list("feed_id", flat=True)))
    # An id that was never found is ours as well, and is not to be taken for this one's.
    others = await ours.filter(feed_type=lost.feed_type, feed_id__isnull=True, state=FeedState.PARKED)
    unknown = list({feed.feed_id: feed for feed in listed if feed.feed_id not in known}.values())
    candidates = [feed for feed in unknown if _may_be(lost, feed)]
    if not candidates:
        return Missing()
    named = ", ".join(sorted(feed.feed_id for feed in candidates)[:_MOST_NAMED])
    explained = [feed for feed in unknown if any(_may_be(other, feed) for other in others)]
    if len(candidates) > 1 or candidates[0] in explained:
        return Unclear(f"Amazon lists feeds that this one may be, or another of ours: {named}.")
    if not is_whole or any(feed not in explained for feed in unknown if feed not in candidates):
        return Unclear(
            f"Amazon lists feed {named} that it may be, but another program sends such feeds for the account too."
        )
    return Found(candidates[0].feed_id)


def _may_be(lost: FeedSubmission, feed: ListedFeed) -> bool:
    began = lost.post_started_at or lost.created_at
    in_time = feed.created_at is None or began - _EARLY <= feed.created_at <= began + _LATE
    ours = frozenset((lost.marketplaces or "").split(","))
    return in_time and feed.marketplaces in (None, ours)
