"""One thing that the control plane offers."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from simulator.world import World


class Control(NamedTuple):
    """A method and path under ``/_sim``, and what answers it."""

    method: str
    path: str
    answer: Callable[[World, Request], Awaitable[Response]]
