"""The simulator's routes: Amazon's own paths at the root, the control plane under ``/_sim``."""

import asyncio
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from simulator.access import operations as tokens
from simulator.access.login import token_endpoint
from simulator.cast import operations as sellers
from simulator.control.routes import control_routes, unknown_control
from simulator.envelopes import WireError, error_answer
from simulator.faults.closing import ClosingApp
from simulator.faults.gate import Sleep
from simulator.feeds import operations as feeds
from simulator.finances import operations as finances
from simulator.gates import gated, guarded
from simulator.listings import operations as listings
from simulator.notifications import operations as notifications
from simulator.notifications.pushing import Courier, Pushing, post
from simulator.notifications.sqs import AT_SQS, is_astray, sqs_routes
from simulator.orders import operations as orders
from simulator.reports import operations as reports
from simulator.sides import OTHER_OPERATIONS, STORAGE_SIDE, TOKEN_SIDE
from simulator.stamping import CONTROL, Stamped, cut_off
from simulator.storage.transfers import document_routes
from simulator.storage.urls import DOCUMENTS
from simulator.v0 import operations as v0
from simulator.world import World

OPERATIONS: Final = (
    *orders.OPERATIONS,
    *v0.OPERATIONS,
    *feeds.OPERATIONS,
    *reports.OPERATIONS,
    *listings.OPERATIONS,
    *notifications.OPERATIONS,
    *finances.OPERATIONS,
    *sellers.OPERATIONS,
    *tokens.OPERATIONS,
)
NOT_SERVED: Final = {404: ("NotFound", "Resource not found."), 405: ("MethodNotAllowed", "Method not allowed.")}


def create_app(
    world: World, *, public_url: str | None = None, sleep: Sleep = asyncio.sleep, courier: Courier = post
) -> ClosingApp:
    """Return the application that plays Amazon in this world.

    URLs of documents begin with ``public_url``; without one, with the address that a request came in at. ``sleep``
    waits so many real seconds, where a fault makes an answer slow; ``courier`` posts the notifications that are pushed.
    """
    routes = [Route(one.path, gated(world, one, sleep=sleep), methods=[one.method]) for one in OPERATIONS]
    token = guarded(world, token_endpoint(world), side=TOKEN_SIDE, sleep=sleep)
    controls = control_routes(world)
    page = next(one for one in controls if one.path == "/")
    app = ClosingApp(
        routes=[
            Route("/auth/o2/token", token, methods=["POST"]),
            *routes,
            _mounted(DOCUMENTS, _guarded_transfers(world, sleep)),
            *sqs_routes(world, sleep),
            Route(CONTROL, page.endpoint, methods=["GET"]),
            _mounted(CONTROL, controls),
        ],
        middleware=[Middleware(Stamped, world=world), Middleware(Pushing, world=world, courier=courier, sleep=sleep)],
        exception_handlers={HTTPException: _not_served, ClientDisconnect: cut_off},
    )
    app.router.redirect_slashes = False
    app.state.public_url = public_url
    app.state.operations = frozenset({one.name for one in OPERATIONS} | OTHER_OPERATIONS)
    return app


def _mounted(path: str, routes: Sequence[Route]) -> Mount:
    """Serve routes under a path, which nothing redirects to: neither does Amazon, and a Host header may be wrong."""
    return Mount(path, app=Router(routes, redirect_slashes=False))


def _guarded_transfers(world: World, sleep: Sleep) -> list[Route]:
    def with_faults(route: Route) -> Route:
        endpoint = guarded(world, route.endpoint, side=STORAGE_SIDE, sleep=sleep)
        return Route(route.path, endpoint, methods=list(route.methods or ()))

    return [with_faults(route) for route in document_routes(world)]


async def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(CONTROL):
        return unknown_control(request, error.status_code)
    request.state.hint = AT_SQS if await is_astray(request) else _nearest(request)
    code, message = NOT_SERVED.get(error.status_code, ("InvalidInput", error.detail))
    return error_answer(WireError(error.status_code, code, message))


def _nearest(request: Request) -> str | None:
    """Return the operation that the request comes closest to, for the journal."""
    served = {f"{one.method} {one.path}": one.name for one in OPERATIONS}
    found = get_close_matches(f"{request.method} {request.url.path}", served, n=1)
    return f"{served[found[0]]} is {found[0]}" if found else None
