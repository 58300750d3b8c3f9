"""How the service keeps up with Amazon by itself: on time, once, and again after a failure."""

import asyncio
from datetime import datetime
from typing import Any

from api.worker.steps import Step, take_steps
from api.worker.sweep import sweep_once
from domain.accounts.records import Store
from tests.end_to_end.stories.asking import (
    COUNT,
    FAILURE,
    LAMP,
    MUG,
    UNKNOWN_SKU,
    apply,
    choose,
    look,
    notes,
    pass_minutes,
    states,
    to_do,
)
from tests.end_to_end.town import CONNECT, Town

CANADA = "A2EUQ1WTGCTBG2"

RUNS = """query($id: ID!) { store(id: $id) { lastSyncedAt nextSyncAt
  syncRuns(first: 20) { nodes { id state trigger seen imported startedAt finishedAt } } } }"""
SYNC = f"mutation($input: SyncNowInput!) {{ syncNow(input: $input) {{ run {{ id }} {FAILURE} }} }}"


async def runs(shop: Town) -> list[dict[str, Any]]:
    """Return the passes of the shop, the newest first."""
    found: list[dict[str, Any]] = (await shop.ask(RUNS, id=shop.store_id))["store"]["syncRuns"]["nodes"]
    return found


async def test_scheduled_sync_with_configurable_interval(shop: Town):
    await shop.pass_time()
    before = len(await runs(shop))
    await pass_minutes(shop, 30, at_once=1)
    passed = await runs(shop)
    assert len(passed) - before == 6  # one in five minutes
    assert {one["state"] for one in passed} == {"SUCCEEDED"}
    assert {one["trigger"] for one in passed} == {"SCHEDULE"}
    times = (await shop.ask(RUNS, id=shop.store_id))["store"]
    waits = datetime.fromisoformat(times["nextSyncAt"]) - datetime.fromisoformat(times["lastSyncedAt"])
    assert 200 <= waits.total_seconds() <= 400


async def test_run_sync_on_demand_per_store_and_step(shop: Town):
    await shop.stock(MUG)
    await shop.pass_time()
    number = shop.place(MUG)
    shop.world.clock.advance(200)
    asked = (await shop.ask(SYNC, input={"storeId": shop.store_id}))["syncNow"]
    assert asked["errors"] == []
    await shop.pass_time(minutes=0)
    assert (await look(shop, number))["commerceOrder"]["state"] == "PROCESSING"
    assert "MANUAL" in [one["trigger"] for one in await runs(shop)]
    one_order = {"storeId": shop.store_id, "amazonOrderId": "not-a-number"}
    refused = (await shop.ask(SYNC, input=one_order))["syncNow"]
    assert [error["path"] for error in refused["errors"]] == [["input", "amazonOrderId"]]


async def test_run_sync_on_demand_per_store_and_step_alone(shop: Town):
    await shop.stock(MUG)
    elsewhere = {"name": "Boutique", "marketplaceId": CANADA, "refreshToken": "Atzr|demo"}
    assert (await shop.ask(CONNECT, input=elsewhere))["connectStore"]["errors"] == []
    await shop.pass_time()
    here, there = shop.place(MUG), shop.place(MUG, marketplace_id=CANADA)
    shop.world.clock.advance(400)
    worker, (us, canada) = shop.joined.worker, await Store.all().order_by("id")

    assert (await take_steps(worker, {Step.EVALUATE, Step.SEND}, [us, canada])).total() == 0
    assert (await shop.ask(COUNT))["amazonOrders"]["count"]["value"] == 0
    assert (await take_steps(worker, {Step.READ}, [us]))[Step.READ] == 1  # one search for both stores of the seller
    assert [(await look(shop, number))["importDecision"] for number in (here, there)] == [None, None]
    assert await take_steps(worker, {Step.EVALUATE}, [us]) == {Step.EVALUATE: 1}
    assert (await look(shop, here))["commerceOrder"]["state"] == "PROCESSING"
    assert (await look(shop, there))["importDecision"] is None
    assert await take_steps(worker, {Step.EVALUATE}, [canada]) == {Step.EVALUATE: 1}
    assert (await look(shop, there))["commerceOrder"]["state"] == "PROCESSING"

    for number in (here, there):
        assert (await shop.ship(number))["errors"] == []
    assert await take_steps(worker, {Step.SEND}, [canada]) == {Step.SEND: 1}
    assert [(await shop.at_amazon(number))["fulfillmentStatus"] for number in (here, there)] == ["UNSHIPPED", "SHIPPED"]
    assert (await take_steps(worker, set(Step), [us]))[Step.SEND] == 1
    assert (await shop.at_amazon(here))["fulfillmentStatus"] == "SHIPPED"


async def test_lock_against_overlapping_runs(shop: Town):
    await shop.stock(MUG, 100)
    numbers = [shop.place(MUG) for _ in range(10)]
    await shop.pass_time(minutes=0)
    shop.world.clock.advance(360)
    await asyncio.gather(*[sweep_once(shop.joined.worker) for _ in range(5)])
    await shop.pass_time(minutes=0)

    passed = await runs(shop)
    assert [one["seen"] for one in passed if one["seen"]] == [10]
    assert (await shop.ask(COUNT))["amazonOrders"]["count"]["value"] == 10
    for number in numbers:
        assert notes(await look(shop, number)).count("Invoice created for Amazon marketplace order.") == 1
    assert await shop.shelf(MUG) == {"stock": 100, "reserved": 10, "salable": 90}


async def test_command_outbox_with_retry(shop: Town):
    await shop.stock(MUG)
    shipped, canceled = shop.place(MUG), shop.place(MUG)
    await shop.pass_time()
    shop.amazon.is_cut_off = True
    assert (await shop.ship(shipped))["errors"] == []
    assert (await shop.cancel(canceled))["errors"] == []
    await pass_minutes(shop, 4)
    for number in (shipped, canceled):
        order = await look(shop, number)
        assert [command["state"] for command in order["commands"]] == ["QUEUED"], states(order)
        assert order["status"] == "UNSHIPPED"
    assert await shop.shelf(MUG) == {"stock": 9, "reserved": 1, "salable": 8}

    shop.amazon.is_cut_off = False
    await pass_minutes(shop, 25)
    assert (await shop.at_amazon(shipped))["fulfillmentStatus"] == "SHIPPED"
    assert (await shop.at_amazon(canceled))["fulfillmentStatus"] == "CANCELLED"
    assert len((await shop.at_amazon(shipped))["order"]["packages"]) == 1
    assert len(await shop.feeds_at_amazon()) == 1
    assert states(await look(shop, shipped)) == [("CONFIRM_SHIPMENT", "CONFIRMED")]
    assert states(await look(shop, canceled)) == [("CANCEL", "CONFIRMED")]
    assert await to_do(shop) == []
    assert await shop.shelf(MUG) == {"stock": 9, "reserved": 0, "salable": 9}


async def test_order_notes(shop: Town):
    number = shop.place(LAMP)
    await shop.pass_time()
    blocked = await look(shop, number)
    assert blocked["latestEvent"]["message"] == notes(blocked)[-1]
    assert f'Cannot create sales order: Product "{LAMP}" does not exist' in notes(blocked)
    await shop.stock(LAMP)
    await shop.pass_time()
    assert (await shop.ship(number))["errors"] == []
    await pass_minutes(shop, 12)
    done = await look(shop, number)
    assert done["latestEvent"]["message"] == notes(done)[-1] == "Status updated to completed."
    kinds = [event["kind"] for event in done["events"]["nodes"]]
    in_time = ["SEEN", "BLOCKER_OPENED", "BLOCKER_RESOLVED", "INVOICED", "SHIPPED", "MARKETPLACE_SENT"]
    in_time += ["MARKETPLACE_ACCEPTED", "MARKETPLACE_CONFIRMED", "COMPLETED"]
    assert [kind for kind in kinds if kind in in_time] == in_time
    buyer = (await shop.at_amazon(number))["order"]["recipient"]["deliveryAddress"]
    assert not [note for note in notes(done) if buyer["name"] in note or buyer["addressLine1"] in note]


async def test_order_number_link_targets(shop: Town):
    await shop.stock(MUG)
    numbers = {"COMMERCE_ORDER": shop.place(MUG), "AMAZON_ORDER_DETAILS": shop.place(UNKNOWN_SKU, price=100)}
    await shop.pass_time()
    assert await choose(shop, importEnabled=False) == []
    numbers["SELLER_CENTRAL"] = shop.place(MUG)
    await shop.pass_time()
    seen = {target: await look(shop, number) for target, number in numbers.items()}
    assert await choose(shop, importEnabled=True) == []
    assert {target: order["defaultTarget"] for target, order in seen.items()} == {
        "COMMERCE_ORDER": "COMMERCE_ORDER",
        "AMAZON_ORDER_DETAILS": "SELLER_CENTRAL",  # nothing is imported now
        "SELLER_CENTRAL": "SELLER_CENTRAL",
    }
    await shop.pass_time()
    unmatched = await look(shop, numbers["AMAZON_ORDER_DETAILS"])
    assert unmatched["defaultTarget"] == "AMAZON_ORDER_DETAILS"
    for order in seen.values():
        assert order["sellerCentralUrl"].endswith(f"/orders-v3/order/{order['amazonOrderId']}")
    (blocker,) = (await look(shop, numbers["AMAZON_ORDER_DETAILS"]))["blockers"]
    assert (await apply(shop, blocker["id"], "CREATE_PRODUCT"))["errors"] == []
    assert (await look(shop, numbers["AMAZON_ORDER_DETAILS"]))["defaultTarget"] == "COMMERCE_ORDER"
