"""Two ways to reach a control plane: over HTTP, and straight into an application of this process."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import httpx2
from starlette.types import ASGIApp

PATIENCE = 60.0  # seconds; a scenario may take some


class Sender(Protocol):
    """Sends one request to a control plane, and waits for its answer."""

    def __call__(self, method: str, path: str, *, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Return the status and the body of the answer; ``path`` begins with ``/_sim``."""

    def close(self) -> None:
        """Let go of what it holds."""


class HttpSender:
    """Reaches a simulator that is served somewhere."""

    def __init__(self, url: str) -> None:
        # The proxy that the environment may name has no way to this machine's ports.
        self._client = httpx2.Client(base_url=url, trust_env=False, timeout=PATIENCE)

    def __call__(self, method: str, path: str, *, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        answer = self._client.request(method, path, params=query, content=body)
        return answer.status_code, answer.content

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


class AppSender:
    """Reaches an application of this process, from tests that block and from tests that await.

    The requests run in a thread of their own, one after the other, while the caller waits: nothing else of the
    simulator moves meanwhile unless a server shares the application, which then has to be reached over HTTP.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="simulator-control")

    def __call__(self, method: str, path: str, *, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        return self._worker.submit(asyncio.run, self._ask(method, path, query, body)).result()

    def close(self) -> None:
        """End its thread."""
        self._worker.shutdown()

    async def _ask(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        transport = httpx2.ASGITransport(app=self._app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://simulator", timeout=PATIENCE) as client:
            answer = await client.request(method, path, params=query, content=body)
        return answer.status_code, answer.content
