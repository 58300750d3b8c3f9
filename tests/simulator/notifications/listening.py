"""An application that listens: it subscribes, polls its queue, and reads what it is told."""

import json
from typing import Any

import httpx2
from jsonschema import Draft7Validator, FormatChecker

from simulator.world import World
from tests.real_data.shared import shared
from tests.simulator.playing import Amazon

NOTIFICATIONS = "/notifications/v1"
SUBSCRIPTION = f"{NOTIFICATIONS}/subscriptions/ORDER_CHANGE"
SCOPE = "sellingpartnerapi::notifications"
ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
QUEUE = "http://localhost/_sqs/123456789012/orders"


def message_validator() -> Draft7Validator:
    """Return the validator of Amazon's schema of ORDER_CHANGE."""
    schema = json.loads(shared("spapi-models", "OrderChangeNotification.json").read_bytes())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=FormatChecker())


def wanted(destination_id: str, **directive: Any) -> dict[str, Any]:
    """A body for createSubscription, with filters or without."""
    body: dict[str, Any] = {"payloadVersion": "1.0", "destinationId": destination_id}
    return body | ({"processingDirective": directive} if directive else {})


def only(*change_types: str) -> dict[str, Any]:
    """A filter by types of change."""
    return {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": list(change_types)}


class Listener(Amazon):
    """One application, logged in for a seller and for itself."""

    def __init__(self, world: World, client_id: str = "app") -> None:
        super().__init__(world)
        self.client_id = client_id
        self.grantless: str | None = None

    async def arrive(self) -> None:
        """Log in both ways."""
        await self.log_in(client_id=self.client_id)
        self.world.quotas.is_enabled = False
        form = {"grant_type": "client_credentials", "scope": SCOPE, "client_id": self.client_id, "client_secret": "s"}
        self.grantless = (await self.http.post("/auth/o2/token", data=form)).json()["access_token"]

    async def ask(
        self, method: str, path: str, body: Any = None, *, grantless: bool = False, params: Any = None, **query: str
    ) -> httpx2.Response:
        """Call an operation of the Notifications API."""
        headers = {"x-amz-access-token": (self.grantless if grantless else self.token) or ""}
        return await self.http.request(method, NOTIFICATIONS + path, json=body, params=params or query, headers=headers)

    async def destination(self, arn: str = ARN, name: str = "orders") -> str:
        """Create a destination, and return its id."""
        body = {"name": name, "resourceSpecification": {"sqs": {"arn": arn}}}
        answer = await self.ask("POST", "/destinations", body, grantless=True)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["payload"]["destinationId"])

    async def subscribe(self, destination_id: str | None = None, **directive: Any) -> str:
        """Subscribe to changes of orders, and return the id."""
        body = wanted(destination_id or await self.destination(), **directive)
        answer = await self.ask("POST", "/subscriptions/ORDER_CHANGE", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["payload"]["subscriptionId"])

    async def sqs(self, action: str, **given: Any) -> httpx2.Response:
        """Use the queue as today's SDKs do."""
        headers = {"x-amz-target": f"AmazonSQS.{action}", "content-type": "application/x-amz-json-1.0"}
        return await self.http.post("/_sqs", json=given, headers=headers)

    async def received(self, url: str = QUEUE, **given: Any) -> list[dict[str, Any]]:
        """Receive up to ten messages."""
        answer = await self.sqs("ReceiveMessage", QueueUrl=url, **{"MaxNumberOfMessages": 10, **given})
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json().get("Messages", [])
        return messages

    async def drained(self, url: str = QUEUE) -> list[dict[str, Any]]:
        """Receive and delete all there is, and return the bodies."""
        bodies = []
        while messages := await self.received(url):
            for message in messages:
                await self.sqs("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            bodies += [json.loads(message["Body"]) for message in messages]
        return bodies

    async def outbox(self, **query: str) -> list[dict[str, Any]]:
        """Return what the control plane knows of notifications."""
        answer = await self.http.get("/_sim/notifications", params=query)
        made: list[dict[str, Any]] = answer.json()["notifications"]
        return made


def told(message: dict[str, Any]) -> tuple[str, str, str]:
    """Order, type of change and status of a notification."""
    content = message["Payload"]["OrderChangeNotification"]
    return content["AmazonOrderId"], content["OrderChangeType"], content["Summary"]["OrderStatus"]
