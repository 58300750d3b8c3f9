"""A simulator of which some answers break."""

from collections.abc import Mapping

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Breaking:
    """Answers some requests, by method and path, with this status and a text that is no JSON."""

    def __init__(self, app: ASGIApp, broken: Mapping[str, int]) -> None:
        self._app = app
        self._broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        status = self._broken.get(f"{scope.get('method')} {scope.get('path')}")
        app = self._app if status is None else PlainTextResponse("Oops", status_code=status)
        await app(scope, receive, send)
