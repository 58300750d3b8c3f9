"""The simulated Amazon with 1,000, 100,000 and 1,000,000 orders: memory, throughput, and the time of a search's page.

Each world is served by a process of its own on a port of 127.0.0.1, with usage plans off and time standing still. Pages
are asked for in turn, one of each world after another, so that whatever else the machine does meets all of them alike.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

NOW: Final = "2026-11-02T09:00:00Z"
SEARCH: Final = "/orders/2026-01-01/orders"
EVERYTHING: Final = (
    "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS"
)
FIRST_DAY: Final = "2026-10-03T00:00:00Z"
SEARCHES: Final[Mapping[str, Mapping[str, str]]] = {
    "sync, everything included": {"lastUpdatedAfter": "2026-10-12T00:00:00Z", "includedData": EVERYTHING},
    "sync, bare": {"lastUpdatedAfter": "2026-10-12T00:00:00Z"},
    "by creation": {"createdAfter": "2026-10-20T00:00:00Z"},
    "UNSHIPPED": {"lastUpdatedAfter": FIRST_DAY, "fulfillmentStatuses": "UNSHIPPED", "maxResultsPerPage": "20"},
    "by Amazon, UNSHIPPED": {
        "lastUpdatedAfter": FIRST_DAY,
        "fulfilledBy": "AMAZON",
        "fulfillmentStatuses": "UNSHIPPED",
        "maxResultsPerPage": "1",
    },
    "a marketplace without orders": {"lastUpdatedAfter": FIRST_DAY, "marketplaceIds": "A1VC38T7YXB528"},
}
CLIENTS: Final = 4
GOAL_RATIO: Final = 1.5
GOAL_MEMORY: Final = 1.5 * 2**30


@dataclass
class Served:
    """A world on a port, and how long its pages took, in seconds, by the kind of search."""

    orders: int
    http: httpx2.AsyncClient
    pid: int
    built: float
    token: str = ""
    deep: str = ""
    took: dict[str, list[float]] = field(default_factory=dict)
    ids: Sequence[str] = ()

    def memory(self) -> int:
        """Return the bytes of memory that the process holds."""
        [line] = [one for one in Path(f"/proc/{self.pid}/status").read_text().splitlines() if one.startswith("VmRSS")]
        return int(line.split()[1]) * 1024

    async def ask(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Call an operation; anything that is refused ends the measurement."""
        answer = await self.http.get(path, params=params, headers={"x-amz-access-token": self.token})
        if answer.status_code != 200:
            raise SystemExit(f"refused: {answer.status_code} {answer.text}")
        return answer.json()


@asynccontextmanager
async def serving(orders: int) -> AsyncIterator[Served]:
    """Run a simulator with so many orders, and log in."""
    command = [sys.executable, "-m", "api", "simulate", "--port", "0", "--rate", "0", "--now", NOW]
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command,
        "--orders",
        str(orders),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        base = (await process.stdout.readline()).decode().strip()
        if not base:
            raise SystemExit("The simulator did not start.")
        async with httpx2.AsyncClient(base_url=base, timeout=120, trust_env=False) as http:
            served = Served(orders, http, process.pid, time.perf_counter() - began)
            await prepare(served)
            yield served
    finally:
        process.terminate()
        await process.wait()


async def prepare(served: Served) -> None:
    """Log in, switch the usage plans off, and page some way into the deepest search."""
    await served.http.post("/_sim/limits", json={"enabled": False})
    form = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo", "client_id": "bench", "client_secret": "s"}
    served.token = (await served.http.post("/auth/o2/token", data=form)).json()["access_token"]
    page = await served.ask(SEARCH, {"createdAfter": FIRST_DAY})
    served.ids = [order["orderId"] for order in page["orders"]]
    for _ in range(5):
        served.deep = page["pagination"]["nextToken"]
        page = await served.ask(SEARCH, {"createdAfter": FIRST_DAY, "paginationToken": served.deep})


def all_searches(served: Served) -> dict[str, Mapping[str, str]]:
    """Return every kind of search, a deep page among them."""
    return {**SEARCHES, "a deep page": {"createdAfter": FIRST_DAY, "paginationToken": served.deep}}


async def measure_pages(worlds: Sequence[Served], *, rounds: int) -> None:
    """Ask every world for every kind of page, in turn."""
    for _ in range(rounds):
        for name in all_searches(worlds[0]):
            for served in random.sample(worlds, len(worlds)):
                began = time.perf_counter()
                await served.ask(SEARCH, all_searches(served)[name])
                served.took.setdefault(name, []).append(time.perf_counter() - began)


async def throughput(served: Served, *, seconds: float) -> dict[str, float]:
    """Return how many requests a second a few clients get answered, getting orders and searching pages of 100."""
    kinds: dict[str, tuple[str, Mapping[str, str]]] = {
        "getOrder": (f"{SEARCH}/{served.ids[0]}", {"includedData": EVERYTHING}),
        "searchOrders of 100": (SEARCH, SEARCHES["sync, everything included"]),
    }
    rates = {}
    for name, (path, params) in kinds.items():
        until = time.perf_counter() + seconds

        async def client(path: str, params: Mapping[str, str], until: float) -> int:
            answered = 0
            while time.perf_counter() < until:
                await served.ask(path, params)
                answered += 1
            return answered

        counts = await asyncio.gather(*(client(path, params, until) for _ in range(CLIENTS)))
        rates[name] = sum(counts) / seconds
    return rates


def show_pages(worlds: Sequence[Served]) -> float:
    """Print the median time of each kind of page and its ratio to the smallest world; return the greatest ratio."""
    print(f"\n{'median of a page, ms':<32}" + "".join(f"{served.orders:>12,}" for served in worlds) + "   ratio")
    greatest = 0.0
    for name in worlds[0].took:
        medians = [statistics.median(served.took[name]) for served in worlds]
        ratio = max(medians) / medians[0]
        greatest = max(greatest, ratio)
        print(f"{name:<32}" + "".join(f"{median * 1000:>12.2f}" for median in medians) + f"{ratio:>8.2f}")
    return greatest


async def main() -> None:
    """Serve, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--orders", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    arguments.add_argument("--rounds", type=int, default=100, help="how often each page is asked for")
    arguments.add_argument("--seconds", type=float, default=5, help="how long each measurement of throughput lasts")
    given = arguments.parse_args()
    async with AsyncExitStack() as stack:
        worlds = []
        for orders in given.orders:
            served = await stack.enter_async_context(serving(orders))
            worlds.append(served)
            memory = served.memory()
            print(
                f"{orders:>9,} orders: ready after {served.built:6.1f} s ({served.built / orders * 1e6:4.0f} µs each), "
                f"{memory / 2**20:5.0f} MiB",
                flush=True,
            )
        await measure_pages(worlds, rounds=given.rounds)
        greatest = show_pages(worlds)
        rates = {served.orders: await throughput(served, seconds=given.seconds) for served in worlds}
        print(f"\nrequests a second, {CLIENTS} connections, one process")
        for name in rates[given.orders[0]]:
            of_all = [rates[orders][name] for orders in given.orders]
            print(f"{name:<32}" + "".join(f"{rate:>12.0f}" for rate in of_all) + f"{of_all[0] / min(of_all):>8.2f}")
        memory = max(served.memory() for served in worlds)
    print(f"\ngreatest ratio of page times: {greatest:.2f}; memory at the end: {memory / 2**20:.0f} MiB")
    goals = {f"ratio <= {GOAL_RATIO}": greatest <= GOAL_RATIO, "memory < 1.5 GiB": memory < GOAL_MEMORY}
    print("; ".join(f"{goal}: {'yes' if met else 'NO'}" for goal, met in goals.items()))


if __name__ == "__main__":
    asyncio.run(main())
