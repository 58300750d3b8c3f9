"""Telling Amazon how many there are, listing by listing, while all of an account's orders are known."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from api.worker.order_reads import rejected_credentials
from api.worker.worker import QuotaSpent, Worker
from domain.accounts import budgets
from domain.accounts.global_settings import is_read_only
from domain.accounts.records import Account
from domain.catalog.listing_records import Listing
from domain.channel import stock_push
from domain.channel.stock_push import Push
from domain.errors import CredentialsRejected, MarketplaceError, MarketplaceRejected

_LOG: Final = logging.getLogger(__name__)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_AT_A_TIME: Final = 50
_SEARCHED_LATE: Final = timedelta(minutes=5)  # Amazon's search hides what changed in the last two minutes


async def stock_due(worker: Worker) -> int:
    """Push the numbers that are due; return how many messages went out. None in read-only mode."""
    due = await stock_push.due_listings(now=worker.now(), limit=_AT_A_TIME)
    if not due or await is_read_only():
        return 0
    account = attrgetter("account_id")
    return sum(
        [
            await _of_account(worker, account_id, list(of_account))
            for account_id, of_account in groupby(sorted(due, key=account), key=account)
        ]
    )


async def _of_account(worker: Worker, account_id: int, due: Sequence[Listing]) -> int:
    account = await Account.get(id=account_id)
    read_until = worker.amazon.amazon_now(account.region) - 2 * worker.limits.interval - _SEARCHED_LATE
    if not await stock_push.is_up_to_date(account, since=read_until):
        return 0
    sent = 0
    for listing in due:
        try:
            sent += await push_one(worker, account, listing.id)
        except QuotaSpent:
            break
    return sent


async def push_one(worker: Worker, account: Account, listing_id: int) -> bool:
    """Push the number of one listing, and record Amazon's answer; False if Amazon has it already.

    The same number sent again is the same number: a message whose answer was lost is simply repeated.
    Raises QuotaSpent before anything is sent.
    """
    if await stock_push.put_right(listing_id, now=worker.now()):
        return False
    push: Push | None = None
    try:
        async with worker.quota(account, budgets.PATCH_LISTINGS_ITEM):
            push = await stock_push.take_push(listing_id, now=worker.now())
            if push is None:
                return False
            submission_id = await worker.amazon.listings.set_quantity(
                worker.seller(account),
                seller_id=account.seller_id or "",
                sku=push.seller_sku,
                marketplace_ids=push.marketplace_ids,
                quantity=push.offered.quantity,
            )
    except MarketplaceError as error:
        if push is None:
            raise
        await _not_taken(worker, account, push, error)
        return True
    await stock_push.pushed(push, submission_id=submission_id, now=worker.now())
    return True


async def _not_taken(worker: Worker, account: Account, push: Push, error: MarketplaceError) -> None:
    now = worker.now()
    if isinstance(error, CredentialsRejected):
        await rejected_credentials(worker, account, worker.seller(account))
        retry_at = now + worker.limits.interval
    elif isinstance(error, MarketplaceRejected):
        _LOG.error("a number was refused (%s, request %s)", error.amazon_code, error.request_id)
        await stock_push.not_pushed(push, why=error.message, retry_at=None, now=now)
        return
    else:
        pause = worker.backoff(push.attempts, longest=_LONGEST_PAUSE)
        retry_at = now + max(pause, timedelta(seconds=error.retry_after or 0.0))
    await stock_push.not_pushed(push, why=error.message, retry_at=retry_at, now=now)
