"""Telling webhooks what happens: signed, outside of every transaction, again until it is taken."""

import asyncio
import logging
from typing import Final

from api.webhooks import NotTaken, WebhookSender
from api.worker.worker import Worker
from domain.accounts.global_settings import is_read_only
from domain.outward import deliveries

_LOG: Final = logging.getLogger(__name__)
_AT_ONCE: Final = 8
_A_SWEEP: Final = 100


async def webhooks_due(worker: Worker) -> int:
    """Send what is due to webhooks; return how many messages were tried. None without a sender or in read-only mode."""
    if worker.webhooks is None or await is_read_only():
        return 0
    now, sender = worker.now(), worker.webhooks
    await deliveries.fan_out(now=now)
    due = await deliveries.due_deliveries(now=now, machine_ms=worker.machine_ms(), limit=_A_SWEEP)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(delivery_id: int) -> bool:
        async with gate:
            return await _safely(worker, sender, delivery_id)

    return sum(await asyncio.gather(*(one(delivery_id) for delivery_id in due)))


async def tell_one(worker: Worker, sender: WebhookSender, delivery_id: int) -> bool:
    """Send one message if it is still to be sent, and record what became of it; False if nothing was tried."""
    message = await deliveries.take(
        delivery_id=delivery_id,
        now=worker.now(),
        machine_ms=worker.machine_ms(),
        lease_ms=worker.limits.lease_ms,
        sealer=worker.service.sealer,
    )
    if message is None:
        return False
    try:
        status = await sender.send(message)
    except NotTaken as error:
        _LOG.warning("a webhook did not take a message: %s", error)
        await deliveries.failed(message=message, error=str(error), status_code=error.status_code, now=worker.now())
    else:
        await deliveries.delivered(message=message, status_code=status, now=worker.now())
    return True


async def _safely(worker: Worker, sender: WebhookSender, delivery_id: int) -> bool:
    """Keep one message's defect from stopping the others; its lease makes it wait before it is tried again."""
    try:
        return await tell_one(worker, sender, delivery_id)
    except Exception:
        _LOG.exception("message %s to a webhook failed", delivery_id)
        return False
