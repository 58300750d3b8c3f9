"""Closing a connection in place of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class ConnectionClosed(ConnectionError):
    """A rule closed the connection without an answer.

    A client that is connected in-process (ASGI) gets this exception itself; over a port it sees the connection close.
    ``status`` is what would have been answered, and None if nothing was done.
    """

    def __init__(self, status: int | None) -> None:
        super().__init__("the connection was closed without an answer, as a fault asked for")
        self.status = status


class ClosingApp(Starlette):
    """An application that can close the connection: Starlette itself would answer 500 for any exception."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises ConnectionClosed."""
        await super().__call__(scope, receive, send)
        closed: ConnectionClosed | None = scope.get("state", {}).get("closed")
        if closed is not None:
            raise closed
