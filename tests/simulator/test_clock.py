from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from simulator.clock import SimulatedClock, TimeOutOfRange
from tests.simulator.playing import Amazon

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Machine:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class TestSimulatedClock:
    def test_runs_with_the_machine_at_rate_one(self) -> None:
        machine = Machine()
        clock = SimulatedClock(monotonic=machine, start=START)
        machine.seconds += 90
        assert clock.now() == START + timedelta(seconds=90)

    def test_runs_at_another_rate_from_the_moment_it_is_set(self) -> None:
        machine = Machine()
        clock = SimulatedClock(monotonic=machine, start=START)
        machine.seconds += 10
        clock.run_at(60)
        machine.seconds += 2
        assert clock.now() == START + timedelta(seconds=130)

    def test_stands_still_at_rate_zero_and_can_still_be_advanced(self) -> None:
        machine = Machine()
        clock = SimulatedClock(monotonic=machine, start=START, rate=0)
        machine.seconds += 1000
        clock.advance(1.5)
        assert clock.now() == START + timedelta(seconds=1.5)

    def test_is_never_so_slow_that_a_day_is_nothing(self) -> None:
        with pytest.raises(TimeOutOfRange, match="stands still at 0"):
            SimulatedClock(monotonic=Machine(), start=START, rate=1e-9)
        clock = SimulatedClock(monotonic=Machine(), start=START, rate=7)
        with pytest.raises(msgspec.ValidationError, match="rate"):
            clock.restore(clock.keep() | {"rate": 1e-9})
        assert (clock.now(), clock.rate) == (START, 7)

    def test_can_be_set_back(self) -> None:
        clock = SimulatedClock(monotonic=Machine(), start=START)
        clock.set(START - timedelta(days=400))
        assert clock.now() == START - timedelta(days=400)

    def test_never_leaves_its_range(self) -> None:
        machine = Machine()
        clock = SimulatedClock(monotonic=machine, start=START, rate=1_000_000)
        machine.seconds += 1e12
        assert clock.now() == datetime(2200, 1, 1, tzinfo=UTC)
        with pytest.raises(TimeOutOfRange):
            clock.advance(1e30)
        with pytest.raises(ValueError, match="zero or more"):
            clock.advance(-1)


class TestTheClockInControl:
    async def test_answers_the_time_and_the_rate(self, amazon: Amazon) -> None:
        assert (await amazon.sim("GET", "/clock")).json() == {"now": "2026-11-02T09:00:00.000Z", "rate": 1.0}

    async def test_advances_is_set_and_changes_its_rate(self, amazon: Amazon) -> None:
        assert (await amazon.sim("POST", "/clock", {"advance": 0.5})).json()["now"] == "2026-11-02T09:00:00.500Z"
        answer = await amazon.sim("POST", "/clock", {"now": "2024-01-01T00:00:00+01:00"})
        assert answer.json() == {"now": "2023-12-31T23:00:00.000Z", "rate": 1.0}
        assert (await amazon.sim("POST", "/clock", {"rate": 60})).json()["rate"] == 60

    async def test_is_the_date_of_every_answer(self, amazon: Amazon) -> None:
        await amazon.advance(3_600)
        for answer in (await amazon.search(), await amazon.sim("GET", "/state"), await amazon.get("/nowhere")):
            assert answer.headers["date"] == "Mon, 02 Nov 2026 10:00:00 GMT"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"advance": 1, "rate": 1},
            {"advance": -1},
            {"advance": True},
            {"advance": "1"},
            {"advance": 1e300},
            {"rate": -1},
            {"now": "2026-01-01T00:00:00"},
            {"now": "yesterday"},
            {"now": "1969-01-01T00:00:00Z"},
            {"go": 1},
            [1],
            1,
        ],
    )
    async def test_refuses_what_is_not_exactly_one_change(self, amazon: Amazon, body: object) -> None:
        answer = await amazon.sim("POST", "/clock", body)
        assert answer.status_code == 422
        assert set(answer.json()["error"]) >= {"code", "message"}
        assert (await amazon.sim("GET", "/clock")).json()["now"] == "2026-11-02T09:00:00.000Z"

    async def test_timers_wait_when_the_clock_is_set_back(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place()
        await amazon.sim("POST", "/clock", {"now": "2026-10-30T00:00:00Z"})
        await amazon.advance(86_400)
        assert (await amazon.sim("GET", "/state")).json()["orders"][0]["fulfillmentStatus"] == "PENDING"
        await amazon.sim("POST", "/clock", {"now": "2026-11-02T10:00:00Z"})
        assert await amazon.status(order_id) == "UNSHIPPED"

    async def test_the_last_update_never_moves_back_with_the_clock(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        await amazon.sim("POST", "/clock", {"now": "2026-10-30T00:00:00Z"})
        await amazon.sim("POST", f"/orders/{order_id}/request-cancel", {})
        assert (await amazon.order(order_id))["lastUpdatedTime"] == "2026-11-02T09:00:00.000Z"
