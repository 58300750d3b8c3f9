"""Rules at the control plane: what is refused, what is shown, and that chance can be repeated."""

from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.clock import SimulatedClock
from simulator.faults.rules import Effect, Faults
from simulator.world import World
from tests.simulator.faults.planning import faults, plan, progress, statuses
from tests.simulator.playing import Amazon

REFUSED: dict[str, tuple[dict[str, Any], str | None]] = {
    "no effect": ({"operation": "getOrder"}, None),
    "an unknown effect": ({"effect": "EXPLODED"}, "effect"),
    "an unknown key": ({"effect": "FAILED", "nht": 1}, None),
    "an unknown operation": ({"effect": "FAILED", "operation": "searchOrder"}, "operation"),
    "an unknown one of several": ({"effect": "FAILED", "operation": ["getOrder", "x"]}, "operation"),
    "no operations": ({"effect": "FAILED", "operation": []}, "operation"),
    "a feed type for an operation": ({"effect": "FEED_STUCK", "operation": "createFeed"}, "operation"),
    "an operation for a notification": ({"effect": "MESSAGE_SWAPPED", "operation": "getOrder"}, "operation"),
    "an unknown feed type": ({"effect": "FAILED", "feedType": "POST_ORDER_DATA"}, "feedType"),
    "slow for no time": ({"effect": "SLOW"}, "seconds"),
    "slow for less than no time": ({"effect": "SLOW", "seconds": -1}, "seconds"),
    "slow for a day": ({"effect": "SLOW", "seconds": 86_400}, "seconds"),
    "late by nothing": ({"effect": "LATE"}, "seconds"),
    "seconds of a refusal": ({"effect": "FAILED", "seconds": 1}, "seconds"),
    "a status of a listing": ({"effect": "MISSING", "status": 500}, "status"),
    "a status that is none": ({"effect": "FAILED", "status": 200}, "status"),
    "messages of no feed": ({"effect": "FEED_STUCK", "messages": 3}, "messages"),
    "the 0th": ({"effect": "FAILED", "nth": 0}, "nth"),
    "a huge number": ({"effect": "FAILED", "times": 10**30}, "times"),
    "half a time": ({"effect": "FAILED", "times": 0.5}, "times"),
    "no chance": ({"effect": "FAILED", "probability": 0}, "probability"),
    "more than certain": ({"effect": "FAILED", "probability": 1.5}, "probability"),
    "a time without a zone": ({"effect": "FAILED", "from": "2026-11-02T09:00:00"}, "from"),
    "an end before its beginning": (
        {"effect": "FAILED", "from": "2026-11-02T09:00:00Z", "until": "2026-11-02T09:00:00Z"},
        "until",
    ),
    "a page for ever": ({"effect": "DUPLICATE_PAGE"}, "times"),
    "a query of a notification": ({"effect": "MESSAGE_DELAYED", "seconds": 1, "query": {"a": "b"}}, "query"),
    "the second of several": ({"rules": [{"effect": "FAILED"}, {"effect": "SLOW"}]}, "rules[1].seconds"),
    "a wrong type in the second": ({"rules": [{"effect": "FAILED"}, {"effect": 1}]}, "rules[1].effect"),
    "no rules": ({"rules": []}, "rules"),
    "rules beside one": ({"rules": [{"effect": "FAILED"}], "effect": "FAILED"}, None),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_a_rule_is_refused_for(amazon: Amazon, why: str) -> None:
    body, field = REFUSED[why]
    answer = await amazon.sim("POST", "/faults", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"].get("field") == field
    assert await faults(amazon) == []


@pytest.mark.parametrize(
    "body", [b"[]", b"7", b'"rules"', b"{", b"\xff", b'{"rules": 1}', b'{"rules": [[]]}', b"[" * 9_999]
)
async def test_no_body_breaks_it(amazon: Amazon, body: bytes) -> None:
    answer = await amazon.http.post("/_sim/faults", content=body)
    assert answer.status_code in (400, 422)


async def test_a_misspelt_operation_is_told(amazon: Amazon) -> None:
    answer = await amazon.sim("POST", "/faults", {"effect": "FAILED", "operation": "serchOrders"})
    assert answer.json()["error"]["message"] == "there is no such operation: searchOrders is one"


async def test_a_rule_is_shown_as_it_was_planned(amazon: Amazon) -> None:
    rule: dict[str, Any] = {
        "effect": "SLOW",
        "operation": ["searchOrders", "getOrder"],
        "seller": "demo",
        "includedData": "BUYER",
        "query": {"maxResultsPerPage": None},
        "every": 3,
        "from": "2026-11-02T09:00:00.000Z",
        "until": "2026-12-02T09:00:00.000Z",
        "probability": 0.5,
        "times": 7,
        "seconds": 0.25,
    }
    assert await plan(amazon, **rule) == "fault-1"
    assert await faults(amazon) == [
        {"id": "fault-1", **rule, "seen": 0, "hits": 0, "spent": False, "requests": []},
    ]


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        ("FEED_STUCK", "POST_ORDER_ACKNOWLEDGEMENT_DATA"),
        ("FEED_FATAL", "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"),
        ("MESSAGE_DUPLICATED", "ORDER_CHANGE"),
        ("LOST", "uploadDocument"),
        ("THROTTLED", "token"),
        ("SLOW", "createSubscription"),
        ("FAILED", "*"),
    ],
)
async def test_a_rule_is_about_an_operation_or_a_type(amazon: Amazon, effect: str, kind: str) -> None:
    details = {"seconds": 1} if effect == "SLOW" else {"messages": 2} if effect == "FEED_FATAL" else {}
    assert await plan(amazon, effect=effect, operation=kind, **details) == "fault-1"
    [rule] = await faults(amazon)
    assert (rule["operation"], rule["effect"]) == (kind, effect)


async def test_rules_are_taken_back(amazon: Amazon) -> None:
    first = await plan(amazon, effect="FAILED")
    assert (await amazon.search()).status_code == 500
    await plan(amazon, effect="DENIED")
    assert (await amazon.sim("DELETE", f"/faults/{first}")).json() == {"removed": 1}
    assert (await amazon.search()).status_code == 403
    assert (await amazon.sim("DELETE", f"/faults/{first}")).status_code == 404
    await plan(amazon, effect="FAILED")
    assert (await amazon.sim("DELETE", "/faults")).json() == {"removed": 2}
    assert (await amazon.search()).status_code == 200
    assert await plan(amazon, effect="FAILED") == "fault-4"
    await amazon.sim("POST", "/reset", {})
    assert await faults(amazon) == []


async def test_chance_strikes_as_often_as_it_should_and_can_be_repeated(amazon: Amazon) -> None:
    async def run() -> list[int]:
        await amazon.sim("POST", "/reset", {"seed": "chance"})
        amazon.world.quotas.is_enabled = False
        await amazon.log_in()
        await plan(amazon, effect="FAILED", operation="searchOrders", probability=0.3)
        return await statuses(amazon, 100)

    first, second = await run(), await run()
    assert first == second
    assert 15 < first.count(500) < 45
    assert set(first) == {200, 500}


class TestKeeping:
    async def test_a_world_goes_on_from_where_its_faults_were(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        await plan(amazon, effect="THROTTLED", operation="searchOrders", probability=0.5, times=6)
        await plan(amazon, effect="STALE", operation="getOrder", times=2)
        await amazon.sim("POST", f"/orders/{order_id}/ship")
        await statuses(amazon, 5)
        kept = amazon.world.faults.keep()
        first = [*await statuses(amazon, 20), await amazon.status(order_id), await progress(amazon)]
        amazon.world.faults = Faults(amazon.world.seed)
        amazon.world.faults.restore(kept)
        assert amazon.world.faults.keep() == kept
        assert [*await statuses(amazon, 20), await amazon.status(order_id), await progress(amazon)] == first
        assert "UNSHIPPED" in first


def test_faults_of_feeds_and_notifications_are_struck_by_their_types() -> None:
    world = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, tzinfo=UTC)))
    world.faults.plan(Effect.FEED_FATAL, feed_type="POST_ORDER_ACKNOWLEDGEMENT_DATA", messages=3, times=1)
    world.faults.plan(Effect.MESSAGE_DELAYED, operations=("ORDER_CHANGE",), order_id="1", seconds=60)

    def strike(effect: Effect, operation: str, subject: str = "") -> bool:
        return world.faults.strike(effect, operation=operation, seller="demo", at=0, subject=subject) is not None

    assert not strike(Effect.FEED_FATAL, "POST_PAYMENT_ADJUSTMENT_DATA")
    assert strike(Effect.FEED_FATAL, "POST_ORDER_ACKNOWLEDGEMENT_DATA")
    assert not strike(Effect.FEED_FATAL, "POST_ORDER_ACKNOWLEDGEMENT_DATA")
    assert strike(Effect.MESSAGE_DELAYED, "ORDER_CHANGE", "1")
    assert not strike(Effect.MESSAGE_DELAYED, "ORDER_CHANGE", "2")
    assert not strike(Effect.MESSAGE_DELAYED, "OTHER", "1")
    assert not strike(Effect.MESSAGE_SWAPPED, "ORDER_CHANGE", "1")
