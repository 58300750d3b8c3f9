"""The simulator as one object: mounted in-process as an application, or served on a port of this machine."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Final

from simulator.app import create_app
from simulator.cast.sellers import FIRST_SELLER
from simulator.clock import SimulatedClock
from simulator.options import Options
from simulator.orders.arrivals import seed_orders
from simulator.server import serving
from simulator.testing.control import Control
from simulator.testing.senders import AppSender, HttpSender
from simulator.world import DEFAULT_SEED, World

START: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
STARTED_WITHIN: Final = 10.0  # seconds
HOST: Final = "127.0.0.1"
TOKEN_PATH: Final = "/auth/o2/token"


class Simulator:
    """A simulated Amazon for tests, with a world of its own whose time stands still unless it is moved.

    Without a ``with`` block it is an ASGI application, ``app``, to be mounted in a client of this process. In a
    ``with`` block it is served at ``url`` by a thread of its own, for clients that block. The same seed and the same
    requests give the same answers, byte for byte. Raises TimeOutOfRange for a start before 2000 or after 2199, and
    OSError, on entering, for a port that is taken.
    """

    def __init__(
        self,
        *,
        seed: str = DEFAULT_SEED,
        now: datetime = START,
        rate: float = 0.0,
        orders: int = 0,
        options: Options | None = None,
        port: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = World(clock=SimulatedClock(monotonic=monotonic, start=now, rate=rate), seed=seed, options=options)
        if orders:
            seed_orders(self.world, count=orders)
        self.app = create_app(self.world)
        self.control = Control(AppSender(self.app))
        self._port = port
        self._url: str | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        """The base URL of all Amazon's APIs. Raises RuntimeError outside a ``with`` block."""
        if self._url is None:
            raise RuntimeError("the simulator is served inside a with block only; outside, mount its app")
        return self._url

    @property
    def token_url(self) -> str:
        """Where Login with Amazon exchanges tokens. Raises RuntimeError outside a ``with`` block."""
        return self.url + TOKEN_PATH

    @staticmethod
    def refresh_token(seller: str = FIRST_SELLER) -> str:
        """Return the refresh token of a seller, who comes to be when it is first used."""
        return f"Atzr|{seller}"

    def close(self) -> None:
        """Let go of what the control client holds."""
        self.control.close()

    def __enter__(self) -> "Simulator":
        """Serve on a port of this machine."""
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), name="simulator", daemon=True)
        self._thread.start()
        if not started.wait(STARTED_WITHIN) or self._url is None:
            raise self._failure or TimeoutError("the simulator did not start")
        self.control.close()
        self.control = Control(HttpSender(self._url))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the server; the world stays as it is, and the control client reaches it in-process again."""
        self.control.close()
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(STARTED_WITHIN)
        self._url = None
        self.control = Control(AppSender(self.app))

    def _run(self, started: threading.Event) -> None:
        try:
            asyncio.run(self._serve(started))
        except BaseException as error:  # whatever it was, the thread that waits has to hear of it
            self._failure = error
        finally:
            started.set()

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serving(self.app, host=HOST, port=self._port) as url:
            self._url = url
            started.set()
            await self._stop.wait()
