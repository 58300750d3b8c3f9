"""Retention: buyer data goes when its time is over, and the timeline says that it went."""

from collections.abc import Sequence
from datetime import datetime

from domain.amazon.records import AmazonOrder
from domain.buyers import Owner, Purged, index_some, purge
from domain.change import change
from domain.channel.records import Correction
from domain.commerce.records import CommerceOrder
from domain.export_tickets import forget_expired as forget_tickets
from domain.idempotency import forget_expired
from domain.sealing import Sealer
from domain.timeline import SYSTEM, EventKind, Subject

BATCH = 200


async def redact_expired(*, now: datetime, limit: int = BATCH) -> int:
    """Delete buyer data that is past its date, with what people corrected of it; return how many entries went."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        purged = await purge(now=now, limit=limit)
        orders = await _orders_of(purged)
        await Correction.filter(order_id__in=[order.id for order in orders]).delete()
        for order in orders:
            unit.event(
                order.subject, EventKind.REDACTED, "The buyer data of this order was deleted: its time was over."
            )
        for one in purged:
            if one.owner is Owner.CUSTOMER:
                message = "The data of a customer was deleted: its time was over."
                unit.event(Subject(one.account_id), EventKind.REDACTED, message, customerId=one.owner_id)
    return len(purged)


async def forget_answers(*, now: datetime) -> int:
    """Delete the remembered answers to requests, and the tickets of exports, whose time is over; return how many."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await forget_expired(now=now) + await forget_tickets(now=now)


async def index_buyers(*, now: datetime, sealer: Sealer, limit: int = BATCH) -> int:
    """Let orders be found by their buyers that were stored before that was possible; return how many there were."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await index_some(sealer=sealer, limit=limit)


async def _orders_of(purged: Sequence[Purged]) -> list[AmazonOrder]:
    ids = [one.owner_id for one in purged if one.owner is Owner.AMAZON_ORDER]
    commerce_ids = [one.owner_id for one in purged if one.owner is Owner.COMMERCE_ORDER]
    linked = await CommerceOrder.filter(id__in=commerce_ids)
    return await AmazonOrder.filter(id__in={*ids, *(order.channel_order_id for order in linked)}).order_by("id")
