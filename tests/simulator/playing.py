"""Talking to a simulator inside a test: its wire, its control plane, its time."""

from typing import Any

import httpx2

from simulator.app import create_app
from simulator.world import World

ORDERS = "/orders/2026-01-01/orders"
LONG_AGO = "2026-10-01T00:00:00Z"
EVERYTHING = (
    "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS"
)
INVALID = "The input you have submitted is not valid. Please check your input and try again."


class Amazon:
    """One application's view of the simulator, for one seller."""

    def __init__(self, world: World) -> None:
        self.world = world
        transport = httpx2.ASGITransport(app=create_app(world))
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://simulator")
        self.token: str | None = None
        self.seller = "demo"

    async def log_in(self, seller: str | None = None, client_id: str = "app") -> httpx2.Response:
        self.seller = self.seller if seller is None else seller
        form = {
            "grant_type": "refresh_token",
            "refresh_token": f"Atzr|{self.seller}",
            "client_id": client_id,
            "client_secret": "secret",
        }
        answer = await self.http.post("/auth/o2/token", data=form)
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        return answer

    async def get(self, path: str, params: Any = None) -> httpx2.Response:
        headers = {"x-amz-access-token": self.token} if self.token else {}
        return await self.http.get(path, params=params, headers=headers)

    async def search(self, **params: object) -> httpx2.Response:
        if not any(name.endswith("After") for name in params):
            params["lastUpdatedAfter"] = LONG_AGO
        return await self.get(ORDERS, {name: str(value) for name, value in params.items()})

    async def found(self, **params: object) -> list[str]:
        """Search with a fresh token and return the order ids of the page."""
        await self.log_in()
        answer = await self.search(**params)
        assert answer.status_code == 200, answer.text
        return [order["orderId"] for order in answer.json()["orders"]]

    async def order(self, order_id: str, included: str = EVERYTHING) -> dict[str, Any]:
        """Get one order with a fresh token."""
        await self.log_in()
        answer = await self.get(f"{ORDERS}/{order_id}", {"includedData": included})
        assert answer.status_code == 200, answer.text
        order: dict[str, Any] = answer.json()["order"]
        return order

    async def status(self, order_id: str) -> str:
        status: str = (await self.order(order_id, "FULFILLMENT"))["fulfillment"]["fulfillmentStatus"]
        return status

    async def confirm(self, order_id: str, body: Any) -> httpx2.Response:
        headers = {"x-amz-access-token": self.token} if self.token else {}
        return await self.http.post(f"/orders/v0/orders/{order_id}/shipmentConfirmation", json=body, headers=headers)

    async def sim(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        return await self.http.request(method, f"/_sim{path}", json=body)

    async def place(self, **wish: object) -> list[str]:
        answer = await self.sim("POST", "/orders", wish)
        assert answer.status_code == 201, answer.text
        ids: list[str] = answer.json()["orderIds"]
        return ids

    async def advance(self, seconds: float) -> None:
        answer = await self.sim("POST", "/clock", {"advance": seconds})
        assert answer.status_code == 200, answer.text

    async def placed(self, **wish: object) -> str:
        """Place one order and wait until it can be found."""
        [order_id] = await self.place(**wish)
        await self.advance(180)
        return order_id


def package(order: dict[str, Any], reference: str = "1", **changes: object) -> dict[str, Any]:
    """A body for confirmShipment that sends all that was ordered."""
    detail: dict[str, Any] = {
        "packageReferenceId": reference,
        "carrierCode": "UPS",
        "trackingNumber": "1Z999",
        "shipDate": "2026-11-02T08:00:00Z",
        "orderItems": [
            {"orderItemId": item["orderItemId"], "quantity": item["quantityOrdered"]} for item in order["orderItems"]
        ],
    }
    return {"marketplaceId": order["salesChannel"]["marketplaceId"], "packageDetail": detail | changes}
