"""The life of a feed: it waits, is worked on, and ends with a report on each of its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator import agenda
from simulator.faults.rules import Effect
from simulator.feeds.acknowledgements import read_acknowledgements, read_flat_acknowledgements
from simulator.feeds.acknowledging import acknowledge
from simulator.feeds.adjusting import adjust
from simulator.feeds.adjustments import read_adjustments, read_flat_adjustments
from simulator.feeds.fulfilling import fulfill
from simulator.feeds.fulfillments import read_flat_fulfillments, read_fulfillments
from simulator.feeds.messages import Fault, Message, Outcome, count
from simulator.feeds.processing_reports import TABS, WHOLE_DOCUMENT, XML, flat_report, xml_report
from simulator.feeds.queue import Feed, FeedType
from simulator.feeds.requests import Acknowledgement, Adjustment, Fulfillment
from simulator.instants import SECOND
from simulator.orders.lifecycle import NotAllowed
from simulator.queued import ProcessingStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.agenda import Timer
    from simulator.faults.rules import Rule
    from simulator.world import World

STARTS_AFTER: Final = 15 * SECOND
ENDS_AFTER: Final = 60 * SECOND
READERS: Final[dict[FeedType, Callable[[bytes], list[Message]]]] = {
    FeedType.ACKNOWLEDGEMENT: read_acknowledgements,
    FeedType.FLAT_ACKNOWLEDGEMENT: read_flat_acknowledgements,
    FeedType.FULFILLMENT: read_fulfillments,
    FeedType.FLAT_FULFILLMENT: read_flat_fulfillments,
    FeedType.PAYMENT_ADJUSTMENT: read_adjustments,
    FeedType.FLAT_PAYMENT_ADJUSTMENT: read_flat_adjustments,
}


def plan(world: World, feed: Feed) -> None:
    """Set the timers of a feed that was just queued, and ask whether a fault lets it get stuck."""
    feed.is_stuck = _strike(world, feed, Effect.FEED_STUCK, at=feed.created) is not None
    world.agenda.put(due=feed.created + STARTS_AFTER, kind=agenda.FEED_START, subject=feed.feed_id)
    world.agenda.put(due=feed.created + ENDS_AFTER, kind=agenda.FEED_END, subject=feed.feed_id)


def befall(world: World, timer: Timer) -> None:
    """Start or end the feed that a timer was set for, unless it was cancelled or ended otherwise."""
    feed = world.feeds.get(timer.subject)
    if feed is None or feed.status.is_final:
        return
    if timer.kind == agenda.FEED_START:
        feed.status, feed.started = ProcessingStatus.IN_PROGRESS, timer.due
    elif not feed.is_stuck:
        _finish(world, feed, at=timer.due)


def cancel(feed: Feed) -> None:
    """Take a feed out of the queue. Raises NotAllowed if it is not there any more."""
    if feed.status is not ProcessingStatus.IN_QUEUE:
        raise NotAllowed(f"a feed that is {feed.status} cannot be cancelled")
    feed.status = ProcessingStatus.CANCELLED


def stick(feed: Feed) -> None:
    """Let a feed never end. Raises NotAllowed if it has ended."""
    _demand_open(feed)
    feed.is_stuck = True


def fail(world: World, feed: Feed, *, messages: int, at: int) -> None:
    """Let Amazon give up on a feed after so many of its messages, which are reported. Raises NotAllowed."""
    _demand_open(feed)
    feed.started = at if feed.started is None else feed.started
    if messages and feed.contents.strip():
        _report(world, feed, _outcomes(world, feed, at=at, most=messages), at=at)
    feed.status, feed.ended = ProcessingStatus.FATAL, at


def _demand_open(feed: Feed) -> None:
    if feed.status.is_final:
        raise NotAllowed(f"a feed that is {feed.status} has ended")


def _finish(world: World, feed: Feed, *, at: int) -> None:
    """Work on all messages, unless a fault lets Amazon give up; a document with nothing in it is fatal by itself."""
    rule = _strike(world, feed, Effect.FEED_FATAL, at=at)
    if rule is not None:
        fail(world, feed, messages=rule.messages, at=at)
        return
    feed.ended = at
    if not feed.contents.strip():
        feed.status = ProcessingStatus.FATAL
        return
    _report(world, feed, _outcomes(world, feed, at=at), at=at)
    feed.status = ProcessingStatus.DONE


def _strike(world: World, feed: Feed, effect: Effect, *, at: int) -> Rule | None:
    return world.faults.strike(effect, operation=feed.feed_type, seller=feed.seller, at=at)


def _outcomes(world: World, feed: Feed, *, at: int, most: int | None = None) -> list[Outcome]:
    """Work on the messages, or on the first of them, and return what became of each, by its number."""
    try:
        messages = READERS[feed.feed_type](feed.contents)
    except Fault as fault:
        return [Outcome(WHOLE_DOCUMENT, fault)]
    outcomes = [
        Outcome(number, fault)
        for message, fault in [(one, _work_on(world, feed, one, at=at)) for one in messages[:most]]
        for number in message.numbers
    ]
    return sorted(outcomes, key=lambda outcome: outcome.number)


def _work_on(world: World, feed: Feed, message: Message, *, at: int) -> Fault | None:
    try:
        match message.asks:
            case Fault() as fault:
                return fault
            case Acknowledgement() as asked:
                acknowledge(world, feed.seller, asked, at=at)
            case Fulfillment() as asked:
                fulfill(world, feed.seller, asked, at=at)
            case Adjustment() as asked:
                adjust(world, feed.seller, asked, feed_id=feed.feed_id, message=message.numbers[0], at=at)
    except Fault as fault:
        return fault
    return None


def _report(world: World, feed: Feed, outcomes: list[Outcome], *, at: int) -> None:
    feed.counts = count(outcomes)
    if feed.feed_type.is_flat:
        contents, content_type = flat_report(outcomes, feed.counts), TABS
    else:
        contents, content_type = xml_report(feed.feed_id, feed.seller, outcomes, feed.counts), XML
    report = world.documents.keep_report(contents, seller=feed.seller, content_type=content_type, at=at)
    feed.result_document_id = report.document_id
