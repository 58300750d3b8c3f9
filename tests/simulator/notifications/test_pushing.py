import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.notifications.pushing import is_local, post, push_all
from simulator.server import serving
from simulator.world import World
from tests.simulator.notifications.listening import Listener, told
from tests.simulator.test_world import START

URL = "http://127.0.0.1:9/told"
PATIENCE = 5


class Post:
    """A courier that only writes down what it is given, and finds nobody at home so many times."""

    def __init__(self, *, absent: int = 0) -> None:
        self.posted: list[tuple[str, str]] = []
        self.absent = absent
        self.tried = 0

    async def __call__(self, url: str, body: bytes) -> bool:
        self.tried += 1
        if self.tried <= self.absent:
            return False
        self.posted.append((url, told(json.loads(body))[0]))
        return True


async def pushing(listener: Listener, **where: str) -> list[str]:
    """Subscribe, push, and place two orders; return their ids."""
    await listener.subscribe(where.get("destinationId"))
    answer = await listener.sim("POST", "/push", {"url": URL, **where})
    assert answer.status_code == 200, answer.text
    return await listener.place(count=2, fulfillmentStatus="CANCELLED")


@pytest.fixture
async def listener(world: World) -> AsyncIterator[Listener]:
    async def never(seconds: float) -> None:
        await asyncio.Event().wait()

    one = Listener(world)
    app = create_app(world, courier=Post(absent=10**6), sleep=never)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://simulator") as client:
        one.http = client
        await one.arrive()
        yield one


class TestPushing:
    async def test_what_is_pushed_does_not_come_into_the_queue(self, listener: Listener) -> None:
        placed, courier = await pushing(listener), Post()
        await push_all(listener.world, courier)
        assert courier.posted == []
        await listener.advance(5)

        await push_all(listener.world, courier)
        await push_all(listener.world, courier)

        assert sorted(courier.posted) == sorted((URL, order_id) for order_id in placed)
        assert await listener.received() == []
        assert {each["deliveries"][0]["state"] for each in await listener.outbox()} == {"DELIVERED"}

    async def test_what_nobody_takes_is_posted_again_in_virtual_time(self, listener: Listener) -> None:
        [first, second] = await pushing(listener)
        await listener.advance(5)
        courier, seen = Post(absent=4), []
        for seconds in (0, 4, 1, 29, 1, 10):
            await listener.advance(seconds)
            await push_all(listener.world, courier)
            seen.append(courier.tried)

        assert seen == [2, 2, 4, 4, 6, 6]
        assert sorted(order_id for _, order_id in courier.posted) == sorted([first, second])
        assert [each["deliveries"][0]["attempts"] for each in await listener.outbox()] == [3, 3]

    async def test_after_six_times_it_is_given_up(self, listener: Listener) -> None:
        await pushing(listener)
        courier = Post(absent=10**6)
        for _ in range(10):
            await listener.advance(3_600)
            await push_all(listener.world, courier)

        assert courier.tried == 12
        assert {each["deliveries"][0]["state"] for each in await listener.outbox()} == {"GIVEN_UP"}

    async def test_one_destination_can_be_pushed_alone_and_no_more(self, listener: Listener) -> None:
        destination_id, courier = await listener.destination(), Post()
        await pushing(listener, destinationId=destination_id)
        await listener.sim("POST", "/push", {"url": None, "destinationId": destination_id})
        await listener.advance(5)
        await push_all(listener.world, courier)

        assert (courier.posted, len(await listener.received())) == ([], 2)

    async def test_a_reset_while_posting_leaves_the_new_world_alone(self, listener: Listener) -> None:
        await pushing(listener)
        await listener.advance(5)

        async def courier(url: str, body: bytes) -> bool:
            listener.world.reset()
            return False

        await push_all(listener.world, courier)

        assert listener.world.notifications.keep()["notifications"] == {}
        assert len(listener.world.agenda) == 0

    @pytest.mark.parametrize(
        ("url", "is_fine"),
        [
            ("http://127.0.0.1:8080/a?b=c", True),
            ("http://localhost/", True),
            ("http://[::1]:80/", True),
            ("http://127.9.9.9", True),
            ("https://127.0.0.1/", False),
            ("http://10.0.0.1/", False),
            ("http://127.0.0.1.example.com/", False),
            ("http://localhost@example.com/", False),
            ("http://127.0.0.1:99999/", False),
            ("http://[::1", False),
            ("file:///etc/hosts", False),
            ("//localhost", False),
            ("http://127.0.0.1\\@example.com/", False),
            ("", False),
        ],
    )
    async def test_only_this_machine_is_pushed_to(self, listener: Listener, url: str, is_fine: bool) -> None:
        assert is_local(url) is is_fine
        assert (await listener.sim("POST", "/push", {"url": url})).status_code == (200 if is_fine else 422)

    async def test_an_unknown_destination_is_not_found(self, listener: Listener) -> None:
        answer = await listener.sim("POST", "/push", {"url": URL, "destinationId": "nix"})
        assert answer.status_code == 404


async def test_notifications_are_posted_while_the_clock_runs_and_nobody_asks() -> None:
    arrived: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    refusals = iter([500])

    async def take(request: Request) -> Response:
        status = next(refusals, 204)
        if status == 204:
            arrived.put_nowait((request.headers["content-type"], told(await request.json())[0]))
        return Response(status_code=status)

    reader = Starlette(routes=[Route("/told", take, methods=["POST"])])
    world = World(clock=SimulatedClock(monotonic=asyncio.get_running_loop().time, start=START, rate=200))
    async with serving(reader, port=0) as told_at, serving(create_app(world), port=0) as url:
        listener = Listener(world)
        async with httpx2.AsyncClient(base_url=url) as client:
            listener.http = client
            await listener.arrive()
            await listener.subscribe()
            await listener.sim("POST", "/push", {"url": f"{told_at}/told"})
            placed = await listener.place(count=2, fulfillmentStatus="CANCELLED")
        got = [await asyncio.wait_for(arrived.get(), PATIENCE) for _ in placed]

    assert sorted(got) == sorted(("application/json", order_id) for order_id in placed)


async def test_nobody_at_the_url_is_no_taker() -> None:
    assert await post("http://127.0.0.1:9/told", b"{}") is False
