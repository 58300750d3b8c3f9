"""Very many orders behind one SKU: the time of the fix, and what other mutations wait while all are imported.

The service runs in a process of its own on a database that this script fills. Mutations are measured while it is idle,
while the orders are imported, and idle again.
"""

import argparse
import asyncio
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2

from api.database import database
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Store
from domain.accounts.stores import connect_store
from domain.amazon.facts import (
    AddressFacts,
    AmazonOrderStatus,
    Breakdown,
    BreakdownKind,
    FulfillmentChannel,
    ItemFacts,
    OrderFacts,
)
from domain.amazon.intake import Answered, store_page
from domain.catalog.product_rows import ProductRow
from domain.channel.evaluate import evaluate_batch
from domain.channel.products import import_products
from domain.money import Money
from domain.sealing import Sealer
from domain.timeline import SYSTEM

MARKETPLACE: Final = "A1PA6795UKMFR9"
MISSING: Final = "MISSING-MUG"
OTHERS: Final = 20
PAGE: Final = 100

PRODUCTS: Final = "{ products(first: 50) { nodes { id sku } } }"
BLOCKER: Final = "{ blockers(first: 1) { nodes { id kind resolutions { id } } } }"
FIX: Final = """mutation Fix($input: ApplyResolutionInput!) { applyResolution(input: $input) {
  affected { value precision } errors { code message } } }"""
RESTOCK: Final = """mutation Restock($input: RestockInput!) { restockProduct(input: $input) {
  product { stock } errors { code message } } }"""
BACKLOG: Final = "{ evaluationBacklog { value } }"


@dataclass(frozen=True)
class Phase:
    """What mutations took, in seconds."""

    name: str
    seconds: Sequence[float]

    def at(self, share: float) -> float:
        """Return the time that this share of them did not exceed."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))]

    def __str__(self) -> str:
        times = f"p50 {self.at(0.5) * 1000:6.1f} ms   p99 {self.at(0.99) * 1000:6.1f} ms   longest"
        return f"{self.name:<22} {len(self.seconds):>5} mutations   {times} {max(self.seconds) * 1000:6.1f} ms"


async def fill(url: str, key: bytes, *, orders: int) -> None:
    """Make the database: a store, some products, and the orders, blocked by the one that is missing."""
    now, sealer = datetime.now(UTC), Sealer(key)
    async with database(url, migrate=True):
        store = await connect_store(
            name="Bench",
            marketplace_id=MARKETPLACE,
            refresh_token="Atzr|bench",
            verified=Verified((Participation(MARKETPLACE, True),), now),
            seller_id="bench",
            contact_email=None,
            import_from=now - timedelta(days=30),
            now=now,
            sealer=sealer,
            actor=SYSTEM,
        )
        rows = [ProductRow(line=line, sku=f"OTHER-{line}", quantity="10") for line in range(2, OTHERS + 2)]
        await import_products(rows=rows, now=now, actor=SYSTEM)
        for start in range(0, orders, PAGE):
            page = tuple(an_order(number, now) for number in range(start, min(start + PAGE, orders)))
            await store_orders(store, page, now, sealer)
            await evaluate_batch(now=now, sealer=sealer, limit=PAGE)


async def store_orders(store: Store, page: tuple[OrderFacts, ...], now: datetime, sealer: Sealer) -> None:
    """Store a page as the sync does."""
    await store_page(
        fenced=None,
        account_id=store.account_id,
        stores={MARKETPLACE: store},
        requested_marketplaces=[MARKETPLACE],
        page=Answered(orders=page),
        fetched_at=now,
        now=now,
        sealer=sealer,
    )


def an_order(number: int, now: datetime) -> OrderFacts:
    """Return an order of one mug, paid and not shipped."""
    price = Money(1499, "EUR")
    item = ItemFacts(
        order_item_id=f"{number}",
        seller_sku=MISSING,
        title="A mug",
        quantity_ordered=1,
        proceeds_total=price,
        breakdowns=(Breakdown(BreakdownKind.ITEM, price),),
    )
    placed = now - timedelta(days=2, seconds=number)
    return OrderFacts(
        amazon_order_id=f"902-{number // 10**7:07d}-{number % 10**7:07d}",
        marketplace_id=MARKETPLACE,
        created_at=placed,
        updated_at=placed,
        status=AmazonOrderStatus.UNSHIPPED,
        raw_status="UNSHIPPED",
        fulfillment_channel=FulfillmentChannel.MERCHANT,
        latest_ship_at=placed + timedelta(days=3),
        grand_total=price,
        items=(item,),
        address=AddressFacts(line1="Street 1", city="Berlin", postal_code="10115", country_code="DE"),
    )


@asynccontextmanager
async def serving(url: str, key: bytes) -> AsyncIterator[str]:
    """Run a simulated Amazon and the service, each in a process of its own."""
    amazon, port = "http://127.0.0.1:9470", 9471
    environment = os.environ | {
        "ORDERLANE_DATABASE_URL": url,
        "ORDERLANE_SECRET_KEY": key.hex(),
        "ORDERLANE_AMAZON_ENDPOINT": amazon,
        "ORDERLANE_AMAZON_TOKEN_URL": f"{amazon}/auth/o2/token",
    }
    commands = (["simulate", "--port", "9470"], ["serve", "--port", str(port)])
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api", *command, env=environment, stderr=asyncio.subprocess.DEVNULL
        )
        for command in commands
    ]
    try:
        base = f"http://127.0.0.1:{port}"
        await until_ready(base)
        yield base
    finally:
        for process in reversed(started):
            process.terminate()
            await process.wait()


async def until_ready(base: str) -> None:
    """Wait until the service answers."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        for _ in range(300):
            try:
                if (await http.get(f"{base}/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise SystemExit("The service did not start.")


class Client:
    """Asks the service."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def ask(self, document: str, **variables: Any) -> Any:
        """Return the data; anything that is refused ends the measurement."""
        answer = (await self._http.post("/graphql", json={"query": document, "variables": variables})).json()
        if "errors" in answer or any(isinstance(one, dict) and one.get("errors") for one in answer["data"].values()):
            raise SystemExit(f"refused: {answer}")
        return answer["data"]

    async def mutate(self, product: str) -> float:
        """Restock a product by one; return how long that took."""
        wanted = {"productId": product, "change": {"delta": 1}, "idempotencyKey": secrets.token_hex(8)}
        began = time.perf_counter()
        await self.ask(RESTOCK, input=wanted)
        return time.perf_counter() - began


async def while_idle(client: Client, products: Sequence[str], *, name: str, seconds: float) -> Phase:
    """Mutate for a while, with a pause after each as people make."""
    took: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        took.append(await client.mutate(products[len(took) % len(products)]))
        await asyncio.sleep(0.02)
    return Phase(name, took)


async def while_importing(client: Client, products: Sequence[str]) -> Phase:
    """Mutate until nothing waits to be evaluated any more."""
    took: list[float] = []
    while True:
        took.append(await client.mutate(products[len(took) % len(products)]))
        if len(took) % 25 == 0 and not (await client.ask(BACKLOG))["evaluationBacklog"]["value"]:
            return Phase("while importing", took)
        await asyncio.sleep(0.02)


async def measure(base: str, *, seconds: float) -> None:
    """Measure and print."""
    async with httpx2.AsyncClient(base_url=base, timeout=120, trust_env=False) as http:
        client = Client(http)
        nodes = (await client.ask(PRODUCTS))["products"]["nodes"]
        products = [node["id"] for node in nodes]
        before = await while_idle(client, products, name="idle before", seconds=seconds)
        blocker = (await client.ask(BLOCKER))["blockers"]["nodes"][0]
        wanted = {
            "blockerId": blocker["id"],
            "resolutionId": blocker["resolutions"][0]["id"],
            "idempotencyKey": secrets.token_hex(8),
        }
        began = time.perf_counter()
        fixed = (await client.ask(FIX, input=wanted))["applyResolution"]
        fix = time.perf_counter() - began
        during = await while_importing(client, products)
        imported = time.perf_counter() - began
        after = await while_idle(client, products, name="idle after", seconds=seconds)
    affected = fixed["affected"]["value"]
    print(f"fix ({blocker['resolutions'][0]['id']}): {fix * 1000:.0f} ms, {affected} orders affected")
    print(f"all evaluated after {imported:.1f} s: {affected / imported:.0f} orders a second")
    for phase in (before, during, after):
        print(phase)
    idle = statistics.mean([before.at(0.99), after.at(0.99)])
    print(f"p99 while importing / p99 idle: {during.at(0.99) / idle:.1f}")
    goals = {"fix under 1 s": fix < 1, "p99 while importing under 0.5 s": during.at(0.99) < 0.5}
    print("; ".join(f"{goal}: {'yes' if met else 'NO'}" for goal, met in goals.items()))


async def main() -> None:
    """Fill, serve, measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--orders", type=int, default=50_000)
    arguments.add_argument("--seconds", type=float, default=10, help="how long each idle phase lasts")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="orderlane-bench-") as folder:
        url, key = f"sqlite://{Path(folder) / 'bench.db'}", secrets.token_bytes(32)
        began = time.perf_counter()
        await fill(url, key, orders=given.orders)
        print(f"{given.orders} orders stored and blocked in {time.perf_counter() - began:.0f} s")
        async with serving(url, key) as base:
            await measure(base, seconds=given.seconds)


if __name__ == "__main__":
    asyncio.run(main())
