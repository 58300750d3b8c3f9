"""Pages of the timelines of many orders in one question."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from api.database import read_rows
from api.plans.fragments import Fragment, all_of, one_of
from api.plans.keyset import PageRequest
from domain.errors import InvalidInput
from domain.timeline import Event

_PREFIX: Final = "event:"
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """Which part of an order's timeline is wanted."""

    order_id: int
    request: PageRequest
    where: Fragment


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events of one order, oldest first."""

    events: tuple[Event, ...]
    has_next: bool
    has_previous: bool


def write_place(event_id: int) -> str:
    """Return the place of an event in the stream of all events."""
    return urlsafe_b64encode(f"{_PREFIX}{event_id}".encode()).decode()


def read_place(cursor: str, *, argument: str) -> int:
    """Return the event at a place.

    Raises InvalidInput for what is not a place in the stream.
    """
    try:
        prefix, _, number = b64decode(cursor, altchars=b"-_", validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        prefix, number = "", ""
    if f"{prefix}:" != _PREFIX or not number.isdigit() or len(number) > 19 or int(number) > _LARGEST:
        raise InvalidInput("This cursor is no place in the timeline; start again without it.", path=(argument,))
    return int(number)


async def read_timelines(wanted: list[Timeline]) -> list[EventPage]:
    """Read the pages; orders of which the same is wanted share one question."""
    alike: defaultdict[tuple[PageRequest, Fragment], list[int]] = defaultdict(list)
    for one in wanted:
        alike[one.request, one.where].append(one.order_id)
    pages: dict[Timeline, EventPage] = {}
    for (request, where), order_ids in alike.items():
        for order_id, page in (await _read(order_ids, request, where)).items():
            pages[Timeline(order_id, request, where)] = page
    return [pages[one] for one in wanted]


async def read_stream(request: PageRequest, where: Fragment) -> EventPage:
    """Read a page of the events of all orders, in the order in which they were stored."""
    condition = all_of([Fragment("order_id IS NOT NULL"), where, *_bounds(request)])
    direction = "DESC" if request.backward else "ASC"
    rows = await read_rows(
        f"SELECT id FROM event WHERE {condition.sql} ORDER BY id {direction} LIMIT ?",
        [*condition.parameters, request.size + 1],
    )
    return _page(await Event.filter(id__in=[row["id"] for row in rows]).order_by("id"), request)


async def _read(order_ids: list[int], request: PageRequest, where: Fragment) -> dict[int, EventPage]:
    direction = "DESC" if request.backward else "ASC"
    condition = all_of([one_of("order_id", order_ids), where, *_bounds(request)])
    ranked = await read_rows(
        f"SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY sequence {direction}) AS place "
        f"FROM event WHERE {condition.sql}) ranked WHERE place <= ?",
        [*condition.parameters, request.size + 1],
    )
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for event in await Event.filter(id__in=[row["id"] for row in ranked]).order_by("order_id", "sequence"):
        found[event.order_id or 0].append(event)
    return {order_id: _page(found[order_id], request) for order_id in order_ids}


def _bounds(request: PageRequest) -> list[Fragment]:
    bounds = []
    if request.after is not None:
        bounds.append(Fragment("id > ?", (read_place(request.after, argument="after"),)))
    if request.before is not None:
        bounds.append(Fragment("id < ?", (read_place(request.before, argument="before"),)))
    return bounds


def _page(found: list[Event], request: PageRequest) -> EventPage:
    more = len(found) > request.size
    if request.backward:
        kept = found[len(found) - request.size :] if more else found
        return EventPage(tuple(kept), request.before is not None, more or request.after is not None)
    return EventPage(tuple(found[: request.size]), more or request.before is not None, request.after is not None)
