"""What is not an operation of the API and can go wrong all the same: the token endpoint, uploads, downloads."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from simulator.access.tokens import seller_of
from simulator.envelopes import WireError, json_answer
from simulator.hints import token_hint, transfer_hint
from simulator.world import World

TOKEN: Final = "token"
UPLOAD: Final = "uploadDocument"
DOWNLOAD: Final = "downloadDocument"
OTHER_OPERATIONS: Final = frozenset({TOKEN, UPLOAD, DOWNLOAD})
# OAuth has no word for a request too many (RFC 6749, section 4.1.2.1 has these two for a server in trouble).
OAUTH_CODES: Final = {
    400: "invalid_request", 403: "unauthorized_client", 429: "temporarily_unavailable", 500: "server_error",
    503: "temporarily_unavailable",
}  # fmt: skip
# "Error responses" of Amazon S3: a request too many is a 503.
STORAGE_ERRORS: Final = {
    400: (400, "InvalidRequest", "Invalid Request"),
    403: (403, "AccessDenied", "Access Denied"),
    429: (503, "SlowDown", "Please reduce your request rate."),
    500: (500, "InternalError", "We encountered an internal error. Please try again."),
    503: (503, "ServiceUnavailable", "Service is unable to handle request."),
}


@dataclass(frozen=True, slots=True)
class Side:
    """How such an endpoint is named, whom it serves, how it refuses, and what its caller may want to know."""

    name: Callable[[Request], str]
    seller: Callable[[World, Request], Awaitable[str | None]]
    refuse: Callable[[WireError], Response]
    hint: Callable[[Request, int], str | None]


async def _seller_of_token(world: World, request: Request) -> str | None:
    """Return the seller whom the refresh token names, from a form or from JSON."""
    try:
        body = await request.body()
        if request.headers.get("content-type", "").startswith("application/json"):
            return seller_of(msgspec.json.decode(body, type=dict[str, str]).get("refresh_token", ""))
        return seller_of(parse_qs(body.decode(), max_num_fields=50).get("refresh_token", [""])[0])
    except (msgspec.DecodeError, ValueError, RecursionError, ClientDisconnect):
        return None


def _transfer(request: Request) -> str:
    return UPLOAD if request.method == "PUT" else DOWNLOAD


async def _seller_of_document(world: World, request: Request) -> str | None:
    document = world.documents.find(request.path_params["document_id"], now=world.clock.milliseconds())
    return None if document is None else document.seller


def _refuse_token(error: WireError) -> Response:
    body = {"error": OAUTH_CODES.get(error.status, "server_error"), "error_description": error.message}
    response = json_answer(body, error.status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def _refuse_transfer(error: WireError) -> Response:
    status, code, message = STORAGE_ERRORS.get(error.status, (error.status, error.code, error.message))
    root = Element("Error")
    SubElement(root, "Code").text = code
    SubElement(root, "Message").text = message
    return Response(tostring(root, encoding="UTF-8", xml_declaration=True), status, media_type="application/xml")


TOKEN_SIDE: Final = Side(lambda request: TOKEN, _seller_of_token, _refuse_token, token_hint)
STORAGE_SIDE: Final = Side(_transfer, _seller_of_document, _refuse_transfer, transfer_hint)
