"""The simulator's routes: Amazon's own paths at the root, the control plane under ``/_sim``."""

from difflib import get_close_matches
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from simulator.access.login import token_endpoint
from simulator.calls import Operation
from simulator.cast.participating import get_marketplace_participations
from simulator.control.routes import control_routes, unknown_control
from simulator.envelopes import WireError, error_answer
from simulator.feeds.calls import (
    cancel_feed,
    create_feed,
    create_feed_document,
    get_feed,
    get_feed_document,
    get_feeds,
)
from simulator.gates import gated
from simulator.orders.confirming import confirm_shipment
from simulator.orders.reading import get_order, search_orders
from simulator.stamping import CONTROL, Stamped
from simulator.storage.transfers import document_routes
from simulator.storage.urls import DOCUMENTS
from simulator.throttling import Plan
from simulator.world import World

ORDERS: Final = "/orders/2026-01-01/orders"
FEEDS: Final = "/feeds/2021-06-30"
OPERATIONS: Final = (
    Operation("searchOrders", "GET", ORDERS, Plan("0.0056", 20), search_orders),
    Operation("getOrder", "GET", ORDERS + "/{order_id}", Plan("0.5", 30), get_order),
    Operation(
        "confirmShipment",
        "POST",
        "/orders/v0/orders/{order_id}/shipmentConfirmation",
        Plan("2", 10),
        confirm_shipment,
    ),
    Operation(
        "getMarketplaceParticipations",
        "GET",
        "/sellers/v1/marketplaceParticipations",
        Plan("0.016", 15),
        get_marketplace_participations,
    ),
    Operation("createFeedDocument", "POST", FEEDS + "/documents", Plan("0.5", 15), create_feed_document),
    Operation("getFeedDocument", "GET", FEEDS + "/documents/{document_id}", Plan("0.0222", 10), get_feed_document),
    Operation("createFeed", "POST", FEEDS + "/feeds", Plan("0.0083", 15), create_feed),
    Operation("getFeeds", "GET", FEEDS + "/feeds", Plan("0.0222", 10), get_feeds),
    Operation("getFeed", "GET", FEEDS + "/feeds/{feed_id}", Plan("2", 15), get_feed),
    Operation("cancelFeed", "DELETE", FEEDS + "/feeds/{feed_id}", Plan("2", 15), cancel_feed),
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
