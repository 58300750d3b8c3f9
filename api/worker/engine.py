"""The engine: loops in the service's process that do what is due. The seam to replace when many machines share it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from api.worker.mailing import mails_due
from api.worker.product_imports import product_imports_due
from api.worker.stock_push import stock_due
from api.worker.sweep import deliver_due, evaluate_due, feeds_due, sync_due
from api.worker.tidying import tidy_due
from api.worker.webhooks import webhooks_due
from api.worker.worker import Worker
from domain.accounts import cursors, sync_requests
from domain.amazon import commands
from domain.commerce import mail_queue
from domain.outward import deliveries

_LOG: Final = logging.getLogger(__name__)
_LONGEST_PAUSE: Final = 60.0

Step = Callable[[Worker], Awaitable[object]]

_STEPS: Final[Mapping[str, Step]] = {
    "sync": sync_due,
    "evaluate": evaluate_due,
    "deliver": deliver_due,
    "feed": feeds_due,
    "mail": mails_due,
    "webhook": webhooks_due,
    "tidy": tidy_due,
    "products": product_imports_due,
    "stock": stock_due,
}


class Engine:
    """Runs the sweep's steps, each in a loop of its own, so that a slow answer of Amazon's holds up no evaluation.

    `poll` and `patience` are machine seconds: how often to look without being woken, and how long a step in hand may
    take when the engine is stopped.
    """

    def __init__(
        self,
        worker: Worker,
        *,
        poll: float = 1.0,
        patience: float = 10.0,
        monotonic: Callable[[], float] = time.monotonic,
        steps: Mapping[str, Step] = _STEPS,
    ) -> None:
        self._worker = worker
        self._poll = poll
        self._patience = patience
        self._monotonic = monotonic
        self._steps = steps
        self._woken = {name: asyncio.Event() for name in steps}
        self._beats: dict[str, float] = {}
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """Say that something may be due, from the event loop the engine runs in."""
        for event in self._woken.values():
            event.set()

    def stop(self) -> None:
        """Ask the loops to finish the step in hand and end."""
        self._stopping.set()
        self.wake()

    def is_alive(self, *, within: timedelta) -> bool:
        """Return whether every loop ended a step lately; one that hangs or died does not."""
        oldest = self._monotonic() - within.total_seconds()
        return bool(self._beats) and all(beat >= oldest for beat in self._beats.values())

    async def run(self) -> None:
        """Free what a worker before left in the middle, then do what is due until stopped.

        Only the process that holds the worker's role may run it.
        """
        self._beats = dict.fromkeys(self._steps, self._monotonic())
        await self._release()
        loops = [asyncio.create_task(self._loop(name), name=f"worker {name}") for name in self._steps]
        try:
            await self._stopping.wait()
            await asyncio.wait(loops, timeout=self._patience)
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def _release(self) -> None:
        now = self._worker.now()
        await cursors.release_leases(now=now)
        await commands.release_leases(now=now)
        await deliveries.release_leases(now=now)
        await mail_queue.release_leases(now=now)
        await sync_requests.requeue_order_runs(now=now)

    async def _loop(self, name: str) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._woken[name].clear()
            try:
                if await self._step(name):
                    await asyncio.sleep(0)
                    continue
                failures = 0
            except Exception:
                failures += 1
                _LOG.exception("the %s loop failed", name)
            await self._wait(name, min(_LONGEST_PAUSE, self._poll * 2**failures if failures else self._poll))

    async def _step(self, name: str) -> bool:
        done = await self._steps[name](self._worker)
        self._beats[name] = self._monotonic()
        if self._did(done) and name != "evaluate":
            self._woken.get("evaluate", asyncio.Event()).set()
        return self._did(done)

    @staticmethod
    def _did(done: object) -> bool:
        return any(done) if isinstance(done, tuple) else bool(done)

    async def _wait(self, name: str, seconds: float) -> None:
        if self._stopping.is_set():
            return
        try:
            async with asyncio.timeout(seconds):
                await self._woken[name].wait()
        except TimeoutError:
            return
