from typing import Any

import pytest

from tests.simulator.notifications.listening import ARN, Listener, wanted

BUS = {"eventBridge": {"accountId": "123456789012", "region": "us-east-1"}}


def queue(arn: str = ARN, **more: Any) -> dict[str, Any]:
    return {"name": "orders", "resourceSpecification": {"sqs": {"arn": arn}, **more}}


class TestDestinations:
    async def test_one_is_created_found_and_listed(self, listener: Listener) -> None:
        created = await listener.ask("POST", "/destinations", queue(), grantless=True)

        made = created.json()["payload"]
        assert made == {"destinationId": made["destinationId"], "name": "orders", "resource": {"sqs": {"arn": ARN}}}
        found = await listener.ask("GET", f"/destinations/{made['destinationId']}", grantless=True)
        assert found.json() == {"payload": made}
        assert (await listener.ask("GET", "/destinations", grantless=True)).json() == {"payload": [made]}

    async def test_a_bus_is_named_after_account_and_application(self, listener: Listener) -> None:
        body = {"name": "bus", "resourceSpecification": BUS}

        made = (await listener.ask("POST", "/destinations", body, grantless=True)).json()["payload"]

        assert made["resource"]["eventBridge"] == {
            "name": "aws.partner/sellingpartnerapi.amazon.com/123456789012/app",
            "region": "us-east-1",
            "accountId": "123456789012",
        }

    @pytest.mark.parametrize(
        "specification",
        [
            {},
            {"sqs": None},
            {"sqs": {}},
            {"sqs": {"arn": ARN}, **BUS},
            {"sqs": {"arn": ARN + ".fifo"}},
            {"sqs": {"arn": "arn:aws:sns:us-east-1:123456789012:orders"}},
            {"sqs": {"arn": ARN + "\n"}},
            {"eventBridge": {"accountId": "1", "region": "us-east-1"}},
            {"eventBridge": {"accountId": "123456789012", "region": "Frankfurt"}},
            {"eventBridge": {"accountId": "123456789012"}},
        ],
        ids=str,
    )
    async def test_a_wrong_resource_is_refused(self, listener: Listener, specification: Any) -> None:
        body = {"name": "orders", "resourceSpecification": specification}
        answer = await listener.ask("POST", "/destinations", body, grantless=True)

        assert answer.status_code == 400
        assert (await listener.ask("GET", "/destinations", grantless=True)).json() == {"payload": []}

    async def test_the_same_queue_twice_is_a_conflict(self, listener: Listener) -> None:
        # Reported with these words in amzn/selling-partner-api-docs issue 1800.
        await listener.destination()

        answer = await listener.ask("POST", "/destinations", queue(), grantless=True)

        assert answer.status_code == 409
        [error] = answer.json()["errors"]
        assert error["code"] == "Conflict"
        assert error["details"] == f"A destination with arn {ARN} already exists for the application app"

    async def test_another_application_has_its_own(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        other = Listener(listener.world, "other")
        await other.arrive()

        assert (await other.ask("GET", f"/destinations/{destination_id}", grantless=True)).status_code == 404
        assert (await other.ask("DELETE", f"/destinations/{destination_id}", grantless=True)).status_code == 404
        assert (await other.ask("GET", "/destinations", grantless=True)).json() == {"payload": []}
        assert await other.destination() != destination_id
        await other.http.aclose()

    async def test_one_that_is_used_is_not_deleted(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        subscription_id = await listener.subscribe(destination_id)
        path = f"/destinations/{destination_id}"

        refused = await listener.ask("DELETE", path, grantless=True)
        assert refused.status_code == 403
        assert refused.json()["errors"][0]["details"] == "Destination has subscriptions"

        await listener.ask("DELETE", f"/subscriptions/ORDER_CHANGE/{subscription_id}", grantless=True)
        assert (await listener.ask("DELETE", path, grantless=True)).json() == {}
        assert (await listener.ask("DELETE", path, grantless=True)).status_code == 404

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/destinations", queue()),
            ("GET", "/destinations", None),
            ("GET", "/destinations/1", None),
            ("DELETE", "/destinations/1", None),
            ("POST", "/subscriptions/ORDER_CHANGE/testNotification", {}),
        ],
    )
    async def test_a_grantless_operation_wants_a_grantless_token(
        self, listener: Listener, method: str, path: str, body: Any
    ) -> None:
        assert (await listener.ask(method, path, body)).status_code == 403

    @pytest.mark.parametrize(
        ("method", "path"),
        [("POST", "/subscriptions/ORDER_CHANGE"), ("GET", "/subscriptions/ORDER_CHANGE"), ("GET", "/subscriptions")],
    )
    async def test_the_others_want_a_sellers_token(self, listener: Listener, method: str, path: str) -> None:
        answer = await listener.ask(method, path, wanted("1"), grantless=True, notificationTypes="ORDER_CHANGE")
        assert answer.status_code == 403
