"""The control plane under ``/_sim``: the world's back door, for tests and demonstrations."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.clock import TimeOutOfRange
from simulator.control.bodies import ControlError, Nothing, Reset, SetClock, SetLimits, read_body
from simulator.control.feeds import act_on_feed
from simulator.control.orders import act, load, place, show_state
from simulator.envelopes import json_answer
from simulator.instants import wire_time
from simulator.orders import arrivals
from simulator.world import World

Control: TypeAlias = Callable[[World, Request], Awaitable[Response]]


def control_routes(world: World) -> list[Route]:
    """Return the routes of the control plane."""
    controls: tuple[tuple[str, str, Control], ...] = (
        ("GET", "/clock", show_clock),
        ("POST", "/clock", set_clock),
        ("POST", "/orders", place),
        ("PUT", "/orders", load),
        ("POST", "/orders/{order_id}/{act}", act),
        ("POST", "/feeds/{feed_id}/{act}", act_on_feed),
        ("GET", "/state", show_state),
        ("GET", "/journal", show_journal),
        ("POST", "/reset", reset),
        ("POST", "/sellers/{name}/revoke", revoke),
        ("POST", "/limits", set_limits),
    )
    return [Route(path, _endpoint(world, control), methods=[method]) for method, path, control in controls]


def unknown_control(status: int) -> Response:
    """Answer a request for something that the control plane does not have."""
    code = "NOT_FOUND" if status == 404 else "METHOD_NOT_ALLOWED" if status == 405 else "REFUSED"
    return _refusal(ControlError(status, code, "the control plane does not offer this"))


async def show_clock(world: World, request: Request) -> Response:
    """Answer the time and the rate at which it passes."""
    return json_answer({"now": wire_time(world.catch_up()), "rate": world.clock.rate})


async def set_clock(world: World, request: Request) -> Response:
    """Advance, set or run the clock, and let everything happen that is then due."""
    body = await read_body(request, SetClock)
    if [body.advance, body.now, body.rate].count(UNSET) != 2:
        raise ControlError(422, "INVALID", "give one of advance, now and rate")
    world.catch_up()
    try:
        if body.advance is not UNSET:
            world.clock.advance(body.advance)
        elif body.now is not UNSET:
            world.clock.set(body.now)
        elif body.rate is not UNSET:
            world.clock.run_at(body.rate)
    except TimeOutOfRange as error:
        field = "now" if body.advance is UNSET else "advance"
        raise ControlError(422, "INVALID", str(error), field) from error
    return await show_clock(world, request)


async def show_journal(world: World, request: Request) -> Response:
    """Answer the requests so far, oldest first."""
    return json_answer({"requests": world.journal.documents()})


async def reset(world: World, request: Request) -> Response:
    """Begin anew: another seed, another time, so many orders in the past."""
    body = await read_body(request, Reset)
    if body.now is not UNSET:
        try:
            world.clock.set(body.now)
        except TimeOutOfRange as error:
            raise ControlError(422, "INVALID", str(error), "now") from error
    world.reset(seed=None if body.seed is UNSET else str(body.seed))
    ids = arrivals.seed_orders(world, count=body.orders)
    return json_answer({"seed": world.seed, "now": wire_time(world.catch_up()), "orders": len(ids)})


async def revoke(world: World, request: Request) -> Response:
    """Take the application's permission to act for a seller."""
    await read_body(request, Nothing)
    name = request.path_params["name"]
    if name not in world.sellers:
        raise ControlError(404, "NOT_FOUND", "there is no such seller", "name")
    world.revoke(name)
    return json_answer({"name": name, "isRevoked": True})


async def set_limits(world: World, request: Request) -> Response:
    """Enforce the usage plans, or stop enforcing them."""
    body = await read_body(request, SetLimits)
    world.quotas.is_enabled = body.enabled
    return json_answer({"enabled": body.enabled})


def _endpoint(world: World, control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await control(world, request)
        except ControlError as error:
            return _refusal(error)

    return endpoint


def _refusal(error: ControlError) -> Response:
    body = {"code": error.code, "message": error.message}
    if error.field is not None:
        body["field"] = error.field
    return json_answer({"error": body}, error.status)
