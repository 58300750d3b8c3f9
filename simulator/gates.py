"""The gates before every Amazon operation, in Amazon's order: token, quota, then the operation itself."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.access.entry import enter
from simulator.calls import Call, Operation
from simulator.envelopes import WireError, error_answer, quota_exceeded
from simulator.world import World

SHOWS_RATE: Final = frozenset({200, 201, 202, 204, 400, 404})


def gated(world: World, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of an operation behind its gates."""

    async def endpoint(request: Request) -> Response:
        now = world.catch_up()
        request.state.operation = operation.name
        try:
            call = enter(world, request, operation, now=now)
            _pass_quota(call, operation)
            response = await operation.answer(call)
        except WireError as error:
            response = error_answer(error)
        if response.status_code in SHOWS_RATE:
            response.headers["x-amzn-RateLimit-Limit"] = operation.plan.rate
        return response

    return endpoint


def _pass_quota(call: Call, operation: Operation) -> None:
    if not call.world.quotas.grants(
        operation.plan,
        operation=operation.name,
        client_id=call.client_id,
        seller=call.seller,
        now=call.now,
    ):
        raise quota_exceeded()
