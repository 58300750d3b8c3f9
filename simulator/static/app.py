"""The static sandbox as an application: the cases of Amazon's models, and nothing else."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from simulator.access.login import token_endpoint
from simulator.control.routes import control_routes, unknown_control
from simulator.envelopes import (
    BAD_TOKEN,
    NO_TOKEN,
    WireError,
    error_answer,
    invalid_input,
    json_answer,
    quota_exceeded,
    unauthorized,
)
from simulator.stamping import CONTROL, Stamped, cut_off
from simulator.static.matching import find_case, nearest_case
from simulator.static.models import SandboxOperation
from simulator.throttling import Plan
from simulator.world import World

PLAN: Final = Plan("5.0", 15)  # of every operation of the sandbox
NO_MATCH: Final = "Could not match input arguments"
CONTROLS: Final = frozenset({"/clock", "/journal", "/limits", "/sellers/{name}/revoke"})


def create_static_app(world: World, operations: Sequence[SandboxOperation]) -> Starlette:
    """Return the application that plays Amazon's static sandbox. Of the world it uses time, tokens and journal.

    A request that is no case of the models is refused with "Could not match input arguments", as at Amazon.
    """
    controls = [route for route in control_routes(world) if route.path in CONTROLS]
    app = Starlette(
        routes=[
            Route("/auth/o2/token", token_endpoint(world), methods=["POST"]),
            *[Route(one.path, _endpoint(world, one), methods=[one.method]) for one in operations],
            Mount(CONTROL, app=Router(controls, redirect_slashes=False)),
        ],
        middleware=[Middleware(Stamped, world=world)],
        exception_handlers={HTTPException: _not_served, ClientDisconnect: cut_off},
    )
    app.router.redirect_slashes = False
    return app


def _endpoint(world: World, operation: SandboxOperation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        request.state.operation = operation.name
        try:
            _enter(world, request, operation)
            return await _answer(request, operation)
        except WireError as error:
            return error_answer(error)

    return endpoint


def _enter(world: World, request: Request, operation: SandboxOperation) -> None:
    now = world.catch_up()
    token = request.headers.get("x-amz-access-token")
    if not token:
        raise unauthorized(NO_TOKEN)
    access = world.tokens.find(token, now=now)
    if access is None:
        raise unauthorized(BAD_TOKEN)
    request.state.seller = access.seller
    if not world.quotas.grants(
        PLAN, operation=operation.name, client_id=access.client_id, seller=access.seller or "", now=now
    ):
        raise quota_exceeded()


async def _answer(request: Request, operation: SandboxOperation) -> Response:
    path, query, body = request.path_params, request.query_params, await request.body()
    case = find_case(operation.cases, path=path, query=query, body=body)
    if case is None:
        request.state.hint = nearest_case(operation.cases, path=path, query=query, body=body)
        raise invalid_input(NO_MATCH)
    answer = Response(status_code=case.status) if case.body is None else json_answer(case.body, case.status)
    answer.headers["x-amzn-RateLimit-Limit"] = PLAN.rate
    return answer


async def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(CONTROL):
        return unknown_control(request, error.status_code)
    return error_answer(WireError(error.status_code, "NotFound", "Resource not found."))
