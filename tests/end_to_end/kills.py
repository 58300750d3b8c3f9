"""Kill the service again and again while it syncs and ships, then count: nothing lost, nothing twice.

Run it alone for the long form: python -m tests.end_to_end.kills --kills 60 --orders 500 [--lose-every 10]
"""

import argparse
import asyncio
import base64
import csv
import json
import logging
import os
import random
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from starlette.types import ASGIApp

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.server import serving
from simulator.world import World
from tests.end_to_end.lossy import LosesAnswers

MARKETPLACE = "ATVPDKIKX0DER"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TO_SHIP = """query { amazonOrders(first: 100, where: {
  displayStatus: {oneOf: [UNSHIPPED, PARTIALLY_SHIPPED]}, importOutcome: {eq: IMPORTED}}) {
  nodes { id amazonOrderId items { id quantityOrdered } commerceOrder { shipments { id } } } } }"""
SHIP = "mutation($input: ShipOrderInput!) { shipOrder(input: $input) { shipment { id } errors { code message } } }"
SYNC = "mutation($id: ID!) { syncNow(input: {storeId: $id}) { run { id } errors { code message } } }"
STORES = "{ stores { id } }"


@dataclass
class Outcome:
    """What the run found; every count that must match another stands beside it."""

    kills: int
    orders: int
    lost_answers: int
    figures: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = ", ".join(f"{name} {count}" for name, count in self.figures.items())
        verdict = "no fault" if not self.faults else "; ".join(self.faults[:20])
        return f"{self.kills} kills, {self.orders} orders, {self.lost_answers} answers lost: {words}: {verdict}"


class Victim:
    """The service as a process of its own."""

    def __init__(self, folder: Path, amazon: str) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}/graphql"
        self.environment = os.environ | {
            "ORDERLANE_DATABASE_URL": f"sqlite://{folder / 'orders.db'}",
            "ORDERLANE_AMAZON_ENDPOINT": amazon,
            "ORDERLANE_AMAZON_TOKEN_URL": f"{amazon}/auth/o2/token",
            "ORDERLANE_AMAZON_CLIENT_ID": "app",
            "ORDERLANE_AMAZON_CLIENT_SECRET": "secret",
            "ORDERLANE_SECRET_KEY": base64.b64encode(b"k" * 32).decode(),
            "ORDERLANE_SYNC_PAGE_SIZE": "10",
            "ORDERLANE_REFRESH_TOKEN": "Atzr|demo",
        }
        self.process: asyncio.subprocess.Process | None = None

    async def run(self, *words: str) -> None:
        """Run one command of ours to its end."""
        process = await self._start(*words)
        if await process.wait() != 0:
            raise RuntimeError(f"orderlane {' '.join(words)} failed: see {self.folder / 'log'}")

    async def start(self) -> None:
        """Start serving."""
        self.process = await self._start("serve", "--port", str(self.port))

    async def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        await self.process.wait()

    async def _start(self, *words: str) -> asyncio.subprocess.Process:
        with (self.folder / "log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "api", *words, env=self.environment, cwd=self.folder, stdout=log, stderr=log
            )


class Clerk:
    """A person at the GraphQL API who ships whatever can be shipped, and repeats what went unanswered."""

    def __init__(self, victim: Victim, chance: random.Random) -> None:
        self.victim = victim
        self.chance = chance
        self.shipped: dict[str, str] = {}

    async def work(self) -> None:
        """Ask for a sync, then ship until nothing is left or the service is gone."""
        async with httpx2.AsyncClient(timeout=10) as http:
            try:
                await self._sync(http)
                while await self._ship_some(http):
                    pass
            except (httpx2.HTTPError, KeyError, json.JSONDecodeError):
                return

    async def _sync(self, http: httpx2.AsyncClient) -> None:
        for store in (await self._ask(http, STORES))["stores"]:
            await self._ask(http, SYNC, id=store["id"])

    async def _ship_some(self, http: httpx2.AsyncClient) -> int:
        found = (await self._ask(http, TO_SHIP))["amazonOrders"]["nodes"]
        left = [order for order in found if self.shipped.get(order["id"]) != "all"]
        for order in left:
            await self._ship(http, order)
        return len(left)

    async def _ship(self, http: httpx2.AsyncClient, order: dict[str, Any]) -> None:
        first = order["items"][0]
        parts: list[list[dict[str, Any]] | None] = [None]
        if int(order["amazonOrderId"][-1]) % 3 == 0 and sum(item["quantityOrdered"] for item in order["items"]) > 1:
            parts = [[{"itemId": first["id"], "quantity": 1}], None]
        for at, part in enumerate(parts):
            shipping = {
                "orderId": order["id"],
                "carrierCode": "UPS",
                "trackingNumber": f"1Z{order['amazonOrderId']}-{at}",
                "idempotencyKey": f"ship-{order['amazonOrderId']}-{at}",
            } | ({"lines": part} if part else {})
            answer = await self._ask(http, SHIP, input=shipping)
            if answer["shipOrder"]["errors"]:
                raise AssertionError(f"{order['amazonOrderId']}: {answer['shipOrder']['errors']}")
        self.shipped[order["id"]] = "all"

    async def _ask(self, http: httpx2.AsyncClient, document: str, **variables: Any) -> Any:
        answer = await http.post(self.victim.url, json={"query": document, "variables": variables})
        body = answer.json()
        if "errors" in body:
            raise AssertionError(body["errors"])
        return body["data"]


async def run(*, kills: int, orders: int, seed: int, lose_every: int | None) -> Outcome:
    """Run the whole story and return what it found."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="orderlane-kills-") as name:
        folder = Path(name)
        async with (
            _amazon(seed, lose_every) as (world, base, lossy),
            httpx2.AsyncClient(base_url=base, timeout=60) as control,
        ):
            await _ok(control.post("/_sim/limits", json={"enabled": False}))
            victim = Victim(folder, base)
            await _set_up(victim, world, control, orders)
            clerk = Clerk(victim, chance)
            await _kill_often(victim, clerk, control, chance, kills)
            await _settle(victim, clerk, control, orders)
            outcome = Outcome(kills, orders, lossy.lost if lossy else 0)
            _count(outcome, folder / "orders.db", (await _ok(control.get("/_sim/state"))).json())
            return outcome


async def _set_up(victim: Victim, world: World, control: httpx2.AsyncClient, orders: int) -> None:
    await victim.run("migrate")
    with (victim.folder / "products.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "name", "quantity"])
        writer.writerows([product.sku, product.title, 100_000] for product in world.sellers["demo"].catalog)
    await victim.run("products", "import", "products.csv")
    await victim.run("stores", "connect", "--name", "Demo", "--marketplace", MARKETPLACE)
    await _advance(control, 60)
    for status in ("UNSHIPPED", "PENDING"):
        share = orders // 10 if status == "PENDING" else orders - orders // 10
        await _ok(control.post("/_sim/orders", json={"count": share, "fulfillmentStatus": status}))
    await _advance(control, 600)


async def _kill_often(
    victim: Victim, clerk: Clerk, control: httpx2.AsyncClient, chance: random.Random, kills: int
) -> None:
    for _ in range(kills):
        await victim.start()
        work = asyncio.create_task(_when_ready(victim, clerk))
        await asyncio.sleep(chance.uniform(0.8, 3.5))
        await victim.kill()
        await work
        await _advance(control, 30)


async def _when_ready(victim: Victim, clerk: Clerk) -> None:
    async with httpx2.AsyncClient(timeout=2) as http:
        while victim.process is not None and victim.process.returncode is None:
            try:
                if (await http.get(victim.url.replace("/graphql", "/readyz"))).status_code == 200:
                    break
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
    await clerk.work()


async def _settle(victim: Victim, clerk: Clerk, control: httpx2.AsyncClient, orders: int) -> None:
    await victim.start()
    until = time.monotonic() + 120 + orders / 2
    while time.monotonic() < until:
        await _advance(control, 900)  # our own copy of the quota refills with Amazon's time
        await _when_ready(victim, clerk)
        await asyncio.sleep(1)
        with sqlite3.connect(victim.folder / "orders.db") as database:
            here, under_way = database.execute(
                "SELECT count(*), coalesce(sum(completed_at IS NULL AND amazon_status <> 'CANCELED'), 0) "
                "FROM amazon_order"
            ).fetchone()
        if here == orders and not under_way:
            break
    await victim.kill(signal.SIGTERM)


def _count(outcome: Outcome, path: Path, state: dict[str, Any]) -> None:
    with sqlite3.connect(path) as database:

        def one(sql: str) -> int:
            return int(database.execute(sql).fetchone()[0])

        theirs = [entry["order"] for entry in state["orders"]]
        parcels = [(package["packageReferenceId"]) for order in theirs for package in order.get("packages", [])]
        figures = outcome.figures
        figures["orders at Amazon"] = len(theirs)
        figures["Amazon orders here"] = one("SELECT count(*) FROM amazon_order")
        figures["imported"] = one("SELECT count(*) FROM amazon_order WHERE import_state = 'IMPORTED'")
        figures["commerce orders"] = one("SELECT count(*) FROM commerce_order")
        figures["completed"] = one("SELECT count(*) FROM amazon_order WHERE completed_at IS NOT NULL")
        figures["packages here"] = one("SELECT count(*) FROM package")
        figures["packages at Amazon"] = len(parcels)
        figures["commands confirmed"] = one("SELECT count(*) FROM command WHERE state = 'CONFIRMED'")
        figures["events"] = one("SELECT count(*) FROM event")
        faults = {
            "an order is missing or twice": figures["orders at Amazon"] != figures["Amazon orders here"],
            "commerce orders differ from imported": figures["commerce orders"] != figures["imported"],
            "an importable order is not imported": bool(
                one(
                    "SELECT count(*) FROM amazon_order WHERE import_state <> 'IMPORTED' AND amazon_status <> 'CANCELED'"
                )
            ),
            "an imported order is not complete": figures["completed"]
            != one("SELECT count(*) FROM amazon_order WHERE amazon_status <> 'CANCELED'"),
            "a package is at Amazon twice": len(parcels) != len(set(parcels)),
            "packages differ": sorted(parcels)
            != sorted(row[0] for row in database.execute("SELECT package_reference FROM package")),
            "a command is not confirmed": figures["commands confirmed"] != one("SELECT count(*) FROM command"),
            "events have gaps": bool(
                one(
                    "SELECT count(*) FROM (SELECT order_id FROM event WHERE order_id IS NOT NULL GROUP BY order_id "
                    "HAVING min(sequence) <> 1 OR max(sequence) <> count(*))"
                )
            ),
            "a sequence differs from its order's": bool(
                one(
                    "SELECT count(*) FROM amazon_order o WHERE last_sequence <> "
                    "(SELECT count(*) FROM event WHERE order_id = o.id)"
                )
            ),
            "reserved differs from the reservations": bool(
                one(
                    "SELECT count(*) FROM stock s WHERE reserved <> (SELECT coalesce(sum(quantity), 0) FROM "
                    "reservation r WHERE r.product_id = s.product_id AND r.state = 'ACTIVE')"
                )
            ),
            "stock left differs from what was shipped": bool(
                one(
                    "SELECT count(*) FROM stock s WHERE on_hand <> 100000 - (SELECT coalesce(sum(quantity_shipped), "
                    "0) FROM commerce_order_line l WHERE l.product_id = s.product_id AND l.order_id IN "
                    "(SELECT c.id FROM commerce_order c JOIN amazon_order a ON a.id = c.channel_order_id "
                    "WHERE a.fulfillment_channel = 'MERCHANT'))"
                )
            ),
            "integrity": database.execute("PRAGMA integrity_check").fetchone()[0] != "ok",
            "foreign keys": bool(database.execute("PRAGMA foreign_key_check").fetchall()),
        }
        outcome.faults += [name for name, found in faults.items() if found]


@asynccontextmanager
async def _amazon(seed: int, lose_every: int | None) -> AsyncIterator[tuple[World, str, LosesAnswers | None]]:
    world = World(seed=str(seed), clock=SimulatedClock(monotonic=time.monotonic, start=START, rate=1.0))
    lossy = LosesAnswers(create_app(world), every=lose_every) if lose_every else None
    app: ASGIApp = lossy or create_app(world)
    async with serving(app, host="127.0.0.1", port=0) as base:
        yield world, base, lossy


async def _advance(control: httpx2.AsyncClient, seconds: int) -> None:
    await _ok(control.post("/_sim/clock", json={"advance": seconds}))


async def _ok(call: Any) -> httpx2.Response:
    answer: httpx2.Response = await call
    if answer.status_code >= 300:
        raise RuntimeError(f"{answer.request.url} answered {answer.status_code}: {answer.text[:500]}")
    return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Run the long form and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lose-every", type=int)
    wanted = parser.parse_args()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it tells of every answer that we lose on purpose
    outcome = asyncio.run(run(kills=wanted.kills, orders=wanted.orders, seed=wanted.seed, lose_every=wanted.lose_every))
    sys.stdout.write(f"{outcome}\n")
    sys.exit(1 if outcome.faults else 0)


if __name__ == "__main__":
    main()
