"""`orderlane sync`: one pass over every store, without a running service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from api.app import Running, running
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give_json, give_table, tell
from api.cli.times import since as instant_since
from api.configuration import load_settings
from api.database import WorkerAlreadyRunning
from api.schema.ids import id_of
from api.worker.steps import Step, take_steps
from api.worker.sweep import sweep_once
from api.worker.worker import Worker
from domain.accounts import cursors
from domain.accounts.records import JobState, Store, StoreState, SyncRun
from domain.accounts.sync_requests import request_sync
from domain.amazon import commands
from domain.amazon.display import ImportState
from domain.amazon.records import AmazonOrder
from domain.errors import DomainError, MarketplaceUnavailable
from domain.timeline import Actor, ActorKind

_COLUMNS = ("store", "state", "seen", "created", "updated", "unchanged", "failed", "error")
_SERVICE_SYNCS: Final = """\
Another process already works on this database: a running service syncs by itself. Ask it for a pass with
  orderlane query 'mutation { syncNow(input: {storeId: "STORE-ID"}) { run { id } errors { message } } }'
where `orderlane stores list` names the ids; amazonOrderId beside storeId asks for one order."""


async def sync(
    *,
    store: str | None = None,
    step: list[str] | None = None,
    since: str | None = None,
    order: str | None = None,
    json: bool = False,
) -> int:
    """Bring in what is new at Amazon, once, and send what waits to be sent. A running service does this by itself.

    With --store or --step nothing else is done: no e-mails or webhooks go out, no stock is pushed, nothing is tidied.

    Exit codes: 0 all is well, 1 a store failed, 3 done but orders are blocked, 75 Amazon has to be asked again later.

    Parameters
    ----------
    store
        Only for this store: its name or its id. Amazon is read and takes feeds by seller, all stores of one together.
    step
        Only this step: read (what is new at Amazon), evaluate (import what can be), send (what Amazon is to be told).
        Give it again for another one; they are done in this order.
    since
        Read again what changed since then: 7d, 12h, or 2026-03-02T09:00:00Z.
    order
        Read only this order again, e.g. 902-3159896-1390916.
    json
        Print JSON.
    """
    if since and order:
        raise CommandFailed("Give --since or --order, not both.", code=Exit.WRONG_USAGE)
    steps = _steps(step)
    if (since or order) and Step.READ not in steps:
        raise CommandFailed("--since and --order are about reading: give --step read too.", code=Exit.WRONG_USAGE)
    async with _alone() as joined:
        await _forget_leases(joined.worker)
        stores = await Store.filter(state=StoreState.ACTIVE).order_by("id")
        if not stores:
            raise CommandFailed("No store is connected; `orderlane stores connect` does that.")
        chosen = _named(stores, store)
        start = instant_since(since, now=joined.worker.now(), flag="--since") if since else None
        asked = await _ask(joined.worker, await _stores_of(chosen, order), start, order) if Step.READ in steps else []
        await _work(joined.worker, None if store is None and step is None else steps, chosen)
        runs = await SyncRun.filter(id__in=asked).order_by("id")
        blocked = await _blocked(chosen if store else None)
        lines = [_line(run, {one.id: one.name for one in stores}) for run in runs]
    if json:
        give_json({"runs": lines, "blocked": blocked})
    else:
        give_table(_COLUMNS, [[line[column] for column in _COLUMNS] for line in lines])
        tell(f"{blocked} orders are blocked.")
    return _code(runs, blocked)


def _steps(words: Sequence[str] | None) -> set[Step]:
    return {Step(chosen_word("--step", word, Step)) for word in words or ()} or set(Step)


async def _work(worker: Worker, steps: set[Step] | None, stores: Sequence[Store]) -> None:
    """Do these steps for these stores; without steps everything that is due, of whatever store."""
    if steps is not None:
        for step, count in (await take_steps(worker, steps, stores)).items():
            tell(f"{step.lower()}: {count} done.")
        return
    while await sweep_once(worker):
        tell(f"{await AmazonOrder.all().count()} orders are known.")


async def _blocked(stores: Sequence[Store] | None) -> int:
    orders = AmazonOrder.filter(import_state=ImportState.BLOCKED)
    return await (orders if stores is None else orders.filter(store_id__in=[store.id for store in stores])).count()


@asynccontextmanager
async def _alone() -> AsyncIterator[Running]:
    try:
        async with running(load_settings().settings, takes_role=True) as joined:
            yield joined
    except WorkerAlreadyRunning:
        raise CommandFailed(_SERVICE_SYNCS) from None


async def _forget_leases(worker: Worker) -> None:
    """Free what a worker that was killed left in the middle; we hold its role now."""
    await cursors.release_leases(now=worker.now())
    await commands.release_leases(now=worker.now())


def _named(stores: Sequence[Store], wanted: str | None) -> Sequence[Store]:
    """Return the stores of a name, or the one of an id; all without either."""
    if wanted is None:
        return stores
    found = [store for store in stores if wanted in (store.name, id_of(store))]
    if not found:
        names = ", ".join(sorted({store.name for store in stores}))
        raise CommandFailed(f"There is no active store {wanted}; there are {names}.")
    return found


async def _stores_of(stores: Sequence[Store], order: str | None) -> Sequence[Store]:
    if order is None:
        return stores
    known = await AmazonOrder.filter(number=order).values_list("store_id", flat=True)
    return [store for store in stores if store.id in known] or stores


async def _ask(worker: Worker, stores: Sequence[Store], start: datetime | None, order: str | None) -> list[int]:
    """Ask for a pass over each of these stores, and return the ids of the runs."""
    actor = Actor(ActorKind.USER)
    asked: list[int] = []
    for store in stores:
        try:
            window = (start, worker.now()) if start else None
            run = await request_sync(
                store_id=store.id, amazon_order_id=order, window=window, now=worker.now(), actor=actor
            )
        except DomainError as refusal:
            tell(f"{store.name}: {refusal.message}")
            raise
        asked.append(run.id)
    return asked


def _line(run: SyncRun, names: dict[int, str]) -> dict[str, Any]:
    counts = {"seen": run.seen, "created": run.created, "updated": run.updated, "unchanged": run.unchanged}
    return {
        "store": names[run.store_id],
        "state": run.state.value,
        **counts,
        "failed": run.failed,
        "error": run.error_message,
    }


def _code(runs: Sequence[SyncRun], blocked: int) -> Exit:
    states = {run.state for run in runs}
    if states & {JobState.RUNNING, JobState.QUEUED} or any(_is_passing(run) for run in runs):
        return Exit.UNREACHABLE
    if JobState.FAILED in states:
        return Exit.FAILED
    return Exit.SOME_BLOCKED if blocked or JobState.PARTIALLY_SUCCEEDED in states else Exit.OK


def _is_passing(run: SyncRun) -> bool:
    return run.state is JobState.FAILED and run.error_code == MarketplaceUnavailable.code
