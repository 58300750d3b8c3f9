"""The control plane under ``/_sim``: the world's back door, for tests and demonstrations."""

from collections.abc import Awaitable, Callable

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.clock import TimeOutOfRange
from simulator.control import (
    access,
    faults,
    feeds,
    journal,
    listings,
    notifications,
    orders,
    page,
    scenarios,
    snapshots,
)
from simulator.control.bodies import ControlError, Nothing, Reset, SetClock, SetLimits, SetOptions, read_body
from simulator.control.controls import Control
from simulator.control.unknown import instead_of
from simulator.envelopes import json_answer
from simulator.instants import wire_time
from simulator.orders import arrivals
from simulator.stamping import CONTROL
from simulator.summaries import answered_ids, control_summary
from simulator.world import World


def control_routes(world: World) -> list[Route]:
    """Return the routes of the control plane."""
    return [Route(one.path, _endpoint(world, one), methods=[one.method]) for one in _controls()]


def _controls() -> tuple[Control, ...]:
    return (
        Control("GET", "/clock", show_clock),
        Control("POST", "/clock", set_clock),
        Control("POST", "/reset", reset),
        Control("GET", "/options", show_options),
        Control("POST", "/options", set_options),
        Control("POST", "/limits", set_limits),
        Control("POST", "/sellers/{name}/revoke", revoke),
        *orders.CONTROLS,
        *feeds.CONTROLS,
        *faults.CONTROLS,
        *journal.CONTROLS,
        *notifications.CONTROLS,
        *listings.CONTROLS,
        *access.CONTROLS,
        *snapshots.CONTROLS,
        *scenarios.CONTROLS,
        *page.CONTROLS,
    )


def unknown_control(request: Request, status: int) -> Response:
    """Answer a request for something that the control plane does not have, and name what it has instead."""
    code = "NOT_FOUND" if status == 404 else "METHOD_NOT_ALLOWED" if status == 405 else "REFUSED"
    way_out = instead_of(request, under=CONTROL)
    return _refusal(ControlError(status, code, f"the control plane does not offer this{way_out}"))


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
        field = next(name for name, value in msgspec.structs.asdict(body).items() if value is not UNSET)
        raise ControlError(422, "INVALID", str(error), field) from error
    return await show_clock(world, request)


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


async def show_options(world: World, request: Request) -> Response:
    """Answer the switches of the world."""
    return json_answer(msgspec.to_builtins(world.options))


async def set_options(world: World, request: Request) -> Response:
    """Turn some of the switches of the world."""
    body = await read_body(request, SetOptions)
    for name, value in msgspec.structs.asdict(body).items():
        if value is not UNSET:
            setattr(world.options, name, value)
    return await show_options(world, request)


def _endpoint(world: World, control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            response = await control.answer(world, request)
        except ControlError as error:
            response = _refusal(error)
        if request.method not in ("GET", "HEAD"):
            request.state.summary = await control_summary(request)
            request.state.answered = answered_ids(response)
        return response

    return endpoint


def _refusal(error: ControlError) -> Response:
    body = {"code": error.code, "message": error.message}
    if error.field is not None:
        body["field"] = error.field
    return json_answer({"error": body}, error.status)
