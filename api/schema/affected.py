"""The orders that a fix helps: the first of them evaluated within the request, the others left to the worker."""

from api.schema.counts import Count, CountPrecision
from api.service import Service
from domain.channel.affected import Affected
from domain.channel.evaluate import evaluate_batch


async def evaluate_affected(service: Service, affected: Affected) -> Count:
    """Evaluate the first of the orders that were marked due, wake the worker for the others, and count all of them."""
    if affected.first:
        await evaluate_batch(now=service.clock.now(), sealer=service.sealer, only=affected.first)
    if affected.count > len(affected.first):
        service.wake()
    return Count(value=affected.count, precision=CountPrecision.EXACT)
