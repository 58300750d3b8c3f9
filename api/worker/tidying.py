"""Tidying: buyer data and remembered answers whose time is over go, looked for now and then."""

from datetime import timedelta
from typing import Final

from api.worker.worker import Worker
from domain.channel import overdue, retention
from domain.channel.remove_store import remove_some

_BUYERS_EVERY: Final = timedelta(minutes=1)
_ANSWERS_EVERY: Final = timedelta(hours=1)
_OVERDUE_EVERY: Final = timedelta(minutes=10)


async def tidy_due(worker: Worker) -> int:
    """Delete what is past its date, if it is time to look, and some of what belongs to deleted stores.

    Return how many entries of buyer data, and rows of such stores, went.
    """
    redacted = await remove_some(now=worker.now())
    if _is_time(worker, "buyers", _BUYERS_EVERY):
        redacted += await _redact(worker)
        await _index(worker)
    if _is_time(worker, "answers", _ANSWERS_EVERY):
        await retention.forget_answers(now=worker.now())
    if _is_time(worker, "overdue", _OVERDUE_EVERY):
        await _note_overdue(worker)
    return redacted


async def _note_overdue(worker: Worker) -> None:
    while await overdue.note_overdue(now=worker.now()) == overdue.BATCH:
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
