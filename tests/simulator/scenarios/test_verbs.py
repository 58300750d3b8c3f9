"""What a step can do: all that the control plane offers, and what the built-in client does."""

import re
from collections.abc import Iterable

import pytest

from api.cli.scenario_shop import ACTS as SHOP_ACTS
from simulator.control.acts import ACTS as ORDER_ACTS
from simulator.control.feeds import ACTS as FEED_ACTS
from simulator.control.routes import control_routes
from simulator.scenarios.acts import SPECIAL
from simulator.scenarios.alone import ScenarioFailed, check
from simulator.scenarios.language import Scenario
from simulator.scenarios.reading import read_scenario
from simulator.scenarios.verbs import VERBS, Side
from simulator.world import World

# A scenario has its own beginning and end; a snapshot is put back by `control`, a scenario plays no other.
NOT_VERBS = {("POST", "/reset"), ("PUT", "/snapshot"), ("POST", "/scenarios/{name}")}
HEAD = "name: try\ntitle: A try\nabout: Something is tried.\nsteps:\n"


def told(steps: str) -> Scenario:
    return read_scenario((HEAD + steps).encode(), file="try.yaml")


def test_whatever_changes_the_world_is_a_verb(world: World):
    acts: dict[str, Iterable[str]] = {"/orders/{order_id}/{act}": ORDER_ACTS, "/feeds/{feed_id}/{act}": FEED_ACTS}
    offered = {
        (method, re.sub(r"\{\w+\}", "{to}", route.path.replace("{act}", act)))
        for route in control_routes(world)
        for method in (route.methods or set()) - {"GET", "HEAD"}
        for act in acts.get(route.path, [""])
        if (method, route.path) not in NOT_VERBS
    }
    assert offered - {(verb.method, verb.path) for verb in VERBS.values()} == set()


def test_every_verb_can_be_done():
    for name, verb in VERBS.items():
        assert verb.about.endswith(".")
        is_done = {Side.SHOP: name in SHOP_ACTS, Side.CLIENT: name in SPECIAL}.get(verb.side, bool(verb.path))
        assert is_done or name in SPECIAL, name
        assert ("{to}" in verb.path) <= (verb.to is not None)
    assert set(SHOP_ACTS) == {name for name, verb in VERBS.items() if verb.side is Side.SHOP}


async def test_units_are_cancelled_and_money_is_paid_back_by_a_feed():
    await check(
        told("""
  - do: place
    with:
      fulfillmentStatus: UNSHIPPED
      items: [{sku: MUG-STONEWARE-350, quantity: 3, price: "10.00"}, {sku: LAMP-DESK-LED, quantity: 1}]
    as: order
  - do: adjust-feed
    to: ${order}
    with: {reason: NoInventory, cancel: {MUG-STONEWARE-350: 2, LAMP-DESK-LED: 1}}
    as: cancelled
  - at: 5m
    expect:
      feeds: {"${cancelled}": {processingStatus: DONE, messages: {processed: 1, withError: 0}}}
      orders:
        ${order}: {fulfillmentStatus: UNSHIPPED, order.orderItems.0.fulfillment.quantityUnfulfilled: 1}
  - do: ship
    to: ${order}
    expect: {orders: {"${order}": {fulfillmentStatus: SHIPPED}}}
  - do: adjust-feed
    to: ${order}
    with: {refund: {MUG-STONEWARE-350: "4"}}
  - at: 10m
    expect: {look: {"/ledger?orderId=${order}": {orders.0.refunds.0.items.0.total.amount: "4.00"}}}
""")
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{}", "give refund or cancel"),
        ("{refund: {NOPE: '1.00'}}", "has no item NOPE"),
        ("{refund: {NOPE: '1.00'}, cancel: {NOPE: 1}}", "give refund or cancel"),
    ],
)
async def test_an_adjustment_of_nothing_is_refused(given: str, words: str):
    steps = f"  - {{do: place, as: order}}\n  - {{do: adjust-feed, to: '${{order}}', with: {given}}}\n"
    with pytest.raises(ScenarioFailed, match=words):
        await check(told(steps))


async def test_a_client_is_notified_once_for_each_change():
    await check(
        told("""
  - do: subscribe
    as: first
  - do: subscribe
    note: The same again changes nothing.
    expect: {answer: {payload.subscriptionId: "${first.payload.subscriptionId}"}}
  - do: place
    as: order
  - do: pay
    to: ${order}
  - at: 5m
    expect:
      look:
        /notifications?orderId=${order}:
          notifications: {length: 2, each: {deliveries: {length: 1}}}
          notifications.1.orderStatus: Unshipped
""")
    )


async def test_a_snapshot_is_taken_and_put_back():
    await check(
        told("""
  - {do: place, as: order}
  - {do: control, with: {method: GET, path: /snapshot}, as: kept}
  - {do: cancel, to: "${order}", with: {by: BUYER}}
  - do: control
    with:
      method: PUT
      path: /snapshot
      body: {version: "${kept.version}", digest: "${kept.digest}", world: "${kept.world}"}
  - expect: {orders: {"${order}": {fulfillmentStatus: PENDING}}}
""")
    )


async def test_roles_listings_and_a_call_of_any_operation():
    await check(
        told("""
  - {do: listing, with: {sku: MUG-STONEWARE-350, quantity: 3}}
  - {do: place, with: {fulfillmentStatus: UNSHIPPED, items: [{sku: MUG-STONEWARE-350, quantity: 2}]}, as: order}
  - do: call
    with:
      method: GET
      path: /listings/2021-08-01/items/demo/MUG-STONEWARE-350
      query: {marketplaceIds: [ATVPDKIKX0DER], includedData: fulfillmentAvailability}
    expect: {answer: {http: 200, fulfillmentAvailability.0.quantity: 1}}
  - {do: call, with: {method: GET, path: /sellers/v1/marketplaceParticipations}}
""")
    )
