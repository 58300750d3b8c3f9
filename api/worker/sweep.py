"""The sweep: the tables say what is due, and one sweep does all of it, several accounts side by side."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, Protocol, TypeVar

from api.worker.deliver import deliver_one
from api.worker.feed_progress import follow_feed
from api.worker.feeds import submit_feed
from api.worker.mailing import mails_due
from api.worker.order_reads import read_orders
from api.worker.stock_push import stock_due
from api.worker.sync import sync_cursor
from api.worker.tidying import tidy_due
from api.worker.webhooks import webhooks_due
from api.worker.worker import Worker
from domain.accounts import cursors
from domain.amazon import commands, feeds, held
from domain.catalog.stock import expire_reservations
from domain.cause import because_of, caused_by
from domain.channel.evaluate import BATCH, evaluate_batch

_LOG: Final = logging.getLogger(__name__)


class _OfAccount(Protocol):
    id: int
    account_id: int


_Row = TypeVar("_Row", bound=_OfAccount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did."""

    synced: int = 0
    delivered: int = 0
    fed: int = 0
    evaluated: int = 0
    expired: int = 0
    mailed: int = 0
    told: int = 0
    pushed: int = 0
    redacted: int = 0

    def __bool__(self) -> bool:
        done = (self.synced, self.delivered, self.fed, self.evaluated, self.expired, self.mailed, self.told)
        return any((*done, self.pushed, self.redacted))


async def sweep_once(worker: Worker) -> Swept:
    """Read, evaluate and send everything that is due, and delete what is past its time."""
    synced = await sync_due(worker)
    evaluated, expired = await evaluate_due(worker)
    delivered = await deliver_due(worker)
    fed = await feeds_due(worker)
    mailed = await mails_due(worker)
    told = await webhooks_due(worker)
    pushed = await stock_due(worker)
    redacted = await tidy_due(worker)
    return Swept(
        synced=synced,
        evaluated=evaluated,
        expired=expired,
        delivered=delivered,
        fed=fed,
        mailed=mailed,
        told=told,
        pushed=pushed,
        redacted=redacted,
    )


async def sync_due(worker: Worker) -> int:
    """Read for every cursor that is due and every order that was asked for; return how many."""
    due = await cursors.due_cursors(now=worker.now(), machine_ms=worker.machine_ms(), limit=worker.limits.syncs_a_sweep)
    with because_of("sync"):
        synced = await by_account(worker, due, lambda cursor: sync_cursor(worker, cursor.id))
        return synced + await read_orders(worker)


async def deliver_due(worker: Worker) -> int:
    """Send every command that is due, or hold what waits in read-only mode; return how many calls went out."""
    await held.hold_or_release(now=worker.now())
    due = await commands.due_commands(
        now=worker.now(), machine_ms=worker.machine_ms(), limit=worker.limits.commands_a_sweep
    )
    return await by_account(
        worker, due, lambda command: caused_by(f"message {command.id}", deliver_one(worker, command.id))
    )


async def feeds_due(worker: Worker) -> int:
    """Take the next step with every feed under way, then send what waits as new ones; return how many steps."""
    under_way = await feeds.due_feeds(now=worker.now())
    followed = await by_account(
        worker, under_way, lambda feed: caused_by(f"feed {feed.id}", follow_feed(worker, feed.id))
    )
    waiting = await feeds.waiting_lanes(now=worker.now())
    return followed + await by_account(
        worker, waiting, lambda lane: caused_by("feed", submit_feed(worker, lane.account_id, lane.feed_type))
    )


async def evaluate_due(worker: Worker) -> tuple[int, int]:
    """Evaluate the orders that are due, and let go of reservations past their date; return how many of each."""
    with because_of("evaluation"):
        return await _evaluate(worker)


async def _evaluate(worker: Worker) -> tuple[int, int]:
    expired = 0
    # All of them before the first order: what is given back is there for those that ship first.
    while ended := await expire_reservations(now=worker.now(), limit=BATCH):
        expired += ended
    evaluated = 0
    while evaluated < worker.limits.evaluations_a_sweep:
        batch = await evaluate_batch(now=worker.now(), sealer=worker.service.sealer)
        evaluated += batch.evaluated
        if batch.evaluated:
            _LOG.debug("orders were evaluated", extra=asdict(batch))
        if batch.evaluated < BATCH:
            break
    return evaluated, expired


async def by_account(worker: Worker, rows: Sequence[_Row], step: Callable[[_Row], Awaitable[bool]]) -> int:
    """Take the steps of one account one after the other, of several accounts side by side."""
    gate = asyncio.Semaphore(worker.limits.accounts_at_once)

    async def one_account(of_account: Sequence[_Row]) -> int:
        async with gate:
            return sum([await _safely(step, row) for row in of_account])

    account = attrgetter("account_id")
    grouped = [list(group) for _, group in groupby(sorted(rows, key=account), key=account)]
    return sum(await asyncio.gather(*(one_account(group) for group in grouped)))


async def _safely(step: Callable[[_Row], Awaitable[bool]], row: _Row) -> bool:
    """Keep one account's defect from stopping the others; its lease makes it wait before it is tried again."""
    try:
        return await step(row)
    except Exception:
        _LOG.exception("%s %s failed", type(row).__name__, row.id)
        return False
