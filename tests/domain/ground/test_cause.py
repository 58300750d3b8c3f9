import asyncio

import pytest

from domain.cause import because_of, cause_now, caused_by
from domain.change import change
from domain.timeline import SYSTEM, Event, EventKind, Subject


async def told(now) -> Event:
    async with change(now=now, actor=SYSTEM) as unit:
        unit.event(Subject(), EventKind.SETTINGS_CHANGED, "So it is.", version=1)
    event = await Event.all().order_by("-id").first()
    assert event is not None
    return event


async def test_an_event_keeps_the_innermost_cause_and_none_where_nobody_named_one(database, now):
    assert (await told(now)).details == {"version": 1}
    with because_of("sync"):
        assert (await told(now)).details == {"version": 1, "cause": "sync"}
        with because_of("evaluation"):
            assert (await told(now)).details["cause"] == "evaluation"
        assert (await told(now)).details["cause"] == "sync"
    assert cause_now() == {}


async def test_work_side_by_side_has_causes_of_its_own(database, now):
    async def work() -> dict[str, str]:
        await asyncio.sleep(0)
        return cause_now()

    found = await asyncio.gather(*(caused_by(f"message {at}", work()) for at in range(3)), work())
    assert found == [{"cause": "message 0"}, {"cause": "message 1"}, {"cause": "message 2"}, {}]


async def test_a_cause_ends_with_its_work_even_if_that_fails(database, now):
    async def fails() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await caused_by("sync", fails())
    assert cause_now() == {}
