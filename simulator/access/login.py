"""Login with Amazon: ``POST /auth/o2/token``, with errors in OAuth's shape."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulator.access.tokens import LIFETIME, REFUSED_CLIENT, seller_of
from simulator.envelopes import json_answer
from simulator.instants import SECOND
from simulator.world import World

SCOPES: Final = frozenset({"sellingpartnerapi::notifications", "sellingpartnerapi::migration"})
NEEDED: Final = {"refresh_token": "refresh_token", "authorization_code": "code", "client_credentials": "scope"}
BAD_GRANT: Final = "The request has an invalid grant parameter : "
REVOKED_GRANT: Final = BAD_GRANT + "refresh_token. User may have revoked or didn't grant the permission."


class OAuthError(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


def token_endpoint(world: World) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that gives out this world's access tokens."""

    async def answer(request: Request) -> Response:
        now = world.catch_up()
        request.state.operation = "token"
        try:
            body = _grant(world, await _read_form(request), now=now)
            return _uncached(json_answer(body))
        except OAuthError as error:
            refusal = {"error": error.error, "error_description": error.description}
            return _uncached(json_answer(refusal, error.status))

    return answer


def _grant(world: World, form: Mapping[str, str], *, now: int) -> dict[str, object]:
    grant_type = _take(form, "grant_type")
    if grant_type not in NEEDED:
        raise OAuthError(400, "unsupported_grant_type", "The authorization grant type is not supported")
    client_id, _ = _take(form, "client_id"), _take(form, "client_secret")
    proof = _take(form, NEEDED[grant_type])
    if client_id == REFUSED_CLIENT:
        raise OAuthError(401, "invalid_client", "Client authentication failed")
    seller = _seller(world, grant_type, proof, now=now)
    answer: dict[str, object] = {
        "access_token": world.tokens.issue(client_id=client_id, seller=seller, now=now),
        "token_type": "bearer",
        "expires_in": LIFETIME // SECOND,
    }
    return answer if seller is None else answer | {"refresh_token": f"Atzr|{seller}"}


def _seller(world: World, grant_type: str, proof: str, *, now: int) -> str | None:
    """Return the seller that the token will act for; nobody for one that is grantless."""
    if grant_type == "client_credentials":
        _check_scope(proof)
        return None
    if grant_type == "authorization_code":
        return _consenting(world, proof, now=now)
    name = seller_of(proof)
    if name is None:
        raise OAuthError(400, "invalid_grant", BAD_GRANT + "refresh_token")
    if world.welcome(name).is_revoked:
        raise OAuthError(400, "invalid_grant", REVOKED_GRANT)
    return name


def _consenting(world: World, code: str, *, now: int) -> str:
    seller = world.tokens.redeem(code, now=now)
    if seller is None:
        raise OAuthError(400, "invalid_grant", BAD_GRANT + "code")
    return seller


def _check_scope(scope: str) -> None:
    if not SCOPES.issuperset(scope.split()):
        raise OAuthError(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed")


def _take(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise OAuthError(400, "invalid_request", f"The request is missing a required parameter : {name}")
    return form[name]


async def _read_form(request: Request) -> Mapping[str, str]:
    """Read the parameters from a form, or from JSON as some clients send them."""
    body = await request.body()
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            return msgspec.json.decode(body, type=dict[str, str])
        fields = parse_qs(body.decode(), max_num_fields=50)
    except (msgspec.DecodeError, ValueError) as error:
        raise OAuthError(400, "invalid_request", "The request is malformed") from error
    if any(len(values) > 1 for values in fields.values()):
        raise OAuthError(400, "invalid_request", "The request repeats a parameter")
    return {name: values[0] for name, values in fields.items()}


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response
