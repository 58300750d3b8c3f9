"""Serving the application on a port, and letting it go without cutting answers short."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

PATIENCE_SECONDS: Final = 10
OF_THE_PORT: Final = frozenset({errno.EADDRINUSE, errno.EACCES})  # what else goes wrong is for the host


class _Server(uvicorn.Server):
    """uvicorn, but the process decides what a signal means: it may serve more than one application."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets=sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the process."""
        yield


@asynccontextmanager
async def serving(app: ASGIApp, *, host: str, port: int, patience: int = PATIENCE_SECONDS) -> AsyncIterator[str]:
    """Serve while the context lasts, and give the base URL; port 0 takes a free one.

    On the way out, answers in hand get `patience` seconds. Raises OSError if the address cannot be had.
    """
    with listening_at(host, port) as listener:
        server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=patience,
                ws="none",
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await server.listens.wait()
            yield _url(host, listener)
        finally:
            server.should_exit = True
            await task


def listening_at(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises OSError, whose words name --port or --host as the way out."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except (OSError, TypeError) as error:  # TypeError for a host that no name can be
        number = getattr(error, "errno", None) or errno.EADDRNOTAVAIL
        cause = str(getattr(error, "strerror", None) or error).partition(" (while")[0]  # the address would come twice
        flag = "--port" if number in OF_THE_PORT else "--host"
        raise OSError(number, f"cannot listen on {host}:{port} ({cause}); choose another {flag}") from None
    # Connections inherit it; asyncio sets it only on sockets that were made for TCP by name. Without it head and body
    # of an answer go out apart, and whoever waits to acknowledge the head holds the body back for 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
