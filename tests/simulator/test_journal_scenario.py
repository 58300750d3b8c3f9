"""The journal told as a scenario: it reads as one, and plays to the same orders in a new world."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.orders.arrivals import seed_orders
from simulator.scenarios.language import Scenario
from simulator.scenarios.outcome import Result
from simulator.scenarios.reading import read_scenario
from simulator.scenarios.running import play
from simulator.world import World
from tests.simulator.listings.offering import MUG, patch, send
from tests.simulator.playing import Amazon, package
from tests.simulator.submitting import cancellation, envelope, submit

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def new_world(seed: str = "7", start: datetime = START) -> World:
    return World(clock=SimulatedClock(monotonic=lambda: 0.0, start=start, rate=0), seed=seed)


async def told(amazon: Amazon, writes: str = "expect") -> Scenario:
    answer = await amazon.sim("GET", f"/journal/scenario?writes={writes}")
    assert answer.status_code == 200, answer.text
    return read_scenario(answer.content, file="journal.yaml")


async def played(scenario: Scenario, world: World) -> Result:
    transport = httpx2.ASGITransport(app=create_app(world))
    async with httpx2.AsyncClient(transport=transport, base_url="http://simulator") as http:
        return await play(scenario, http)


def states(world: World) -> list[tuple[Any, ...]]:
    world.catch_up()
    return [
        (order.order_id, order.seller, order.status, order.updated, order.is_delivered, order.is_returned)
        for order in world.book
    ]


async def live(amazon: Amazon) -> None:
    """Let much happen at the back door, and a client confirm a part of an order and be refused."""
    one, two, three = await amazon.place(
        count=3, fulfillmentStatus="UNSHIPPED", items=[{"sku": sku, "quantity": 2} for sku in amazon_skus(amazon)]
    )
    await amazon.advance(61.5)
    [pending] = await amazon.place(seller="other", fulfilledBy="AMAZON")
    await amazon.sim("POST", f"/orders/{pending}/pay")
    await amazon.sim("POST", f"/orders/{one}/request-cancel", {"reason": "Ordered twice: yes"})
    await amazon.advance(3_600)
    await amazon.sim("POST", f"/orders/{one}/cancel", {"by": "SELLER"})
    await amazon.sim("POST", f"/orders/{one}/pay")
    await amazon.sim("POST", f"/orders/{two}/ship")
    await amazon.sim("POST", f"/orders/{two}/deliver")
    await amazon.log_in()
    order = await amazon.order(three)
    items = [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 1}]
    assert (await amazon.confirm(three, package(order, "1", orderItems=items))).status_code == 204
    assert (await amazon.confirm(three, {})).status_code == 400
    await amazon.sim("POST", "/faults", {"effect": "LATE", "seconds": 1.5, "probability": 0.000001})
    await amazon.sim("DELETE", "/faults")
    await amazon.sim("POST", "/sellers/other/revoke")
    await amazon.advance(86_400)


def amazon_skus(amazon: Amazon) -> list[str]:
    return [one.sku for one in amazon.world.sellers["demo"].catalog if one.fulfilled_by == "MERCHANT"][:2]


@pytest.fixture
async def amazon() -> Any:
    playing = Amazon(new_world())
    async with playing.http:
        await playing.log_in()
        yield playing


async def test_a_journal_plays_to_the_same_orders(amazon: Amazon) -> None:
    await live(amazon)
    scenario = await told(amazon, "replay")
    other = new_world("something else", datetime(2027, 1, 1, tzinfo=UTC))
    result = await played(scenario, other)
    assert result.has_passed, result.explanation()
    assert [step.expect.answer for step in scenario.steps if step.do == "confirm-shipment"] == [
        {"http": 204},
        {"http": 400},
    ]
    other.clock.set(amazon.world.clock.now())
    assert states(other) == states(amazon.world)
    assert len(states(other)) == 4


async def test_a_past_is_told_too(amazon: Amazon) -> None:
    seed_orders(amazon.world, count=30)
    await amazon.sim("POST", "/reset", {"seed": 9, "orders": 20, "now": "2026-12-01T00:00:00Z"})
    await amazon.place(count=2)
    await amazon.advance(5_000)
    scenario = await told(amazon)
    assert (scenario.seed, scenario.orders) == ("9", 20)
    other = new_world()
    assert (await played(scenario, other)).has_passed
    other.clock.set(amazon.world.clock.now())
    assert states(other) == states(amazon.world)


async def test_what_a_client_wrote_is_expected(amazon: Amazon) -> None:
    await live(amazon)
    scenario = await told(amazon)
    wanted = [count for step in scenario.steps for count in step.expect.journal]
    assert [(one.operation, one.status, one.seller) for one in wanted] == [
        ("confirmShipment", 204, "demo"),
        ("confirmShipment", 400, "demo"),
    ]
    assert {one.path for one in wanted} == {"/orders/v0/orders/${placed-1.orderIds.2}/shipmentConfirmation"}
    result = await played(scenario, new_world())
    assert not result.has_passed
    assert "confirmShipment" in result.explanation()
    assert "a client is expected to make such requests meanwhile" in result.explanation()
    assert "writes=replay" in result.explanation()
    assert "A client is expected" in scenario.about


async def test_a_scenario_names_no_buyer(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    document = await amazon.order(order_id)
    recipient = {"deliveryAddress": {"name": "Ann Onymous", "addressLine1": "1 Main St", "countryCode": "US"}}
    await amazon.sim("PUT", "/orders", {"orders": [document | {"recipient": recipient}]})
    text = (await amazon.sim("GET", "/journal/scenario")).text
    assert "do: load" in text
    assert "Onymous" not in text
    assert "Main St" not in text


async def test_a_refused_confirmation_is_told_without_words_that_may_be_a_buyers(amazon: Amazon) -> None:
    order = await amazon.order(await amazon.placed(fulfillmentStatus="UNSHIPPED"))
    items = [{"orderItemId": "ann@example.com", "quantity": 1}]
    assert await confirmed(amazon, order, packageReferenceId="Ann Onymous 1 Main St", orderItems=items) == 400
    assert await confirmed(amazon, order, orderItems=items) == 400
    text = (await amazon.sim("GET", "/journal/scenario?writes=replay")).text
    assert text.count("do: confirm-shipment") == 2
    assert "Onymous" not in text
    assert "example.com" not in text
    result = await played(read_scenario(text.encode(), file="journal.yaml"), new_world())
    assert result.has_passed, result.explanation()


@pytest.mark.parametrize("ended", [(0, 1, 2), (0,), (1,), ()])
async def test_rules_of_which_some_are_left_out_end_as_they_did(amazon: Amazon, ended: tuple[int, ...]) -> None:
    await amazon.placed(fulfillmentStatus="UNSHIPPED")
    rules: list[dict[str, Any]] = [
        {"effect": "LOST", "operation": "confirmShipment", "times": 1},
        {"effect": "LATE", "seconds": 5},
        {"effect": "FEED_STUCK"},
    ]
    ids = (await amazon.sim("POST", "/faults", {"rules": rules})).json()["ids"]
    for place in ended:
        assert (await amazon.sim("DELETE", f"/faults/{ids[place]}")).status_code == 200
    other = new_world()
    result = await played(await told(amazon, "replay"), other)
    assert result.has_passed, result.explanation()
    left = [rule["effect"] for place, rule in enumerate(rules) if place not in (0, *ended)]
    assert [rule.effect.value for rule in other.faults] == left


async def test_what_cannot_be_told_is_said(amazon: Amazon) -> None:
    nothing = await amazon.sim("GET", "/journal/scenario")
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (409, "CONFLICT")
    [order_id] = await amazon.place(count=1, fulfillmentStatus="UNSHIPPED")
    await amazon.sim("POST", f"/orders/{order_id}/request-cancel", {"reason": "${start}"})
    about = (await told(amazon)).about
    assert f"1 x POST /orders/{order_id}/request-cancel" in about
    wrong = await amazon.sim("GET", "/journal/scenario?writes=forget")
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "writes")


async def confirmed(amazon: Amazon, order: dict[str, Any], **changes: Any) -> int:
    """Confirm a package and return the status, 0 for an answer that is lost."""
    try:
        return (await amazon.confirm(order["orderId"], package(order, **changes))).status_code
    except ConnectionError:
        return 0


async def write_much(amazon: Amazon) -> list[str]:
    """Let a client confirm, be refused, lose an answer, patch a listing and cancel by feeds."""
    wish = {"count": 6, "fulfillmentStatus": "UNSHIPPED", "items": [{"sku": MUG, "quantity": 2}]}
    ids = await amazon.place(**wish)
    [of_amazon] = await amazon.place(fulfilledBy="AMAZON", fulfillmentStatus="UNSHIPPED")
    await amazon.advance(600)
    one, two, three, four, five, _ = [await amazon.order(order_id) for order_id in ids]
    faults = [
        {"effect": "LOST", "operation": "confirmShipment", "times": 1},
        {"effect": "UNAVAILABLE", "operation": "*", "nth": 4, "times": 1},
        {"effect": "LATE", "seconds": 5, "orderId": ids[5]},
    ]
    assert (await amazon.sim("POST", "/faults", {"rules": faults})).status_code == 201
    [dropping] = (await amazon.sim("POST", "/faults", {"effect": "DROPPED", "operation": "token", "nth": 90})).json()[
        "ids"
    ]
    [fatal] = (await amazon.sim("POST", "/faults", {"effect": "FEED_FATAL", "times": 1, "nth": 9})).json()["ids"]
    assert [
        await confirmed(amazon, one),
        await confirmed(amazon, one),
        await confirmed(amazon, one, packageReferenceId="2"),
        await confirmed(amazon, two, packageReferenceId="one"),
        await confirmed(amazon, two, packageReferenceId="one"),
        await confirmed(amazon, two, orderItems=[]),
        await confirmed(amazon, two, trackingNumber=""),
        await confirmed(amazon, await amazon.order(of_amazon)),
        await confirmed(amazon, two, carrierCode="Other", carrierName="Bike"),
    ] == [0, 204, 400, 503, 400, 400, 400, 400, 204]
    for rule_id in (dropping, fatal):
        assert (await amazon.sim("DELETE", f"/faults/{rule_id}")).status_code == 200
    assert (await send(amazon, patch("replace", {"quantity": 3, "fulfillment_channel_code": "DEFAULT"}))).is_success
    assert await confirmed(amazon, three | {"orderId": "111-1111111-1111111"}) == 404
    stuck = await submit(amazon, envelope(cancellation(three), cancellation(four, number=2)))
    await amazon.sim("PUT", "/roles", {"roles": ["INVENTORY_AND_ORDER_TRACKING", "DIRECT_TO_CONSUMER_SHIPPING"]})
    assert (await amazon.sim("POST", f"/feeds/{stuck}/stick")).status_code == 200
    await submit(amazon, envelope(cancellation(five)))
    await amazon.advance(3_600)
    assert (await amazon.sim("POST", f"/orders/{ids[5]}/ship")).status_code == 200
    await amazon.log_in()
    assert [await confirmed(amazon, three), await confirmed(amazon, five)] == [204, 400]
    assert (await amazon.sim("POST", f"/orders/{ids[4]}/ship")).status_code == 409
    await amazon.advance(3_600)
    return ids


@pytest.mark.parametrize("seed", ["7", "8"])
async def test_what_a_client_wrote_is_done_again_and_passes_alone(seed: str) -> None:
    amazon = Amazon(new_world(seed))
    async with amazon.http:
        await amazon.log_in()
        ids = await write_much(amazon)
        await amazon.sim("POST", "/sellers/demo/revoke")
        scenario = await told(amazon, "replay")
    other = new_world(seed)
    result = await played(scenario, other)
    assert result.has_passed, result.explanation()
    assert not [step for step in scenario.steps if step.expect.journal]
    answers = [step.expect.answer["http"] for step in scenario.steps if step.do == "confirm-shipment"]
    assert answers == [204, 204, 400, 400, 400, 400, 204, {"one-of": [204, 400]}]
    for what in ("2 x POST /faults", "createFeed (202)", "confirmShipment (404)", "patchListingsItem (200)"):
        assert what in scenario.about
    other.clock.set(amazon.world.clock.now())
    known = {state[0]: state for state in states(other)}
    for state in states(amazon.world):
        assert state[0] in ids[3:5] or known[state[0]] == state
