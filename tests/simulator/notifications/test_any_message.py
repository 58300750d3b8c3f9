import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.simulator.notifications.listening import Listener
from tests.simulator.test_any_request import JSON
from tests.simulator.test_world import new_world

ANY = settings(
    max_examples=rounds(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
ACTIONS = (
    "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch", "ChangeMessageVisibility", "PurgeQueue", "CreateQueue",
    "GetQueueUrl", "ListQueues", "GetQueueAttributes", "SetQueueAttributes", "DeleteQueue", "SendMessage", "",
)  # fmt: skip
KEYS = (
    "QueueUrl", "QueueName", "AttributeNames", "Attributes", "Entries", "ReceiptHandle", "VisibilityTimeout", "name",
    "MaxNumberOfMessages", "resourceSpecification", "sqs", "arn", "eventBridge", "payloadVersion", "destinationId",
    "processingDirective", "eventFilter", "filterExpression", "testNotification", "testScenario", "url",
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["/123456789012/orders", "orders", "+/+/", "1.0", "ORDER_CHANGE", 1, 0, -1, 10**30, "\x00", "\ud800", None, []]
)
BODIES = JSON | st.dictionaries(st.sampled_from(KEYS), VALUES | JSON, max_size=5)
PATHS = (
    ("POST", "/destinations", True), ("GET", "/destinations/{word}", True), ("DELETE", "/destinations/{word}", True),
    ("POST", "/subscriptions/ORDER_CHANGE", False), ("POST", "/subscriptions/{word}", False),
    ("GET", "/subscriptions/{word}", False), ("GET", "/subscriptions/ORDER_CHANGE/{word}", True),
    ("DELETE", "/subscriptions/{word}/{word}", True), ("POST", "/subscriptions/ORDER_CHANGE/testNotification", True),
)  # fmt: skip


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@pytest.fixture(scope="module")
def settled(runner: asyncio.Runner) -> Listener:
    async def settle() -> Listener:
        listener = Listener(new_world())
        await listener.arrive()
        await listener.subscribe()
        return listener

    return runner.run(settle())


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode("utf-8", "surrogatepass")


@ANY
@given(action=st.sampled_from(ACTIONS), body=BODIES, is_json=st.booleans())
def test_no_request_breaks_a_queue(
    runner: asyncio.Runner, settled: Listener, action: str, body: Any, is_json: bool
) -> None:
    async def play() -> None:
        if is_json:
            answer = await settled.http.post(
                "/_sqs", content=encoded(body), headers={"x-amz-target": f"AmazonSQS.{action}"}
            )
        else:
            fields = body if isinstance(body, dict) else {"x": body}
            pairs = [
                f"{quote(str(name), errors='replace')}={quote(str(value), errors='replace')}"
                for name, value in fields.items()
            ]
            answer = await settled.http.post("/_sqs/a/b", content="&".join([f"Action={action}", *pairs]).encode())
        assert answer.status_code in (200, 400), answer.text

    runner.run(play())


@ANY
@given(where=st.sampled_from(PATHS), body=BODIES, word=st.text(min_size=1, max_size=20))
def test_no_request_breaks_the_notifications_api(
    runner: asyncio.Runner, settled: Listener, where: tuple[str, str, bool], body: Any, word: str
) -> None:
    async def play() -> None:
        method, path, grantless = where
        headers = {"x-amz-access-token": (settled.grantless if grantless else settled.token) or ""}
        spelled = path.replace("{word}", quote(word, safe="", errors="replace"))
        answer = await settled.http.request(
            method, f"/notifications/v1{spelled}", content=encoded(body), headers=headers
        )
        assert answer.status_code in (200, 400, 403, 404, 405, 409), answer.text

    runner.run(play())


@ANY
@given(path=st.sampled_from(["/push", "/notifications/x/redeliver"]), body=BODIES)
def test_no_body_breaks_the_control_plane(runner: asyncio.Runner, settled: Listener, path: str, body: Any) -> None:
    async def play() -> None:
        answer = await settled.http.post(f"/_sim{path}", content=encoded(body))
        assert answer.status_code in (200, 400, 404, 422), answer.text

    runner.run(play())
