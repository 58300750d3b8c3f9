"""Whether what a step expects is so: at Amazon, and in the service beside it."""

from collections.abc import Mapping
from typing import Any

from simulator.orders.documents import Document
from simulator.scenarios.comparing import differences
from simulator.scenarios.language import Counted, Expect, ServiceExpect
from simulator.scenarios.ports import Line, Service
from simulator.scenarios.references import MISSING

START = "start"
NOBODY_CAME = (
    "a client is expected to make such requests meanwhile: point one at the simulator while this plays;"
    " a journal that is exported with writes=replay needs none"
)
NOBODY = "-"  # an order id that no order has: the state without its orders


async def unmet(line: Line, expect: Expect, *, answer: Document, marks: Mapping[str, str | None]) -> list[str]:
    """Return what is not as it is expected at Amazon; references are put in already."""
    found = differences(expect.answer, answer, "answer") if expect.answer else []
    for order_id, wanted in expect.orders.items():
        orders = (await line.look("/state", orderId=order_id))["orders"]
        found += _named(f"order {order_id}", wanted, orders[0] if orders else None)
    if expect.feeds:
        feeds = {feed["feedId"]: feed for feed in (await line.look("/state", orderId=NOBODY))["feeds"]}
        for feed_id, wanted in expect.feeds.items():
            found += _named(f"feed {feed_id}", wanted, feeds.get(feed_id))
    if expect.state:
        found += differences(expect.state, await line.look("/state"), "state")
    for path, wanted in expect.look.items():
        found += differences(wanted, await line.look(path), path)
    if expect.journal:
        requests = (await line.look("/journal"))["requests"]
        found += [said for counted in expect.journal for said in _count(counted, requests, marks)]
    return found


async def unmet_in_service(service: Service, expect: ServiceExpect) -> list[str]:
    """Return what is not as it is expected in the service; references are put in already."""
    found: list[str] = []
    for order_id, wanted in expect.orders.items():
        found += _named(f"order {order_id} in the service", wanted, await service.order(order_id))
    for sku, wanted in expect.shelf.items():
        found += _named(f"{sku} on the shelf", wanted, await service.shelf(sku))
    if expect.counts:
        found += differences(expect.counts, await service.counts(), "counts")
    if expect.attention is not None:
        found += differences(expect.attention, await service.attention(), "attention")
    return found


def _named(name: str, wanted: Any, entry: Document | None) -> list[str]:
    if entry is None:
        return [] if wanted == {"absent": True} else [f"{name}: expected to be there, found nothing"]
    if wanted == {"absent": True}:
        return [f"{name}: expected nothing, found it"]
    return [f"{name}: {said}" for said in differences(wanted, entry)]


def _count(counted: Counted, requests: list[Document], marks: Mapping[str, str | None]) -> list[str]:
    since = _after(requests, marks.get(counted.since or START))
    wanted = {
        name: value
        for name in ("operation", "method", "path", "status", "seller")
        if (value := getattr(counted, name)) is not None
    }
    count = sum(all(entry.get(name, MISSING) == value for name, value in wanted.items()) for entry in since)
    like = " ".join(f"{name} {value}" for name, value in wanted.items()) or "any"
    after = f" since {counted.since!r}" if counted.since is not None else ""
    told = differences(counted.count, count, f"requests ({like}){after}")
    return [*told, NOBODY_CAME] if told and count == 0 else told


def _after(requests: list[Document], request_id: str | None) -> list[Document]:
    """Return the requests after one; all of them if it is too long ago to be in the journal."""
    for number, entry in enumerate(requests, start=1):
        if entry["requestId"] == request_id:
            return requests[number:]
    return requests
