"""Clients that hang up in the middle of their requests, hundreds of times, while orders come in."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tortoise.connection import get_connection

from api.worker.sweep import sweep_once
from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.commerce.records import Package, Shipment
from domain.timeline import SYSTEM
from tests.counted import IS_THOROUGH, Show
from tests.end_to_end.town import SHIP, Town, town

MUG = "MUG-STONEWARE-350"
REQUESTS, ORDERS = (600, 60) if IS_THOROUGH else (240, 30)
LIST = """{ amazonOrders(first: 50) { nodes { id number: amazonOrderId items { title product { salable } }
  blockers { message } commerceOrder { lines { total { amount } } } events(first: 5) { nodes { message } } }
  count { value } } stores { orderCounts { status count { value } } } }"""
ONE_BAD = '{ amazonOrders(first: 10) { nodes { id } } amazonOrder(by: {id: "junk"}) { id } }'
SETTINGS = """mutation($id: ID!, $days: Int!) {
  updateOrderSettings(input: {storeId: $id, patch: {reservationDays: $days}}) {
    settings { version } errors { code } } }"""
SYNC = "mutation($id: ID!) { syncNow(input: {storeId: $id}) { run { id } errors { code } } }"
RETRY = "mutation($ids: [ID!]!) { retryImport(orderIds: $ids) { succeeded errors { code } } }"


@dataclass
class Impatient:
    """Clients of one shop who wait for at most 30 ms."""

    shop: Town
    store_id: str
    ids: dict[str, str]
    chance: random.Random
    answered: Counter[str] = field(default_factory=Counter)
    versions: list[int] = field(default_factory=list)

    def shipping(self, number: str) -> dict[str, Any]:
        return {
            "orderId": self.ids[number],
            "carrierCode": "UPS",
            "trackingNumber": f"1Z{number}",
            "idempotencyKey": f"ship {number}",
        }

    def wish(self, turn: int) -> tuple[str, str, dict[str, Any]]:
        number = self.chance.choice(list(self.ids))
        wishes: list[tuple[str, str, dict[str, Any]]] = [
            ("ship", SHIP, {"input": self.shipping(number)}),
            ("settings", SETTINGS, {"id": self.store_id, "days": 1 + turn % 89}),
            ("sync", SYNC, {"id": self.store_id}),
            ("retry", RETRY, {"ids": [self.ids[number]]}),
            ("list", LIST, {}),
            ("one bad of two", ONE_BAD, {}),
        ]
        return self.chance.choice(wishes)

    async def ask_and_hang_up(self, turn: int) -> None:
        kind, document, variables = self.wish(turn)
        post = self.shop.http.post("/graphql", json={"query": document, "variables": variables})
        task = asyncio.create_task(post)
        await asyncio.sleep(self.chance.uniform(0, 0.03))
        if not task.done():
            task.cancel()
        try:
            body = (await task).json()
        except asyncio.CancelledError:
            self.answered["hung up"] += 1
            return
        self.answered[kind] += 1
        assert ("errors" in body) == (kind == "one bad of two"), body
        if kind == "settings":
            self.versions.append(body["data"]["updateOrderSettings"]["settings"]["version"])


async def keep_syncing(shop: Town) -> None:
    while True:
        shop.world.clock.advance(10)
        shop.place(MUG)
        await sweep_once(shop.joined.worker)
        await asyncio.sleep(0.005)


@pytest.fixture
async def impatient(database_url: str) -> AsyncIterator[Impatient]:
    async with town(database_url) as shop:
        store_id = await shop.connect()
        row = ProductRow(line=2, sku=MUG, name="Mug", quantity="100000")
        await import_products(rows=[row], now=shop.world.clock.now(), actor=SYSTEM)
        shop.world.clock.advance(60)
        numbers = [shop.place(MUG, quantity=2) for _ in range(ORDERS)]
        await shop.pass_time()
        ids = {number: (await shop.order(number))["id"] for number in numbers}
        yield Impatient(shop, store_id, ids, random.Random(20260302))


# graphql-core drops the resolvers of a cancelled selection before they start; none of them has begun to write.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine object:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:coroutine '(Executor|GraphQLCoreConverter):RuntimeWarning")
@pytest.mark.timeout(180)
async def test_hundreds_of_cancelled_requests_freeze_nothing_and_lose_nothing(impatient: Impatient, show: Show):
    shop = impatient.shop
    syncing = asyncio.create_task(keep_syncing(shop))
    async with asyncio.timeout(120):
        for first in range(0, REQUESTS, 6):
            await asyncio.gather(*(impatient.ask_and_hang_up(turn) for turn in range(first, first + 6)))
    syncing.cancel()
    ending = (await asyncio.gather(syncing, return_exceptions=True))[0]
    assert isinstance(ending, asyncio.CancelledError), ending
    show(f"cancelled requests: {dict(impatient.answered)}")
    assert impatient.answered["hung up"] > REQUESTS / 4
    assert impatient.answered.total() == REQUESTS

    for number in impatient.ids:
        payload = (await shop.ask(SHIP, input=impatient.shipping(number)))["shipOrder"]
        assert payload["errors"] == []
    assert await Shipment.all().count() == await Package.all().count() == ORDERS
    saved = await shop.ask(SETTINGS, id=impatient.store_id, days=90)
    last = saved["updateOrderSettings"]["settings"]["version"]
    assert all(version < last for version in impatient.versions)
    assert len(set(impatient.versions)) == len(impatient.versions)
    await nothing_is_half_written()


async def nothing_is_half_written() -> None:
    for sql in (
        "SELECT order_id FROM event WHERE order_id IS NOT NULL GROUP BY order_id "
        "HAVING min(sequence) <> 1 OR max(sequence) <> count(*)",
        "SELECT id FROM amazon_order o WHERE last_sequence <> (SELECT count(*) FROM event WHERE order_id = o.id)",
        "SELECT id FROM stock s WHERE reserved <> (SELECT coalesce(sum(quantity), 0) FROM reservation r "
        "WHERE r.product_id = s.product_id AND r.state = 'ACTIVE')",
        "SELECT id FROM stock WHERE on_hand <> 100000 - (SELECT coalesce(sum(quantity_shipped), 0) "
        "FROM commerce_order_line)",
        "SELECT id FROM package p WHERE NOT EXISTS (SELECT 1 FROM command c WHERE c.package_id = p.id)",
        "PRAGMA foreign_key_check",
    ):
        _, found = await get_connection("default").execute_query(sql)
        assert not found, sql
