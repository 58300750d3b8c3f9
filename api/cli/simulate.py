"""`orderlane simulate`: the simulated Amazon alone."""

import math
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from starlette.applications import Starlette

from api.cli.endings import CommandFailed, Exit
from api.cli.output import give, tell
from api.cli.ports import Port
from api.cli.stopping import stopping
from api.cli.times import instant_of
from api.settings import is_url
from simulator.app import create_app
from simulator.clock import SimulatedClock, TimeOutOfRange
from simulator.options import Options
from simulator.orders.arrivals import seed_orders
from simulator.server import serving
from simulator.static.app import create_static_app
from simulator.static.models import NoModels, read_models
from simulator.world import DEFAULT_SEED, World

WORTH_TELLING: Final = 10_000
"""So many orders take seconds to make."""


async def simulate(
    *,
    host: str = "127.0.0.1",
    port: Port = 9000,
    seed: str = DEFAULT_SEED,
    orders: int = 0,
    rate: float = 1.0,
    now: str | None = None,
    public_url: str | None = None,
    static: bool = False,
    models: Path | None = None,
    offer_cancel_order: bool = False,
) -> int:
    """Run the simulated Amazon until it is stopped. The refresh token Atzr|demo belongs to its first seller.

    Parameters
    ----------
    host
        The address to listen on.
    port
        The port to listen on; 0 picks a free one.
    seed
        The same seed makes the same people, products and orders.
    orders
        How many orders of the last 30 days to start with.
    rate
        How many of its seconds pass in one of ours; 0 stands still.
    now
        The time to start at; without it the present.
    public_url
        What URLs of uploads and reports begin with, for a proxy; without it the address that clients reach.
    static
        Answer the cases of Amazon's static sandbox and nothing else.
    models
        The folder with Amazon's models (*.json), which the static sandbox takes its cases from.
    offer_cancel_order
        Serve cancelOrder, which Amazon has not released yet.
    """
    if public_url is not None and not is_url(public_url):
        raise CommandFailed(
            "--public-url: write http://… or https://…, e.g. http://127.0.0.1:9000.", code=Exit.WRONG_USAGE
        )
    world = World(clock=_clock(now, rate), seed=seed, options=Options(offers_cancel_order=offer_cancel_order))
    if orders < 0:
        raise CommandFailed("--orders: a number from 0.", code=Exit.WRONG_USAGE)
    if static or models is not None:
        app = _sandbox(world, models, static=static, orders=orders)
    else:
        if orders >= WORTH_TELLING:
            tell(f"Making a past of {orders:,} orders…")
        if orders:
            seed_orders(world, count=orders)
        app = create_app(world, public_url=public_url)
    async with stopping() as stop, serving(app, host=host, port=port) as url:
        give(url)
        what = "Amazon's static sandbox is" if static else "Amazon is"
        place = "/_sim/journal" if static else "/_sim"
        tell(f"{what} simulated here; look at it in a browser: {url}{place}. Ctrl-C ends it.")
        return await stop.wait()


def _sandbox(world: World, models: Path | None, *, static: bool, orders: int) -> Starlette:
    if not static or models is None:
        raise CommandFailed("--static and --models go together: the folder holds the cases.", code=Exit.WRONG_USAGE)
    if orders:
        raise CommandFailed("--orders: the static sandbox has its cases and no orders.", code=Exit.WRONG_USAGE)
    try:
        return create_static_app(world, read_models(models))
    except NoModels as error:
        raise CommandFailed(f"--models: {error}.", code=Exit.WRONG_USAGE) from None


def _clock(now: str | None, rate: float) -> SimulatedClock:
    start = instant_of(now, flag="--now") if now else datetime.now(UTC)
    if not 0 <= rate < math.inf:
        raise CommandFailed("--rate: a number from 0.", code=Exit.WRONG_USAGE)
    try:
        return SimulatedClock(monotonic=time.monotonic, start=start, rate=rate)
    except TimeOutOfRange as error:
        raise CommandFailed(f"--now or --rate: {error}.", code=Exit.WRONG_USAGE) from None
