"""Tokens API 2021-03-01: createRestrictedDataToken."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta
from starlette.responses import Response

from simulator.access.resources import ELEMENTS, Resource, Restricted, find_restricted, may_see
from simulator.access.tokens import LIFETIME
from simulator.calls import Call
from simulator.envelopes import WireError, invalid_input, json_answer
from simulator.instants import SECOND

MOST_RESOURCES: Final = 50
NO_ACCESS: Final = "Application do not have access to some or all requested resource"
NO_ELEMENTS: Final = "Application does not have access to one or more requested data elements: [{}]"
NOT_READABLE: Final = "Request is missing or has invalid parameters"

Method = Annotated[str, Meta(pattern=r"^(GET|PUT|POST|DELETE)\Z")]


class RestrictedResource(msgspec.Struct, rename="camel"):
    """A method and path that the token is to open, as the caller writes them."""

    method: Method
    path: Annotated[str, Meta(min_length=1, max_length=1_000)]
    data_elements: list[str] = msgspec.field(default_factory=list)


class CreateRestrictedDataToken(msgspec.Struct, rename="camel"):
    """The body of the request; keys that Amazon does not know are ignored, as one SDK sends its query here."""

    restricted_resources: Annotated[list[RestrictedResource], Meta(min_length=1, max_length=MOST_RESOURCES)]
    target_application: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


async def create_restricted_data_token(call: Call) -> Response:
    """Answer a token for the resources asked for, if the application's roles allow every one of them."""
    asked = _read(await call.request.body())
    resources = tuple(_resource(one, call.roles) for one in asked.restricted_resources)
    token = call.world.tokens.restrict(client_id=call.client_id, seller=call.seller, resources=resources, now=call.now)
    return json_answer({"restrictedDataToken": token, "expiresIn": LIFETIME // SECOND})


def _read(body: bytes) -> CreateRestrictedDataToken:
    try:
        return msgspec.json.decode(body, type=CreateRestrictedDataToken)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(400, "InvalidRequest", NOT_READABLE, "Resource not provided.") from error


def _resource(asked: RestrictedResource, roles: frozenset[str]) -> Resource:
    restricted = find_restricted(asked.method, asked.path)
    if restricted is None:
        raise invalid_input(NO_ACCESS, "")
    elements = _elements(restricted, asked, roles)
    return Resource(method=asked.method, path=asked.path, elements=elements)


def _elements(restricted: Restricted, asked: RestrictedResource, roles: frozenset[str]) -> frozenset[str]:
    """Return the data elements of a resource: fixed by the operation, or named by the caller. Raises WireError."""
    named = frozenset(asked.data_elements)
    if not named <= ELEMENTS:
        raise WireError(400, "InvalidRequest", NOT_READABLE, "Unknown data element.")
    if restricted.elements is not None:
        if not may_see(restricted.elements, roles):
            raise invalid_input(NO_ACCESS, "")
        return restricted.elements
    if not named:
        raise invalid_input(NO_ACCESS, "")
    if missing := [element for element in sorted(named) if not may_see({element}, roles)]:
        raise invalid_input(NO_ELEMENTS.format(", ".join(missing)), "")
    return named
