"""What every answer carries, and which requests of a browser are refused before anything reads them."""

import logging
import time
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.body_limit import says_too_large, too_large
from api.request_id import HEADER, name_request

log = logging.getLogger(__name__)

HEADERS: Final = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
_SORRY: Final = "Something went wrong on our side. Name request {} when you report it.\n"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_QUIET: Final = frozenset({"/livez", "/healthz", "/readyz"})


class Guard:
    """Names each request, refuses what another site's page sends, and sets the security headers.

    `hosts` are the names under which the service may be asked for, `*` for any.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one connection through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = name_request(headers.get(HEADER.decode()))
        began = time.perf_counter()
        has_begun = False

        async def answer(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _set_headers(MutableHeaders(scope=message), name)
                _log_answer(scope, message["status"], began)
            await send(message)

        try:
            await (self._refusal(scope["method"], headers) or self.app)(scope, receive, answer)
        except Exception:
            # A defect: told in the log alone, and to the client by the request's name.
            log.exception("a request failed", extra={"method": scope["method"], "path": scope["path"]})
            if has_begun:
                raise
            await PlainTextResponse(_SORRY.format(name), status_code=500)(scope, receive, answer)

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        if "*" not in self.hosts and _name(headers.get("host", "")) not in self.hosts:
            return PlainTextResponse("Nobody asks for this service by that name (allowed_hosts).\n", status_code=421)
        if method not in _READING and is_cross_site(headers):
            return PlainTextResponse("A page of another site may not send this request.\n", status_code=403)
        return too_large() if says_too_large(headers) else None


def is_cross_site(headers: Headers) -> bool:
    """Tell whether a browser sent the request for a page of another site (Fetch Metadata, Origin)."""
    if headers.get("sec-fetch-site") == "cross-site":
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def _name(host: str) -> str:
    """Return the host without its port."""
    return host.lower().rpartition("]")[0] + "]" if host.startswith("[") else host.lower().partition(":")[0]


def _set_headers(headers: MutableHeaders, name: str) -> None:
    for header, value in HEADERS.items():
        headers.setdefault(header, value)
    headers[HEADER.decode()] = name


def _log_answer(scope: Scope, status: int, began: float) -> None:
    if scope["path"] not in _QUIET:
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        log.info(
            "answered",
            extra={"method": scope["method"], "path": scope["path"], "status": status, "milliseconds": milliseconds},
        )
