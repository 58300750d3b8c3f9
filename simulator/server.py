"""Serving the simulator: alone, or in one event loop beside the service."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator.faults.closing import ConnectionClosed

GRACE: Final = 2
OF_THE_PORT: Final = frozenset({errno.EADDRINUSE, errno.EACCES})  # what else goes wrong is for the host


class ClosingProtocol(H11Protocol):
    """uvicorn's HTTP, which also closes the connection without an answer where the application asks for it."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        serve: ASGIApp = self.app

        async def serve_or_close(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await serve(scope, receive, send)
            except ConnectionClosed:
                self.transport.abort()
                while (await receive())["type"] != "http.disconnect":
                    """Only once the connection is seen as lost does uvicorn not answer in its own words."""

        self.app = serve_or_close

    def _unsupported_upgrade_warning(self) -> None:
        """An upgrade is answered as if it had not been asked for; nobody needs to install anything for it."""


class QuietServer(uvicorn.Server):
    """uvicorn without its signal handlers: the process that serves decides when to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        self.is_ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp, *, host: str = "127.0.0.1", port: int = 9000, flag: str = "--port"
) -> AsyncIterator[str]:
    """Serve the application while the context lasts, and give its base URL; port 0 takes a free one.

    The Date header is the application's own. Raises OSError if the address cannot be had; its words name the `flag` by
    which another port is chosen.
    """
    with listening_at(host, port, flag) as listening:
        server = QuietServer(
            uvicorn.Config(
                app,
                http=ClosingProtocol,
                date_header=False,
                server_header=False,
                access_log=False,
                log_config=None,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=GRACE,
            )
        )
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await server.is_ready.wait()
            yield _address(listening)
        finally:
            server.should_exit = True
            await running


def listening_at(host: str, port: int, flag: str = "--port") -> socket.socket:
    """Return a socket that listens; raises OSError, whose words say whether `flag`, the port's, or --host is wrong."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except (OSError, TypeError) as error:  # TypeError for a host that no name can be
        number = getattr(error, "errno", None) or errno.EADDRNOTAVAIL
        cause = str(getattr(error, "strerror", None) or error).partition(" (while")[0]  # the address would come twice
        wrong = flag if number in OF_THE_PORT else "--host"
        raise OSError(number, f"cannot listen on {host}:{port} ({cause}); choose another {wrong}") from None
    # Connections inherit it; asyncio sets it only on sockets that were made for TCP by name. Without it head and body
    # of an answer go out apart, and whoever waits to acknowledge the head holds the body back for 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
