"""Tidying: buyer data, logs and remembered answers whose time is over go; failed calls are written down."""

from datetime import timedelta
from typing import Final

from api.logs import tell_more
from api.worker.worker import Worker
from domain.accounts import error_log
from domain.accounts.credentials import fingerprint_of
from domain.accounts.error_log import CallFailure
from domain.accounts.global_settings import is_debugging
from domain.cause import because_of
from domain.channel import hold, logs, overdue, retention
from domain.channel.remove_store import remove_some
from domain.outward import deliveries

_BUYERS_EVERY: Final = timedelta(minutes=1)
_ANSWERS_EVERY: Final = timedelta(hours=1)
_HOLDS_EVERY: Final = timedelta(minutes=1)
_OVERDUE_EVERY: Final = timedelta(minutes=10)
_LOGS_EVERY: Final = timedelta(hours=1)
_VERBOSITY_EVERY: Final = timedelta(seconds=10)


async def tidy_due(worker: Worker) -> int:
    """Delete what is past its date, if it is time to look, and some of what belongs to deleted stores.

    Return how many entries of buyer data, and rows of such stores, went.
    """
    with because_of("tidying"):
        return await _tidy(worker)


async def _tidy(worker: Worker) -> int:
    if _is_time(worker, "verbosity", _VERBOSITY_EVERY):
        tell_more(await is_debugging())
    await write_failures(worker)
    redacted = await remove_some(now=worker.now())
    if _is_time(worker, "buyers", _BUYERS_EVERY):
        redacted += await _redact(worker)
        await _index(worker)
    if _is_time(worker, "answers", _ANSWERS_EVERY):
        await retention.forget_answers(now=worker.now())
        await _forget_deliveries(worker)
    if _is_time(worker, "holds", _HOLDS_EVERY):
        await _end_holds(worker)
    if _is_time(worker, "overdue", _OVERDUE_EVERY):
        await _note_overdue(worker)
    if _is_time(worker, "logs", _LOGS_EVERY):
        await _forget_logs(worker)
    return redacted


async def write_failures(worker: Worker) -> int:
    """Write down the calls to Amazon that failed since it was done last; return how many rows were added."""
    sealer = worker.service.sealer
    failures = [
        CallFailure(
            region=trouble.seller.region if trouble.seller else None,
            fingerprint=fingerprint_of(trouble.seller.refresh_token, sealer=sealer) if trouble.seller else None,
            marketplace_id=trouble.marketplace_id,
            operation=trouble.operation,
            code=trouble.code,
            message=trouble.message,
            request_id=trouble.request_id,
            at=trouble.at,
            times=trouble.times,
        )
        for trouble in worker.amazon.troubles.taken()
    ]
    return await error_log.note_failures(failures, now=worker.now())


async def _forget_logs(worker: Worker) -> None:
    while await logs.forget_logs(now=worker.now()):
        continue


async def _end_holds(worker: Worker) -> None:
    while await hold.end_holds_over(now=worker.now()) == hold.BATCH:
        continue


async def _note_overdue(worker: Worker) -> None:
    while await overdue.note_overdue(now=worker.now()) == overdue.BATCH:
        continue


async def _forget_deliveries(worker: Worker) -> None:
    while await deliveries.forget_old(now=worker.now()) == deliveries.BATCH:
        continue


async def _redact(worker: Worker) -> int:
    redacted = 0
    while gone := await retention.redact_expired(now=worker.now()):
        redacted += gone
        if gone < retention.BATCH:
            break
    return redacted


async def _index(worker: Worker) -> None:
    while await retention.index_buyers(now=worker.now(), sealer=worker.service.sealer) == retention.BATCH:
        continue


def _is_time(worker: Worker, what: str, every: timedelta) -> bool:
    """Return whether a look is due, and remember it; a clock that was set back is no reason to wait."""
    now, last = worker.now(), worker.tidied.get(what)
    if last is not None and timedelta() <= now - last < every:
        return False
    worker.tidied[what] = now
    return True
