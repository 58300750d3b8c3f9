from typing import Any

import httpx2
import pytest

from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon, error_codes

pytestmark = NEEDS_SHARED

API = "/notifications/v1"
ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
TYPE = "/subscriptions/ORDER_CHANGE"
GRANTLESS = {
    "createDestination": "POST",
    "getDestinations": "GET",
    "getDestination": "GET",
    "deleteDestination": "DELETE",
    "sendTestNotification": "POST",
    "getSubscriptionById": "GET",
    "deleteSubscriptionById": "DELETE",
}
GRANTED = {"createSubscription": "POST", "getSubscription": "GET", "getSubscriptions": "GET"}
QUEUE = {"sqs": {"arn": ARN}}
BUS = {"eventBridge": {"accountId": "123456789012", "region": "eu-west-1"}}
FILTERS: dict[str, Any] = {
    "none": {},
    "null": {"processingDirective": None},
    "by change": {
        "processingDirective": {
            "eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["BuyerRequestedChange"]}
        }
    },
    "by place": {
        "processingDirective": {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "marketplaceIds": ["ATVPDKIKX0DER"]}}
    },
    "by expression": {"processingDirective": {"filterExpression": "OrderChangeNotification.SellerId == 'demo'"}},
}


class Application:
    """An application that calls both kinds of operations, each with its token."""

    def __init__(self, amazon: Amazon, grantless: str) -> None:
        self._amazon = amazon
        self._grantless = {"x-amz-access-token": grantless}

    async def call(self, operation: str, path: str, body: Any = None, **query: str) -> httpx2.Response:
        """Call an operation by its name; its answer is held against the model."""
        if operation in GRANTED:
            return await self._amazon.call(operation, GRANTED[operation], API + path, query=query, body=body)
        method = GRANTLESS[operation]
        return await self._amazon.call(operation, method, API + path, query=query, body=body, headers=self._grantless)

    async def destination(self, specification: Any = QUEUE) -> str:
        """Create a destination, and return its id."""
        body = {"name": "orders", "resourceSpecification": specification}
        answer = await self.call("createDestination", "/destinations", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["payload"]["destinationId"])


@pytest.fixture
async def application(amazon):
    answer = await amazon.token(
        grant_type="client_credentials",
        scope="sellingpartnerapi::notifications",
        client_id="conformance",
        client_secret="not-a-secret",
    )
    return Application(amazon, answer.json()["access_token"])


@pytest.mark.parametrize("specification", [QUEUE, BUS], ids=["queue", "bus"])
async def test_a_destination_fits_the_model_from_first_to_last(application, specification):
    destination_id = await application.destination(specification)
    path = f"/destinations/{destination_id}"

    answers = [
        await application.call("getDestinations", "/destinations"),
        await application.call("getDestination", path),
        await application.call("deleteDestination", path),
        await application.call("deleteDestination", path),
        await application.call("getDestination", path),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 404]


@pytest.mark.parametrize("filters", FILTERS)
async def test_a_subscription_fits_the_model_from_first_to_last(application, filters):
    body = {"payloadVersion": "1.0", "destinationId": await application.destination(), **FILTERS[filters]}
    created = await application.call("createSubscription", TYPE, body)
    assert created.status_code == 200, created.text
    path = f"{TYPE}/{created.json()['payload']['subscriptionId']}"

    answers = [
        await application.call("createSubscription", TYPE, body),
        await application.call("getSubscription", TYPE),
        await application.call("getSubscriptions", "/subscriptions", notificationTypes="ORDER_CHANGE"),
        await application.call("getSubscriptionById", path),
        await application.call("deleteDestination", f"/destinations/{body['destinationId']}"),
        await application.call("deleteSubscriptionById", path),
        await application.call("deleteSubscriptionById", path),
        await application.call("getSubscriptionById", path),
        await application.call("getSubscription", TYPE),
        await application.call("getSubscriptions", "/subscriptions", notificationTypes="ORDER_CHANGE"),
    ]

    assert [answer.status_code for answer in answers] == [409, 200, 200, 200, 403, 200, 404, 404, 404, 200]


async def test_a_test_notification_fits_the_model(application):
    test = {"payloadVersion": "1.0", "testScenario": "OrderStatusChange"}
    path = f"{TYPE}/testNotification"
    sent = {"destinationId": await application.destination(), "testNotification": test}

    answers = [
        await application.call("sendTestNotification", path, sent),
        await application.call("sendTestNotification", path, sent | {"testNotification": {}}),
        await application.call("sendTestNotification", path, sent | {"destinationId": "nowhere"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 400, 404]


@pytest.mark.parametrize("operation", [*GRANTLESS, *GRANTED])
async def test_without_a_token_every_operation_is_refused(amazon, operation):
    paths = {
        "createDestination": "/destinations",
        "getDestinations": "/destinations",
        "getSubscriptions": "/subscriptions",
    }
    known = paths | {
        "createSubscription": TYPE,
        "getSubscription": TYPE,
        "sendTestNotification": f"{TYPE}/testNotification",
    }
    path = known.get(operation, "/destinations/1" if "Destination" in operation else f"{TYPE}/1")
    method = {**GRANTLESS, **GRANTED}[operation]

    answer = await amazon.call(operation, method, API + path, headers={})

    assert (answer.status_code, error_codes(answer)) == (403, ["Unauthorized"])


async def test_a_call_past_the_burst_is_throttled(amazon, application):
    await amazon.control("POST", "limits", {"enabled": True})

    statuses = [(await application.call("getDestinations", "/destinations")).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]
