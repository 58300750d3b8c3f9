"""The control plane's side of snapshots of the whole world."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.control.bodies import Body, ControlError, read_body
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.instants import wire_time
from simulator.keeping import BrokenSnapshot
from simulator.world import World


class PutSnapshot(Body):
    """What a snapshot was answered with."""

    version: int
    digest: str
    world: dict[str, Any]


async def show_snapshot(world: World, request: Request) -> Response:
    """Answer all that the world is made of, to be put back here or elsewhere."""
    world.catch_up()
    return json_answer(world.keep())


async def put_snapshot(world: World, request: Request) -> Response:
    """Become the world of a snapshot, with its time and rate."""
    body = await read_body(request, PutSnapshot)
    try:
        world.restore({"version": body.version, "digest": body.digest, "world": body.world})
    except BrokenSnapshot as error:
        raise ControlError(422, "INVALID", str(error), error.field) from error
    return json_answer({"seed": world.seed, "now": wire_time(world.catch_up()), "orders": len(world.book)})


CONTROLS: Final[tuple[Control, ...]] = (
    Control("GET", "/snapshot", show_snapshot),
    Control("PUT", "/snapshot", put_snapshot),
)
