"""One order read again because somebody asked for it."""

import logging
from datetime import timedelta
from typing import Final

from api.worker.sync import rejected_credentials, store_order
from api.worker.worker import QuotaSpent, Worker
from domain.accounts import budgets
from domain.accounts.records import Account, Store, SyncRun
from domain.accounts.sync_requests import finish_order_run, postpone_order_run, take_order_runs
from domain.errors import CredentialsRejected, MarketplaceRejected, MarketplaceThrottled, MarketplaceUnavailable

_LOG: Final = logging.getLogger(__name__)
_PATIENCE: Final = timedelta(minutes=15)


async def read_orders(worker: Worker) -> int:
    """Read the orders again that were asked for, as far as the quota goes; return how many runs were closed."""
    taken = await take_order_runs(limit=worker.limits.order_reads_a_pass, now=worker.now())
    return sum([await _read(worker, run) for run in taken])


async def _read(worker: Worker, run: SyncRun) -> bool:
    account, store = await Account.get(id=run.account_id), await Store.get(id=run.store_id)
    seller = worker.seller(account)
    try:
        async with worker.quota(account, budgets.GET_ORDER) as fetched_at:
            order = await worker.amazon.get_order(seller, run.order_number or "")
        stored = await store_order(worker, account, order, fetched_at=fetched_at, store=store)
    except QuotaSpent:
        await postpone_order_run(run_id=run.id, throttled=False, now=worker.now())
        return False
    except MarketplaceRejected as error:
        if isinstance(error, CredentialsRejected):
            await rejected_credentials(worker, account, seller)
        _LOG.warning("getOrder was refused (%s, request %s)", error.amazon_code, error.request_id)
        await finish_order_run(run_id=run.id, counts=None, error=error, now=worker.now())
        return True
    except MarketplaceUnavailable as error:
        if worker.now() - run.started_at > _PATIENCE:
            await finish_order_run(run_id=run.id, counts=None, error=error, now=worker.now())
            return True
        throttled = isinstance(error, MarketplaceThrottled)
        await postpone_order_run(run_id=run.id, throttled=throttled, now=worker.now())
        return False
    await finish_order_run(run_id=run.id, counts=stored.counts, error=None, now=worker.now())
    return True
