from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from api.amazon.client import AmazonClient
from api.service import Service
from api.worker.past_orders import PastOrders
from api.worker.sweep import sync_due
from api.worker.worker import Limits, Worker
from domain.accounts.records import Store, SyncRun
from domain.accounts.regions import Region
from domain.accounts.stores import connect_store
from domain.sealing import Sealer
from domain.timeline import SYSTEM
from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.world import World
from tests.api.wire_between import WireBetween

AMAZON = "http://amazon.test"
US = "ATVPDKIKX0DER"


@dataclass
class Bench:
    """The service's background work against a simulated Amazon, with a clock that only tests move."""

    clock: SimulatedClock
    wire: WireBetween
    http: httpx2.AsyncClient
    worker: Worker
    sealer: Sealer
    machine: list[int]

    async def connect(
        self, name: str = "demo", marketplace_id: str = US, *, import_from: datetime | None = None
    ) -> Store:
        token = f"Atzr|{name}"
        verified = await self.worker.amazon.verify(region=Region.NA, refresh_token=token)
        return await connect_store(
            name=name,
            marketplace_id=marketplace_id,
            refresh_token=token,
            verified=verified,
            seller_id=name,
            contact_email=None,
            import_from=import_from,
            now=self.clock.now(),
            sealer=self.sealer,
            actor=SYSTEM,
        )

    async def control(self, path: str, body: object = None) -> Any:
        response = await self.http.post(f"{AMAZON}/_sim{path}", json=body if body is not None else {})
        assert response.is_success, response.text
        return response.json()

    async def place(self, count: int = 1, **wish: Any) -> Any:
        wish = {"seller": "demo", "fulfillmentStatus": "UNSHIPPED", "marketplaceId": US, **wish}
        return (await self.control("/orders", {"count": count, **wish}))["orderIds"]

    async def pass_by(self, **time: float) -> None:
        self.clock.advance(timedelta(**time).total_seconds())

    async def sync(self) -> int:
        return await sync_due(self.worker)

    async def last_run(self) -> SyncRun:
        run = await SyncRun.all().order_by("-id").first()
        assert run is not None
        return run

    def keep_time_by(self, clock: SimulatedClock) -> None:
        """Give the service a clock of its own, beside Amazon's."""
        client = amazon_client(self.http, clock)
        service = replace(self.worker.service, clock=clock, credentials=client)
        self.worker = replace(self.worker, service=service, amazon=client)

    def with_limits(self, **limits: Any) -> None:
        self.worker = replace(self.worker, limits=replace(self.worker.limits, **limits))


def amazon_client(http: httpx2.AsyncClient, clock: SimulatedClock) -> AmazonClient:
    return AmazonClient(
        http=http,
        clock=clock,
        client_id="id",
        client_secret="secret",
        endpoint=AMAZON,
        token_url=f"{AMAZON}/auth/o2/token",
        deadline=5,
    )


@pytest.fixture
async def bench(database: str, sealer: Sealer) -> AsyncIterator[Bench]:
    clock = SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 3, 2, 9, tzinfo=UTC))
    wire = WireBetween(create_app(World(clock=clock)))
    machine = [1_000_000]
    async with httpx2.AsyncClient(transport=wire) as http:
        client = amazon_client(http, clock)
        numbers = iter(range(1, 10**6))
        service = Service(
            clock=clock,
            sealer=sealer,
            credentials=client,
            first_look=PastOrders(amazon=client, sealer=sealer, clock=clock).first_look,
            new_reference=lambda: str(next(numbers)),
            wake=lambda: None,
        )
        worker = Worker(service, client, Limits(), lambda: machine[0])
        yield Bench(clock, wire, http, worker, sealer, machine)
