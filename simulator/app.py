"""The simulator's routes: Amazon's own paths at the root, the control plane under ``/_sim``."""

from difflib import get_close_matches
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from simulator.access import operations as tokens
from simulator.access.login import token_endpoint
from simulator.cast import operations as sellers
from simulator.control.routes import control_routes, unknown_control
from simulator.envelopes import WireError, error_answer
from simulator.feeds import operations as feeds
from simulator.finances import operations as finances
from simulator.gates import gated
from simulator.listings import operations as listings
from simulator.notifications import operations as notifications
from simulator.orders import operations as orders
from simulator.reports import operations as reports
from simulator.stamping import CONTROL, Stamped
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


def create_app(world: World, *, public_url: str | None = None) -> Starlette:
    """Return the application that plays Amazon in this world.

    URLs of documents begin with ``public_url``; without one, with the address that a request came in at.
    """
    routes = [Route(one.path, gated(world, one), methods=[one.method]) for one in OPERATIONS]
    app = Starlette(
        routes=[
            Route("/auth/o2/token", token_endpoint(world), methods=["POST"]),
            *routes,
            Mount(DOCUMENTS, routes=document_routes(world)),
            Mount(CONTROL, routes=control_routes(world)),
        ],
        middleware=[Middleware(Stamped, world=world)],
        exception_handlers={HTTPException: _not_served},
    )
    app.state.public_url = public_url
    return app


async def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(CONTROL):
        return unknown_control(error.status_code)
    request.state.hint = _nearest(request)
    code, message = NOT_SERVED.get(error.status_code, ("InvalidInput", error.detail))
    return error_answer(WireError(error.status_code, code, message))


def _nearest(request: Request) -> str | None:
    """Return the operation that the request comes closest to, for the journal."""
    served = {f"{one.method} {one.path}": one.name for one in OPERATIONS}
    found = get_close_matches(f"{request.method} {request.url.path}", served, n=1)
    return f"{served[found[0]]} is {found[0]}" if found else None
