from datetime import timedelta

import pytest

from domain.accounts.cursors import Fenced, take
from domain.accounts.joint_cursors import join_near
from domain.accounts.records import JobState, SyncCursor, SyncRun
from domain.accounts.runs import begin_slice, open_run, postpone_run
from domain.change import change
from domain.timeline import SYSTEM
from tests.domain.amazon.conftest import CA, US, connect


@pytest.fixture
async def cursors(database, now, sealer):
    """Give the cursors of two stores of one account that were connected together."""
    for marketplace_id in (US, CA):
        await connect(marketplace_id, now=now, sealer=sealer)
    return await SyncCursor.all().order_by("id")


async def begun(cursor, now) -> Fenced:
    """Take a cursor and begin a slice."""
    taken = await take(cursor_id=cursor.id, machine_ms=1, lease_ms=1000, now=now)
    assert taken is not None
    run = await open_run(cursor=taken, now=now)
    fenced = Fenced(cursor.id, taken.fence, run.id)
    upper = now + timedelta(minutes=5)
    await begin_slice(fenced=fenced, lower=now, upper=upper, goal=upper, now=now)
    return fenced


async def test_a_pass_that_waits_to_begin_goes_on_with_the_joint_cursor(cursors, now):
    first, second = cursors
    waiting = await begun(second, now)
    await postpone_run(fenced=waiting, retry_at=now, error=None, now=now)
    ended = await take(cursor_id=first.id, machine_ms=1, lease_ms=1000, now=now)
    assert ended is not None

    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await join_near(Fenced(first.id, ended.fence, 0))

    joint = await SyncCursor.get()
    assert (joint.id, joint.marketplaces, joint.run_id) == (first.id, f"{CA},{US}", waiting.run_id)
    run = await SyncRun.get(id=waiting.run_id)
    assert (run.cursor_id, run.state, run.slice_from, run.next_token) == (first.id, JobState.RUNNING, None, None)


async def test_a_pass_in_the_middle_of_a_slice_keeps_its_cursor(cursors, now):
    first, second = cursors
    reading = await begun(second, now)
    await postpone_run(fenced=reading, retry_at=now, error=None, now=now)
    await SyncRun.filter(id=reading.run_id).update(slice_pages=1)
    ended = await take(cursor_id=first.id, machine_ms=1, lease_ms=1000, now=now)
    assert ended is not None

    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await join_near(Fenced(first.id, ended.fence, 0))

    assert await SyncCursor.all().count() == 2
