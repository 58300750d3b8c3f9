"""Read-only mode: what would go to Amazon is recorded, held, and let go in its order."""

import pytest

from domain.accounts.global_settings import is_read_only, read_only_since
from domain.accounts.service_records import Installation
from domain.amazon import feeds
from domain.amazon.commands import due_commands, take
from domain.amazon.feed_types import FEED_TYPES
from domain.amazon.held import hold_or_release
from domain.amazon.records import AmazonOrder, Command, CommandState, FeedState
from domain.channel import feed_results
from domain.channel.read_only import COPIED, take_home, update_global_settings
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, Stage, item, items_of, package, states

ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"


async def switch(stage: Stage, on: bool) -> None:
    await update_global_settings(patch={"read_only": on}, expected_version=None, now=stage.now, actor=CLERK)


async def due(stage: Stage) -> list[Command]:
    return await due_commands(now=stage.now, machine_ms=0, limit=50)


async def taken(stage: Stage, command: Command, machine_ms: int = 0) -> Command | None:
    return await take(command_id=command.id, now=stage.now, machine_ms=machine_ms, lease_ms=1000)


async def test_what_is_asked_for_in_the_mode_is_recorded_and_held(stage: Stage, order: AmazonOrder):
    await switch(stage, True)
    await stage.ship(order)
    assert await states(order) == ["HELD"]
    assert await due(stage) == []


async def test_what_waits_when_it_is_switched_on_is_held_at_once(stage: Stage, order: AmazonOrder):
    await stage.ship(order)
    await switch(stage, True)
    assert await states(order) == ["HELD"]


async def test_switched_off_all_goes_in_its_order_and_when_it_was_due(stage: Stage, order: AmazonOrder):
    await switch(stage, True)
    lines = {line.seller_sku: line.id for line in await items_of(order)}
    await stage.ship(order, package((lines["MUG"], 1)), key="a")
    stage.later(minutes=1)
    await stage.ship(order, package((lines["MUG"], 2)), key="b")
    was_due = await Command.all().order_by("order_seq").values_list("due_at", flat=True)
    stage.later(hours=1)
    await switch(stage, False)
    assert await states(order) == ["QUEUED", "QUEUED"]
    assert await Command.all().order_by("order_seq").values_list("due_at", flat=True) == was_due
    assert [command.order_seq for command in await due(stage)] == [1]


async def test_what_went_out_before_and_was_not_answered_is_not_repeated(stage: Stage, order: AmazonOrder):
    await stage.ship(order)
    (command,) = await due(stage)
    assert await taken(stage, command)
    await switch(stage, True)
    assert await states(order) == ["SENT"]
    assert await due_commands(now=stage.now, machine_ms=5000, limit=50) == []
    assert await taken(stage, command, machine_ms=5000) is None
    await switch(stage, False)
    assert [one.id for one in await due_commands(now=stage.now, machine_ms=5000, limit=50)] == [command.id]


async def test_a_command_looked_for_before_the_switch_is_not_taken_after_it(stage: Stage, order: AmazonOrder):
    await stage.ship(order)
    (command,) = await due(stage)
    await switch(stage, True)
    await Command.filter(id=command.id).update(state=CommandState.QUEUED)  # as if it was queued again meanwhile
    assert await taken(stage, command) is None


async def test_what_is_queued_again_after_a_failure_is_held_by_the_next_sweep(stage: Stage, order: AmazonOrder):
    await stage.ship(order)
    assert await hold_or_release(now=stage.now) == 0
    await switch(stage, True)
    await Command.all().update(state=CommandState.QUEUED)
    assert await hold_or_release(now=stage.now) == 1
    assert await hold_or_release(now=stage.now) == 0
    assert await states(order) == ["HELD"]


async def test_cancellations_are_held_and_no_feed_is_made(stage: Stage, order: AmazonOrder):
    await stage.cancel(order)
    stage.later(hours=1)
    assert [lane.account_id for lane in await feeds.waiting_lanes(now=stage.now)] == [order.account_id]
    await switch(stage, True)
    assert await states(order) == ["HELD"]
    await Command.all().update(state=CommandState.QUEUED)
    assert await feeds.waiting_lanes(now=stage.now) == []
    assert await collect(stage) is None


async def test_a_feed_collected_before_the_switch_is_not_handed_over(stage: Stage, order: AmazonOrder):
    assert ACKNOWLEDGEMENT in FEED_TYPES
    await stage.cancel(order)
    stage.later(hours=1)
    feed = await collect(stage)
    assert feed is not None
    await switch(stage, True)
    assert not await feeds.posting(submission_id=feed.id, at=stage.now, now=stage.now)
    await feed_results.abandon(submission_id=feed.id, error=None, retry_at=stage.now, now=stage.now)
    await hold_or_release(now=stage.now)
    assert await states(order) == ["HELD"]
    await feed.refresh_from_db()
    assert feed.state is FeedState.ABANDONED
    await switch(stage, False)
    assert await collect(stage) is not None


class TestHome:
    async def test_the_first_installation_takes_the_database_as_it_is(self, stage: Stage):
        assert not await take_home(home="here", now=stage.now)
        assert not await take_home(home="here", now=stage.now)
        assert not await is_read_only()

    async def test_a_copy_holds_everything_back_until_a_person_says_otherwise(self, stage: Stage, order: AmazonOrder):
        await take_home(home="here", now=stage.now)
        await stage.ship(order)
        assert await take_home(home="there", now=stage.now)
        assert await states(order) == ["HELD"]
        switched = await read_only_since()
        assert switched is not None
        assert switched.because == COPIED
        event = await Event.filter(kind=EventKind.SETTINGS_CHANGED).order_by("-id").first()
        assert event is not None
        assert event.message.endswith(COPIED)
        await switch(stage, False)
        assert not await take_home(home="there", now=stage.now)  # it is at home here now
        assert not await is_read_only()
        assert (await Installation.get(id=1)).home == "there"

    async def test_a_copy_that_was_read_only_stays_so(self, stage: Stage):
        await take_home(home="here", now=stage.now)
        await switch(stage, True)
        assert await take_home(home="there", now=stage.now)
        assert await is_read_only()


async def collect(stage: Stage):
    return await feeds.collect(
        account_id=stage.store.account_id, feed_type=ACKNOWLEDGEMENT, document_id="d", now=stage.now
    )


@pytest.mark.parametrize("on", [True, False])
async def test_switching_to_what_it_is_already_changes_nothing(stage: Stage, on: bool):
    await switch(stage, on)
    before = await Event.all().count()
    await switch(stage, on)
    assert await Event.all().count() == before
    assert await stage.arrive(item("MUG"), status="PENDING")
