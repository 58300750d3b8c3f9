"""Sending feeds to Amazon: one of a type an account at a time, so that a lost answer never sends anything twice."""

import logging
from datetime import timedelta
from typing import Final

from api.amazon.feeds import Place
from api.worker.feed_contents import contents_of
from api.worker.order_reads import rejected_credentials
from api.worker.worker import QuotaSpent, Worker
from domain.accounts import budgets
from domain.accounts.records import Account
from domain.amazon import feeds
from domain.amazon.records import FeedSubmission
from domain.channel import feed_results
from domain.errors import (
    CredentialsRejected,
    MarketplaceError,
    MarketplaceRejected,
    MarketplaceThrottled,
    MarketplaceUnavailable,
    MarketplaceUnreached,
)

_LOG: Final = logging.getLogger(__name__)
_NOT_NOW: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)


async def submit_feed(worker: Worker, account_id: int, feed_type: str) -> bool:
    """Send what is due of an account by a type of feed as one feed; False if nothing was sent.

    While the quota of createFeed is spent it gathers. A restart goes on from what is stored: `follow_feed`.
    """
    account = await Account.get(id=account_id)
    feed: FeedSubmission | None = None
    try:
        async with worker.quota(account, budgets.CREATE_FEED):
            place = await _place(worker, account, feed_type)
            if place is not None:
                feed = await feeds.collect(
                    account_id=account_id,
                    feed_type=feed_type,
                    document_id=place.feed_document_id,
                    now=worker.now(),
                )
            if place is None or feed is None:
                return False
            await _hand_over(worker, account, feed, place)
    except QuotaSpent:
        return False
    except MarketplaceError as error:
        if feed is None:
            raise
        await _not_handed_over(worker, account, feed, error)
    return True


async def _place(worker: Worker, account: Account, feed_type: str) -> Place | None:
    """Ask where the feed can be put; None if nothing can be sent now, and it is stored when or that it never can."""
    seller, now = worker.seller(account), worker.now()
    try:
        async with worker.quota(account, budgets.CREATE_FEED_DOCUMENT):
            return await worker.amazon.feeds.create_feed_document(seller)
    except QuotaSpent as spent:
        pause = timedelta(seconds=spent.wait)
    except CredentialsRejected:
        await rejected_credentials(worker, account, seller)
        return None
    except MarketplaceRejected as error:
        _LOG.error("a feed document was refused (%s, request %s)", error.amazon_code, error.request_id)
        if feed := await feeds.collect(account_id=account.id, feed_type=feed_type, document_id=None, now=now):
            await feed_results.refuse(submission_id=feed.id, error=error, now=now)
        return None
    except MarketplaceUnavailable as error:
        _LOG.warning("a feed waits: %s", error.message)
        pause = timedelta(seconds=error.retry_after) if error.retry_after else _NOT_NOW
    await feeds.put_off_sending(account_id=account.id, feed_type=feed_type, until=now + pause, now=now)
    return None


async def _hand_over(worker: Worker, account: Account, feed: FeedSubmission, place: Place) -> None:
    content = await contents_of(feed, merchant_id=account.seller_id)
    try:
        await worker.amazon.feeds.upload(place, content)
    except MarketplaceUnavailable as error:
        await _abandon(worker, feed, error)
        return
    at = worker.amazon.amazon_now(account.region)
    if not await feeds.posting(submission_id=feed.id, at=at, now=worker.now()):
        return
    feed_id = await worker.amazon.feeds.create_feed(
        worker.seller(account),
        feed_type=feed.feed_type,
        marketplace_ids=(feed.marketplaces or "").split(","),
        document_id=place.feed_document_id,
    )
    await feeds.submitted(submission_id=feed.id, feed_id=feed_id, now=worker.now())


async def _not_handed_over(worker: Worker, account: Account, feed: FeedSubmission, error: MarketplaceError) -> None:
    """Take a word of Amazon's for what it is; without one nobody knows, and only the list of feeds can tell."""
    _LOG.warning("createFeed: %s", error.message)
    if isinstance(error, CredentialsRejected):
        await rejected_credentials(worker, account, worker.seller(account))
        await _abandon(worker, feed, error)
    elif isinstance(error, MarketplaceRejected):
        await feed_results.refuse(submission_id=feed.id, error=error, now=worker.now())
    elif isinstance(error, MarketplaceThrottled | MarketplaceUnreached):
        await _abandon(worker, feed, error)


async def _abandon(worker: Worker, feed: FeedSubmission, error: MarketplaceError) -> None:
    pause = worker.backoff(feed.attempts, longest=_LONGEST_PAUSE)
    if error.retry_after is not None:
        pause = timedelta(seconds=error.retry_after)
    now = worker.now()
    await feed_results.abandon(submission_id=feed.id, error=error, retry_at=now + pause, now=now)
