"""Amazon as a caller sees it: every answer is held against the published models before it is used."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx2

from tests.simulator.conformance.schemas import MODES, ModelSchemas, schema_validator
from tests.simulator.conformance.tally import Tally

INCLUDED_DATA: Final = (
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
)
TOKEN: Final = "token"
ORDERS_PATH: Final = "/orders/2026-01-01/orders"
RESTRICTED_PATH: Final = "/tokens/2021-03-01/restrictedDataToken"
V0_ORDERS: Final = "/orders/v0/orders"
V0_PATHS: Final = {
    "getOrders": V0_ORDERS,
    "getOrderV0": V0_ORDERS + "/{orderId}",
    "getOrderBuyerInfo": V0_ORDERS + "/{orderId}/buyerInfo",
    "getOrderAddress": V0_ORDERS + "/{orderId}/address",
    "getOrderItems": V0_ORDERS + "/{orderId}/orderItems",
    "getOrderItemsBuyerInfo": V0_ORDERS + "/{orderId}/orderItems/buyerInfo",
}
FEEDS_PATH: Final = "/feeds/2021-06-30"
FEED_METHODS: Final = {
    "createFeedDocument": "POST",
    "getFeedDocument": "GET",
    "createFeed": "POST",
    "getFeeds": "GET",
    "getFeed": "GET",
    "cancelFeed": "DELETE",
}
# The simulator's names of v0's operations, with their names in the model: two versions have a getOrder.
V0_OPERATIONS: Final = {
    "confirmShipment": "confirmShipment",
    "getOrders": "getOrders",
    "getOrderV0": "getOrder",
    "getOrderBuyerInfo": "getOrderBuyerInfo",
    "getOrderAddress": "getOrderAddress",
    "getOrderItems": "getOrderItems",
    "getOrderItemsBuyerInfo": "getOrderItemsBuyerInfo",
}

# "Usage Plans and Rate Limits": the header is best effort, and absent once a call was refused unseen.
WITH_RATE_LIMIT: Final = frozenset({"200", "201", "202", "204", "400", "404"})

# "Connecting to the Selling Partner API" describes the answers of Login with Amazon; no model exists.
ACCESS_TOKEN: Final = schema_validator(
    {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in"],
        "additionalProperties": False,
        "properties": {
            "access_token": {"type": "string", "pattern": r"^Atza\|", "maxLength": 2048},
            "refresh_token": {"type": "string", "pattern": r"^Atzr\|", "maxLength": 2048},
            "token_type": {"enum": ["bearer"]},
            "expires_in": {"enum": [3600]},
        },
    }
)
TOKEN_ERROR: Final = schema_validator(
    {
        "type": "object",
        "required": ["error", "error_description"],
        "additionalProperties": False,
        "properties": {
            "error": {
                "enum": [
                    "invalid_client",
                    "invalid_grant",
                    "invalid_request",
                    "invalid_scope",
                    "unauthorized_client",
                    "unsupported_grant_type",
                ]
            },
            "error_description": {"type": "string", "minLength": 1},
            "error_index": {"type": "string"},
            "request_id": {"type": "string"},
        },
    }
)

Query = Mapping[str, str | int | Sequence[str]]


class Amazon:
    """Amazon's operations for orders, and the back door of its simulator."""

    def __init__(self, client: httpx2.AsyncClient, models: Mapping[str, ModelSchemas], tally: Tally) -> None:
        self.client = client
        self.tally = tally
        self._schemas = {
            operation: schemas
            for schemas in (
                models["orders_2026-01-01"],
                models["sellers"],
                models["feeds_2021-06-30"],
                models["notifications"],
                models["tokens_2021-03-01"],
                models["reports_2021-06-30"],
                models["listingsItems_2021-08-01"],
            )
            for operation in schemas.model.operations
        } | dict.fromkeys(V0_OPERATIONS, models["ordersV0"])
        self._access_tokens: dict[str, str] = {}

    async def token(self, **fields: str) -> httpx2.Response:
        """Ask Login with Amazon for a token, with the form fields given."""
        answer = await self.client.post("/auth/o2/token", data=fields)
        validator = ACCESS_TOKEN if answer.status_code == 200 else TOKEN_ERROR
        faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json())]
        assert not faults, faults
        assert answer.headers["cache-control"] == "no-store"
        self.tally.add(TOKEN, str(answer.status_code))
        return answer

    async def access_token(self, seller: str = "demo") -> str:
        """Return a seller's access token, asked for once."""
        if seller not in self._access_tokens:
            answer = await self.token(
                grant_type="refresh_token",
                refresh_token=f"Atzr|{seller}",
                client_id="conformance",
                client_secret="not-a-secret",
            )
            self._access_tokens[seller] = answer.json()["access_token"]
        return self._access_tokens[seller]

    def forget_access_tokens(self) -> None:
        """Ask for new access tokens from now on."""
        self._access_tokens.clear()

    async def search(self, *, seller: str = "demo", **query: Any) -> httpx2.Response:
        """Call searchOrders."""
        return await self.call("searchOrders", "GET", ORDERS_PATH, query=query, seller=seller)

    async def search_all(self, *, seller: str = "demo", **query: Any) -> list[dict[str, Any]]:
        """Return the orders of every page of a search."""
        orders: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            answer = await self.search(seller=seller, **query, **token)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            assert len(page["orders"]) <= int(query.get("maxResultsPerPage", 100))
            orders += page["orders"]
            if "pagination" not in page:
                return orders
            token = {"paginationToken": page["pagination"]["nextToken"]}

    async def get_order(
        self, order_id: str, included: Sequence[str] = INCLUDED_DATA, *, seller: str = "demo"
    ) -> httpx2.Response:
        """Call getOrder."""
        query = {"includedData": list(included)} if included else {}
        path = f"{ORDERS_PATH}/{order_id}"
        return await self.call("getOrder", "GET", path, query=query, seller=seller)

    async def confirm(self, order_id: str, body: Any, *, seller: str = "demo") -> httpx2.Response:
        """Call confirmShipment."""
        path = f"/orders/v0/orders/{order_id}/shipmentConfirmation"
        return await self.call("confirmShipment", "POST", path, body=body, seller=seller)

    async def read_v0(
        self, operation: str, order_id: str = "", *, token: str | None = None, **query: Any
    ) -> httpx2.Response:
        """Call an operation of v0 that reads, with the seller's token or a restricted one."""
        headers = None if token is None else {"x-amz-access-token": token}
        path = V0_PATHS[operation].replace("{orderId}", order_id)
        return await self.call(operation, "GET", path, query=query, headers=headers)

    async def restricted(self, *operations: str, elements: Sequence[str] = ()) -> str:
        """Return a restricted data token for operations of v0, each with these data elements."""
        resources = [
            {"method": "GET", "path": V0_PATHS[operation], "dataElements": list(elements)} for operation in operations
        ]
        answer = await self.restrict({"restrictedResources": resources})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["restrictedDataToken"])

    async def restrict(self, body: Any) -> httpx2.Response:
        """Call createRestrictedDataToken."""
        return await self.call("createRestrictedDataToken", "POST", RESTRICTED_PATH, body=body)

    async def participations(self, *, seller: str = "demo") -> httpx2.Response:
        """Call getMarketplaceParticipations."""
        path = "/sellers/v1/marketplaceParticipations"
        return await self.call("getMarketplaceParticipations", "GET", path, seller=seller)

    async def feed(self, operation: str, path: str, *, seller: str = "demo", **sent: Any) -> httpx2.Response:
        """Call an operation of the Feeds API, by its name and what follows the version in its path."""
        method = FEED_METHODS[operation]
        return await self.call(operation, method, FEEDS_PATH + path, seller=seller, **sent)

    async def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        seller: str = "demo",
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a request with the seller's token, or with the headers given instead of it."""
        sent = headers if headers is not None else {"x-amz-access-token": await self.access_token(seller)}
        joined = {
            name: value if isinstance(value, str | int) else ",".join(value) for name, value in (query or {}).items()
        }
        answer = await self.client.request(
            method, path, params=joined, headers=dict(sent), **({} if body is None else {"json": body})
        )
        self.check(operation, answer)
        return answer

    def check(self, operation: str, answer: httpx2.Response) -> None:
        """Hold an answer against the model: its status is declared, its body and headers are valid."""
        status = str(answer.status_code)
        schemas = self._schemas[operation]
        name = V0_OPERATIONS.get(operation, operation)
        assert status in schemas.model.operations[name].swagger["responses"], (operation, status)
        body = answer.json() if answer.content else None
        for mode in MODES:
            faults = schemas.faults(name, status, body, mode=mode)
            assert not faults, (operation, status, mode, faults)
        if answer.content:
            assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-amzn-requestid"]
        assert ("x-amzn-ratelimit-limit" in answer.headers) == (status in WITH_RATE_LIMIT), status
        self.tally.add(operation, status)

    async def control(self, method: str, path: str, body: Any = None, *, status: int | None = None) -> Any:
        """Use the back door, and return what it answers; it answers 200 or 201, or the status given."""
        answer = await self.client.request(method, f"/_sim/{path}", **({} if body is None else {"json": body}))
        expected = {status} if status else {200, 201, 204}
        assert answer.status_code in expected, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def place(self, **wishes: Any) -> str:
        """Have a buyer place one order, and return its id."""
        answer = await self.control("POST", "orders", wishes)
        [order_id] = answer["orderIds"]
        return str(order_id)

    async def act(self, order_id: str, act: str, **details: Any) -> Any:
        """Make something happen to an order."""
        return await self.control("POST", f"orders/{order_id}/{act}", details)


def error_codes(answer: httpx2.Response) -> list[str]:
    """Return the codes of an answer's errors."""
    return [error["code"] for error in answer.json()["errors"]]
