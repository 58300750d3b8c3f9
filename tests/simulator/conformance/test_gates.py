"""What stands before every operation: the token and its kind, the usage plan, and faults that are asked for."""

from typing import Any, Final

import pytest

from simulator.calls import Operation
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon, error_codes
from tests.simulator.conformance.described import described
from tests.simulator.conformance.live import Stage
from tests.simulator.conformance.test_errors import OPERATIONS as WITH_TESTS_OF_THEIR_OWN

pytestmark = NEEDS_SHARED

ALL: Final = {one.operation.name: one.operation for one in described()}
OTHERS: Final = sorted(ALL.keys() - WITH_TESTS_OF_THEIR_OWN.keys())
IDS: Final = {
    "{order_id}": "902-0000000-0000000",
    "{notification_type}": "ORDER_CHANGE",
    "{seller_id}": "demo",
    "{sku:path}": "ANY",
    "{feed_id}": "50000000000",
    "{report_id}": "50000000000",
}
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"
EFFECTS: Final = {"INVALID": 400, "DENIED": 403, "THROTTLED": 429, "FAILED": 500, "UNAVAILABLE": 503}
CODES: Final = {
    400: "InvalidInput",
    403: "Unauthorized",
    429: "QuotaExceeded",
    500: "InternalFailure",
    503: "ServiceUnavailable",
}


def path_of(operation: Operation) -> str:
    """Return a path of the operation in which every id is unknown."""
    parts = operation.path.split("/")
    return "/".join(IDS.get(part, UNKNOWN if part.startswith("{") else part) for part in parts)


async def send(amazon: Amazon, operation: Operation, token: str | None, **sent: Any) -> Any:
    headers = {} if token is None else {"x-amz-access-token": token}
    return await amazon.call(operation.name, operation.method, path_of(operation), headers=headers, **sent)


async def right_token(amazon: Amazon, operation: Operation) -> str:
    return await (Stage(amazon).itself() if operation.is_grantless else amazon.access_token())


@pytest.mark.parametrize("name", OTHERS)
class TestOneOperation:
    async def test_asks_for_a_token_of_its_kind_that_lives(self, amazon, name):
        operation = ALL[name]
        good = await right_token(amazon, operation)
        assert (await send(amazon, operation, good)).status_code != 403
        other = await (amazon.access_token() if operation.is_grantless else Stage(amazon).itself())
        wrong = [None, "Atza|made-up", *([] if operation.takes_grants else [other])]
        refused = [await send(amazon, operation, token) for token in wrong]
        await amazon.control("POST", "clock", {"advance": 3601})
        refused.append(await send(amazon, operation, good))
        assert {(answer.status_code, *error_codes(answer)) for answer in refused} == {(403, "Unauthorized")}

    async def test_is_throttled_past_its_burst_until_one_call_is_back(self, amazon, name):
        operation = ALL[name]
        await amazon.control("POST", "limits", {"enabled": True})
        token = await right_token(amazon, operation)
        statuses = [(await send(amazon, operation, token)).status_code for _ in range(operation.plan.burst)]
        assert 429 not in statuses
        answer = await send(amazon, operation, token)
        assert (answer.status_code, error_codes(answer)) == (429, ["QuotaExceeded"])
        await amazon.control("POST", "clock", {"advance": 1.01 / float(operation.plan.rate)})
        assert (await send(amazon, operation, token)).status_code != 429


@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_fault_of_any_operation_is_answered_within_its_model(amazon, effect):
    status = EFFECTS[effect]
    for operation in ALL.values():
        await amazon.control("POST", "faults", {"effect": effect, "operation": operation.name, "times": 1})
        token = await right_token(amazon, operation)
        answer = await send(amazon, operation, token)
        assert (answer.status_code, error_codes(answer)) == (status, [CODES[status]]), operation.name
        assert (await send(amazon, operation, token)).status_code not in {429, 500, 503}


# Of these nothing is unknown by its path: a type is known or wrong, a patch of any SKU is accepted.
BY_BODY: Final = {"getSubscription", "createSubscription", "patchListingsItem", "sendTestNotification"}
NOT_FOUND: Final = [name for name, operation in ALL.items() if "{" in operation.path and name not in BY_BODY]


@pytest.mark.parametrize("name", NOT_FOUND)
async def test_what_is_not_there_is_not_found(amazon, name):
    operation = ALL[name]
    sent: dict[str, Any] = {}
    if name == "getListingsItem":
        sent["query"] = {"marketplaceIds": "ATVPDKIKX0DER"}
    if name == "confirmShipment":
        package = {
            "packageReferenceId": "1",
            "carrierCode": "UPS",
            "trackingNumber": "1Z999",
            "shipDate": "2026-11-04T12:00:00Z",
            "orderItems": [{"orderItemId": "1", "quantity": 1}],
        }
        sent["body"] = {"marketplaceId": "ATVPDKIKX0DER", "packageDetail": package}
    answer = await send(amazon, operation, await right_token(amazon, operation), **sent)
    assert answer.status_code == 404, answer.text
