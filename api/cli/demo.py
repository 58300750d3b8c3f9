"""`orderlane demo`: a simulated Amazon and the service in one process, with orders arriving."""

import asyncio
import logging
import secrets
import tempfile
import time
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import httpx2
from cyclopts import Parameter
from pydantic import SecretStr

from api.app import Running, create_app, running
from api.cli.asking import Asker
from api.cli.demo_goods import goods
from api.cli.demo_stage import Staged, first_blocker, ship_what_amazon_refuses, shippable_order, stage_orders
from api.cli.demo_words import how_to_clear, how_to_ship_and_cancel, welcome
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give, tell
from api.cli.ports import Port
from api.cli.stopping import Stop, stopping
from api.logs import log_to
from api.serving import serving
from api.settings import Settings
from domain.accounts.marketplaces import marketplace_of
from domain.accounts.stores import connect_store
from domain.channel.products import import_products
from domain.timeline import Actor, ActorKind
from simulator.app import create_app as create_amazon
from simulator.cast.sellers import FIRST_SELLER
from simulator.clock import SimulatedClock
from simulator.marketplaces import FIRST_MARKETPLACE
from simulator.orders.arrivals import schedule_orders, seed_orders
from simulator.server import serving as serving_amazon
from simulator.world import World

RATE: Final = 60
"""Simulated seconds in one of ours: a payment that takes half an hour takes half a minute."""

PAST: Final = timedelta(days=1)
AHEAD: Final = timedelta(hours=4)
MOST_ORDERS: Final = 2_000
REFRESH_TOKEN: Final = f"Atzr|{FIRST_SELLER}"
DEMO: Final = Actor(ActorKind.SYSTEM, "demo")


async def demo(
    *,
    orders: int = 50,
    seed: str = "7",
    port: Port = 8000,
    simulator_port: Port = 9000,
    open_browser: Annotated[bool, Parameter(name="--open")] = False,
    verbose: bool = False,
) -> int:
    """Run a simulated Amazon and the service until they are stopped; nothing is left behind.

    Parameters
    ----------
    orders
        How many orders there are: about half of them placed within the last day, the others arriving.
    seed
        The same seed makes the same people, products and orders.
    port
        The service's port; 0 picks a free one.
    simulator_port
        The simulated Amazon's port; 0 picks a free one.
    open_browser
        Open the service in a browser.
    verbose
        Show every request.
    """
    if not 0 <= orders <= MOST_ORDERS:
        raise CommandFailed(f"--orders: a number from 0 to {MOST_ORDERS}.", code=Exit.WRONG_USAGE)
    log_to(level=logging.INFO if verbose else logging.WARNING)
    async with stopping() as stop:
        with tempfile.TemporaryDirectory(prefix="orderlane-demo-") as folder:
            world, staged = _world(seed=seed, orders=orders)
            async with (
                serving_amazon(create_amazon(world), port=simulator_port, flag="--simulator-port") as amazon,
                _service(world, amazon=amazon, folder=Path(folder)) as joined,
                serving(create_app(joined), host="127.0.0.1", port=port, patience=2) as url,
            ):
                give(welcome(url=url, amazon=amazon, emails=str(_emails(folder)), rate=RATE))
                if open_browser:
                    webbrowser.open(url)
                await _until_stopped(stop, url, staged)
        tell("The demo has ended; nothing is left of it.")
        return stop.code


def _world(*, seed: str, orders: int) -> tuple[World, Staged]:
    clock = SimulatedClock(monotonic=time.monotonic, start=datetime.now(UTC), rate=RATE)
    world = World(clock=clock, seed=seed)
    staged, placed = stage_orders(world, most=orders, at=world.catch_up())
    rest = orders - placed
    seed_orders(world, count=rest // 2, over=PAST)
    schedule_orders(world, count=rest - rest // 2, over=AHEAD)
    return world, staged


def _emails(folder: str | Path) -> Path:
    return Path(folder) / "emails"


@asynccontextmanager
async def _service(world: World, *, amazon: str, folder: Path) -> AsyncIterator[Running]:
    """Run the service on a database of its own, in the world's time, connected to the world's seller."""
    settings = Settings(
        database_url=f"sqlite://{folder / 'demo.db'}",
        secret_key=SecretStr(secrets.token_hex(32)),
        amazon_endpoint=amazon,
        amazon_token_url=f"{amazon}/auth/o2/token",
        amazon_client_id="demo",
        amazon_client_secret=SecretStr("demo"),
        mail_server=f"file://{_emails(folder)}",
        mail_from="shop@example.com",
    )
    # A transport of its own: the proxy that the environment may name has no way to this machine's ports.
    transport = httpx2.AsyncHTTPTransport()
    async with running(settings, clock=world.clock, transport=transport, migrate=True, works=True) as joined:
        await import_products(rows=goods(world.sellers[FIRST_SELLER].catalog), now=world.clock.now(), actor=DEMO)
        await _connect(joined)
        yield joined


async def _connect(joined: Running) -> None:
    region = marketplace_of(FIRST_MARKETPLACE).region
    verified = await joined.service.credentials.verify(region=region, refresh_token=REFRESH_TOKEN)
    await connect_store(
        name="Demo shop",
        marketplace_id=FIRST_MARKETPLACE,
        refresh_token=REFRESH_TOKEN,
        verified=verified,
        seller_id=None,
        contact_email=None,
        import_from=verified.at - 2 * PAST,
        now=joined.service.clock.now(),
        sealer=joined.service.sealer,
        actor=DEMO,
    )
    joined.service.wake()


async def _until_stopped(stop: Stop, url: str, staged: Staged) -> None:
    """Wait for the end; meanwhile let happen what the demo tells of, and show what can be done about it."""
    telling = asyncio.create_task(_tell(url, staged))
    await stop.wait()
    telling.cancel()
    await asyncio.wait([telling])


async def _tell(url: str, staged: Staged) -> None:
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as http:
        asker = Asker(http)
        try:
            if staged.refused is not None:
                give(how_to_clear(url=url, blocker=await first_blocker(asker)))
            await ship_what_amazon_refuses(asker, staged)
            order = await shippable_order(asker, staged)
            give(how_to_ship_and_cancel(url=url, ship=order, cancel=staged.asked_to_cancel))
        except CommandFailed as error:
            tell(f"What can be done with the orders cannot be shown: {error}")
