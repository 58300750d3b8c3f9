"""Sending a command to Amazon, so that a lost answer neither loses it nor doubles its effect."""

import logging
from datetime import timedelta
from typing import Final

from api.amazon.access_token import Seller
from api.worker.order_reads import rejected_credentials
from api.worker.worker import QuotaSpent, Worker
from domain.accounts import budgets
from domain.accounts.records import Account, AccountState, Store
from domain.amazon import commands
from domain.amazon.commands import PackageConfirmation
from domain.amazon.facts import OrderFacts
from domain.amazon.records import AmazonOrder, Command
from domain.channel.confirm import accepted, postponed, refused
from domain.channel.packages import shows
from domain.errors import CredentialsRejected, MarketplaceError, MarketplaceRejected, MarketplaceUnavailable

_LOG: Final = logging.getLogger(__name__)
_LONGEST_PAUSE: Final = timedelta(hours=1)


async def deliver_one(worker: Worker, command_id: int) -> bool:
    """Send one command if it is still to be sent, and record Amazon's answer; False if nothing was sent.

    The same package reference sent again edits the package, so a command whose answer was lost is simply repeated.
    """
    command = await Command.get(id=command_id)
    account = await Account.get(id=command.account_id)
    if account.state is not AccountState.ACTIVE:
        return False
    taken: Command | None = None
    try:
        async with worker.quota(account, budgets.CONFIRM_SHIPMENT):
            taken = await commands.take(
                command_id=command_id,
                now=worker.now(),
                machine_ms=worker.machine_ms(),
                lease_ms=worker.limits.lease_ms,
            )
            if taken is None:
                return False
            request_id = await _send(worker, account, taken)
    except QuotaSpent:
        return False
    except MarketplaceError as error:
        if taken is None:
            raise
        await _not_taken(worker, account, taken, error)
        return True
    await accepted(command_id=taken.id, fence=taken.fence, now=worker.now(), request_id=request_id)
    return True


async def _send(worker: Worker, account: Account, command: Command) -> str | None:
    order, store = await AmazonOrder.get(id=command.order_id), await Store.get(id=command.store_id)
    return await worker.amazon.confirm_shipment(
        worker.seller(account),
        number=order.number,
        marketplace_id=store.marketplace_id,
        reference=command.package_reference or "",
        package=PackageConfirmation.of(command.payload),
    )


async def _not_taken(worker: Worker, account: Account, command: Command, error: MarketplaceError) -> None:
    if isinstance(error, CredentialsRejected):
        await rejected_credentials(worker, account, worker.seller(account))
        await _postpone(worker, command, error, worker.limits.interval)
    elif isinstance(error, MarketplaceRejected):
        await _rejected(worker, account, command, error)
    elif error.retry_after is not None:
        await _postpone(worker, command, error, timedelta(seconds=error.retry_after))
    else:
        await _postpone(worker, command, error, worker.backoff(command.attempts, longest=_LONGEST_PAUSE))


async def _rejected(worker: Worker, account: Account, command: Command, error: MarketplaceRejected) -> None:
    """Believe a refusal of the first attempt; after a lost answer ask first whether the package arrived then."""
    now = worker.now()
    if command.attempts > 1:
        try:
            arrived = await _has_arrived(worker, account, worker.seller(account), command)
        except QuotaSpent as spent:
            await _postpone(worker, command, error, timedelta(seconds=spent.wait))
            return
        except MarketplaceError as unclear:
            await _postpone(worker, command, unclear, worker.backoff(command.attempts, longest=_LONGEST_PAUSE))
            return
        if arrived:
            await accepted(command_id=command.id, fence=command.fence, now=now, request_id=error.request_id)
            return
    _LOG.error("a command was refused (%s, request %s)", error.amazon_code, error.request_id)
    await refused(command_id=command.id, fence=command.fence, error=error, now=now)


async def _has_arrived(worker: Worker, account: Account, seller: Seller, command: Command) -> bool:
    order = await AmazonOrder.get(id=command.order_id)
    async with worker.quota(account, budgets.GET_ORDER):
        seen = await worker.amazon.get_order(seller, order.number)
    if not isinstance(seen, OrderFacts):
        raise MarketplaceUnavailable("Amazon's order could not be read, so it cannot tell whether the package arrived.")
    told = PackageConfirmation.of(command.payload)
    return any(package.reference == command.package_reference and shows(package, told) for package in seen.packages)


async def _postpone(worker: Worker, command: Command, error: MarketplaceError, pause: timedelta) -> None:
    now = worker.now()
    _LOG.warning("a command is put off for %.0f s: %s", pause.total_seconds(), error.message)
    await postponed(command_id=command.id, fence=command.fence, error=error, retry_at=now + pause, now=now)
