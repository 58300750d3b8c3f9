import asyncio
import signal
import socket

import httpx2
import pytest

from simulator.app import create_app
from simulator.server import serving
from simulator.static.app import create_static_app
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


async def test_an_upgrade_to_a_web_socket_is_answered_plainly_and_without_a_warning(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    async with serving(create_app(world), port=0) as base_url, httpx2.AsyncClient(base_url=base_url) as client:
        answer = await client.get("/_sim/clock", headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert answer.status_code == 200
    assert caplog.records == []


@pytest.mark.parametrize(
    ("path", "is_static"), [("/_sim/clock", False), ("/auth/o2/token", False), ("/_sqs/", False), ("/_sim/clock", True)]
)
async def test_a_body_that_breaks_off_does_nothing_and_is_no_failure(
    world: World, caplog: pytest.LogCaptureFixture, path: str, is_static: bool
) -> None:
    app = create_static_app(world, []) if is_static else create_app(world)
    async with serving(app, port=0) as base_url, httpx2.AsyncClient(base_url=base_url) as client:
        _, writer = await asyncio.open_connection("127.0.0.1", int(base_url.rpartition(":")[2]))
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        for _ in range(500):
            entries = (await client.get("/_sim/journal")).json()["requests"]
            if entries:
                break
            await asyncio.sleep(0.01)
    assert [(entry["path"], entry["status"]) for entry in entries] == [(path, 400)]
    assert entries[0]["hint"] == "the client closed the connection before its whole body was sent"
    assert caplog.records == []
