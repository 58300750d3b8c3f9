"""What every answer carries: the simulator's time, a request id, and an entry in the journal."""

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from msgspec import UNSET
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.envelopes import WireError, error_answer
from simulator.faults.closing import ConnectionClosed
from simulator.faults.rules import Effect
from simulator.instants import http_date, wire_time
from simulator.journal import Entry
from simulator.storage.urls import DOCUMENTS
from simulator.world import World

CONTROL: Final = "/_sim"
FAILED: Final = "We encountered an internal error. Please try again."
TOKENS: Final = "/auth/"
UNTOLD: Final = "buyeremail"  # the parameter that names a buyer, however a client spells it


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

        state |= dict.fromkeys(("operation", "seller", "client_id", "hint", "summary", "answered"))
        state |= {"request_id": request_id, "struck": []}
        try:
            await self._app(scope, receive, send_stamped)
        except ConnectionClosed as closed:
            state["closed"] = closed
            journal.write(_entry(scope, closed.status, request_id, now=self._world.clock.milliseconds()))
        except Exception:
            if not has_started:
                failure = error_answer(WireError(500, "InternalFailure", FAILED))
                await failure(scope, receive, send_stamped)
            raise


async def cut_off(request: Request, error: Exception) -> Response:
    """Answer a body that breaks off: nothing was done, and nobody hears the answer; the journal tells of both."""
    request.state.hint = "the client closed the connection before its whole body was sent"
    return Response(status_code=400)


def _entry(scope: Scope, status: int | None, request_id: str, *, now: int) -> Entry:
    state = scope["state"]
    return Entry(
        time=wire_time(now),
        method=scope["method"],
        path=scope["path"],
        query=_query(scope),
        operation=state["operation"],
        status=status,
        seller=state["seller"],
        client_id=state["client_id"],
        request_id=request_id,
        is_lost=any(rule["effect"] == Effect.LOST for rule in state["struck"]),
        faults=list(state["struck"]) or UNSET,
        hint=state["hint"] or UNSET,
        summary=_given(state["summary"]),
        answered=_given(state["answered"]),
    )


def _given(value: Any) -> Any:
    return UNSET if value is None else value


def _query(scope: Scope) -> str:
    if scope["path"].startswith((DOCUMENTS, TOKENS)):  # the query of a document's URL opens it; a secret is a secret
        return ""
    query: str = scope["query_string"].decode("latin-1")
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(map(_is_untold, dict(pairs))):
        return query
    return urlencode([(name, "" if _is_untold(name) else value) for name, value in pairs])


def _is_untold(name: str) -> bool:
    return name.replace("_", "").replace("-", "").lower() == UNTOLD
