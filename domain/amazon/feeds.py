"""The life of a feed: its commands are collected, it is posted, Amazon gives it an id, and its end is seen.

Every step is stored before the next one begins, so that a restart goes on from the rows alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tortoise.queryset import QuerySet

from domain.accounts.global_settings import is_read_only
from domain.accounts.records import Account, AccountState, Store
from domain.amazon.commands import WAITS
from domain.amazon.feed_types import FEED_TYPES, NAMES
from domain.amazon.records import Command, CommandState, FeedState, FeedSubmission
from domain.change import Change, change
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder
from domain.timeline import SYSTEM, EventKind, Subject

MOST_MESSAGES: Final = 2000
"""So many are chosen in one change without holding up others, and stay well below the 10 MiB that Amazon advises."""

_MOST_MARKETPLACES: Final = 25  # of createFeed
_LOOK: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_SHOWN: Final = 300


@dataclass(slots=True)
class Lane:
    """Where an account's feeds of a type follow each other."""

    id: int
    account_id: int
    feed_type: str


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many looks in a row that brought nothing."""
    doubled: timedelta = _LOOK * 2 ** min(attempts, 10)
    return min(doubled, _LONGEST_PAUSE)


async def waiting_lanes(*, now: datetime) -> list[Lane]:
    """Return the accounts that have something to send by a type of feed, and no feed of the type under way.

    None in read-only mode.
    """
    if await is_read_only():
        return []
    lanes = []
    for name in FEED_TYPES:
        rows = await _sendable(name, now).distinct().values("account_id")
        lanes += [Lane(row["account_id"], row["account_id"], name) for row in rows]
    return lanes


async def due_feeds(*, now: datetime) -> list[FeedSubmission]:
    """Return the open feeds whose next step is due; what needs Amazon waits while it rejects the credentials."""
    rejected = await Account.filter(state=AccountState.CREDENTIALS_REJECTED).values_list("id", flat=True)
    due = await FeedSubmission.filter(finished_at__isnull=True).order_by("id")
    asking = (FeedState.POSTED, FeedState.SUBMITTED)
    return [
        feed
        for feed in due
        if feed.state not in asking or ((feed.due_at or now) <= now and feed.account_id not in rejected)
    ]


async def collect(*, account_id: int, feed_type: str, document_id: str | None, now: datetime) -> FeedSubmission | None:
    """Choose what an account is to send as one feed of a type; None if there is nothing, or a feed is open."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        sendable = _sendable(feed_type, now).filter(account_id=account_id)
        chosen = await sendable.order_by("due_at", "id").limit(MOST_MESSAGES).select_for_update()
        marketplaces = dict(await Store.filter(account_id=account_id).values_list("id", "marketplace_id"))
        places = sorted({marketplaces[command.store_id] for command in chosen})[:_MOST_MARKETPLACES]
        chosen = [command for command in chosen if marketplaces[command.store_id] in places]
        if not chosen or await is_read_only():
            return None
        feed = await FeedSubmission.create(
            account_id=account_id,
            feed_type=feed_type,
            state=FeedState.COLLECTED,
            marketplaces=",".join(places),
            messages=len(chosen),
            document_id=document_id,
            attempts=max(command.attempts for command in chosen) + 1,
            created_at=now,
        )
        await _send_with(unit, feed, chosen)
        return feed


async def posting(*, submission_id: int, at: datetime, now: datetime) -> bool:
    """Note, before createFeed goes out, that it does, with Amazon's time.

    False if the feed is past that, or in read-only mode: then it is abandoned, and its commands wait.
    """
    if await is_read_only():
        return False
    return await _move(submission_id, FeedState.COLLECTED, now, state=FeedState.POSTED, post_started_at=at)


async def submitted(*, submission_id: int, feed_id: str, now: datetime) -> bool:
    """Note the id that Amazon gave a feed, told by its answer or found later; False if the feed is past that."""
    return await _move(submission_id, FeedState.POSTED, now, state=FeedState.SUBMITTED, feed_id=feed_id)


async def processed(*, submission_id: int, status: str, result_document_id: str | None, now: datetime) -> bool:
    """Note Amazon's word for the end of a feed, and where its report is; False if the feed is past that."""
    values = {"processing_status": status[:32], "result_document_id": result_document_id, "due_at": now}
    return await _move(submission_id, FeedState.SUBMITTED, now, **values)


async def put_off(
    *, feed: FeedSubmission, now: datetime, pause: timedelta | None = None, why: str | None = None
) -> None:
    """Look at a feed again later: after a pause that somebody asked for, else twice as late each time."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await FeedSubmission.filter(id=feed.id, state=feed.state, finished_at__isnull=True).update(
            attempts=feed.attempts + (pause is None),
            due_at=now + (pause or pause_after(feed.attempts + 1)),
            error_message=why[:_SHOWN] if why else None,
        )


async def put_off_sending(*, account_id: int, feed_type: str, until: datetime, now: datetime) -> None:
    """Let what an account has to send wait although it is due, since Amazon takes nothing at the moment."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        ids = await _sendable(feed_type, now).filter(account_id=account_id).values_list("id", flat=True)
        await Command.filter(id__in=list(ids)).update(due_at=until)


async def awaits_results(submission_id: int) -> bool:
    """Return whether a feed's end still matters to one of its commands; Amazon's facts may have settled them all."""
    return await Command.filter(submission_id=submission_id, state=CommandState.SENT).exists()


def _sendable(feed_type: str, now: datetime) -> QuerySet[Command]:
    of_type = FEED_TYPES[feed_type]
    return Command.annotate(waits=WAITS, may_go_out=of_type.may_go_out, lane_open=of_type.lane_open).filter(
        waits=False,
        may_go_out=True,
        lane_open=False,
        kind__in=of_type.kinds,
        state=CommandState.QUEUED,
        due_at__lte=now,
    )


async def _send_with(unit: Change, feed: FeedSubmission, chosen: Sequence[Command]) -> None:
    for message_id, command in enumerate(chosen, start=1):
        again = command.attempts > 0
        unit.event(
            Subject(command.account_id, command.store_id, command.order_id),
            EventKind.MARKETPLACE_RETRIED if again else EventKind.MARKETPLACE_SENT,
            f"{'Sent again' if again else 'Sent'} to Amazon: {NAMES[command.kind]}.",
            command_id=command.id,
            attempt=command.attempts + 1,
            message_id=message_id,
        )
    rows = json_rows(unit.connection, {"id": "integer", "message": "integer"})
    second, third = placeholder(unit.connection, 2), placeholder(unit.connection, 3)
    await unit.connection.execute_query(
        f"UPDATE command SET state = 'SENT', submission_id = {second}, message_id = chosen.message, sent_at = {third}, "
        "attempts = attempts + 1, fence = fence + 1, due_at = NULL, lease_until = NULL "
        f"FROM {rows} chosen WHERE command.id = chosen.id",
        [
            encode_rows([[command.id, at] for at, command in enumerate(chosen, start=1)]),
            feed.id,
            to_text(unit.now),
        ],
    )


async def _move(submission_id: int, current: FeedState, now: datetime, **values: object) -> bool:
    feeds = FeedSubmission.filter(id=submission_id, state=current, finished_at__isnull=True)
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return bool(await feeds.update(**{"attempts": 0, "due_at": now + _LOOK, "error_message": None, **values}))
