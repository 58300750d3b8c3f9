"""Nonsense for what is not Amazon's API: the control plane and the queues answer it, and never with a failure."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.control.routes import control_routes
from tests.counted import rounds
from tests.simulator.generated.familiar import ARN, FamiliarWorld

ANY: Final = settings(
    max_examples=rounds(750), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
TEXT: Final = st.text(max_size=20) | st.sampled_from(
    ["\0", "\ud800", "demo", "0", "-1", "1e400", "2026-11-05T00:00:00Z"]
)
NUMBERS: Final = st.integers() | st.floats() | st.sampled_from([10**400, -(10**30), 2**63, 0, 1])
JSON: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS: Final = st.sampled_from(
    [
        "advance", "now", "rate", "seed", "orders", "count", "seller", "marketplaceId", "items", "sku", "quantity",
        "price", "by", "reason", "enabled", "effect", "operation", "times", "every", "probability", "seconds", "rules",
        "orderId", "roles", "clientId", "url", "scenario", "fulfillmentStatus", "programs", "world", "version",
        "amount", "value", "field", "after", "until", "feedId", "payment",
    ]
)  # fmt: skip
KNOWN: Final = st.sampled_from(
    [
        "demo", "THROTTLED", "SLOW", "DROPPED", "getOrder", "ATVPDKIKX0DER", "MERCHANT", "UNSHIPPED", "BUYER", "PRIME",
        [{"sku": "MUG-STONEWARE-350", "quantity": 1}], 1, 0, True, {}, [], "2026-11-05T00:00:00Z",
    ]
)  # fmt: skip
BODIES: Final = st.dictionaries(FIELDS, KNOWN | JSON, max_size=4) | JSON
QUERIES: Final = st.dictionaries(
    st.sampled_from(["orderId", "seller", "limit", "after", "since", "operation", "status", "format", "n"]),
    st.text(st.characters(codec="utf-8"), max_size=12),
    max_size=2,
)
IDS: Final = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=12).filter(
    lambda text: text.strip(".") != ""
)
ROUTES: Final = sorted(
    (method, route.path)
    for route in control_routes(FamiliarWorld().world)
    for method in set(route.methods or ()) - {"HEAD"}
)
ACTS: Final = ["pay", "cancel", "request-cancel", "ship", "deliver", "return", "stick", "fatal", "revoke", "refund"]
ACTIONS: Final = st.sampled_from(
    [
        "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch", "SendMessage", "GetQueueUrl", "GetQueueAttributes",
        "ListQueues", "CreateQueue", "PurgeQueue", "ChangeMessageVisibility", "SetQueueAttributes", "DeleteQueue",
        "What",
    ]
)  # fmt: skip
OF_QUEUES: Final = st.sampled_from(
    [
        "QueueUrl", "QueueName", "MaxNumberOfMessages", "WaitTimeSeconds", "VisibilityTimeout", "ReceiptHandle",
        "Entries", "AttributeNames", "MessageBody", "Attributes", "MaxResults", "NextToken", "DelaySeconds",
    ]
)  # fmt: skip
LATIN: Final = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
ANSWERED: Final = {200, 201, 204, 400, 404, 409, 422}
QUEUE: Final = f"http://amazon.test/_sqs/{ARN.split(':')[4]}/{ARN.split(':')[5]}one"
FOR_QUEUES: Final = st.dictionaries(OF_QUEUES, st.just(QUEUE) | KNOWN | JSON, max_size=4)


def written(body: Any) -> bytes:
    """Write JSON as a careless client does: with lone surrogates, infinities and numbers of any length."""
    return json.dumps(body).encode("utf-8", "surrogatepass")


class Sender:
    """Sends requests to one familiar world, one event loop for all."""

    def __init__(self) -> None:
        self.familiar = FamiliarWorld()
        self.runner = asyncio.Runner()
        self.statuses: Counter[int] = Counter()

    def __enter__(self) -> "Sender":
        self.runner.run(self.familiar.fill())
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.close()

    def send(
        self, method: str, path: str, content: bytes, headers: dict[str, str], query: dict[str, str]
    ) -> httpx2.Response:
        answer = self.runner.run(self._send(method, path, content, headers, query))
        self.statuses[answer.status_code] += 1
        return answer

    async def _send(
        self, method: str, path: str, content: bytes, headers: dict[str, str], query: dict[str, str]
    ) -> httpx2.Response:
        # What breaks inside comes out as an exception, which is how a test sees it.
        transport = httpx2.ASGITransport(app=self.familiar.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://amazon.test") as client:
            return await client.request(method, path, content=content, headers=headers, params=query)


def filled(path: str, draw: st.DrawFn) -> str:
    """Put something in the place of every name of a path: an act, an id that is known, or anything."""

    def value(part: str) -> str:
        return quote(
            draw(st.sampled_from(ACTS) | IDS if part == "{act}" else st.sampled_from(["demo", "1"]) | IDS), safe=""
        )

    return "/".join(value(part) if part.startswith("{") else part for part in path.split("/"))


@st.composite
def controls(draw: st.DrawFn) -> tuple[str, str, bytes, dict[str, str]]:
    """A request to the control plane: method, path, body, query."""
    method, path = draw(st.sampled_from(ROUTES))
    body = draw(BODIES.map(written) | st.binary(max_size=30))
    return method, "/_sim" + filled(path, draw), body, draw(QUERIES)


def play(requests: st.SearchStrategy[Any], check: Callable[[Sender, Any], None]) -> str:
    """Send what is drawn to one world after another, and return how it was answered."""
    statuses: Counter[int] = Counter()
    with Sender() as sender:

        @ANY
        @given(request=requests)
        def send(request: Any) -> None:
            check(sender, request)

        send()
        statuses += sender.statuses
    return ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))


def test_the_control_plane_answers_any_request_with_sense_or_a_reason(show):
    def check(sender: Sender, request: tuple[str, str, bytes, dict[str, str]]) -> None:
        method, path, body, query = request
        answer = sender.send(method, path, body, {"content-type": "application/json"}, query)
        assert answer.status_code in ANSWERED, (method, path, body, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["error"].keys() >= {"code", "message"}

    show(f"generated controls: {play(controls(), check)}")


def test_the_queues_answer_any_request_in_json(show):
    def check(sender: Sender, request: tuple[str, bytes]) -> None:
        action, body = request
        headers = {"x-amz-target": f"AmazonSQS.{action}", "content-type": "application/x-amz-json-1.0"}
        answer = sender.send("POST", "/_sqs", body, headers, {})
        assert answer.status_code in {200, 400}, (action, body, answer.text)
        if answer.status_code == 400:
            assert "__type" in answer.json()

    requests = st.tuples(ACTIONS | LATIN, FOR_QUEUES.map(written) | st.binary(max_size=30))
    show(f"generated requests of queues, JSON: {play(requests, check)}")


def test_the_queues_answer_any_request_of_the_query_protocol(show):
    def check(sender: Sender, request: tuple[str, dict[str, str], bool]) -> None:
        path, form, is_form = request
        content = urlencode(form).encode() if is_form else json.dumps(form).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = sender.send("POST", path, content, headers, {} if is_form else form)
        assert answer.status_code in {200, 400, 404}, (path, form, answer.text)

    paths = st.sampled_from(["/_sqs", "/_sqs/", httpx2.URL(QUEUE).path]) | IDS.map(lambda one: f"/_sqs/{quote(one)}")
    values = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from([QUEUE, "10", "-1"])
    form = st.dictionaries(
        OF_QUEUES | st.sampled_from(["Entry.1.Id", "AttributeName.1", "Version"]), values, max_size=4
    )
    forms = st.tuples(form, ACTIONS).map(lambda both: both[0] | {"Action": both[1]})
    show(f"generated requests of queues, query: {play(st.tuples(paths, form | forms, st.booleans()), check)}")
