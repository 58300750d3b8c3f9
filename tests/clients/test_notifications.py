import json
import logging
from collections.abc import Iterator
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import sp_api.asyncio.base.client  # noqa: F401  (first: the package imports itself in a circle otherwise)
import spapi
from sp_api.api import Notifications
from sp_api.auth import AccessTokenClient
from spapi.rest import ApiException

from tests.clients.served import Served
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.notifications.listening import message_validator, told

ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
KIND = "ORDER_CHANGE"
SCOPE = "sellingpartnerapi::notifications"
TEST = {"payloadVersion": "1.0", "testScenario": "OrderStatusChange"}


@pytest.fixture
def queues(simulator: Served) -> Iterator[Any]:
    client = boto3.client(
        "sqs",
        endpoint_url=f"{simulator.url}/_sqs",
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    yield client
    client.close()


@pytest.fixture
def official(simulator: Served) -> Iterator[tuple[Any, Any]]:
    """Amazon's SDK for the seller, and without one for the operations that need no grant."""
    opened = []
    for given in ({"refresh_token": simulator.refresh_token}, {"scope": SCOPE}):
        config = spapi.SPAPIConfig(client_id="client", client_secret="secret", region="NA", **given)
        opened.append(spapi.SPAPIClient(config, oauth_endpoint=simulator.token_url, endpoint=simulator.url).api_client)
    seller, nobody = (spapi.NotificationsApi(each) for each in opened)
    yield seller, nobody
    for each in opened:
        each.rest_client.pool_manager.clear()
    logging.getLogger("spapi").handlers.clear()


@pytest.fixture
def community(simulator: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("SP_API_DEFAULT_MARKETPLACE", raising=False)
    parts = urlsplit(simulator.url)
    market = {"endpoint": simulator.url, "marketplace_id": "ATVPDKIKX0DER", "region": "us-east-1"}
    client = Notifications(
        marketplace=type("Market", (), market),
        refresh_token=simulator.refresh_token,
        # Tokens without a grant are kept by client id for the whole process.
        credentials={"lwa_app_id": simulator.seller, "lwa_client_secret": "secret"},
        auth_token_client_class=type(
            "Tokens", (AccessTokenClient,), {"scheme": f"{parts.scheme}://", "host": parts.netloc}
        ),
    )
    yield client
    client.close()
    client._auth._transport.close()


@pytest.fixture
def subscribed(official: tuple[Any, Any]) -> str:
    seller, nobody = official
    body = {"name": "orders", "resourceSpecification": {"sqs": {"arn": ARN}}}
    destination_id = nobody.create_destination(body).payload.destination_id
    seller.create_subscription(KIND, {"payloadVersion": "1.0", "destinationId": destination_id})
    return str(destination_id)


def bodies(messages: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(message["Body"]) for message in messages.get("Messages", [])]


@NEEDS_SHARED
def test_boto3_receives_what_happens_to_orders(simulator, queues, subscribed):
    [order_id] = simulator.place()
    for act in ("pay", "request-cancel", "ship"):
        simulator.pass_time(10)
        simulator.control("POST", f"orders/{order_id}/{act}")
    simulator.pass_time(10)
    url = queues.get_queue_url(QueueName="orders")["QueueUrl"]

    received = bodies(queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10))

    assert [told(message) for message in received] == [
        (order_id, "OrderStatusChange", "Pending"),
        (order_id, "OrderStatusChange", "Unshipped"),
        (order_id, "BuyerRequestedChange", "Unshipped"),
        (order_id, "OrderStatusChange", "Shipped"),
    ]
    validator = message_validator()
    assert [error.message for message in received for error in validator.iter_errors(message)] == []


def test_a_message_comes_again_after_its_visibility_timeout_unless_it_is_deleted(simulator, queues, subscribed):
    simulator.place(count=2, fulfillmentStatus="CANCELLED")
    simulator.pass_time(10)
    url = queues.get_queue_url(QueueName="orders")["QueueUrl"]

    def receive() -> list[dict[str, Any]]:
        answer = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
        return list(answer.get("Messages", []))

    first, second = receive()
    queues.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    assert receive() == []
    simulator.pass_time(30)
    [again] = receive()
    assert (again["MessageId"], again["Attributes"]["ApproximateReceiveCount"]) == (second["MessageId"], "2")
    queues.delete_message_batch(QueueUrl=url, Entries=[{"Id": "1", "ReceiptHandle": again["ReceiptHandle"]}])
    simulator.pass_time(30)
    assert receive() == []


def test_a_long_poll_is_answered_by_a_message_that_comes_meanwhile(simulator, queues, subscribed):
    simulator.place(fulfillmentStatus="CANCELLED")
    url = queues.get_queue_url(QueueName="orders")["QueueUrl"]
    later = Timer(0.3, simulator.pass_time, (10,))
    later.start()

    received = bodies(queues.receive_message(QueueUrl=url, WaitTimeSeconds=20))

    later.join()
    assert len(received) == 1


def test_queues_are_managed_as_at_aws(queues, subscribed):
    url = queues.create_queue(QueueName="mine", Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
    assert len(queues.list_queues()["QueueUrls"]) == 2
    queues.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "6", "Policy": "{}"})
    attributes = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout", "QueueArn"])
    assert attributes["Attributes"] == {
        "VisibilityTimeout": "6",
        "QueueArn": "arn:aws:sqs:us-east-1:000000000000:mine",
    }
    queues.purge_queue(QueueUrl=url)
    queues.delete_queue(QueueUrl=url)
    with pytest.raises(queues.exceptions.QueueDoesNotExist) as missing:
        queues.receive_message(QueueUrl=url)
    assert missing.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    orders = queues.get_queue_url(QueueName="orders")["QueueUrl"]
    with pytest.raises(queues.exceptions.ReceiptHandleIsInvalid):
        queues.delete_message(QueueUrl=orders, ReceiptHandle="nothing")


def test_amazons_sdk_calls_all_ten_operations(simulator, queues, official):
    seller, nobody = official
    body = {"name": "orders", "resourceSpecification": {"sqs": {"arn": ARN}}}
    made = nobody.create_destination(body).payload
    assert [each.destination_id for each in nobody.get_destinations().payload] == [made.destination_id]
    assert nobody.get_destination(made.destination_id).payload.resource.sqs.arn == ARN
    wanted = {
        "payloadVersion": "1.0",
        "destinationId": made.destination_id,
        "processingDirective": {
            "eventFilter": {"eventFilterType": KIND, "orderChangeTypes": ["OrderStatusChange"]},
        },
    }
    subscription = seller.create_subscription(KIND, wanted).payload
    found = seller.get_subscription(KIND).payload
    assert found.subscription_id == subscription.subscription_id
    assert found.processing_directive.event_filter.order_change_types == ["OrderStatusChange"]
    listed = seller.get_subscriptions([KIND]).payload.subscriptions
    assert [each.subscription_id for each in listed] == [subscription.subscription_id]
    by_id = nobody.get_subscription_by_id(subscription.subscription_id, KIND).payload
    assert by_id.destination_id == made.destination_id
    with pytest.raises(ApiException) as conflict:
        seller.create_subscription(KIND, wanted)
    assert conflict.value.status == 409

    nobody.send_test_notification(KIND, {"destinationId": made.destination_id, "testNotification": TEST})
    simulator.pass_time(10)
    url = queues.get_queue_url(QueueName="orders")["QueueUrl"]
    assert len(bodies(queues.receive_message(QueueUrl=url))) == 1

    nobody.delete_subscription_by_id(subscription.subscription_id, KIND)
    nobody.delete_destination(made.destination_id)
    assert nobody.get_destinations().payload == []


def test_the_communitys_sdk_calls_the_operations_that_it_has(simulator, community):
    made = community.create_destination("orders", arn=ARN).payload
    assert community.get_destinations().payload == [made]
    assert community.get_destination(made["destinationId"]).payload == made
    subscription = community.create_subscription(KIND, destination_id=made["destinationId"]).payload
    assert community.get_subscription(KIND).payload == subscription
    # These two come with the seller's token, though Amazon's model calls them grantless.
    assert community.get_subscription_by_id(KIND, subscription["subscriptionId"]).payload == subscription
    simulator.place()
    simulator.pass_time(10)
    assert [each["orderStatus"] for each in simulator.look("notifications")["notifications"]] == ["Pending"]
    community.delete_notification_subscription(KIND, subscription["subscriptionId"])
    community.delete_destination(made["destinationId"])
    assert not community.get_destinations().payload
