"""The simulator on a port of its own, in a thread of its own, as clients that block need it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import httpx2

from simulator.testing import Simulator

NOW: Final = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)


class Served:
    """A running simulator: its address, a seller nobody else uses, and its back door."""

    def __init__(self, url: str, seller: str, client: httpx2.Client) -> None:
        self.url = url
        self.seller = seller
        self._client = client

    @property
    def token_url(self) -> str:
        """Where refresh tokens are exchanged."""
        return f"{self.url}/auth/o2/token"

    @property
    def refresh_token(self) -> str:
        """The refresh token of the seller."""
        return f"Atzr|{self.seller}"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the back door, and return what it answers."""
        answer = self._client.request(method, f"/_sim/{path}", json={} if body is None else body)
        answer.raise_for_status()
        return answer.json()

    def look(self, path: str) -> Any:
        """Look through the back door, which changes nothing."""
        answer = self._client.get(f"/_sim/{path}")
        answer.raise_for_status()
        return answer.json()

    def place(self, **wishes: Any) -> list[str]:
        """Have buyers place orders with the seller, and return their ids."""
        order_ids: list[str] = self.control("POST", "orders", {"seller": self.seller, **wishes})["orderIds"]
        return order_ids

    def pass_time(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.control("POST", "clock", {"advance": seconds})

    def requests(self, operation: str) -> list[dict[str, Any]]:
        """Return what reached an operation so far."""
        entries = self.look("journal")["requests"]
        return [entry for entry in entries if entry["operation"] == operation]


@contextmanager
def served_world(seller: str) -> Iterator[Served]:
    """Serve a new world on a free port of this machine while the context lasts."""
    with Simulator(seed="clients", now=NOW) as simulator, httpx2.Client(base_url=simulator.url) as client:
        served = Served(simulator.url, seller, client)
        # A seller is new to the simulator until the first token is asked for.
        form = {"grant_type": "refresh_token", "refresh_token": served.refresh_token}
        client.post("/auth/o2/token", data=form | {"client_id": "c", "client_secret": "s"}).raise_for_status()
        yield served
