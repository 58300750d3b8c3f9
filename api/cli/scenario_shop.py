"""A shop with the whole service, beside a simulator in this process: what a scenario sees of it and lets it do."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import Running, create_app, running
from api.cli.scenario_questions import (
    ATTENTION,
    CANCEL,
    CONNECT,
    COUNTS,
    ORDER,
    RESOLVE,
    RETRY,
    SETTINGS,
    SHELF,
    SHELVES,
    SHIP,
    STOCK,
    SYNC,
    order_entry,
)
from api.settings import Settings
from api.worker.sweep import sweep_once
from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.timeline import Actor, ActorKind
from simulator.cast.catalog import Product
from simulator.cast.sellers import FIRST_SELLER
from simulator.marketplaces import FIRST_MARKETPLACE
from simulator.scenarios.language import Good
from simulator.world import World

AMAZON: Final = "http://amazon"
CURRENCY: Final = "USD"
ON_THE_SHELF: Final = 100
PAGE: Final = 20  # few, so that a scenario of some dozen orders is read on several pages
MOST_SWEEPS: Final = 50
TELLER: Final = Actor(ActorKind.SYSTEM, "scenario")


class ShopOutOfOrder(LookupError):
    """The service does not have what the scenario names, or answers with an error that nobody expects."""


class Shop:
    """A service whose steps are taken when the scenario says so."""

    def __init__(self, world: World, joined: Running, http: httpx2.AsyncClient) -> None:
        self._world = world
        self._joined = joined
        self._http = http
        self._store_id = ""
        self._acts = 0

    async def open_shop(self, goods: Sequence[Good] | None) -> None:
        """Have these products, or all that the seller offers, and be connected to the seller's account."""
        catalog = self._world.welcome(FIRST_SELLER).catalog
        offered = [Good(sku=product.sku, quantity=ON_THE_SHELF) for product in catalog]
        rows = [_row(line, good, catalog) for line, good in enumerate(offered if goods is None else goods, 2)]
        await import_products(rows=rows, now=self._world.clock.now(), actor=TELLER)
        given = {"name": "Shop", "marketplaceId": FIRST_MARKETPLACE, "refreshToken": f"Atzr|{FIRST_SELLER}"}
        payload = (await self._ask(CONNECT, input=given))["connectStore"]
        if payload["errors"]:
            raise ShopOutOfOrder(f"the store cannot be connected: {payload['errors'][0]['message']}")
        self._store_id = payload["store"]["id"]

    async def work(self) -> None:
        """Do everything that is due now. Raises ShopOutOfOrder if there is no end to it."""
        for _ in range(MOST_SWEEPS):
            if not await sweep_once(self._joined.worker):
                return
        raise ShopOutOfOrder("the service's worker finds no end")

    async def act(self, verb: str, to: str, details: dict[str, Any]) -> dict[str, Any]:
        """Do what the verb says; the answer holds the codes of its refusals, and their words."""
        self._acts += 1
        refusals = await ACTS[verb](self, to, details)
        return {"errors": [refusal["code"] for refusal in refusals], "words": [one["message"] for one in refusals]}

    async def order(self, order_id: str) -> dict[str, Any] | None:
        """Return an order as the service sees it, without its buyer."""
        found = (await self._ask(ORDER, number=order_id))["amazonOrder"]
        return None if found is None else order_entry(found)

    async def shelf(self, sku: str) -> dict[str, Any] | None:
        """Return the stock of a product."""
        nodes = (await self._ask(SHELF, sku=sku))["products"]["nodes"]
        return next((node for node in nodes if node["sku"] == sku), None)

    async def counts(self) -> dict[str, Any]:
        """Return how many orders there are, and how many of them are imported and blocked."""
        return {name: found["count"]["value"] for name, found in (await self._ask(COUNTS)).items()}

    async def attention(self) -> list[str]:
        """Return the kinds of all that a person should look at."""
        return [entry["kind"] for entry in (await self._ask(ATTENTION))["attention"]["nodes"]]

    async def shelves(self) -> dict[str, dict[str, Any]]:
        """Return the stock of every product, by SKU."""
        return {node["sku"]: node for node in (await self._ask(SHELVES))["products"]["nodes"]}

    async def _stock(self, sku: str, details: dict[str, Any]) -> list[dict[str, Any]]:
        counted = {"managesStock": False} if details["quantity"] is None else {"quantity": details["quantity"]}
        return await self._change(STOCK, {"sku": sku, "enabled": details["enabled"], **counted})

    async def _ship(self, order_id: str, details: dict[str, Any]) -> list[dict[str, Any]]:
        order = await self._known(order_id)
        given = {"orderId": order["id"], "carrierCode": details["carrier"], "trackingNumber": details["tracking"]}
        if details["items"] is not None:
            lines = {item["sellerSku"]: item["id"] for item in order["items"]}
            if unknown := details["items"].keys() - lines.keys():
                raise ShopOutOfOrder(f"with.items: the order has no {', '.join(sorted(unknown))}")
            given["lines"] = [{"itemId": lines[sku], "quantity": units} for sku, units in details["items"].items()]
        return await self._change(SHIP, given | self._key())

    async def _cancel(self, order_id: str, details: dict[str, Any]) -> list[dict[str, Any]]:
        order = await self._known(order_id)
        return await self._change(CANCEL, {"orderId": order["id"], "reason": details["reason"], **self._key()})

    async def _resolve(self, order_id: str, details: dict[str, Any]) -> list[dict[str, Any]]:
        order = await self._known(order_id)
        entries = [*order["blockers"], *await self._entries(order_id)]
        for entry in entries:
            ways = [way["id"] for way in entry["resolutions"]]
            if details["resolution"] in ways and details["kind"] in (None, entry["kind"]):
                given = {"blockerId": entry["id"], "resolutionId": details["resolution"], **details["inputs"]}
                return await self._change(RESOLVE, given | self._key())
        offered = ", ".join(f"{way['id']} of {entry['kind']}" for entry in entries for way in entry["resolutions"])
        raise ShopOutOfOrder(f"with.resolution: not among what is offered: {offered or 'nothing'}")

    async def _retry(self, order_id: str, details: dict[str, Any]) -> list[dict[str, Any]]:
        results = (await self._ask(RETRY, ids=[(await self._known(order_id))["id"]]))["retryImport"]["results"]
        return [refusal for result in results for refusal in result["errors"]]

    async def _settings(self, to: str, details: dict[str, Any]) -> list[dict[str, Any]]:
        return await self._change(SETTINGS, {"storeId": self._store_id, "patch": details["patch"]})

    async def _sync(self, to: str, details: dict[str, Any]) -> list[dict[str, Any]]:
        one = {} if details["order"] is None else {"amazonOrderId": details["order"]}
        refusals = await self._change(SYNC, {"storeId": self._store_id, **one})
        await self.work()
        return refusals

    async def _entries(self, order_id: str) -> list[dict[str, Any]]:
        nodes = (await self._ask(ATTENTION))["attention"]["nodes"]
        return [node for node in nodes if (node["order"] or {}).get("amazonOrderId") == order_id]

    async def _known(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] | None = (await self._ask(ORDER, number=order_id))["amazonOrder"]
        if found is None:
            raise ShopOutOfOrder(f"to: the service does not know order {order_id} yet; let some time pass before")
        return found

    def _key(self) -> dict[str, str]:
        return {"idempotencyKey": f"scenario-{self._acts}"}

    async def _change(self, document: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        (payload,) = (await self._ask(document, input=given)).values()
        refusals: list[dict[str, Any]] = payload["errors"]
        return refusals

    async def _ask(self, document: str, **variables: Any) -> dict[str, Any]:
        response = await self._http.post("/graphql", json={"query": document, "variables": variables})
        answer = response.json()
        if answer.get("errors"):
            raise ShopOutOfOrder(f"the service refused the question: {answer['errors'][0].get('message')}")
        data: dict[str, Any] = answer["data"]
        return data


ACTS: Final[dict[str, Callable[[Shop, str, dict[str, Any]], Awaitable[list[dict[str, Any]]]]]] = {
    "shop-stock": Shop._stock,
    "shop-ship": Shop._ship,
    "shop-cancel": Shop._cancel,
    "shop-resolve": Shop._resolve,
    "shop-retry": Shop._retry,
    "shop-settings": Shop._settings,
    "shop-sync": Shop._sync,
}


@asynccontextmanager
async def shop_beside(
    world: World, amazon: ASGIApp, *, database_url: str, migrate: bool = False
) -> AsyncIterator[Shop]:
    """Keep a service on this database beside the simulator while the context lasts, in the world's time."""
    settings = Settings(
        database_url=database_url,
        secret_key=SecretStr(secrets.token_hex(32)),
        amazon_endpoint=AMAZON,
        amazon_token_url=f"{AMAZON}/auth/o2/token",
        amazon_client_id="shop",
        amazon_client_secret=SecretStr("secret"),
        sync_page_size=PAGE,
    )
    transport = httpx2.ASGITransport(app=_Cable(amazon))
    async with running(settings, clock=world.clock, transport=transport, migrate=migrate, takes_role=True) as joined:
        here = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=here, base_url="http://localhost") as http:
            yield Shop(world, joined, http)


class _Cable:
    """The way to a simulator in this process: a connection that it closes looks as over a port."""

    def __init__(self, amazon: ASGIApp) -> None:
        self._amazon = amazon

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or fail like a network does."""
        try:
            await self._amazon(scope, receive, send)
        except ConnectionError as error:
            raise httpx2.ReadError("the connection was closed") from error


def _row(line: int, good: Good, catalog: Sequence[Product]) -> ProductRow:
    listed = next((product for product in catalog if product.sku == good.sku), None)
    cents = 0 if listed is None else listed.price(CURRENCY)
    return ProductRow(
        line=line,
        sku=good.sku,
        name=good.sku if listed is None else listed.title,
        price=f"{cents // 100}.{cents % 100:02}" if cents else None,
        currency=CURRENCY,
        quantity="" if good.quantity is None else str(good.quantity),
        manages_stock="false" if good.quantity is None else "true",
        enabled="true" if good.enabled else "false",
        asin="" if listed is None else listed.asin,
    )
