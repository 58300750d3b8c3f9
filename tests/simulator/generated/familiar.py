"""A world with something of everything in it, and how generated requests come to ask for what is there."""

import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx2
from schemathesis import Case

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.faults.closing import ClosingApp
from simulator.world import World
from tests.simulator.conformance.conftest import NOW

AMERICAN: Final = "ATVPDKIKX0DER"
ARN: Final = "arn:aws:sqs:us-east-1:123456789012:generated"
FEED_TYPE: Final = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
REPORT_TYPE: Final = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
FROM: Final = "2026-11-01T00:00:00Z"
PLACED: Final = {"PENDING": 2, "UNSHIPPED": 8, "SHIPPED": 2, "CANCELLED": 2}
# Without these no answer but 400 comes from the operation.
NEEDED: Final[Mapping[str, dict[str, Any]]] = {
    "searchOrders": {"createdAfter": FROM},
    "getOrders": {"CreatedAfter": FROM, "MarketplaceIds": AMERICAN},
    "getFeeds": {"feedTypes": FEED_TYPE},
    "getReports": {"reportTypes": REPORT_TYPE},
    "getSubscriptions": {"notificationTypes": "ORDER_CHANGE"},
    "getListingsItem": {"marketplaceIds": AMERICAN},
    "patchListingsItem": {"marketplaceIds": AMERICAN},
}
KEPT: Final = 0.2  # how much is left in a familiar request of what nobody knows
Known = Mapping[str, Sequence[Any]]


async def no_sleep(_seconds: float) -> None:
    """Wait for nothing."""


class FamiliarWorld:
    """A world with orders in several states, feeds, reports, a destination, a subscription and a catalog."""

    def __init__(self) -> None:
        self.world = World(seed="generated", clock=SimulatedClock(monotonic=lambda: 0.0, start=NOW, rate=0))
        self.world.quotas.is_enabled = False
        self.app: ClosingApp = create_app(self.world, sleep=no_sleep)
        self.tokens: dict[bool, str] = {}  # by whether the operation is grantless
        self.known: dict[str, list[Any]] = {}

    async def fill(self, fault: Mapping[str, Any] | None = None) -> None:
        """Log in both ways, make what there is to be found, and plan a fault."""
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://amazon.test") as client:
            await self._log_in(client)
            order_ids = await self._place(client)
            for order_id in order_ids["UNSHIPPED"]:
                self.known[f"packageDetail {order_id}"] = [await self._package(client, order_id)]
            self.known |= {
                "orderId": [one for ids in order_ids.values() for one in ids],
                "sellerId": ["demo"],
                "sku": [one["sku"] for one in (await _get(client, "/_sim/state"))["sellers"][0]["catalog"][:3]],
                "marketplaceId": [AMERICAN],
                "marketplaceIds": [[AMERICAN]],
                "packageDetail": [one for key, [one, *_] in self.known.items() if key.startswith("packageDetail ")],
                "name": [f"generated-{number}" for number in range(1000)],
                "resourceSpecification": [
                    {"sqs": {"arn": ARN}},
                    {"eventBridge": {"region": "us-east-1", "accountId": "123456789012"}},
                ],
                "notificationType": ["ORDER_CHANGE"],
                "payloadVersion": ["1.0"],
                "feedType": [FEED_TYPE],
                "reportType": [REPORT_TYPE],
                "contentType": ["text/xml; charset=UTF-8"],
                "restrictedResources": [[{"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}]],
                "patches": [[_quantity(3)]],
            }
            await self._make_documents(client)
            await self._subscribe(client)
            if fault is not None:
                await client.post("/_sim/faults", json=dict(fault))

    async def _log_in(self, client: httpx2.AsyncClient) -> None:
        app = {"client_id": "generated", "client_secret": "s"}
        seller = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo"}
        itself = {"grant_type": "client_credentials", "scope": "sellingpartnerapi::notifications"}
        for is_grantless, form in ((False, seller), (True, itself)):
            answer = await client.post("/auth/o2/token", data=app | form)
            self.tokens[is_grantless] = answer.json()["access_token"]

    async def _place(self, client: httpx2.AsyncClient) -> dict[str, list[str]]:
        placed = {}
        for status, count in PLACED.items():
            wish = {"count": count, "fulfillmentStatus": status, "marketplaceId": AMERICAN}
            placed[status] = list((await client.post("/_sim/orders", json=wish)).json()["orderIds"])
        return placed

    async def _package(self, client: httpx2.AsyncClient, order_id: str) -> dict[str, Any]:
        order = (await client.get(f"/orders/2026-01-01/orders/{order_id}", headers=self.headers())).json()["order"]
        item = order["orderItems"][0]
        return {
            "packageReferenceId": "1",
            "carrierCode": "UPS",
            "trackingNumber": "1Z999",
            "shipDate": "2026-11-04T12:00:00Z",
            "orderItems": [{"orderItemId": item["orderItemId"], "quantity": item["quantityOrdered"]}],
        }

    async def _make_documents(self, client: httpx2.AsyncClient) -> None:
        async def post(path: str, body: dict[str, Any]) -> Any:
            return (await client.post(path, json=body, headers=self.headers())).json()

        made = [await post("/feeds/2021-06-30/documents", {"contentType": "text/xml"}) for _ in range(20)]
        for document in made:
            await client.put(document["url"], content=b"<a/>", headers={"content-type": "text/xml"})
        documents = [document["feedDocumentId"] for document in made]
        feed = {"feedType": FEED_TYPE, "marketplaceIds": [AMERICAN]}
        feeds = [await post("/feeds/2021-06-30/feeds", feed | {"inputFeedDocumentId": one}) for one in documents[:4]]
        report = {"reportType": REPORT_TYPE, "marketplaceIds": [AMERICAN], "dataStartTime": FROM}
        reports = [await post("/reports/2021-06-30/reports", report) for _ in range(3)]
        await client.post("/_sim/clock", json={"advance": 600})
        reports += [await post("/reports/2021-06-30/reports", report) for _ in range(3)]
        headers = self.headers()
        shown = await _get(client, f"/reports/2021-06-30/reports/{reports[0]['reportId']}", headers)
        read = await _get(client, f"/feeds/2021-06-30/feeds/{feeds[0]['feedId']}", headers)
        waiting = [await post("/feeds/2021-06-30/feeds", feed | {"inputFeedDocumentId": one}) for one in documents[4:8]]
        self.known |= {
            "feedId": [one["feedId"] for one in feeds + waiting],
            "feedDocumentId": [*documents[:3], read["resultFeedDocumentId"]],
            "inputFeedDocumentId": documents[8:],
            "reportId": [one["reportId"] for one in reports],
            "reportDocumentId": [shown["reportDocumentId"]],
        }

    async def _subscribe(self, client: httpx2.AsyncClient) -> None:
        itself = self.headers(is_grantless=True)
        destinations = [
            (
                await client.post(
                    "/notifications/v1/destinations",
                    json={"name": name, "resourceSpecification": {"sqs": {"arn": ARN + name}}},
                    headers=itself,
                )
            ).json()["payload"]["destinationId"]
            for name in ("one", "two")
        ]
        body = {"payloadVersion": "1.0", "destinationId": destinations[0]}
        path = "/notifications/v1/subscriptions/ORDER_CHANGE"
        made = (await client.post(path, json=body, headers=self.headers())).json()
        self.known |= {"destinationId": destinations, "subscriptionId": [made["payload"]["subscriptionId"]]}

    def headers(self, *, is_grantless: bool = False) -> dict[str, str]:
        """Return the header that lets a call in."""
        return {"x-amz-access-token": self.tokens[is_grantless]}


def make_familiar(case: Case[Any], name: str, known: Known, chance: random.Random) -> None:
    """Let a request ask for what is there: known values for the names that have some, and what an answer needs."""
    case.path_parameters = {key: _one_of(known, key, value, chance) for key, value in case.path_parameters.items()}
    if isinstance(case.body, dict):
        order_id = case.path_parameters.get("orderId")
        case.body = {
            key: known[f"{key} {order_id}"][0] if f"{key} {order_id}" in known else _one_of(known, key, value, chance)
            for key, value in case.body.items()
            if key in known or chance.random() < KEPT
        }
    kept = {key: value for key, value in case.query.items() if chance.random() < KEPT and key not in known}
    case.query = {**kept, **NEEDED.get(name, {})}


def _one_of(known: Known, key: str, value: Any, chance: random.Random) -> Any:
    return chance.choice(known[key]) if key in known else value


def _quantity(quantity: int) -> dict[str, Any]:
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    return {"op": "replace", "path": "/attributes/fulfillment_availability", "value": value}


async def _get(client: httpx2.AsyncClient, path: str, headers: dict[str, str] | None = None) -> Any:
    return (await client.get(path, headers=headers)).json()
