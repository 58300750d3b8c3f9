"""What every answer carries: the simulator's time, a request id, and an entry in the journal."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.envelopes import WireError, error_answer
from simulator.instants import http_date, wire_time
from simulator.journal import Entry
from simulator.storage.urls import DOCUMENTS
from simulator.world import World

CONTROL: Final = "/_sim"
FAILED: Final = "We encountered an internal error. Please try again."


class Stamped:
    """Wraps an application: sets Date and x-amzn-RequestId, and writes the journal.

    Looking at the control plane changes nothing, so it leaves no entry.
    """

    def __init__(self, app: ASGIApp, *, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_look = scope["path"].startswith(CONTROL) and scope["method"] in ("GET", "HEAD")
        request_id = "" if is_look else self._world.next_request_id()
        journal = self._world.journal  # a reset begins a new one, without the reset
        state = scope.setdefault("state", {})
        has_started = False

        async def send_stamped(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                now = self._world.clock.milliseconds()
                headers = MutableHeaders(scope=message)
                headers["Date"] = http_date(now)
                if not is_look:
                    headers["x-amzn-RequestId"] = request_id
                    journal.write(_entry(scope, message["status"], request_id, now=now))
            await send(message)

        state["operation"] = state["seller"] = state["hint"] = None
        try:
            await self._app(scope, receive, send_stamped)
        except Exception:
            if not has_started:
                failure = error_answer(WireError(500, "InternalFailure", FAILED))
                await failure(scope, receive, send_stamped)
            raise


def _entry(scope: Scope, status: int, request_id: str, *, now: int) -> Entry:
    is_signed = scope["path"].startswith(DOCUMENTS)  # whoever has the query of such a URL has the document
    return Entry(
        time=wire_time(now),
        method=scope["method"],
        path=scope["path"],
        query="" if is_signed else scope["query_string"].decode("latin-1"),
        operation=scope["state"]["operation"],
        status=status,
        seller=scope["state"]["seller"],
        request_id=request_id,
        hint=scope["state"]["hint"],
    )
