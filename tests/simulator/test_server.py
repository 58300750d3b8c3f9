import signal
import socket

import httpx2
import pytest

from simulator.app import create_app
from simulator.server import serving
from simulator.world import World


async def test_serves_on_a_free_port_with_its_own_date_and_leaves_signals_alone(world: World) -> None:
    before = signal.getsignal(signal.SIGINT)
    async with serving(create_app(world), port=0) as base_url, httpx2.AsyncClient() as client:
        assert signal.getsignal(signal.SIGINT) is before
        assert base_url.startswith("http://127.0.0.1:")
        answer = await client.get(f"{base_url}/_sim/clock")
        assert answer.headers.get_list("date") == ["Mon, 02 Nov 2026 09:00:00 GMT"]
        assert "server" not in answer.headers
    with pytest.raises(httpx2.ConnectError):
        async with httpx2.AsyncClient() as client:
            await client.get(f"{base_url}/_sim/clock")


async def test_an_address_that_is_taken_is_refused(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            async with serving(create_app(world), port=port):
                pass
