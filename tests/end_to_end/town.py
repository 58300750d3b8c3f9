"""A simulated Amazon and the whole service in one process, without sockets; time moves only when told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import Running, create_app, running
from api.settings import Settings
from api.worker.sweep import sweep_once
from simulator.app import create_app as create_amazon
from simulator.clock import SimulatedClock
from simulator.placing import WantedItem, Wish, place_order
from simulator.world import World

MARKETPLACE = "ATVPDKIKX0DER"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONNECT = """mutation($input: ConnectStoreInput!) { connectStore(input: $input) {
  store { id } errors { code message path } } }"""
ORDER = """query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id status displayStatus importDecision { outcome }
  blockers { __typename kind }
  commerceOrder { state shipments { packages { trackingNumber command { state } } } }
  items { id quantityOrdered quantityShipped }
  commands { kind state }
} }"""
SHIP = """mutation($input: ShipOrderInput!) { shipOrder(input: $input) {
  order { displayStatus } shipment { id } errors { code message path } } }"""


class Amazon:
    """The simulated Amazon, which can be cut off."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.is_cut_off = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or fail like a network does."""
        if self.is_cut_off:
            raise httpx2.ConnectError("no route")
        await self.app(scope, receive, send)


@dataclass
class Town:
    """Everything a story needs."""

    world: World
    amazon: Amazon
    joined: Running
    http: httpx2.AsyncClient

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Ask the API; an error in the answer fails the story."""
        response = await self.http.post("/graphql", json={"query": document, "variables": variables})
        answer: dict[str, Any] = response.json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def connect(self) -> str:
        """Connect the seller demo's store and return its id."""
        given = {"name": "Shop", "marketplaceId": MARKETPLACE, "refreshToken": "Atzr|demo"}
        payload = (await self.ask(CONNECT, input=given))["connectStore"]
        assert payload["errors"] == []
        store_id: str = payload["store"]["id"]
        return store_id

    def place(self, *skus: str, status: str = "UNSHIPPED", quantity: int = 1) -> str:
        """Place an order at Amazon now and return its number."""
        items = tuple(WantedItem(sku=sku, quantity=quantity) for sku in skus)
        return place_order(self.world, Wish(status=status, items=items, programs=()), at=self.world.catch_up())

    async def pass_time(self, minutes: float = 6) -> None:
        """Let time pass, and let the worker do what is due then."""
        self.world.clock.advance(minutes * 60)
        for _ in range(20):
            if not await sweep_once(self.joined.worker):
                return
        raise AssertionError("the worker finds no end")

    async def order(self, number: str) -> dict[str, Any]:
        """Return one order as the API shows it."""
        found: dict[str, Any] = (await self.ask(ORDER, number=number))["amazonOrder"]
        return found

    async def http_to_amazon(self, path: str, body: dict[str, Any]) -> int:
        """Use the simulated Amazon's back door and return the status of its answer."""
        transport = httpx2.ASGITransport(app=self.amazon.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://amazon") as http:
            return (await http.post(path, json=body)).status_code

    async def seen_by_amazon(self) -> list[dict[str, Any]]:
        """Return the orders as the simulated Amazon keeps them."""
        transport = httpx2.ASGITransport(app=self.amazon.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://amazon") as http:
            entries: list[dict[str, Any]] = (await http.get("/_sim/state")).json()["orders"]
            return entries

    async def ship(self, number: str, *, tracking: str = "1Z999AA10123456784") -> dict[str, Any]:
        """Ship the rest of an order in one package, and return the payload."""
        given = {
            "orderId": (await self.order(number))["id"],
            "carrierCode": "UPS",
            "trackingNumber": tracking,
            "idempotencyKey": f"{number} {tracking}",
        }
        payload: dict[str, Any] = (await self.ask(SHIP, input=given))["shipOrder"]
        return payload


def settings_for(database_url: str) -> Settings:
    """Return the settings of a service that talks to the simulated Amazon."""
    return Settings(
        database_url=database_url,
        secret_key=SecretStr("ab" * 32),
        amazon_endpoint="http://amazon",
        amazon_token_url="http://amazon/auth/o2/token",
        amazon_client_id="application",
        amazon_client_secret=SecretStr("secret"),
    )


@asynccontextmanager
async def town(database_url: str) -> AsyncIterator[Town]:
    """Keep a town together, with nothing sold and nothing connected yet."""
    world = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=START), seed="7")
    amazon = Amazon(create_amazon(world))
    transport = httpx2.ASGITransport(app=amazon)
    async with running(settings_for(database_url), clock=world.clock, transport=transport, takes_role=True) as joined:
        here = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=here, base_url="http://localhost") as http:
            yield Town(world=world, amazon=amazon, joined=joined, http=http)
