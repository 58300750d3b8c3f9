"""Single steps of the work, for some stores alone: what a person asks for by name."""

from collections import Counter
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from api.worker.deliver import deliver_one
from api.worker.feed_progress import follow_feed
from api.worker.feeds import submit_feed
from api.worker.order_reads import read_orders
from api.worker.sweep import by_account
from api.worker.sync import sync_cursor
from api.worker.worker import Worker
from domain.accounts import cursors
from domain.accounts.records import Store
from domain.amazon import commands, feeds, held
from domain.cause import because_of, caused_by
from domain.channel.evaluate import evaluate_batch

_ALL: Final = 1_000_000


class Step(StrEnum):
    """A step of the work that can be done by itself."""

    READ = "READ"  # what is new at Amazon, and the orders that were asked for
    EVALUATE = "EVALUATE"  # the orders that are due
    SEND = "SEND"  # what Amazon is to be told of orders, and how far its feeds are


async def take_steps(worker: Worker, steps: Collection[Step], stores: Sequence[Store]) -> Counter[Step]:
    """Do these steps for these stores until nothing of them is due; return how much of each was done.

    Amazon reads and takes feeds by seller: what is due of a seller's other stores goes with them there.
    """
    done: Counter[Step] = Counter()
    while True:
        found = {step: await _STEPS[step](worker, stores) for step in Step if step in steps}
        done.update(found)
        if not any(found.values()):
            return done


async def _read(worker: Worker, stores: Sequence[Store]) -> int:
    accounts, chosen = {store.account_id for store in stores}, {None, *(store.id for store in stores)}
    due = await cursors.due_cursors(now=worker.now(), machine_ms=worker.machine_ms(), limit=_ALL)
    theirs = [cursor for cursor in due if cursor.account_id in accounts and cursor.store_id in chosen]
    with because_of("sync"):
        read = await by_account(worker, theirs, lambda cursor: sync_cursor(worker, cursor.id))
        return read + await read_orders(worker)


async def _evaluate(worker: Worker, stores: Sequence[Store]) -> int:
    chosen = {store.id for store in stores}
    with because_of("evaluation"):
        return (await evaluate_batch(now=worker.now(), sealer=worker.service.sealer, stores=chosen)).evaluated


async def _send(worker: Worker, stores: Sequence[Store]) -> int:
    accounts, chosen = {store.account_id for store in stores}, {store.id for store in stores}
    await held.hold_or_release(now=worker.now())
    due = await commands.due_commands(now=worker.now(), machine_ms=worker.machine_ms(), limit=_ALL)
    theirs = [command for command in due if command.store_id in chosen]
    sent = await by_account(
        worker, theirs, lambda command: caused_by(f"message {command.id}", deliver_one(worker, command.id))
    )
    under_way = [feed for feed in await feeds.due_feeds(now=worker.now()) if feed.account_id in accounts]
    sent += await by_account(worker, under_way, lambda feed: caused_by(f"feed {feed.id}", follow_feed(worker, feed.id)))
    lanes = [lane for lane in await feeds.waiting_lanes(now=worker.now()) if lane.account_id in accounts]
    return sent + await by_account(
        worker, lanes, lambda lane: caused_by("feed", submit_feed(worker, lane.account_id, lane.feed_type))
    )


_STEPS: Final = {Step.READ: _read, Step.EVALUATE: _evaluate, Step.SEND: _send}
