"""Pushing notifications by HTTP: who posts them, and the small task that does so while the simulator is served."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

import httpx2

from simulator.notifications import sending
from simulator.notifications.outbox import Delivery, DeliveryState, Notification

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from simulator.notifications.hub import Notifications
    from simulator.world import World

TICK: Final = 0.05  # real seconds between two looks at what is due
PATIENCE: Final = 5.0  # real seconds for one post
HEADERS: Final = {"Content-Type": "application/json"}

Sleep = Callable[[float], Awaitable[None]]


class Courier(Protocol):
    """Who posts a notification to a URL, and says whether it was taken."""

    async def __call__(self, url: str, body: bytes) -> bool:
        """Post the body; a refusal or a failure is False."""


async def post(url: str, body: bytes) -> bool:
    """Post a notification; any answer of 200 to 299 says that it was taken."""
    try:
        async with httpx2.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            answer = await client.post(url, content=body, headers=HEADERS)
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return False
    return 200 <= answer.status_code < 300


def is_local(url: str) -> bool:
    """Say whether a URL is plain HTTP to this very machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        httpx2.URL(url)
    except (ValueError, httpx2.InvalidURL):
        return False
    return parts.scheme == "http" and port != 0 and parts.username is None and _is_loopback(host)


async def push_all(world: World, courier: Courier) -> None:
    """Post everything that is due by now, oldest first; what is not taken is due again later, in virtual time."""
    world.catch_up()
    hub = world.notifications
    for notification_id, number in tuple(hub.state.parcels):
        if (notification_id, number) not in hub.state.parcels:
            continue
        notification = hub.state.notifications.get(notification_id)
        if notification is None or number >= len(notification.deliveries):
            hub.state.parcels.remove((notification_id, number))
            continue
        url = hub.push_url(notification.destination_id)
        was_taken = url is not None and await courier(url, notification.body.encode())
        _settle(world, hub, notification, number, was_taken=was_taken)


class Pushing:
    """Wraps an application: while something is pushed, a task looks for what is due, also when nobody asks.

    It needs no lifespan: the first request that finds something to be pushed starts it, and it ends with its loop or
    when nothing is to be pushed any more.
    """

    def __init__(self, app: ASGIApp, *, world: World, courier: Courier, sleep: Sleep) -> None:
        self._app = app
        self._world = world
        self._courier = courier
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._app(scope, receive, send)
        finally:
            if self._world.notifications.state.pushes and (self._task is None or self._task.done()):
                self._task = asyncio.create_task(self._push_on(), name="notifications are pushed")

    async def _push_on(self) -> None:
        while self._world.notifications.state.pushes:
            await push_all(self._world, self._courier)
            await self._sleep(TICK)


def _settle(world: World, hub: Notifications, notification: Notification, number: int, *, was_taken: bool) -> None:
    """Note how a post ended, unless the world was begun anew or restored meanwhile."""
    parcel = (notification.notification_id, number)
    if world.notifications is not hub or parcel not in hub.state.parcels:
        return
    hub.state.parcels.remove(parcel)
    delivery: Delivery = notification.deliveries[number]
    now = world.clock.milliseconds()
    if was_taken:
        sending.arrive(delivery, at=now)
    elif delivery.state is DeliveryState.POSTING:
        sending.fail(world, notification, number, at=now)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
