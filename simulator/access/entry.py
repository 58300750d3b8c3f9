"""Who calls: the token of a request, and what it stands for."""

from typing import Final

from starlette.requests import Request

from simulator.access.grants import ORDER_ROLES
from simulator.access.resources import may_see
from simulator.access.restricting import NO_ACCESS
from simulator.access.tokens import Access
from simulator.calls import Call, Operation
from simulator.envelopes import BAD_TOKEN, NO_TOKEN, invalid_input, unauthorized
from simulator.world import World

NOBODY: Final = ""
# Each API's page names the roles of which it takes one; the feeds and reports that are served here are of orders.
NEEDED: Final = (
    ("/orders/", ORDER_ROLES),
    ("/feeds/", ORDER_ROLES),
    ("/reports/", ORDER_ROLES),
    ("/listings/", frozenset({"PRODUCT_LISTING"})),
    ("/finances/", frozenset({"FINANCE_AND_ACCOUNTING"})),
)


def enter(world: World, request: Request, operation: Operation, *, now: int) -> Call:
    """Return the call of a request whose token is good for the operation. Raises WireError."""
    token = request.headers.get("x-amz-access-token")
    if not token:
        raise unauthorized(NO_TOKEN)
    access = world.tokens.find(token, now=now)
    if access is None:
        raise unauthorized(BAD_TOKEN)
    request.state.seller = access.seller
    is_grantless = access.seller is None
    if is_grantless is not operation.is_grantless and (is_grantless or not operation.takes_grants):
        raise unauthorized("")
    seller = access.seller or NOBODY
    roles = world.grants.roles(client_id=access.client_id, seller=seller)
    if any(operation.path.startswith(api) and not roles & needed for api, needed in NEEDED):
        raise unauthorized("")
    elements = _elements(access, request, roles)
    return Call(world, request, seller, access.client_id, roles, now, elements)


def _elements(access: Access, request: Request, roles: frozenset[str]) -> frozenset[str]:
    """Return the data elements that the token opens. Raises WireError where it is good for something else."""
    elements = access.elements(request.method, request.url.path)
    if elements is None:
        raise unauthorized("")
    if not may_see(elements, roles):
        raise invalid_input(NO_ACCESS, "")
    return elements
