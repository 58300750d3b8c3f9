"""The wire between the service and Amazon, in tests: everything passes, unless a test says what happens to a call."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

import httpx2

Forward = Callable[[httpx2.Request], Awaitable[httpx2.Response]]
Happening = Callable[[httpx2.Request, Forward], Awaitable[httpx2.Response]]

SEARCH = "/orders/2026-01-01/orders"
TOKEN = "/auth/o2/token"
FEEDS = "/feeds/2021-06-30/feeds"
FEED_DOCUMENTS = "/feeds/2021-06-30/documents"


class WireBetween(httpx2.AsyncBaseTransport):
    """Passes requests on to an application; what `happens` to a call comes first, once for each entry."""

    def __init__(self, app):
        self._inner = httpx2.ASGITransport(app=app)
        self.calls: list[httpx2.Request] = []
        self.happenings: list[tuple[str, Happening]] = []

    def happens(self, operation: str, *happenings: Happening) -> None:
        self.happenings += [(operation, happening) for happening in happenings]

    def made(self, operation: str) -> list[dict[str, str]]:
        return [
            {name: values[0] for name, values in parse_qs(call.url.query.decode()).items()}
            for call in self.calls
            if operation_of(call) == operation
        ]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        self.calls.append(request)
        for entry in self.happenings:
            if entry[0] == operation_of(request):
                self.happenings.remove(entry)
                return await entry[1](request, self._inner.handle_async_request)
        return await self._inner.handle_async_request(request)


def operation_of(request: httpx2.Request) -> str:
    path = str(request.url.path)
    if path.endswith("/shipmentConfirmation"):
        return "confirmShipment"
    if path == TOKEN:
        return "token"
    if path == SEARCH:
        return "searchOrders"
    if path.startswith(SEARCH):
        return "getOrder"
    if path.startswith("/feeds/"):
        return _feed_operation_of(request.method, path)
    if path.startswith("/_docs/"):
        return "upload" if request.method == "PUT" else "download"
    return "other"


def _feed_operation_of(method: str, path: str) -> str:
    if path.startswith(FEED_DOCUMENTS):
        return "createFeedDocument" if method == "POST" else "getFeedDocument"
    if path == FEEDS:
        return "createFeed" if method == "POST" else "getFeeds"
    return "getFeed"


def answers(status, body=None, *, text=None, headers=None):
    """Return a happening: Amazon never sees the call, this is the answer."""

    async def happening(request: httpx2.Request, forward: Forward) -> httpx2.Response:
        if text is not None:
            return httpx2.Response(status, text=text, headers=headers, request=request)
        return httpx2.Response(status, json=body, headers=headers, request=request)

    return happening


def refuses(status, code, message="No."):
    return answers(status, {"errors": [{"code": code, "message": message}]})


async def loses_the_answer(request: httpx2.Request, forward: Forward) -> httpx2.Response:
    """Let Amazon do what it is asked for and drop the connection before the answer arrives."""
    await forward(request)
    raise httpx2.ReadError("connection reset", request=request)


async def never_arrives(request: httpx2.Request, forward: Forward) -> httpx2.Response:
    raise httpx2.ConnectError("no route", request=request)


async def cuts_the_answer(request: httpx2.Request, forward: Forward) -> httpx2.Response:
    response = await forward(request)
    body = await response.aread()
    return httpx2.Response(200, content=body[: len(body) // 2], request=request)
