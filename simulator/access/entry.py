"""Who calls: the token of a request, and what it stands for."""

from typing import Final

from starlette.requests import Request

from simulator.calls import Call, Operation
from simulator.envelopes import BAD_TOKEN, NO_TOKEN, unauthorized
from simulator.world import World

NOBODY: Final = ""


def enter(world: World, request: Request, operation: Operation, *, now: int) -> Call:
    """Return the call of a request whose token is good for the operation. Raises WireError."""
    token = request.headers.get("x-amz-access-token")
    if not token:
        raise unauthorized(NO_TOKEN)
    access = world.tokens.find(token, now=now)
    if access is None:
        raise unauthorized(BAD_TOKEN)
    if (access.seller is None) is not operation.is_grantless:
        raise unauthorized("")
    seller = access.seller or NOBODY
    request.state.seller = access.seller
    roles = world.grants.roles(client_id=access.client_id, seller=seller)
    return Call(world, request, seller, access.client_id, roles, now)
