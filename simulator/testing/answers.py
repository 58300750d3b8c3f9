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
    status: int
    seller: str | None
    request_id: str
    hint: str | None = None


class State(Answer):
    """The world: its time, its orders, its feeds as the Feeds API shows them with counts of their messages."""

    now: datetime
    rate: float
    seed: str
    orders: list[OrderState]
    feeds: list[dict[str, Any]]
