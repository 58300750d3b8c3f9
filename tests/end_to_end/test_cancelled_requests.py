"""Clients that hang up in the middle of their requests, hundreds of times, while orders come in."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise.connection import get_connection

from api.worker.sweep import sweep_once
from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.commerce.records import Package, Shipment
from domain.timeline import SYSTEM
from tests.end_to_end.town import SHIP, Town, town

MUG = "MUG-STONEWARE-350"
REQUESTS = 600
ORDERS = 60
LIST = """{ amazonOrders(first: 50) { nodes { id number: amazonOrderId items { title product { salable } }
  blockers { message } commerceOrder { lines { total { amount } } } events(first: 5) { nodes { message } } }
  count { value } } stores { orderCounts { status count { value } } } }"""
TWO_READS_ONE_BAD = '{ amazonOrders(first: 10) { nodes { id } } amazonOrder(by: {id: "junk"}) { id } }'
SETTINGS = """mutation($id: ID!, $days: Int!) {
  updateOrderSettings(input: {storeId: $id, patch: {reservationDays: $days}}) { settings { version } errors { code } } }"""
SYNC = "mutation($id: ID!) { syncNow(input: {storeId: $id}) { run { id } errors { code } } }"
RETRY = "mutation($ids: [ID!]!) { retryImport(orderIds: $ids) { succeeded errors { code } } }"


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Town]:
    async with town(database_url) as opened:
        yield opened


# graphql-core drops the resolvers of a cancelled selection before they start; none of them has begun to write.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine object:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:coroutine '(Executor|GraphQLCoreConverter):RuntimeWarning")
@pytest.mark.timeout(180)
async def test_six_hundred_cancelled_requests_freeze_nothing_and_lose_nothing(shop: Town):
    chance = random.Random(20260302)
    store_id = await shop.connect()
    row = ProductRow(line=2, sku=MUG, name="Mug", quantity="100000")
    await import_products(rows=[row], now=shop.world.clock.now(), actor=SYSTEM)
    shop.world.clock.advance(60)
    numbers = [shop.place(MUG, quantity=2) for _ in range(ORDERS)]
    await shop.pass_time()
    ids = {number: (await shop.order(number))["id"] for number in numbers}
    versions: list[int] = []
    answered: Counter[str] = Counter()

    def request(turn: int) -> tuple[str, str, dict[str, Any]]:
        number = chance.choice(numbers)
        kinds: list[tuple[str, str, dict[str, Any]]] = [
            ("ship", SHIP, {"input": shipping(number)}),
            ("settings", SETTINGS, {"id": store_id, "days": 1 + turn % 89}),
            ("sync", SYNC, {"id": store_id}),
            ("retry", RETRY, {"ids": [ids[number]]}),
            ("list", LIST, {}),
            ("one bad of two", TWO_READS_ONE_BAD, {}),
        ]
        return chance.choice(kinds)

    def shipping(number: str) -> dict[str, Any]:
        return {
            "orderId": ids[number],
            "carrierCode": "UPS",
            "trackingNumber": f"1Z{number}",
            "idempotencyKey": f"ship {number}",
        }

    async def ask_and_hang_up(turn: int) -> None:
        kind, document, variables = request(turn)
        post = shop.http.post("/graphql", json={"query": document, "variables": variables})
        task = asyncio.create_task(post)
        await asyncio.sleep(chance.uniform(0, 0.03))
        if not task.done():
            task.cancel()
        try:
            body = (await task).json()
        except asyncio.CancelledError:
            answered["hung up"] += 1
            return
        answered[kind] += 1
        if kind != "one bad of two":
            assert "errors" not in body, body
        if kind == "settings":
            versions.append(body["data"]["updateOrderSettings"]["settings"]["version"])

    async def keep_syncing() -> None:
        while True:
            shop.world.clock.advance(10)
            shop.place(MUG)
            await sweep_once(shop.joined.worker)
            await asyncio.sleep(0.005)

    syncing = asyncio.create_task(keep_syncing())
    try:
        async with asyncio.timeout(120):
            for first in range(0, REQUESTS, 6):
                await asyncio.gather(*(ask_and_hang_up(turn) for turn in range(first, first + 6)))
    finally:
        syncing.cancel()
        outcome = (await asyncio.gather(syncing, return_exceptions=True))[0]
    assert isinstance(outcome, asyncio.CancelledError), outcome
    print(f"cancelled requests: {dict(answered)}")
    assert answered["hung up"] > REQUESTS / 4
    assert answered.total() == REQUESTS

    for number in numbers:
        payload = (await shop.ask(SHIP, input=shipping(number)))["shipOrder"]
        assert payload["errors"] == []
    assert await Shipment.all().count() == await Package.all().count() == ORDERS
    saved = (await shop.ask(SETTINGS, id=store_id, days=90))["updateOrderSettings"]["settings"]["version"]
    assert all(version < saved for version in versions)
    assert len(set(versions)) == len(versions)
    await nothing_half_written()


async def nothing_half_written() -> None:
    """Look for what a lost or doubled write would leave behind."""
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
