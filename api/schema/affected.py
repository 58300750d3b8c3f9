"""The orders that a fix helps: the first of them evaluated within the request, the others left to the worker."""

from api.schema.counts import Count, CountPrecision
from api.service import Service
from domain.channel.affected import AT_ONCE, Affected
from domain.channel.evaluate import evaluate_batch


async def evaluate_affected(service: Service, affected: Affected, *, before: int | None = None) -> Count:
    """Evaluate the first of the orders that were marked due, wake the worker for the others, and count all of them.

    `before` is the order that a person is looking at: it gets what it needs before those that have to ship earlier.
    """
    now, others = service.clock.now(), [order_id for order_id in affected.first if order_id != before]
    if before is not None and affected.count:
        await evaluate_batch(now=now, sealer=service.sealer, only=[before])
        others = others[: AT_ONCE - 1]
    if others:
        await evaluate_batch(now=now, sealer=service.sealer, only=others)
    if affected.count > len(affected.first):
        service.wake()
    return Count(value=affected.count, precision=CountPrecision.EXACT)
