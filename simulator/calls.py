"""One call of one Amazon operation, as it comes through the gates."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from simulator.throttling import Plan
from simulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose token and quota were found good; the seller of a grantless one is empty."""

    world: World
    request: Request
    seller: str
    client_id: str
    roles: frozenset[str]
    now: int
    elements: frozenset[str] = frozenset()  # the data elements that a restricted data token opens


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of Amazon's: its name, where it is served, its usage plan, and what answers it."""

    name: str
    method: str
    path: str
    plan: Plan
    answer: Callable[[Call], Awaitable[Response]]
    is_grantless: bool = False  # called for the application itself, not for a seller
    takes_grants: bool = False  # of a grantless one: a seller's token opens it as well
