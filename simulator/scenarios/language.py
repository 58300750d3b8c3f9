"""The language of scenarios: what a file may say, as types."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

MOST_STEPS: Final = 2_000
MOST_TIMES: Final = 1_000
USUAL_START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)

Name: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,79}\Z")]
Label: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,79}\Z")]
Words: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
Sku: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
Wanted: TypeAlias = Any  # a value, a list, or a mapping of comparisons or of paths: see `comparing`
Fields: TypeAlias = dict[str, Wanted]  # by path, for example order.packages.0.carrier


class Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="kebab"):
    """A part of a scenario; keys that it does not know are refused."""


class Good(Part):
    """A product as the shop beside the simulator knows it; without a quantity nobody counts it."""

    sku: Sku
    quantity: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    enabled: bool = True


class Counted(Part):
    """How many requests of the journal are like this; without a count, at least one."""

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    seller: str | None = None
    since: Label | None = None  # only those after the step of this name; else all of this run
    count: Wanted = msgspec.field(default_factory=lambda: {"at-least": 1})


class Expect(Part):
    """What is to be found at Amazon after the act of a step."""

    answer: Fields = {}  # of this step's act: status, and what its body holds
    orders: dict[str, Fields] = {}  # by order id: fulfillmentStatus, seller, isDelivered, isReturned, order.*
    feeds: dict[str, Fields] = {}  # by feed id: processingStatus, isStuck, messages.*
    state: Fields = {}  # of GET /_sim/state
    journal: list[Counted] = []
    look: dict[str, Fields] = {}  # by a path of the control plane that is read, for example /faults


class ServiceExpect(Part):
    """What is to be found in the service beside the simulator; a run without one does not look."""

    orders: dict[str, Fields] = {}  # by order id: outcome, blockers, status, displayStatus, commands, commerceState, …
    shelf: dict[Sku, Fields] = {}  # by SKU: stock, reserved, salable
    counts: Fields = {}  # orders, imported, blocked, commerceOrders, attention
    attention: Wanted = None  # the kinds of all entries that a person should look at


class Step(Part):
    """One moment of a scenario: an act, or none, and what is expected after it."""

    at: str | None = None  # without it, the moment of the step before
    do: str | None = None
    to: str | Annotated[list[str], Meta(min_length=1, max_length=10_000)] | None = None
    with_: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    as_: Label | None = msgspec.field(name="as", default=None)
    times: Annotated[int, Meta(ge=1, le=MOST_TIMES)] = 1
    only: Literal["alone", "service"] | None = None
    note: Words | None = None
    expect: Expect = msgspec.field(default_factory=Expect)
    service: ServiceExpect | None = None


class Scenario(Part):
    """A story that happens at Amazon, and what a client finds there."""

    name: Name
    title: Words
    about: Words
    steps: Annotated[list[Step], Meta(min_length=1, max_length=MOST_STEPS)]
    needs: Literal["service"] | None = None
    seed: Annotated[str, Meta(min_length=1, max_length=100)] | int = "1"
    now: Annotated[datetime, Meta(tz=True)] = USUAL_START
    orders: Annotated[int, Meta(ge=0, le=100_000)] = 0
    options: dict[str, Any] = {}
    limits: bool | None = None  # whether usage plans are enforced; beginning anew, they are
    shop: list[Good] | None = None  # without it, 100 of everything that the seller offers
