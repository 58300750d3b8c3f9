"""Following feeds at Amazon: the one whose id was lost is found, its end is awaited, its report is read."""

import logging
from asyncio import to_thread
from datetime import timedelta
from typing import Final

from api.amazon.processing_report import UnreadableReport, read_report
from api.worker.order_reads import rejected_credentials
from api.worker.worker import QuotaSpent, Worker
from domain.accounts import budgets
from domain.accounts.records import Account
from domain.amazon import feeds, lost_feeds
from domain.amazon.feed_report import FeedReport
from domain.amazon.lost_feeds import ListedFeed
from domain.amazon.records import FeedState, FeedSubmission
from domain.channel import feed_results
from domain.errors import CredentialsRejected, MarketplaceError, MarketplaceRejected, MarketplaceThrottled

_LOG: Final = logging.getLogger(__name__)
_TO_BE_LISTED: Final = timedelta(hours=1)
_TO_BE_PROCESSED: Final = timedelta(hours=6)
_FEWEST_LOOKS: Final = 5
_MOST_PAGES: Final = 10
_LIST_AGAIN: Final = timedelta(minutes=8)  # then getFeeds has all of its burst again, which the list may need
_LOST: Final = "Amazon's answer was lost."
_DONE: Final = "DONE"
_WITHDRAWN: Final = "CANCELLED"


async def follow_feed(worker: Worker, submission_id: int) -> bool:
    """Take the next step with a feed under way, whatever was the last one; False if the quota forbids it."""
    feed = await FeedSubmission.get(id=submission_id)
    now = worker.now()
    if feed.state is FeedState.COLLECTED:
        await feed_results.abandon(submission_id=feed.id, error=None, retry_at=now, now=now)
        return True
    if feed.state not in (FeedState.POSTED, FeedState.SUBMITTED):
        await feed_results.finish_closing(submission_id=feed.id, now=now)
        return True
    return await _follow(worker, await Account.get(id=feed.account_id), feed)


async def _follow(worker: Worker, account: Account, feed: FeedSubmission) -> bool:
    try:
        await _ask(worker, account, feed)
    except QuotaSpent as spent:
        pause = _LIST_AGAIN if feed.state is FeedState.POSTED else timedelta(seconds=spent.wait)
        await feeds.put_off(feed=feed, pause=pause, now=worker.now())
        return False
    except CredentialsRejected:
        await rejected_credentials(worker, account, worker.seller(account))
    except UnreadableReport as error:
        await _in_vain(worker, feed, f"Amazon's report cannot be read: {error}", patience=timedelta())
    except MarketplaceThrottled as error:
        await feeds.put_off(feed=feed, pause=timedelta(seconds=error.retry_after or 0), now=worker.now())
    except MarketplaceRejected as error:
        await _in_vain(worker, feed, error.message, patience=_TO_BE_LISTED)
    except MarketplaceError as error:
        await _in_vain(worker, feed, error.message, patience=_TO_BE_PROCESSED)
    return True


async def _ask(worker: Worker, account: Account, feed: FeedSubmission) -> None:
    if feed.state is FeedState.POSTED:
        await _find(worker, account, feed)
    elif feed.processing_status is None:
        await _look(worker, account, feed)
    else:
        await _read_results(worker, account, feed)


async def _find(worker: Worker, account: Account, feed: FeedSubmission) -> None:
    """Find the feed whose id was lost, or ask a person at once where it cannot be told from others."""
    listed, is_whole = await _listed(worker, account, feed)
    match await lost_feeds.recognise(feed, listed, is_whole=is_whole):
        case lost_feeds.Found(feed_id):
            _LOG.warning("a feed whose answer was lost is found")
            await feeds.submitted(submission_id=feed.id, feed_id=feed_id, now=worker.now())
        case lost_feeds.Unclear(why):
            await feed_results.park(submission_id=feed.id, why=f"{_LOST} {why}", now=worker.now())
        case lost_feeds.Missing():
            why = f"{_LOST} Amazon lists no feed that this one may be."
            await _in_vain(worker, feed, why, patience=_TO_BE_LISTED)


async def _listed(worker: Worker, account: Account, feed: FeedSubmission) -> tuple[list[ListedFeed], bool]:
    """Return the feeds of the type that Amazon lists, and whether these are all."""
    since = (feed.post_started_at or feed.created_at) - lost_feeds.LOOK_BACK
    listed: list[ListedFeed] = []
    token: str | None = None
    for _ in range(_MOST_PAGES):
        async with worker.quota(account, budgets.GET_FEEDS):
            page = await worker.amazon.feeds.list_feeds(
                worker.seller(account), feed_type=feed.feed_type, created_since=since, next_token=token
            )
        listed += page.feeds
        token = page.next_token
        if token is None:
            break
    return listed, token is None


async def _look(worker: Worker, account: Account, feed: FeedSubmission) -> None:
    async with worker.quota(account, budgets.GET_FEED):
        seen = await worker.amazon.feeds.get_feed(worker.seller(account), feed.feed_id or "")
    status, document_id, now = seen.processing_status, seen.result_feed_document_id, worker.now()
    if status == _WITHDRAWN:
        await feed_results.give_back(submission_id=feed.id, status=status, now=now)
    elif status == feed_results.FATAL or (status == _DONE and document_id):
        await feeds.processed(submission_id=feed.id, status=status, result_document_id=document_id, now=now)
    else:
        await _in_vain(worker, feed, "Amazon does not come to an end with what it was sent.", patience=_TO_BE_PROCESSED)


async def _read_results(worker: Worker, account: Account, feed: FeedSubmission) -> None:
    report = FeedReport()
    if feed.result_document_id:
        async with worker.quota(account, budgets.GET_FEED_DOCUMENT):
            place = await worker.amazon.feeds.get_feed_document(worker.seller(account), feed.result_document_id)
        report = await to_thread(read_report, await worker.amazon.feeds.download(place))
    await feed_results.apply_report(submission_id=feed.id, report=report, now=worker.now())
    for result in report.results:
        if result.is_error:
            words = MarketplaceRejected(result.words, amazon_code=result.code)
            worker.amazon.troubles.note(worker.seller(account), f"feed {feed.feed_type}", None, words)


async def _in_vain(worker: Worker, feed: FeedSubmission, why: str, *, patience: timedelta) -> None:
    """Look again later, unless the facts have settled all; ask a person once it was looked often and long enough."""
    now = worker.now()
    if feed.state is FeedState.SUBMITTED and not await feeds.awaits_results(feed.id):
        await feed_results.apply_report(submission_id=feed.id, report=FeedReport(), now=now)
        return
    if feed.attempts + 1 < _FEWEST_LOOKS or now - feed.created_at < patience:
        await feeds.put_off(feed=feed, why=why, now=now)
        return
    _LOG.error("a feed is parked: %s", why)
    await feed_results.park(submission_id=feed.id, why=why, now=now)
