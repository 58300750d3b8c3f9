"""What a scenario is played against: an HTTP client that reaches the simulator, and perhaps a service beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx2

from simulator.orders.documents import Document
from simulator.scenarios.language import Good


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; status 0 stands for a connection that ended without one."""

    status: int
    body: Any = None
    content: bytes = b""
    asked: str = field(default="", compare=False)  # the request, for messages

    def part(self, name: str) -> Any:
        """Return a part of the body. Raises LookupError."""
        if not isinstance(self.body, dict) or name not in self.body:
            raise LookupError(f"the simulator answered {self.status} without {name} to {self.asked}")
        return self.body[name]

    def document(self) -> Document:
        """Return the answer as a step sees it: what the body holds, and the status as ``http``."""
        fields = self.body if isinstance(self.body, dict) else {} if self.body is None else {"body": self.body}
        return {**fields, "http": self.status}


class Service(Protocol):
    """A service that sells on the simulated Amazon, in the simulator's time."""

    async def open_shop(self, goods: Sequence[Good] | None) -> None:
        """Have these products, or all that the seller offers, and be connected to the seller's account."""

    async def work(self) -> None:
        """Do everything that is due now."""

    async def act(self, verb: str, to: str, details: Document) -> Document:
        """Do what the verb says; the answer holds ``errors``, the codes of its refusals."""

    async def order(self, order_id: str) -> Document | None:
        """Return an order as the service sees it."""

    async def shelf(self, sku: str) -> Document | None:
        """Return the stock of a product."""

    async def counts(self) -> Document:
        """Return how many orders there are, and how many of which kind."""

    async def attention(self) -> list[str]:
        """Return the kinds of all that a person should look at."""


class Line:
    """The way to a simulator: its two planes, and the id of the request that was last answered."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http
        self.last_request_id: str | None = None

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Document | None = None,
        body: object = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """Send one request and return its answer, whatever it is. Raises LookupError if no URL can be like this."""
        has_body = body is not None and content is None
        try:
            response = await self._http.request(
                method, path, params=query or None, json=body if has_body else None, headers=headers, content=content
            )
        except (httpx2.TransportError, ConnectionError):
            return Answer(0)
        except httpx2.InvalidURL as error:
            raise LookupError(f"no request can be sent to that path: {error}") from error
        return self._answer(response, f"{method} {path}")

    async def form(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form and return its answer."""
        try:
            response = await self._http.post(path, data=fields)
        except (httpx2.TransportError, ConnectionError):
            return Answer(0)
        return self._answer(response, f"POST {path}")

    async def control(
        self, method: str, path: str, body: object = None, query: Document | None = None, *, is_json: bool = True
    ) -> Answer:
        """Call the control plane, whose refusals are answers. Raises LookupError if it fails or answers no JSON."""
        answer = await self.ask(method, f"/_sim{path}", query=query, body=body)
        if answer.status >= 500 or (is_json and answer.body is None and answer.status not in (0, 204)):
            without = "" if answer.status >= 500 else " without JSON"
            raise LookupError(f"the simulator answered {answer.status}{without} to {method} /_sim{path}")
        return answer

    async def look(self, path: str, **query: str) -> Any:
        """Return what the control plane shows under a path. Raises LookupError if it shows nothing."""
        answer = await self.control("GET", path, query=dict(query))
        if answer.status != 200:
            raise LookupError(f"GET /_sim{path} answered {answer.status}")
        return answer.body

    def _answer(self, response: httpx2.Response, asked: str) -> Answer:
        self.last_request_id = response.headers.get("x-amzn-requestid", self.last_request_id)
        return Answer(response.status_code, _json(response), response.content, asked)


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
