"""How a scenario is played: in time, until the first step that fails, and what is said of that."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.clock import SimulatedClock
from simulator.scenarios.alone import ScenarioFailed, check, find, new_world, run
from simulator.scenarios.language import Good, Scenario
from simulator.scenarios.outcome import Result
from simulator.scenarios.reading import NotAScenario, read_scenario
from simulator.world import World

HEAD = "name: try\ntitle: A try\nabout: Something is tried.\nsteps:\n"


def told(steps: str, head: str = HEAD) -> Scenario:
    return read_scenario((head + steps).encode(), file="try.yaml")


async def failing(steps: str) -> str:
    """Play steps of which one fails, and return what is said."""
    with pytest.raises(ScenarioFailed) as caught:
        await check(told(steps))
    return str(caught.value)


async def test_time_passes_between_steps_and_stands_still_within():
    scenario = told("""
  - do: place
    as: one
    expect: {state: {now: "${start}"}}
  - at: 1h30m
    expect: {state: {now: "2026-03-02T10:30:00.000Z"}}
  - do: clock
    with: {advance: 60}
    expect: {state: {now: "2026-03-02T10:31:00.000Z"}}
  - at: 1h40m
    expect: {state: {now: "2026-03-02T10:41:00.000Z"}}
""")
    await check(scenario)


async def test_a_failed_step_ends_the_run_and_is_explained():
    said = await failing("""
  - do: place
    with: {items: [{sku: MUG-STONEWARE-350, quantity: 2}]}
    as: order
  - at: 5m
    note: It is not paid yet.
    expect:
      orders:
        ${order}: {fulfillmentStatus: UNSHIPPED, order.orderItems.0.quantityOrdered: 3}
  - do: pay
    to: ${order}
""")
    lines = said.splitlines()
    assert lines[0] == "try, step 2 (expect: It is not paid yet.) at 5m:"
    assert "fulfillmentStatus: expected 'UNSHIPPED', found 'PENDING'" in lines[1]
    assert "order.orderItems.0.quantityOrdered: expected 3, found 2" in lines[2]
    assert lines[3] == "  the last requests were:"
    assert lines[-1] == "    2026-03-02T09:05:00.000Z 200 POST /_sim/clock"


async def test_what_was_not_reached_is_said():
    result = await run(told("  - {do: cancel, to: nobody, with: {by: BUYER}}\n  - do: place\n"))
    assert [step.state for step in result.steps] == ["FAILED", "NOT_RUN"]
    assert result.counts() == {"FAILED": 1, "NOT_RUN": 1}
    assert result.document()["passed"] is False


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (
            "  - {do: place, with: {items: [{sku: NOPE, quantity: 1}]}}",
            "422: INVALID (items[0].sku): not in the seller",
        ),
        ("  - {do: get-order, to: 111-1111111-1111111}", "refused with 404: NotFound"),
        ("  - {do: log-in, with: {client-id: bad}}", "refused with 401: invalid_client"),
        ("  - {do: confirm-shipment, to: nobody}", "Amazon has no order nobody"),
        ("  - {do: rewrite, to: nobody}", "Amazon has no order nobody"),
        ("  - {do: place, as: one}\n  - {do: pay, to: '${one.orderIds.7}'}", "has nothing there"),
        ("  - {do: place, as: one}\n  - {do: pay, to: '${one.http}'}", "names nothing"),
        ("  - {do: place, as: one}\n  - {do: place, with: {count: '${one}'}}", "with.count: Expected `int`"),
        (
            "  - {do: place, as: one}\n  - {do: confirm-shipment, to: '${one}', with: {items: {NOPE: 1}}}",
            "no item NOPE",
        ),
        ("  - {do: control, with: {method: POST, path: /scenarios/peak-day}}", "plays no other scenario"),
        ("  - {do: call, with: {method: GET, path: /nothing}}", "refused with 404"),
        ("  - expect: {feeds: {'7': {isStuck: true}}}", "feed 7: expected to be there, found nothing"),
        ("  - expect: {orders: {'7': {fulfillmentStatus: PENDING}}}", "order 7: expected to be there"),
        ("  - {do: place, as: one}\n  - expect: {orders: {'${one}': {absent: true}}}", "expected nothing, found it"),
        ("  - expect: {look: {/nothing: {}}}", "GET /_sim/nothing answered 404"),
        (
            "  - expect: {journal: [{operation: getOrder}]}",
            "requests (operation getOrder): expected at-least 1, found 0",
        ),
        ("  - {at: 90000d}", "time does not go on: INVALID (advance)"),
        (
            "  - {do: place, with: {count: 21}, as: all}\n  - {do: pay, to: '${all.orderIds}', times: 1000}",
            "at most 20000 acts",
        ),
    ],
)
async def test_what_goes_wrong_is_said(steps: str, words: str):
    assert words in await failing(steps + "\n")


async def test_a_failure_shows_neither_token_nor_buyer():
    said = await failing("""
  - do: log-in
    as: session
  - do: place
    with: {fulfillmentStatus: UNSHIPPED}
    as: order
  - do: get-order
    to: ${order}
    expect:
      answer:
        order.recipient.deliveryAddress.name: Nobody
        order.buyer: {absent: true}
        access_token: anything
""")
    assert "name: expected 'Nobody', found something else" in said
    assert "access_token: expected 'anything', found nothing" in said
    assert "Atza" not in said


async def test_an_act_can_be_done_to_many():
    scenario = told("""
  - do: place
    with: {count: 3, fulfillmentStatus: UNSHIPPED}
    as: orders
  - do: ship
    to: ${orders.orderIds}
    expect: {answer: {answered: {200: 3}}}
  - do: ship
    to: ["${orders.orderIds.0}", "${orders.orderIds.1}"]
    expect: {answer: {http: 409, answered: {409: 2}}}
""")
    await check(scenario)


async def test_one_feed_cancels_many_orders():
    scenario = told("""
  - do: place
    with: {count: 3, fulfillmentStatus: UNSHIPPED}
    as: orders
  - do: cancel-feed
    to: ${orders.orderIds}
    as: feed
  - at: 2m
    do: get-feed
    to: ${feed}
    expect:
      answer: {processingStatus: DONE, report: {contains: <MessagesSuccessful>3<}}
      feeds: {"${feed}": {messages: {processed: 3, withError: 0}}}
""")
    await check(scenario)


async def test_a_feed_can_stick_and_be_given_up():
    scenario = told("""
  - do: place
    with: {fulfillmentStatus: UNSHIPPED}
    as: order
  - {do: cancel-feed, to: "${order}", as: first}
  - {do: cancel-feed, to: "${order}", as: second}
  - {do: stick-feed, to: "${first}"}
  - {do: fail-feed, to: "${second}"}
  - at: 1h
    expect:
      feeds:
        ${first}: {isStuck: true, processingStatus: IN_PROGRESS}
        ${second}: {processingStatus: FATAL}
      orders: {"${order}": {fulfillmentStatus: UNSHIPPED}}
""")
    await check(scenario)


async def test_a_revoked_client_and_plans_that_are_not_enforced():
    scenario = told(
        """
  - {do: search, times: 30, expect: {answer: {answered: {200: 30}}}}
  - {do: revoke, to: demo}
  - {do: search, expect: {answer: {http: 403}}}
  - at: 2h
    do: search
    expect: {answer: {http: 400, error: invalid_grant}}
""",
        HEAD.replace("steps:", "limits: false\nsteps:"),
    )
    await check(scenario)


async def test_a_world_goes_on_where_it_was_and_its_clock_runs_again():
    seconds = [0.0]
    clock = SimulatedClock(monotonic=lambda: seconds[0], start=datetime(2026, 5, 4, tzinfo=UTC), rate=10)
    world = World(clock=clock, seed="9")
    before = await run(told("  - do: place\n"), world=world)
    seconds[0] += 6
    after = await run(
        told("  - at: 1h\n    expect: {state: {now: '2026-05-04T01:01:00.002Z', orders: {length: 1}}}\n"), world=world
    )
    assert (before.has_passed, after.has_passed, after.began_anew) == (True, True, False), after.explanation()
    assert (world.seed, clock.rate) == ("9", 10)
    seconds[0] += 6
    assert clock.now() == datetime(2026, 5, 4, 1, 2, microsecond=2_000, tzinfo=UTC)


async def test_a_new_beginning_takes_seed_time_past_and_switches_of_the_scenario():
    head = HEAD.replace("steps:", "seed: 42\nnow: 2027-04-01T00:00:00Z\norders: 5\noptions: {v0Reads: SERVED}\nsteps:")
    scenario = told("  - expect: {state: {seed: '42', now: '2027-04-01T00:00:00.000Z', orders: {length: 5}}}\n", head)
    world = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 5, 4, tzinfo=UTC)), seed="9")
    world.options.restocks_cancelled = False
    await check(scenario, world=world, begins_anew=True)
    assert (world.options.v0_reads, world.options.restocks_cancelled) == ("SERVED", True)


async def test_a_file_is_found_by_its_path(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(HEAD + "  - do: place\n")
    assert (await check(file)).name == "try"
    file.write_text(HEAD + "  - do: plaice\n")
    with pytest.raises(NotAScenario, match=r"mine.yaml, line 5, step 1, do: .* did you mean place"):
        find(file)


class Told:
    """A service that writes down what it is asked."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    async def open_shop(self, goods: Any) -> None:
        self.heard.append([good.sku for good in goods])

    async def work(self) -> None:
        self.heard.append("work")

    async def act(self, verb: str, to: str, details: dict[str, Any]) -> dict[str, Any]:
        self.heard.append((verb, to, details))
        return {"errors": [] if to != "B" else ["NOT_FOUND"]}

    async def order(self, order_id: str) -> dict[str, Any] | None:
        return None if order_id == "none" else {"outcome": "IMPORTED"}

    async def shelf(self, sku: str) -> dict[str, Any] | None:
        return {"stock": 3}

    async def counts(self) -> dict[str, Any]:
        return {"orders": 1}

    async def attention(self) -> list[str]:
        return ["BLOCKER"]


async def with_service(steps: str) -> tuple[Result, Told]:
    told_service = Told()
    scenario = told(steps, HEAD.replace("steps:", "shop: [{sku: A}]\nsteps:"))
    return await run(scenario, service=told_service), told_service


async def test_a_service_works_while_time_passes_and_is_asked_what_it_sees():
    result, service = await with_service("""
  - {do: shop-stock, to: A, with: {quantity: 5}}
  - at: 3m
    only: alone
    do: search
  - at: 3m
    service:
      orders: {"1": {outcome: IMPORTED}, none: {absent: true}}
      shelf: {A: {stock: 3}}
      counts: {orders: 1}
      attention: [BLOCKER]
  - {do: shop-stock, to: B, expect: {answer: {errors: [NOT_FOUND]}}}
""")
    assert result.has_passed, result.explanation()
    assert [step.state for step in result.steps] == ["PASSED", "SKIPPED", "PASSED", "PASSED"]
    assert service.heard[:2] == [["A"], ("shop-stock", "A", {"quantity": 5, "enabled": True})]
    assert service.heard[2:5] == ["work"] * 3


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("  - {do: shop-stock, to: B}", "shop-stock was refused with 200: NOT_FOUND"),
        ("  - service: {orders: {'1': {outcome: BLOCKED}}}", "outcome: expected 'BLOCKED', found 'IMPORTED'"),
        ("  - service: {orders: {none: {outcome: BLOCKED}}}", "order none in the service: expected to be there"),
        ("  - service: {shelf: {A: {stock: 4}}}", "A on the shelf: stock: expected 4, found 3"),
        ("  - service: {counts: {orders: 2}}", "counts.orders: expected 2, found 1"),
        ("  - service: {attention: []}", "attention: expected [], found ['BLOCKER']"),
    ],
)
async def test_what_a_service_does_not_show_is_said(step: str, words: str):
    result, _ = await with_service(step + "\n")
    assert words in result.explanation()


def test_a_good_without_a_quantity_is_not_counted():
    assert Good(sku="A").quantity is None
    assert new_world(told("  - do: place\n")).seed == "1"
