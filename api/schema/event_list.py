"""The timeline of an order as a list."""

from dataclasses import dataclass

import strawberry

from api.plans.conditions import instants_within
from api.plans.event_pages import EventPage, Timeline, read_place, read_timelines, write_place
from api.plans.fragments import EVERYTHING, Fragment, all_of, one_of
from api.schema.context import Info
from api.schema.events import OrderEvent
from api.schema.filters import DateTimeRange
from api.schema.optional import Optionals, optional
from api.schema.paging import After, Before, First, Last, PageInfo, asked_page
from domain.amazon.records import AmazonOrder
from domain.timeline import Event, EventKind


@strawberry.input(description="Conditions on events; all that are given have to hold.")
class OrderEventWhere(Optionals):
    """Conditions on events."""

    kind: list[EventKind] | None = optional("One of these happened.")
    at: DateTimeRange | None = optional("It happened within this time.")


@dataclass(frozen=True)
class PlacedEvent:
    """An event and its place."""

    node: Event
    cursor: str


@strawberry.type(description="An event and its place in the stream of all events.")
class OrderEventEdge:
    """The window on a placed event."""

    node: OrderEvent = strawberry.field(description="The event.")
    cursor: str = strawberry.field(description="Its place; the same as the event's own `cursor`.")


@strawberry.type(description="A page of an order's timeline, oldest first.")
class OrderEventConnection:
    """The window on a page of events."""

    page: strawberry.Private[EventPage]

    @strawberry.field(graphql_type=list[OrderEventEdge], description="The events with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["OrderEventConnection"]) -> list[PlacedEvent]:
        """Return the events with their places."""
        return [PlacedEvent(event, write_place(event.id)) for event in root.page.events]

    @strawberry.field(graphql_type=list[OrderEvent], description="The events alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["OrderEventConnection"]) -> list[Event]:
        """Return the events."""
        return list(root.page.events)

    @strawberry.field(description="Where this page stands in the timeline.")
    @staticmethod
    def page_info(root: strawberry.Parent["OrderEventConnection"]) -> PageInfo:
        """Return where the page stands."""
        events = root.page.events
        return PageInfo(
            has_next_page=root.page.has_next,
            has_previous_page=root.page.has_previous,
            start_cursor=write_place(events[0].id) if events else None,
            end_cursor=write_place(events[-1].id) if events else None,
        )


async def list_events(
    order: AmazonOrder,
    info: Info,
    first: First,
    after: After,
    last: Last,
    before: Before,
    where: OrderEventWhere | None,
    *,
    only: Fragment = EVERYTHING,
) -> OrderEventConnection:
    """Return a page of an order's timeline, or `only` of a part of it.

    Raises InvalidInput.
    """
    request = asked_page(first, after, last, before)
    for argument, cursor in (("after", request.after), ("before", request.before)):
        if cursor is not None:
            read_place(cursor, argument=argument)
    wanted = Timeline(order.id, request, all_of([only, _condition(where)]))
    page = await info.context.loaders.other(read_timelines).load(wanted)
    info.context.spend(len(page.events))
    return OrderEventConnection(page=page)


async def latest_event(order: AmazonOrder, info: Info, *, only: Fragment = EVERYTHING) -> Event | None:
    """Return the newest line of an order's timeline, or `only` of a part of it."""
    wanted = Timeline(order.id, asked_page(None, None, last=1), only)
    page = await info.context.loaders.other(read_timelines).load(wanted)
    return page.events[0] if page.events else None


def _condition(where: OrderEventWhere | None) -> Fragment:
    parts = []
    if where and where.kind is not None:
        parts.append(one_of("kind", [kind.value for kind in dict.fromkeys(where.kind)]))
    if where and where.at:
        parts.extend(instants_within("at", where.at))
    return all_of(parts)
