"""How a case of the static sandbox is played in a live world, and how near its answer comes to Amazon's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import httpx2

from tests.simulator.conformance.amazon import Amazon
from tests.simulator.conformance.described import described
from tests.simulator.conformance.replaying import RequestCase, all_cases

AMERICAN: Final = "ATVPDKIKX0DER"
FEED_TYPE: Final = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
REPORT_TYPE: Final = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
FEEDS: Final = "/feeds/2021-06-30"
REPORTS: Final = "/reports/2021-06-30"
NOTIFICATIONS: Final = "/notifications/v1"
SCOPE: Final = "sellingpartnerapi::notifications"
SERVED: Final = {(one.model, one.name): one.operation for one in described()}


def served_cases() -> list[RequestCase]:
    """Return the cases of every operation that the simulator serves."""
    return [case for case in all_cases() if (case.model, case.operation) in SERVED]


class Stage:
    """A world in which the cases are played, one after another."""

    def __init__(self, amazon: Amazon) -> None:
        self.amazon = amazon
        self._itself: str | None = None

    async def itself(self) -> str:
        """Return an access token of the application itself."""
        if self._itself is None:
            answer = await self.amazon.token(
                grant_type="client_credentials", scope=SCOPE, client_id="conformance", client_secret="s"
            )
            self._itself = answer.json()["access_token"]
        return self._itself

    async def play(self, case: RequestCase, **changed: Any) -> httpx2.Response:
        """Send a case as it stands, with what has to be changed; ``body`` and parameters are replaced by name."""
        operation = SERVED[case.model, case.operation]
        given = {**case.parameters, **changed}
        body = given.pop("body", None)
        path = "/".join(
            quote(str(given.pop(part[1:-1], "ANY")), safe="") if part.startswith("{") else part
            for part in case.path.split("/")
        )
        query = {name: value if isinstance(value, list) else str(value) for name, value in given.items()}
        headers = {"x-amz-access-token": await self.itself()} if operation.is_grantless else None
        return await self.amazon.call(operation.name, operation.method, path, query=query, body=body, headers=headers)

    async def call(self, operation: str, method: str, path: str, body: Any = None, *, itself: bool = False) -> Any:
        """Call an operation that has to be called before a case, and return what it answers."""
        headers = {"x-amz-access-token": await self.itself()} if itself else None
        answer = await self.amazon.call(operation, method, path, body=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def set_clock(self, moment: str) -> None:
        """Bring the world to a moment that a case lies before; tokens are asked for anew."""
        now = datetime.fromisoformat(moment).astimezone(UTC).isoformat().replace("+00:00", "Z")
        await self.amazon.control("POST", "clock", {"now": now})
        self.amazon.forget_access_tokens()
        self._itself = None

    async def document(self) -> str:
        """Upload a feed's document, and return its id."""
        path = FEEDS + "/documents"
        made = await self.call("createFeedDocument", "POST", path, {"contentType": "text/xml; charset=UTF-8"})
        headers = {"content-type": "text/xml; charset=UTF-8"}
        assert (await self.amazon.client.put(made["url"], content=b"<a/>", headers=headers)).status_code == 200
        return str(made["feedDocumentId"])

    async def feed(self) -> str:
        """Submit a feed, and return its id."""
        body = {"feedType": FEED_TYPE, "marketplaceIds": [AMERICAN], "inputFeedDocumentId": await self.document()}
        return str((await self.call("createFeed", "POST", FEEDS + "/feeds", body))["feedId"])

    async def report(self) -> str:
        """Ask for a report, and return its id."""
        body = {"reportType": REPORT_TYPE, "marketplaceIds": [AMERICAN], "dataStartTime": "2026-11-01T00:00:00Z"}
        return str((await self.call("createReport", "POST", REPORTS + "/reports", body))["reportId"])

    async def destination(self) -> str:
        """Create a destination, and return its id."""
        body = {
            "name": "SQSDestination",
            "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:us-east-2:444455556666:queue1"}},
        }
        made = await self.call("createDestination", "POST", NOTIFICATIONS + "/destinations", body, itself=True)
        return str(made["payload"]["destinationId"])

    async def subscription(self) -> str:
        """Subscribe to changes of orders, and return the id of the subscription."""
        body = {"payloadVersion": "1.0", "destinationId": await self.destination()}
        path = NOTIFICATIONS + "/subscriptions/ORDER_CHANGE"
        return str((await self.call("createSubscription", "POST", path, body))["payload"]["subscriptionId"])

    async def sku(self) -> str:
        """Return a SKU that the seller sends out."""
        listings = (await self.amazon.control("GET", "listings"))["listings"]
        return next(str(one["sku"]) for one in listings if one["fulfilledBy"] == "MERCHANT")


def missing(expected: Any, answered: Any, path: str = "$") -> set[str]:
    """Return the paths of what the case's answer has and the live one has not, or has in another type."""
    if isinstance(expected, Mapping) and isinstance(answered, Mapping):
        found: set[str] = set()
        for name, value in expected.items():
            at = f"{path}.{name}"
            found |= missing(value, answered[name], at) if name in answered else {at}
        return found
    if isinstance(expected, Sequence) and isinstance(answered, Sequence) and not isinstance(expected, str):
        return missing(expected[0], answered[0], path) if expected and answered else {path} if expected else set()
    return set() if type(expected) is type(answered) else {path}


def unlike(expected: Mapping[str, Any], answered: Mapping[str, Any]) -> set[str]:
    """Return the names of the fields that the live answer does not give as the case does."""
    return {name for name, value in expected.items() if answered.get(name) != value}
