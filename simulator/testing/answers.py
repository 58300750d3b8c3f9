"""What the control plane answers, typed; what is not named here is left out."""

from datetime import datetime
from typing import Any

import msgspec


class Answer(msgspec.Struct, rename="camel"):
    """Something that the control plane answers."""


class Clock(Answer):
    """The simulator's time, and how many of its seconds pass in one of ours."""

    now: datetime
    rate: float


class PlacedOrders(Answer):
    """The ids of orders that were placed or loaded."""

    order_ids: list[str]


class OrderState(Answer):
    """An order as the world knows it; ``order`` is the whole document of the 2026-01-01 model, nothing withheld."""

    seller: str
    fulfillment_status: str | None
    is_delivered: bool
    is_returned: bool
    order: dict[str, Any]


class Request(Answer):
    """A request that reached the simulator."""

    time: datetime
    method: str
    path: str
    query: str
    operation: str | None
    status: int | None  # None for a connection that was closed before anything was done
    seller: str | None
    request_id: str
    hint: str | None = None
    is_lost: bool = False  # the answer never reached the caller
    summary: dict[str, Any] | None = None  # of a write: what it was about, without buyers


class State(Answer):
    """The world: its time, its orders, its feeds as the Feeds API shows them with counts of their messages."""

    now: datetime
    rate: float
    seed: str
    orders: list[OrderState]
    feeds: list[dict[str, Any]]


class FaultState(Answer):
    """A rule by which things go wrong: how many occasions it has seen, how many it struck, and whether it is spent."""

    id: str
    effect: str
    seen: int
    hits: int
    spent: bool


class Listing(Answer):
    """How much of a SKU is on offer, and how much of it was sold that was not there."""

    sku: str
    quantity: int | None = None
    oversold: int | None = None


class Step(Answer):
    """One step of a scenario, and how it went."""

    step: int
    at: str
    does: str
    state: str
    problems: list[str]


class Played(Answer):
    """How a scenario went; ``journal`` holds the last requests before a failure."""

    name: str
    passed: bool
    steps: list[Step]
    journal: list[str]

    def explanation(self) -> str:
        """Return what went wrong in words, nothing if all went well."""
        failed = [f"step {one.step} ({one.does}): {problem}" for one in self.steps for problem in one.problems]
        return "\n".join([*failed, *self.journal]) if failed else ""
