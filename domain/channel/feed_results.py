"""What became of a feed's commands: accepted, refused, queued again, or a case for a person."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from domain.amazon.feed_report import FeedReport
from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState, FeedState, FeedSubmission
from domain.change import Change, change
from domain.channel.attention import Concern, open_all, resolve
from domain.channel.confirm import MOST_ATTEMPTS
from domain.channel.feed_words import WORDS
from domain.channel.proofs import parked_concern, refused_concern
from domain.channel.records import Attention, AttentionState
from domain.errors import MarketplaceError, MarketplaceThrottled
from domain.timeline import AMAZON, SYSTEM, EventKind

BATCH: Final = 250
"""So many commands are settled in one change; a crash between two changes loses nothing."""

FATAL: Final = "FATAL"
"""Amazon's word for a feed that it gave up; it may have carried out some of it."""

_EVENTS: Final[Mapping[CommandState, EventKind]] = MappingProxyType(
    {
        CommandState.ACCEPTED: EventKind.MARKETPLACE_ACCEPTED,
        CommandState.CONFIRMED: EventKind.MARKETPLACE_CONFIRMED,
        CommandState.REFUSED: EventKind.MARKETPLACE_REJECTED,
        CommandState.PARKED: EventKind.MARKETPLACE_PARKED,
        CommandState.QUEUED: EventKind.MARKETPLACE_RETRIED,
    }
)
_DONE: Final = (CommandState.ACCEPTED, CommandState.CONFIRMED)
_OF_AMAZON: Final = (*_DONE, CommandState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What becomes of one command; `words` are Amazon's, without a code where it gave none.

    `in_doubt` says that Amazon may have carried it out: then it is never sent again without a person's word.
    """

    state: CommandState
    message: str
    code: str | None = None
    words: str | None = None
    in_doubt: bool = False


_Judge = Callable[[FeedSubmission, Command], Result]


async def apply_report(*, submission_id: int, report: FeedReport, now: datetime) -> None:
    """Give each command of a feed its own result, as Amazon's report has it, and close the feed.

    What Amazon's facts have settled meanwhile stays settled.
    """

    def judge(feed: FeedSubmission, command: Command) -> Result:
        return result_of(report, feed, command)

    while await _settle_some(submission_id, judge, now=now):
        pass


async def abandon(*, submission_id: int, error: MarketplaceError | None, retry_at: datetime, now: datetime) -> None:
    """Queue a feed's commands again, since Amazon certainly never got it; they are due at `retry_at`.

    Too often in a row, and not because Amazon is too busy, a person has to look.
    """
    values: dict[str, Any] = {"state": FeedState.ABANDONED, "due_at": retry_at, **_words(error)}
    await _end(submission_id, (FeedState.COLLECTED, FeedState.POSTED), values, now=now)


async def refuse(*, submission_id: int, error: MarketplaceError, now: datetime) -> None:
    """Mark all commands of a feed as refused: Amazon did not take it, and never will."""
    values = {"state": FeedState.FAILED, **_words(error)}
    await _end(submission_id, (FeedState.COLLECTED, FeedState.POSTED), values, now=now)


async def give_back(*, submission_id: int, status: str, now: datetime) -> None:
    """Queue a feed's commands again, since it was withdrawn at Amazon before it was processed."""
    values = {"state": FeedState.FAILED, "processing_status": status, "due_at": now, "error_message": None}
    await _end(submission_id, (FeedState.SUBMITTED,), values, now=now)


async def park(*, submission_id: int, why: str, now: datetime) -> None:
    """Ask a person to look at every command of a feed of which nobody knows what became; none is sent again."""
    values = {"state": FeedState.PARKED, "error_message": why}
    await _end(submission_id, (FeedState.POSTED, FeedState.SUBMITTED), values, now=now)


async def finish_closing(*, submission_id: int, now: datetime) -> None:
    """Go on with closing a feed that was left in the middle of it."""
    while await _settle_some(submission_id, _closing, now=now):
        pass


def result_of(report: FeedReport, feed: FeedSubmission, command: Command) -> Result:
    """Return what a report means for one of the commands of a feed."""
    said = WORDS[command.kind]
    if report.is_of_another(feed.messages):
        return _unknown(command, "Amazon's report speaks of more orders than were sent, so it is of another feed.")
    named = report.named.get(command.message_id or 0)
    if named is not None and named.is_error:
        return Result(
            state=CommandState.REFUSED,
            message=f"{said.refused} Amazon says: {named.words}",
            code=named.code,
            words=named.words,
        )
    if named is not None:
        return Result(state=_taken(command), message=f"{said.taken} Amazon remarks: {named.words}")
    if (whole := report.of_the_feed) is not None:
        nothing_done = report.successful == 0 and (feed.processing_status != FATAL or not _is_final(command))
        state = CommandState.REFUSED if nothing_done else CommandState.PARKED
        advice = "" if nothing_done else f" {said.look}"
        message = f"{said.refused} Amazon says of all that was sent: {whole.words}{advice}"
        return Result(state=state, message=message, code=whole.code, words=whole.words, in_doubt=not nothing_done)
    if feed.processing_status == FATAL:
        return _unknown(command, "Amazon gave up in the middle and does not say what became of this order.")
    if not report.speaks_for_all(feed.messages):
        return _unknown(command, "Amazon's report does not speak of all orders that were sent.")
    return Result(state=_taken(command), message=said.taken)


def _taken(command: Command) -> CommandState:
    """Return where a command stands that Amazon took: a refund is done then, the others show in the order later.

    A refund changes nothing in the order that a pass reads. Finances posts it up to two days later and does not name
    the feed, so that of several refunds of an order nobody could tell which one is posted.
    """
    return CommandState.CONFIRMED if command.kind is CommandKind.REFUND else CommandState.ACCEPTED


def _is_final(command: Command) -> bool:
    """Return whether doing it twice does harm, so that a word of Amazon's has to be beyond doubt."""
    return command.kind is not CommandKind.CANCEL


def _closing(feed: FeedSubmission, command: Command) -> Result:
    if feed.state is FeedState.PARKED:
        return _unknown(command, feed.error_message or "")
    said = WORDS[command.kind]
    code, words = feed.error_code, feed.error_message
    if feed.state is FeedState.FAILED and words is not None:
        return Result(
            state=CommandState.REFUSED, message=f"{said.refused} Amazon says: {words}", code=code, words=words
        )
    if command.attempts >= MOST_ATTEMPTS and code != MarketplaceThrottled.code and words is not None:
        message = said.not_given.format(command.attempts)
        return Result(state=CommandState.PARKED, message=message, code=code, words=words)
    return Result(state=CommandState.QUEUED, message=said.again, code=code, words=words)


def _unknown(command: Command, why: str) -> Result:
    message = f"{why} {WORDS[command.kind].look}"
    return Result(state=CommandState.PARKED, message=message, words=why, in_doubt=True)


def _words(error: MarketplaceError | None) -> dict[str, str | None]:
    if error is None:
        return {}
    throttled = isinstance(error, MarketplaceThrottled)
    code = error.code.value if throttled else error.amazon_code or error.code.value
    return {"error_code": code[:100], "error_message": error.message}


async def _end(submission_id: int, states: Sequence[FeedState], values: Mapping[str, Any], *, now: datetime) -> None:
    """Store how a feed ends before anything else, so that a restart closes it the same way."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await FeedSubmission.filter(id=submission_id, state__in=states, finished_at__isnull=True).update(**values)
    await finish_closing(submission_id=submission_id, now=now)


async def _settle_some(submission_id: int, judge: _Judge, *, now: datetime) -> bool:
    """Settle the next commands of a feed in one change, and close it with the last; False once it is closed."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        feed = await FeedSubmission.filter(id=submission_id, finished_at__isnull=True).select_for_update().first()
        if feed is None:
            return False
        sent = Command.filter(submission_id=submission_id, state=CommandState.SENT).order_by("message_id")
        commands = await sent.limit(BATCH).select_for_update()
        await _carry_out(unit, feed, [(command, judge(feed, command)) for command in commands])
        if len(commands) == BATCH:
            return True
        done = FeedState.FAILED if feed.processing_status == FATAL else FeedState.DONE
        state = done if feed.state is FeedState.SUBMITTED else feed.state
        await FeedSubmission.filter(id=submission_id).update(state=state, finished_at=now, due_at=None)
        return False


async def _carry_out(unit: Change, feed: FeedSubmission, results: Sequence[tuple[Command, Result]]) -> None:
    orders = {row.id: row for row in await AmazonOrder.filter(id__in=[command.order_id for command, _ in results])}
    alike: defaultdict[Result, list[int]] = defaultdict(list)
    concerns: list[tuple[AmazonOrder, Concern]] = []
    for command, result in results:
        alike[result].append(command.id)
        order = orders[command.order_id]
        _tell(unit, order, feed, command, result)
        if result.state is CommandState.REFUSED:
            concerns.append((order, refused_concern(command, result.message, amazon_code=result.code)))
        elif result.state is CommandState.PARKED:
            concerns.append((order, parked_concern(command, result.message, amazon_code=result.code)))
    for result, ids in alike.items():
        await Command.filter(id__in=ids).update(**_values(unit, feed, result))
    await _calm(unit, orders, [command.id for command, _ in results])
    await open_all(unit, concerns)
    # Whether an order is imported may hang on its cancellation.
    await unit.due(command.order_id for command, result in results if result.state not in _DONE)
    await refresh_display(unit=unit, order_ids=list(orders))


def _values(unit: Change, feed: FeedSubmission, result: Result) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": result.state,
        "due_at": None,
        "error_code": result.code,
        "error_message": result.words,
        "error_retryable": result.state is CommandState.QUEUED and result.words is not None,
        "in_doubt": result.in_doubt,
    }
    if result.state is CommandState.CONFIRMED:
        return values | {"accepted_at": unit.now, "confirmed_at": unit.now}
    if result.state is CommandState.ACCEPTED:
        return values | {"accepted_at": unit.now}
    if result.state is CommandState.QUEUED:
        return values | {"due_at": feed.due_at or unit.now, "submission_id": None, "message_id": None}
    return values


async def _calm(unit: Change, orders: Mapping[int, AmazonOrder], command_ids: Sequence[int]) -> None:
    """Close what people were told of these commands before, such as that no word came."""
    told = Attention.filter(command_id__in=list(command_ids))
    for row in await told.exclude(state=AttentionState.RESOLVED):
        await resolve(unit, orders[row.order_id or 0], [row])


def _tell(unit: Change, order: AmazonOrder, feed: FeedSubmission, command: Command, result: Result) -> None:
    actor = AMAZON if result.state in _OF_AMAZON else SYSTEM
    details = {"command_id": command.id, "attempt": command.attempts, "feed_id": feed.feed_id}
    unit.event(order.subject, _EVENTS[result.state], result.message, actor=actor, **details)
