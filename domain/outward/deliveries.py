"""What is sent to webhooks: one message for each event and address, made once, sent until it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from tortoise.expressions import F, Q, RawSQL

from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.commerce.records import CommerceOrder
from domain.errors import ActionNotAllowed, NotFound
from domain.instant import to_text
from domain.outward.records import DeliveryState, Webhook, WebhookDelivery, WebhookState
from domain.outward.webhooks import row_of
from domain.sealing import Sealer
from domain.timeline import SYSTEM, Actor, Event

BATCH: Final = 500
"""So many events are looked at for one address in one change."""

_HOUR: Final = 3600
PAUSES: Final = tuple(timedelta(seconds=one) for one in (5, 30, 120, 600, _HOUR, 3 * _HOUR, 8 * _HOUR, 24 * _HOUR))
"""How long to wait after each failure in a row (Standard Webhooks, Deliverability); after the last it is dead."""

KEPT: Final = timedelta(days=30)
"""So long what was delivered, or died, is listed."""

_LONGEST_ERROR: Final = 200
_TURN: Final = RawSQL('ROW_NUMBER() OVER (PARTITION BY "webhook_id" ORDER BY "due_at", "webhook_delivery"."id")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes out: to where, signed with what; `message_id` is the same however often it is sent."""

    delivery_id: int
    attempt: int
    message_id: str
    url: str
    secret: bytes
    body: bytes


async def fan_out(*, now: datetime) -> int:
    """Make a message for each address and each event that it wants and was not looked at yet; return how many."""
    made = 0
    for hook in await Webhook.filter(state=WebhookState.ACTIVE).order_by("id"):
        while True:
            looked_at, new = await _fan_out(hook.id, now=now)
            made += new
            if looked_at < BATCH:
                break
    return made


async def due_deliveries(*, now: datetime, machine_ms: int, limit: int) -> list[int]:
    """Return the ids of messages to send, the addresses in turn and of each those longest due first."""
    active = await Webhook.filter(state=WebhookState.ACTIVE).values_list("id", flat=True)
    due = (
        WebhookDelivery.annotate(turn=_TURN)
        .filter(state=DeliveryState.QUEUED, due_at__lte=now, webhook_id__in=list(active))
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms))
        .order_by("turn", "due_at", "id")
        .limit(limit)
    )
    return [int(str(one)) for one in await due.values_list("id", flat=True)]


async def take(*, delivery_id: int, now: datetime, machine_ms: int, lease_ms: int, sealer: Sealer) -> Message | None:
    """Lease a message before it goes out; None if somebody else has it, it is settled, or its event is gone."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        free = WebhookDelivery.filter(id=delivery_id, state=DeliveryState.QUEUED)
        free = free.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms))
        if not await free.update(lease_until=machine_ms + lease_ms, attempts=F("attempts") + 1):
            return None
        delivery = await WebhookDelivery.get(id=delivery_id)
        hook = await Webhook.get(id=delivery.webhook_id)
        event = await Event.get(id=delivery.event_id)
        return Message(
            delivery_id=delivery.id,
            attempt=delivery.attempts,
            message_id=f"evt_{event.id}",
            url=hook.url,
            secret=sealer.unseal(hook.secret, row=row_of(hook.id)),
            body=await _body(event),
        )


async def delivered(*, message: Message, status_code: int, now: datetime) -> None:
    """Note that the address took a message."""
    await _settle(
        message, now, state=DeliveryState.DELIVERED, status_code=status_code, error=None, due_at=None, delivered_at=now
    )


async def failed(*, message: Message, error: str, status_code: int | None, now: datetime) -> None:
    """Note that the address did not take a message: it goes out again later, until it failed too often."""
    values: dict[str, Any] = {"status_code": status_code, "error": error[:_LONGEST_ERROR]}
    if message.attempt > len(PAUSES):
        await _settle(message, now, state=DeliveryState.DEAD, due_at=None, **values)
    else:
        await _settle(message, now, due_at=now + PAUSES[message.attempt - 1], **values)


async def replay_delivery(*, delivery_id: int, now: datetime, actor: Actor) -> WebhookDelivery:
    """Send a message again that was taken or died. Raises NotFound, or ActionNotAllowed while it is queued."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        delivery = await WebhookDelivery.filter(id=delivery_id).select_for_update().first()
        if delivery is None:
            raise NotFound("There is no such delivery.", path=("deliveryId",))
        if delivery.state is DeliveryState.QUEUED:
            raise ActionNotAllowed(
                "It is on its way already.",
                path=("deliveryId",),
                action="REPLAY_DELIVERY",
                current_status=delivery.state.value,
            )
        await WebhookDelivery.filter(id=delivery.id).update(**_anew(now))
        return await WebhookDelivery.get(id=delivery.id)


async def replay_from(*, webhook_id: int, event_id: int, now: datetime, actor: Actor) -> Webhook:
    """Send all events after one again, those that were sent before included. Raises NotFound."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        hook = await Webhook.filter(id=webhook_id).select_for_update().first()
        if hook is None:
            raise NotFound("There is no such webhook.", path=("webhookId",))
        await WebhookDelivery.filter(webhook_id=hook.id, event_id__gt=event_id).update(**_anew(now))
        hook.position = min(hook.position, event_id)
        await hook.save(update_fields=["position"])
        return hook


async def forget_old(*, now: datetime) -> int:
    """Delete what was delivered or died 30 days ago, in the caller's loop; return how many there were."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        ended = WebhookDelivery.exclude(state=DeliveryState.QUEUED).filter(created_at__lt=now - KEPT)
        ids = await ended.order_by("id").limit(BATCH).values_list("id", flat=True)
        return await WebhookDelivery.filter(id__in=list(ids)).delete() if ids else 0


async def release_leases(*, now: datetime) -> None:
    """Free what a worker left in the middle; for the one that has just taken the worker's role."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await WebhookDelivery.filter(lease_until__isnull=False).update(lease_until=None)


async def _fan_out(webhook_id: int, *, now: datetime) -> tuple[int, int]:
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        hook = await Webhook.filter(id=webhook_id).select_for_update().first()
        events = await Event.filter(id__gt=hook.position).order_by("id").limit(BATCH) if hook else []
        if hook is None or not events:
            return 0, 0
        wanted = [event for event in events if _wants(hook, event)]
        await _make(unit, hook, wanted)
        hook.position = events[-1].id
        await hook.save(update_fields=["position"])
        return len(events), len(wanted)


def _wants(hook: Webhook, event: Event) -> bool:
    of_store = hook.store_id in (None, event.store_id)
    return event.order_id is not None and of_store and (not hook.kinds or event.kind.value in hook.kinds)


async def _make(unit: Change, hook: Webhook, events: Sequence[Event]) -> None:
    await WebhookDelivery.bulk_create(
        [
            WebhookDelivery(
                webhook_id=hook.id,
                event_id=event.id,
                order_id=event.order_id or 0,
                state=DeliveryState.QUEUED,
                due_at=unit.now,
                created_at=unit.now,
            )
            for event in events
        ],
        ignore_conflicts=True,  # what is sent again is there already
    )


async def _body(event: Event) -> bytes:
    """Return what an address is told: facts and numbers, never buyer data (Standard Webhooks, Payload)."""
    order = await AmazonOrder.get(id=event.order_id)
    commerce = await CommerceOrder.get_or_none(channel_order_id=order.id)
    told = {
        "type": f"order.{event.kind.value.lower()}",
        "timestamp": to_text(event.at),
        "data": {
            "eventId": f"evt_{event.id}",
            "sequence": event.sequence,
            "kind": event.kind.value,
            "message": event.message,
            "amazonOrderId": order.number,
            "commerceNumber": commerce.number if commerce else None,
            "status": order.amazon_status.value,
            "displayStatus": order.display_status.value,
            "version": order.version,
        },
    }
    return orjson.dumps(told)


def _anew(now: datetime) -> dict[str, Any]:
    return {
        "state": DeliveryState.QUEUED, "attempts": 0, "due_at": now, "lease_until": None, "delivered_at": None
    }  # fmt: skip


async def _settle(message: Message, now: datetime, **values: Any) -> None:
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        mine = WebhookDelivery.filter(
            id=message.delivery_id, attempts=message.attempt, state=DeliveryState.QUEUED, lease_until__isnull=False
        )
        await mine.update(lease_until=None, **values)
