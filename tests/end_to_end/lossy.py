"""An ASGI wrapper that takes effect and then loses the answer, as a broken connection does."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class LosesAnswers:
    """Lets every call through to the application, and cuts the answer of each `every`-th of them short.

    The control plane is spared, so that a test can still look.
    """

    def __init__(self, app: ASGIApp, *, every: int) -> None:
        self.app = app
        self.every = every
        self.calls = 0
        self.lost = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        if scope["type"] != "http" or scope["path"].startswith("/_sim"):
            await self.app(scope, receive, send)
            return
        self.calls += 1
        if self.calls % self.every:
            await self.app(scope, receive, send)
            return
        self.lost += 1
        await self.app(scope, receive, _nowhere)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _nowhere(_: Message) -> None:
    return None
