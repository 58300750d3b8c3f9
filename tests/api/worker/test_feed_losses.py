"""Random troubles at random steps: no cancellation is ever in two feeds that Amazon created."""

import random

import httpx2
import pytest

from api.worker.sweep import feeds_due, sweep_once
from domain.accounts import cursors, sync_requests
from domain.amazon import commands
from domain.amazon.records import OPEN_COMMANDS, AmazonOrder, Command, CommandState, FeedSubmission
from domain.channel.records import Attention, AttentionKind, AttentionState
from tests.api.wire_between import answers, loses_the_answer, never_arrives, refuses
from tests.api.worker.conftest import AMAZON
from tests.api.worker.feeding import cancel, carried, received, statuses
from tests.counted import IS_THOROUGH

SEEDS = 200 if IS_THOROUGH else 10
OPERATIONS = ("createFeedDocument", "upload", "createFeed", "getFeeds", "getFeed", "getFeedDocument", "download")


ASKS = {
    CommandState.REFUSED: [AttentionKind.COMMAND_REFUSED],
    CommandState.PARKED: [AttentionKind.COMMAND_PARKED],
}


class Crash(BaseException):
    """The process is gone."""


class ClockThatCrashes:
    """Business time; once armed it ends the process at one of the next looks at it, which every step begins with."""

    def __init__(self, clock):
        self.clock = clock
        self.looks: int | None = None

    def now(self):
        if self.looks is not None:
            self.looks -= 1
            if self.looks < 0:
                self.looks = None
                raise Crash
        return self.clock.now()


async def loses_the_request(request, forward):
    raise httpx2.ReadError("connection reset", request=request)


async def crashes_before(request, forward):
    raise Crash


async def crashes_after(request, forward):
    await forward(request)
    raise Crash


TROUBLES = (
    loses_the_answer,
    loses_the_answer,
    loses_the_request,
    never_arrives,
    crashes_before,
    crashes_after,
    crashes_after,
    answers(503, text=""),
    answers(429, text=""),
    answers(200, text="<html>a proxy</html>"),
    refuses(400, "InvalidInput"),
)


async def sweep(bench, step):
    """Do all that is due; a crash ends it, and what follows starts from the rows alone."""
    try:
        for _ in range(40):
            if not await step(bench.worker):
                return
    except Crash:
        await cursors.release_leases(now=bench.clock.now())
        await commands.release_leases(now=bench.clock.now())
        await sync_requests.requeue_order_runs(now=bench.clock.now())
        return
    raise AssertionError("the worker finds no end")


async def trouble(bench, clock, chances):
    for _ in range(chances.randint(1, 4)):
        bench.wire.happens(chances.choice(OPERATIONS), chances.choice(TROUBLES))
    if chances.random() < 0.5:
        clock.looks = chances.randint(0, 60)


async def play(bench, chances):
    numbers = await received(bench, 4)
    clock = ClockThatCrashes(bench.clock)
    bench.keep_time_by(clock)
    left = list(numbers)
    for _ in range(2):
        asked = [left.pop() for _ in range(chances.randint(0, min(2, len(left))))]
        await cancel(bench, *asked)
        await trouble(bench, clock, chances)
        if chances.random() < 0.3:
            # Refused if it is shipped or canceled already.
            await bench.http.post(f"{AMAZON}/_sim/orders/{chances.choice(numbers)}/ship", json={})
        for _ in range(chances.randint(1, 5)):
            await bench.pass_by(seconds=chances.choice([11, 31, 100]))
            await sweep(bench, chances.choice([feeds_due, feeds_due, sweep_once]))
    clock.looks = None
    bench.wire.happenings.clear()
    for _ in range(14):
        await bench.pass_by(minutes=30)
        await sweep(bench, sweep_once)
        if not await FeedSubmission.filter(finished_at__isnull=True).exists() and not await still_open():
            return


async def still_open():
    return await Command.filter(state__in=OPEN_COMMANDS).exists()


async def check(bench):
    assert max((await carried(bench)).values(), default=0) <= 1
    assert not await FeedSubmission.filter(finished_at__isnull=True).exists()
    ended = await statuses(bench)
    for command in await Command.all():
        order = await AmazonOrder.get(id=command.order_id)
        seen, state = ended[order.number], command.state
        assert state in ("CONFIRMED", "REFUSED", "PARKED", "WITHDRAWN"), (state, seen)
        assert (state == "CONFIRMED") == (seen == "CANCELLED"), (state, seen)
        asks = Attention.filter(command_id=command.id, state=AttentionState.OPEN)
        assert [entry.kind for entry in await asks] == ASKS.get(state, []), (state, seen)
        assert order.display_status != "CANCEL_REQUESTED"


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_is_lost_and_wherever_it_crashes_no_cancellation_goes_out_twice(bench, seed):
    await play(bench, random.Random(seed))
    await check(bench)
