"""`orderlane simulate`: the simulated Amazon alone."""

import math
import time
from datetime import UTC, datetime

from api.cli.endings import CommandFailed, Exit
from api.cli.output import give, tell
from api.cli.ports import Port
from api.cli.stopping import stopping
from api.cli.times import instant_of
from api.settings import is_url
from simulator.app import create_app
from simulator.clock import SimulatedClock, TimeOutOfRange
from simulator.orders.arrivals import seed_orders
from simulator.server import serving
from simulator.world import DEFAULT_SEED, World


async def simulate(
    *,
    host: str = "127.0.0.1",
    port: Port = 9000,
    seed: str = DEFAULT_SEED,
    orders: int = 0,
    rate: float = 1.0,
    now: str | None = None,
    public_url: str | None = None,
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
    """
    if public_url is not None and not is_url(public_url):
        raise CommandFailed(
            "--public-url: write http://… or https://…, e.g. http://127.0.0.1:9000.", code=Exit.WRONG_USAGE
        )
    world = World(clock=_clock(now, rate), seed=seed)
    if orders < 0:
        raise CommandFailed("--orders: a number from 0.", code=Exit.WRONG_USAGE)
    if orders:
        seed_orders(world, count=orders)
    app = create_app(world, public_url=public_url)
    async with stopping() as stop, serving(app, host=host, port=port) as url:
        give(url)
        tell(f"Amazon is simulated here; its control plane is {url}/_sim/state. Ctrl-C ends it.")
        return await stop.wait()


def _clock(now: str | None, rate: float) -> SimulatedClock:
    start = instant_of(now, flag="--now") if now else datetime.now(UTC)
    if not 0 <= rate < math.inf:
        raise CommandFailed("--rate: a number from 0.", code=Exit.WRONG_USAGE)
    try:
        return SimulatedClock(monotonic=time.monotonic, start=start, rate=rate)
    except TimeOutOfRange as error:
        raise CommandFailed(f"--now: {error}.", code=Exit.WRONG_USAGE) from None
