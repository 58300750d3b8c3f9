"""The SQS-shaped endpoint: AWS JSON 1.0 as today's SDKs speak it, and the older query protocol."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.notifications import sqs_query
from simulator.notifications.pushing import Sleep
from simulator.notifications.sqs_actions import ABOUT_MESSAGES, Asked
from simulator.notifications.sqs_errors import SqsError
from simulator.notifications.sqs_queues import ABOUT_QUEUES
from simulator.world import World

SQS: Final = "/_sqs"
ACTIONS: Final = ABOUT_MESSAGES | ABOUT_QUEUES
TARGET: Final = "AmazonSQS."
SCOPE: Final = "/sqs/aws4_request"  # of the credentials that a signature names
FORM: Final = "application/x-www-form-urlencoded"
AT_SQS: Final = f"queues are at {SQS}: it belongs to the endpoint that a client of SQS is given"
JSON: Final = "application/x-amz-json-1.0"
POLL: Final = 0.1  # real seconds between two looks into a queue that is waited for


def sqs_routes(world: World, sleep: Sleep) -> list[Route]:
    """Return the routes of the endpoint; the end of the path is nothing or a queue's account and name."""
    endpoint = _endpoint(world, sleep)
    return [Route(SQS, endpoint, methods=["POST"]), Route(SQS + "/{queue:path}", endpoint, methods=["POST"])]


async def is_astray(request: Request) -> bool:
    """Say whether a request that nothing serves was meant for queues, as of a client that is pointed at the root."""
    headers = request.headers
    if headers.get("x-amz-target", "").startswith(TARGET) or SCOPE in headers.get("authorization", ""):
        return True
    if request.method != "POST" or not headers.get("content-type", "").startswith(FORM):
        return False
    try:
        name, _ = sqs_query.read(request, await request.body())
    except (SqsError, ClientDisconnect):
        return False
    return name in ACTIONS


def _endpoint(world: World, sleep: Sleep) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        target = request.headers.get("x-amz-target")
        body = await request.body()
        try:
            name, given = _read_json(target, body) if target is not None else sqs_query.read(request, body)
            request.state.operation = f"sqs.{name}" if name in ACTIONS else None
            answer = await _act(world, request, sleep, name, given)
        except SqsError as error:
            if target is None:
                return sqs_query.refusal(error, request_id=request.state.request_id)
            return _refusal(error)
        if target is None:
            return sqs_query.answer(name, answer, request_id=request.state.request_id)
        return Response(orjson.dumps(answer) if answer is not None else b"", 200, media_type=JSON)

    return endpoint


async def _act(world: World, request: Request, sleep: Sleep, name: str, given: Any) -> dict[str, Any] | None:
    if name not in ACTIONS:
        raise SqsError("UnsupportedOperation", "The simulator does not offer this action of SQS.")
    action = ACTIONS[name]
    try:
        body = msgspec.convert(given, action.body, strict=False)
    except msgspec.ValidationError as error:
        raise SqsError("InvalidParameterValue", str(error)) from error
    looks = 0
    while True:
        asked = Asked(world, request, world.catch_up())
        answer = action.answer(asked, body)
        wait = action.wait(asked, body) if answer == {} else 0
        if looks * POLL >= wait or await request.is_disconnected():
            return answer
        looks += 1
        await sleep(POLL)


def _read_json(target: str, body: bytes) -> tuple[str, Any]:
    try:
        given = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SqsError("SerializationException", "The body is not JSON.") from error
    if not isinstance(given, dict):
        raise SqsError("SerializationException", "The body is not a JSON object.")
    return target.removeprefix(TARGET), given


def _refusal(error: SqsError) -> Response:
    body = {"__type": f"com.amazonaws.sqs#{error.code}", "message": error.message}
    headers = {"x-amzn-query-error": f"{error.query_code};Sender"}
    return Response(orjson.dumps(body), 400, media_type=JSON, headers=headers)
