"""Webhooks: every event reaches every address at least once, signed, with the same id, and nothing else does."""

import asyncio
import hmac
import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from api.webhooks import WebhookSender
from api.worker.tidying import tidy_due
from api.worker.webhooks import tell_one, webhooks_due
from domain.channel.remove_store import delete_store, remove_some
from domain.errors import ActionNotAllowed, NotFound
from domain.outward import deliveries, webhooks
from domain.outward.labels import tag_order
from domain.outward.records import DeliveryState, Webhook, WebhookDelivery, WebhookState
from domain.timeline import Event, EventKind
from tests.api.worker.conftest import Bench
from tests.domain.channel.stage import ADDRESS, BUYER, CLERK, Stage, connected, item

SECRET = b"0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@dataclass
class Receiver:
    """Another program's address; `answers` are used up one by one, then it says 204."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    silent: bool = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.got.append((dict(request.headers), await request.body()))
        if self.silent:
            await asyncio.sleep(60)
        status = self.answers.pop(0) if self.answers else 204
        await Response(status_code=status, headers={"location": "https://elsewhere.example/"})(scope, receive, send)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@dataclass
class Shop:
    stage: Stage
    worker: Any
    receiver: Receiver

    async def hook(self, *kinds: EventKind, name: str = "ERP", store_id: int | None = None) -> Webhook:
        return await webhooks.create_webhook(
            name=name, url="https://erp.example/in", kinds=kinds, store_id=store_id, secret=SECRET,
            now=self.stage.now, actor=CLERK, sealer=self.stage.sealer,
        )  # fmt: skip

    async def pause(self, hook: Webhook, state: WebhookState) -> None:
        await webhooks.change_webhook(
            webhook_id=hook.id, name=None, url=None, kinds=None, state=state, now=self.stage.now, actor=CLERK
        )

    async def tell(self, **later: float) -> int:
        self.stage.later(**later)
        return await webhooks_due(self.worker)


@dataclass
class StageClock:
    stage: Stage

    def now(self) -> datetime:
        return self.stage.now


@pytest.fixture
async def shop(bench: Bench) -> AsyncIterator[Shop]:
    stage = await connected(bench.clock.now(), bench.sealer)
    receiver = Receiver()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=receiver)) as http:
        sender = WebhookSender(http, lambda: NOON, patience=0.2)
        service = replace(bench.worker.service, clock=StageClock(stage))
        yield Shop(stage, replace(bench.worker, service=service, webhooks=sender), receiver)


async def tags(shop: Shop, count: int) -> list[int]:
    """Make events, and return their ids."""
    order = await shop.stage.arrive(item("MUG"))
    for number in range(count):
        await tag_order(order_id=order.id, add=[f"t{number}"], remove=[], now=shop.stage.now, actor=CLERK)
    return [event.id for event in await Event.filter(kind=EventKind.TAGGED).order_by("id")]


async def test_every_event_is_told_once_and_signed_for_standard_webhooks(shop: Shop) -> None:
    await shop.hook()
    await shop.stage.products({"sku": "MUG", "quantity": "5"})
    await shop.stage.arrive(item("MUG"))
    assert await shop.tell() > 3
    assert await shop.tell(days=1) == 0
    stored = await Event.filter(order_id__isnull=False).order_by("id")
    assert sorted(shop.receiver.ids) == sorted(f"evt_{event.id}" for event in stored)
    for headers, body in shop.receiver.got:
        assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = b64encode(hmac.new(SECRET, content, "sha256").digest()).decode()
        assert headers["webhook-signature"] == f"v1,{wanted}"
        told = json.loads(body)
        assert told["type"] == f"order.{told['data']['kind'].lower()}"
        assert told["data"]["eventId"] == headers["webhook-id"]
        assert re.fullmatch(r"\d{3}-\d{7}-\d{7}", told["data"]["amazonOrderId"])
        for secret in (ADDRESS.line1, ADDRESS.city, BUYER.name, BUYER.email):
            assert secret is None or secret.encode() not in body
    imported = next(json.loads(body) for _, body in shop.receiver.got if b'"IMPORTED"' in body)
    assert imported["data"]["commerceNumber"] == "000000001"


async def test_only_what_is_wanted_is_told(shop: Shop) -> None:
    await shop.hook(EventKind.TAGGED)
    await shop.hook(EventKind.TAGGED, name="WMS", store_id=shop.stage.store.id)
    made = await tags(shop, 2)
    await shop.tell()
    assert sorted(shop.receiver.ids) == sorted(f"evt_{one}" for one in made * 2)


async def test_what_happened_before_is_not_told_until_it_is_asked_for(shop: Shop) -> None:
    made = await tags(shop, 3)
    hook = await shop.hook(EventKind.TAGGED)
    made += (await tags(shop, 1))[3:]
    assert await shop.tell() == 1
    again = await deliveries.replay_from(webhook_id=hook.id, event_id=made[0], now=shop.stage.now, actor=CLERK)
    assert again.position == made[0]
    assert await shop.tell() == 3
    assert sorted(shop.receiver.ids) == sorted(f"evt_{one}" for one in [*made[1:], made[3]])
    assert await WebhookDelivery.all().count() == 3


async def test_a_message_that_is_not_taken_goes_out_again_with_the_same_id(shop: Shop) -> None:
    await shop.hook(EventKind.TAGGED)
    shop.receiver.answers = [500, 302, 204]
    [made] = await tags(shop, 1)
    for wait in (0, 5, 30):
        assert await shop.tell(seconds=wait) == 1
        assert await shop.tell(seconds=1) == 0
    assert shop.receiver.ids == [f"evt_{made}"] * 3
    attempts = [headers["orderlane-delivery"].rsplit("_", 1)[1] for headers, _ in shop.receiver.got]
    assert attempts == ["1", "2", "3"]
    delivery = await WebhookDelivery.get()
    assert (delivery.state, delivery.attempts, delivery.status_code) == (DeliveryState.DELIVERED, 3, 204)
    assert (delivery.error, delivery.due_at, delivery.lease_until) == (None, None, None)


async def test_a_message_dies_of_too_many_failures_and_is_sent_again_on_demand(shop: Shop) -> None:
    await shop.hook(EventKind.TAGGED)
    shop.receiver.answers = [503] * 9
    await tags(shop, 1)
    for _ in range(9):
        assert await shop.tell(days=1) == 1
        if (await WebhookDelivery.get()).state is DeliveryState.QUEUED:
            with pytest.raises(ActionNotAllowed, match="on its way"):
                await deliveries.replay_delivery(
                    delivery_id=(await WebhookDelivery.get()).id, now=shop.stage.now, actor=CLERK
                )
    dead = await WebhookDelivery.get()
    assert (dead.state, dead.status_code, dead.error) == (DeliveryState.DEAD, 503, "answered 503")
    assert await shop.tell(days=3) == 0
    await deliveries.replay_delivery(delivery_id=dead.id, now=shop.stage.now, actor=CLERK)
    assert await shop.tell() == 1
    assert (await WebhookDelivery.get()).state is DeliveryState.DELIVERED


async def test_an_address_that_is_silent_or_gone_holds_up_nothing(shop: Shop) -> None:
    await shop.hook(EventKind.TAGGED)
    shop.receiver.silent = True
    await tags(shop, 2)
    assert await shop.tell() == 2
    errors = set(await WebhookDelivery.all().values_list("error", flat=True))
    assert errors == {"no answer within 0 s"}
    down = WebhookSender(httpx2.AsyncClient(), lambda: NOON)
    await Webhook.all().update(url="http://127.0.0.1:9/")
    shop.worker = replace(shop.worker, webhooks=down)
    assert await shop.tell(days=1) == 2
    errors = set(await WebhookDelivery.all().values_list("error", flat=True))
    assert errors == {"cannot be reached (ConnectError)"}
    await down.http.aclose()


async def test_after_a_crash_in_the_middle_it_goes_out_again(shop: Shop, bench: Bench) -> None:
    await shop.hook(EventKind.TAGGED)
    await tags(shop, 1)
    await deliveries.fan_out(now=shop.stage.now)
    [due] = await deliveries.due_deliveries(now=shop.stage.now, machine_ms=bench.machine[0], limit=9)
    sent = await deliveries.take(
        delivery_id=due, now=shop.stage.now, machine_ms=bench.machine[0], lease_ms=1000, sealer=shop.stage.sealer
    )
    assert sent is not None
    assert await tell_one(shop.worker, shop.worker.webhooks, due) is False  # leased
    assert await shop.tell() == 0
    bench.machine[0] += 2000
    assert await shop.tell() == 1
    await deliveries.delivered(message=sent, status_code=200, now=shop.stage.now)  # the one that was thought lost
    delivery = await WebhookDelivery.get()
    assert (delivery.attempts, delivery.status_code) == (2, 204)

    await tags(shop, 1)
    await deliveries.fan_out(now=shop.stage.now)
    due = (await deliveries.due_deliveries(now=shop.stage.now, machine_ms=bench.machine[0], limit=9))[-1]
    await deliveries.take(
        delivery_id=due, now=shop.stage.now, machine_ms=bench.machine[0], lease_ms=10**9, sealer=shop.stage.sealer
    )
    await deliveries.release_leases(now=shop.stage.now)
    assert await shop.tell() == 1


async def test_a_paused_one_gets_afterwards_what_happened_meanwhile(shop: Shop) -> None:
    hook = await shop.hook(EventKind.TAGGED)
    await shop.pause(hook, WebhookState.PAUSED)
    made = await tags(shop, deliveries.BATCH // 100)
    assert await shop.tell() == 0
    await shop.pause(hook, WebhookState.ACTIVE)
    assert await shop.tell() == len(made)
    assert sorted(shop.receiver.ids) == sorted(f"evt_{one}" for one in made)


async def test_more_events_than_one_change_looks_at_are_all_told_and_addresses_take_turns(shop: Shop) -> None:
    busy, other = await shop.hook(name="busy"), await shop.hook(EventKind.TAGGED, name="other")
    order = await shop.stage.arrive(item("MUG"))
    await Event.bulk_create(
        Event(account_id=order.account_id, store_id=order.store_id, order_id=order.id, sequence=100 + number,
              kind=EventKind.CHANGED, actor_kind="SYSTEM", at=shop.stage.now, message="x")
        for number in range(deliveries.BATCH + 10)
    )  # fmt: skip
    await tags(shop, 2)
    await deliveries.fan_out(now=shop.stage.now)
    assert await WebhookDelivery.filter(webhook_id=busy.id).count() > deliveries.BATCH
    first = await deliveries.due_deliveries(now=shop.stage.now, machine_ms=0, limit=4)
    whose = [row.webhook_id for row in await WebhookDelivery.filter(id__in=first)]
    assert sorted(whose) == [busy.id, busy.id, other.id, other.id]


async def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(shop: Shop) -> None:
    hook = await shop.hook(EventKind.TAGGED)
    await tags(shop, 1)
    await shop.tell()
    await shop.pause(hook, WebhookState.PAUSED)
    await WebhookDelivery.create(
        webhook_id=hook.id, event_id=1, order_id=1, state=DeliveryState.QUEUED, due_at=shop.stage.now,
        created_at=shop.stage.now,
    )  # fmt: skip
    shop.stage.later(days=29)
    await tidy_due(shop.worker)
    assert await WebhookDelivery.all().count() == 2
    shop.stage.later(days=2)
    await tidy_due(shop.worker)
    assert [row.state for row in await WebhookDelivery.all()] == [DeliveryState.QUEUED]


async def test_webhooks_go_with_their_store_and_by_themselves(shop: Shop) -> None:
    mine, all_stores = await shop.hook(store_id=shop.stage.store.id), await shop.hook(name="all")
    await tags(shop, 2)
    await shop.tell()
    await delete_store(
        store_id=shop.stage.store.id, confirm_name=shop.stage.store.name, now=shop.stage.now, actor=CLERK
    )
    while await remove_some(now=shop.stage.now):
        continue
    assert [hook.id for hook in await Webhook.all()] == [all_stores.id]
    assert await WebhookDelivery.all().count() == 0
    await webhooks.delete_webhook(webhook_id=all_stores.id, now=shop.stage.now, actor=CLERK)
    assert await Webhook.all().count() == 0
    for gone in (mine.id, all_stores.id):
        with pytest.raises(NotFound):
            await webhooks.delete_webhook(webhook_id=gone, now=shop.stage.now, actor=CLERK)
    with pytest.raises(NotFound):
        await deliveries.replay_from(webhook_id=mine.id, event_id=0, now=shop.stage.now, actor=CLERK)
    with pytest.raises(NotFound):
        await deliveries.replay_delivery(delivery_id=99, now=shop.stage.now, actor=CLERK)


async def test_nothing_is_told_without_a_sender(shop: Shop) -> None:
    await shop.hook()
    await tags(shop, 1)
    assert await webhooks_due(replace(shop.worker, webhooks=None)) == 0
