"""The gates before every Amazon operation, in Amazon's order: token, quota, fault, then the operation itself."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.access.entry import enter
from simulator.calls import Call, Operation
from simulator.envelopes import WireError, error_answer, quota_exceeded
from simulator.faults.answers import altered, shows_rate
from simulator.faults.gate import Sleep, meet, occasion_of, part
from simulator.hints import hint_of
from simulator.sides import Side
from simulator.summaries import summary_of
from simulator.world import World

SHOWS_RATE: Final = frozenset({200, 201, 202, 204, 400, 404})

Endpoint = Callable[[Request], Awaitable[Response]]


def gated(world: World, operation: Operation, *, sleep: Sleep) -> Endpoint:
    """Return the endpoint of an operation behind its gates."""

    async def endpoint(request: Request) -> Response:
        now = world.catch_up()
        request.state.operation = operation.name
        try:
            call = enter(world, request, operation, now=now)
            request.state.client_id = call.client_id
            _pass_quota(call, operation)
        except WireError as error:
            request.state.hint = hint_of(world, request, operation, error.status, call=None)
            return _rated(error_answer(error), operation)
        return await _answer(call, operation, sleep=sleep)

    return endpoint


def guarded(world: World, endpoint: Endpoint, *, side: Side, sleep: Sleep) -> Endpoint:
    """Return an endpoint that has no token and no usage plan of its own, with faults before and after it."""

    async def answer(request: Request) -> Response:
        now = world.catch_up()
        operation = request.state.operation = side.name(request)
        request.state.seller = await side.seller(world, request)
        occasion = await occasion_of(request, operation, seller=request.state.seller, at=now)
        try:
            meet(world.faults, occasion, request)
            response = await endpoint(request)
        except WireError as error:
            response = side.refuse(error)
        request.state.hint = side.hint(request, response.status_code)
        response = altered(world.faults, occasion, request, response)
        await part(world.faults, occasion, request, status=response.status_code, sleep=sleep)
        return response

    return answer


async def _answer(call: Call, operation: Operation, *, sleep: Sleep) -> Response:
    """Answer a call that is past token and quota. Raises ConnectionClosed."""
    request, faults = call.request, call.world.faults
    occasion = await occasion_of(request, operation.name, seller=call.seller or None, at=call.now)
    request.state.occasion = occasion
    try:
        meet(faults, occasion, request)
        response = await operation.answer(call)
    except WireError as error:
        response = error_answer(error)
    request.state.hint = hint_of(call.world, request, operation, response.status_code, call=call)
    request.state.summary = await summary_of(request, operation.name, response)
    response = altered(faults, occasion, request, response)
    if response.status_code in SHOWS_RATE and shows_rate(faults, occasion, request):
        response = _rated(response, operation)
    await part(faults, occasion, request, status=response.status_code, sleep=sleep)
    return response


def _rated(response: Response, operation: Operation) -> Response:
    if response.status_code in SHOWS_RATE:
        response.headers["x-amzn-RateLimit-Limit"] = operation.plan.rate
    return response


def _pass_quota(call: Call, operation: Operation) -> None:
    if not call.world.quotas.grants(
        operation.plan,
        operation=operation.name,
        client_id=call.client_id,
        seller=call.seller,
        now=call.now,
    ):
        raise quota_exceeded()
