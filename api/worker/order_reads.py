"""Orders read one by one: those whose commands await their fact, and those that somebody asked for."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from api.amazon.access_token import Seller
from api.worker.worker import QuotaSpent, Worker
from domain.accounts import budgets
from domain.accounts.credentials import fingerprint_of
from domain.accounts.records import Account, Store, SyncRun
from domain.accounts.sync_requests import finish_order_run, postpone_order_run, take_order_runs
from domain.amazon.facts import OrderFacts, UnreadableOrder
from domain.amazon.intake import Answered, Stored, store_page
from domain.amazon.orders import unconfirmed_orders
from domain.channel.credentials import reject_credentials
from domain.channel.unreadable import note_unreadable
from domain.errors import CredentialsRejected, MarketplaceRejected, MarketplaceThrottled, MarketplaceUnavailable

_LOG: Final = logging.getLogger(__name__)
_UNKNOWN: Final = "NotFound"
_PATIENCE: Final = timedelta(minutes=15)


async def read_orders(worker: Worker) -> int:
    """Read the orders again that were asked for, as far as the quota goes; return how many runs were closed."""
    taken = await take_order_runs(limit=worker.limits.order_reads_a_pass, now=worker.now())
    return sum([await _read(worker, run) for run in taken])


async def read_unconfirmed(worker: Worker, account: Account, seller: Seller, stores: Sequence[Store]) -> None:
    """Ask for each order of the stores that waits for its fact, as far as the quota goes.

    A search hides changes for minutes. Raises CredentialsRejected.
    """
    by_id = {store.id: store for store in stores}
    for waiting in await unconfirmed_orders(by_id, limit=worker.limits.order_reads_a_pass):
        try:
            async with worker.quota(account, budgets.GET_ORDER) as fetched_at:
                order = await worker.amazon.get_order(seller, waiting.number)
        except CredentialsRejected:
            raise
        except MarketplaceRejected as error:
            _LOG.warning("getOrder was refused (%s, request %s)", error.amazon_code, error.request_id)
        except (QuotaSpent, MarketplaceUnavailable):
            return
        else:
            await store_order(worker, account, order, fetched_at=fetched_at, store=by_id[waiting.store_id])


async def store_order(
    worker: Worker, account: Account, order: OrderFacts | UnreadableOrder, *, fetched_at: datetime, store: Store
) -> Stored:
    """Store the answer about one order of a store; it moves no cursor."""
    stores = {store.marketplace_id: store}
    answered = Answered(orders=(order,))
    await note_unreadable(account_id=account.id, store=store, orders=answered.orders, now=worker.now())
    return await store_page(
        fenced=None,
        account_id=account.id,
        stores=stores,
        requested_marketplaces=list(stores),
        page=answered,
        fetched_at=fetched_at,
        now=worker.now(),
        sealer=worker.service.sealer,
    )


async def rejected_credentials(worker: Worker, account: Account, seller: Seller) -> None:
    """Record that Amazon does not accept the token that was used, unless it was renewed meanwhile."""
    fingerprint = fingerprint_of(seller.refresh_token, sealer=worker.service.sealer)
    await reject_credentials(account_id=account.id, now=worker.now(), fingerprint=fingerprint)


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
        if error.amazon_code == _UNKNOWN:
            error.message = f"Amazon knows no order {run.order_number} for this store."
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
