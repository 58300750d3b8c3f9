"""A simulated Amazon and the whole service in one process, without sockets; time moves only when told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import Running, create_app, running
from api.mail.spool import MemorySpool
from api.settings import Settings
from api.worker.sweep import sweep_once
from simulator.app import create_app as create_amazon
from simulator.clock import SimulatedClock
from simulator.orders.placing import WantedItem, Wish, place_order
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
  order { displayStatus } shipment { id } errors { __typename code message path } } }"""
CANCEL = """mutation($input: CancelOrderInput!) { cancelOrder(input: $input) {
  command { id state } order { displayStatus status }
  errors { __typename code message path ... on ActionNotAllowedError { action currentStatus } } } }"""
SAVE_PRODUCT = (
    "mutation($input: ProductInput!) { saveProduct(input: $input) { affected { value } errors { message } } }"
)
PRODUCT = "query($sku: String!) { products(first: 1, search: $sku) { nodes { id stock reserved salable } } }"


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
    mail: MemorySpool = field(default_factory=MemorySpool)
    store_id: str = ""

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
        self.store_id = payload["store"]["id"]
        return self.store_id

    def place(
        self,
        *skus: str,
        status: str = "UNSHIPPED",
        quantity: int = 1,
        price: int | None = None,
        fulfilled_by: str = "MERCHANT",
        programs: tuple[str, ...] = (),
        marketplace_id: str = MARKETPLACE,
    ) -> str:
        """Place an order at Amazon now and return its number; a SKU that is not listed there needs a price."""
        items = tuple(WantedItem(sku=sku, quantity=quantity, price=price) for sku in skus)
        wish = Wish(
            status=status, items=items, programs=programs, fulfilled_by=fulfilled_by, marketplace_id=marketplace_id
        )
        return place_order(self.world, wish, at=self.world.catch_up())

    async def stock(self, sku: str, quantity: int | None = 10, *, enabled: bool = True) -> int:
        """Let the shop have so many of a product; without a quantity nobody counts it. Returns how many orders gain."""
        given = {"sku": sku, "name": sku.title(), "enabled": enabled}
        given |= {"managesStock": False} if quantity is None else {"quantity": quantity}
        payload = (await self.ask(SAVE_PRODUCT, input=given))["saveProduct"]
        assert payload["errors"] == []
        affected: int = payload["affected"]["value"]
        return affected

    async def shelf(self, sku: str) -> dict[str, int]:
        """Return how many there are of a product, how many of them are held, and how many are free."""
        found: dict[str, int] = (await self.ask(PRODUCT, sku=sku))["products"]["nodes"][0]
        del found["id"]
        return found

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

    async def at_amazon(self, number: str) -> dict[str, Any]:
        """Return one order as the simulated Amazon keeps it."""
        return next(entry for entry in await self.seen_by_amazon() if entry["order"]["orderId"] == number)

    async def happens(self, number: str, act: str, **details: Any) -> None:
        """Let something happen to an order at Amazon: pay, cancel, request-cancel, ship, deliver."""
        assert await self.http_to_amazon(f"/_sim/orders/{number}/{act}", details) == 200

    async def load(self, document: dict[str, Any]) -> None:
        """Let the simulated Amazon have an order exactly as it is given, changed just now."""
        self.world.clock.advance(1)
        document["lastUpdatedTime"] = self.world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        transport = httpx2.ASGITransport(app=self.amazon.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://amazon") as http:
            answer = await http.put("/_sim/orders", json={"orders": [document]})
            assert answer.status_code == 200, answer.text

    async def seen_by_amazon(self) -> list[dict[str, Any]]:
        """Return the orders as the simulated Amazon keeps them."""
        return await self._kept_by_amazon("orders")

    async def feeds_at_amazon(self) -> list[dict[str, Any]]:
        """Return the feeds as the simulated Amazon keeps them."""
        return await self._kept_by_amazon("feeds")

    async def _kept_by_amazon(self, what: str) -> list[dict[str, Any]]:
        transport = httpx2.ASGITransport(app=self.amazon.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://amazon") as http:
            entries: list[dict[str, Any]] = (await http.get("/_sim/state")).json()[what]
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

    async def cancel(self, number: str, *, reason: str = "NO_INVENTORY", **more: Any) -> dict[str, Any]:
        """Ask to cancel an order, and return the payload."""
        given = {"orderId": (await self.order(number))["id"], "reason": reason, "idempotencyKey": f"cancel {number}"}
        payload: dict[str, Any] = (await self.ask(CANCEL, input=given | more))["cancelOrder"]
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
        mail_server="file:nowhere",
        mail_from="shop@example.com",
    )


@asynccontextmanager
async def town(database_url: str, *, web: httpx2.AsyncBaseTransport | None = None) -> AsyncIterator[Town]:
    """Keep a town together, with nothing sold and nothing connected yet; `web` is where webhooks lead."""
    world, mail = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=START), seed="7"), MemorySpool()
    amazon = Amazon(create_amazon(world))
    transport = httpx2.ASGITransport(app=amazon)
    async with running(
        settings_for(database_url),
        clock=world.clock,
        transport=transport,
        web_transport=web,
        takes_role=True,
        mail=mail,
    ) as joined:
        here = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=here, base_url="http://localhost") as http:
            yield Town(world=world, amazon=amazon, joined=joined, http=http, mail=mail)
