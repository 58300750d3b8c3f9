"""Calls of v0's reading operations inside a test."""

from typing import Any, Final

import httpx2

from tests.simulator.playing import LONG_AGO, Amazon

V0: Final = "/orders/v0/orders"
AMERICAN: Final = "ATVPDKIKX0DER"
TOKENS: Final = "/tokens/2021-03-01/restrictedDataToken"
PARTS: Final = ("", "/buyerInfo", "/address", "/orderItems", "/orderItems/buyerInfo")


async def get_orders(amazon: Amazon, **query: Any) -> httpx2.Response:
    """Call getOrders, for all time and one marketplace where nothing else is said."""
    asked = {"MarketplaceIds": AMERICAN, **query}
    if not any(name.endswith("After") and name.startswith(("Created", "Last")) for name in asked):
        asked["LastUpdatedAfter"] = LONG_AGO
    return await amazon.get(V0, {name: value for name, value in asked.items() if value is not None})


async def found(amazon: Amazon, **query: Any) -> list[str]:
    """Return the ids on the page of getOrders."""
    answer = await get_orders(amazon, **query)
    assert answer.status_code == 200, answer.text
    return [order["AmazonOrderId"] for order in answer.json()["payload"]["Orders"]]


async def read(amazon: Amazon, path: str, *, token: str | None = None, **query: Any) -> httpx2.Response:
    """Read a path of v0, with a token of its own or the application's."""
    headers = {"x-amz-access-token": token or amazon.token or ""}
    return await amazon.http.get(V0 + path, params=query, headers=headers)


async def ask_for_token(amazon: Amazon, *resources: Any, **more: Any) -> httpx2.Response:
    """Call createRestrictedDataToken."""
    body = {"restrictedResources": list(resources), **more}
    return await amazon.http.post(TOKENS, json=body, headers={"x-amz-access-token": amazon.token or ""})


async def restricted(amazon: Amazon, path: str, *elements: str) -> str:
    """Return a restricted data token for one path of v0."""
    resource = {"method": "GET", "path": V0 + path} | ({"dataElements": list(elements)} if elements else {})
    answer = await ask_for_token(amazon, resource)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["restrictedDataToken"])
