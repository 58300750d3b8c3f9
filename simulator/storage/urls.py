"""URLs of documents: signed, good for five minutes, and at the address where the simulator is reached."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from simulator.chance import digest
from simulator.instants import MINUTE
from simulator.world import World

DOCUMENTS: Final = "/_docs"
LIFETIME: Final = 5 * MINUTE


class WrongUrl(Exception):
    """The URL was not given out for this, or its time is over; the message says which."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a URL allows: one way to use one document, until a moment, with an encoding that the answer states."""

    method: str
    document_id: str
    expires: int
    encoding: str = ""

    def sign(self, seed: str) -> str:
        """Return the signature, which only this world writes."""
        text = "\n".join((self.method, self.document_id, str(self.expires), self.encoding))
        return hmac.digest(digest(seed, "document urls"), text.encode(), hashlib.sha256).hex()


def document_url(world: World, request: Request, document_id: str, *, method: str, now: int, encoding: str = "") -> str:
    """Return a URL that lets whoever has it upload (PUT) or download (GET) the document."""
    grant = Grant(method, document_id, now + LIFETIME, encoding)
    query = {"expires": str(grant.expires)} | ({"encoding": encoding} if encoding else {})
    signed = urlencode(query | {"signature": grant.sign(world.seed)})
    return f"{base_url(request)}{DOCUMENTS}/{document_id}?{signed}"


def check_url(world: World, request: Request, *, now: int) -> Grant:
    """Return what the URL of a request allows. Raises WrongUrl."""
    query = request.query_params
    expires = _expiry(query)
    method = "GET" if request.method == "HEAD" else request.method
    grant = Grant(method, request.path_params["document_id"], expires, query.get("encoding", ""))
    if not hmac.compare_digest(grant.sign(world.seed).encode(), query.get("signature", "").encode()):
        raise WrongUrl("The request signature does not match the signature of the URL.")
    if now >= expires:
        raise WrongUrl("Request has expired")
    return grant


def _expiry(query: QueryParams) -> int:
    text = query.get("expires", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise WrongUrl("The request is not signed.")
    return int(text)


def base_url(request: Request) -> str:
    """Return the public URL, or the address that the request came in at: never what its Host header says."""
    public_url: str | None = request.app.state.public_url
    if public_url is not None:
        return public_url.rstrip("/")
    host, port = request.scope.get("server") or ("localhost", None)
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}" if port is not None else f"http://{name}"
