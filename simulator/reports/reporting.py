"""The life of a report: it waits, is worked on, and ends with a document, or without one if there is no data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from simulator import agenda
from simulator.faults.rules import Effect
from simulator.instants import SECOND
from simulator.orders.book import CREATED, LAST_UPDATED, SimulatedOrder
from simulator.orders.lifecycle import NotAllowed
from simulator.orders.search import is_served
from simulator.queued import ProcessingStatus
from simulator.reports.rows import HIDDEN, TABS, flat_file, rows_of
from simulator.storage.documents import Purpose

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.reports.queue import Report
    from simulator.world import World

STARTS_AFTER: Final = 15 * SECOND
ENDS_AFTER: Final = 60 * SECOND
FAMILIES: Final = {
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL": LAST_UPDATED,
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL": CREATED,
}


def plan(world: World, report: Report) -> None:
    """Set the timers of a report that was just queued."""
    world.agenda.put(due=report.created + STARTS_AFTER, kind=agenda.REPORT_START, subject=report.report_id)
    world.agenda.put(due=report.created + ENDS_AFTER, kind=agenda.REPORT_END, subject=report.report_id)


def befall(world: World, report: Report, timer: Timer) -> None:
    """Start or end a report that is not final."""
    if timer.kind == agenda.REPORT_START:
        report.status, report.started = ProcessingStatus.IN_PROGRESS, timer.due
    elif not _strikes(world, Effect.FEED_STUCK, report, at=timer.due):
        _finish(world, report, at=timer.due)


def cancel(report: Report) -> None:
    """Take a report out of the queue. Raises NotAllowed if it is not there any more."""
    if report.status is not ProcessingStatus.IN_QUEUE:
        raise NotAllowed(f"a report that is {report.status} cannot be cancelled")
    report.status = ProcessingStatus.CANCELLED


def orders_of(world: World, report: Report, *, at: int) -> Iterator[SimulatedOrder]:
    """Walk the orders that a report is about, as they stand now, by time and then by id."""
    family = FAMILIES[report.report_type]
    for order in world.book.after(seller=report.seller, family=family, key=(report.start, "")):
        if order.key(family)[0] > report.end:
            return
        if order.marketplace_id in report.marketplace_ids and order.status not in HIDDEN and is_served(order, now=at):
            yield order


def _finish(world: World, report: Report, *, at: int) -> None:
    """Write the report of the orders as they are when it ends; one without any is cancelled, as Amazon does."""
    report.ended = at
    if _strikes(world, Effect.FEED_FATAL, report, at=at):
        report.status = ProcessingStatus.FATAL
        return
    rows = (row for order in orders_of(world, report, at=at) for row in rows_of(order))
    first = next(rows, None)
    if first is None:
        report.status = ProcessingStatus.CANCELLED
        return
    document = world.documents.keep_report(
        flat_file(chain((first,), rows)), seller=report.seller, content_type=TABS, at=at, purpose=Purpose.REPORT
    )
    report.document_id = document.document_id
    report.status = ProcessingStatus.DONE


def _strikes(world: World, effect: Effect, report: Report, *, at: int) -> bool:
    rule = world.faults.strike(effect, operation=report.report_type, seller=report.seller, at=at)
    return rule is not None
