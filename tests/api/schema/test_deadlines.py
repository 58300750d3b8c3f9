from datetime import datetime, timedelta
from itertools import chain

from domain.accounts.records import Store
from domain.amazon.records import AmazonOrder
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

WORKLIST = """query($store: ID, $asOf: DateTime, $due: ShipByDue, $first: Int, $after: String) {
  shipByWorklist(storeId: $store, asOf: $asOf) { asOf
    all: count { value } late: count(due: LATE) { value } today: count(due: TODAY) { value }
    tomorrow: count(due: TOMORROW) { value } later: count(due: LATER) { value } none: count(due: NO_DATE) { value }
    orders(due: $due, first: $first, after: $after) {
      nodes { amazonOrderId latestShipAt } pageInfo { hasNextPage endCursor } } } }"""
FIGURES = """query($store: ID, $days: Int) { deliveryFigures(storeId: $store, days: $days) {
  since until due lateShipments latePercent packages validTracking validTrackingPercent orders canceledPercent
  cancellations { reason countsAgainstSeller orders } } }"""
REASONS = "query($order: ID) { cancelReasons(orderId: $order) { reason label countsAgainstSeller because } }"
ORDER_ID = "query($n: String!) { amazonOrder(by: {amazonOrderId: $n}) { id } }"


async def worklist(client: Client, **asked):
    return (await client.ask(WORKLIST, **asked))["shipByWorklist"]


def counts(shown) -> dict[str, int]:
    return {name: shown[name]["value"] for name in ("all", "late", "today", "tomorrow", "later", "none")}


async def due_at(stage: Stage, when: datetime | None, **facts) -> AmazonOrder:
    (order,) = await stage.see(stage.facts(item("MUG"), latest_ship_at=when, **facts))
    return order


async def test_orders_are_due_by_the_marketplaces_days_to_the_millisecond(client: Client):
    stage = client.stage  # 10:00 in Berlin; the day ends at 23:00 by UTC
    tick = timedelta(milliseconds=1)
    midnight = stage.now.replace(hour=23)
    expected: dict[str, list[datetime | None]] = {
        "LATE": [stage.now - tick],
        "TODAY": [stage.now, midnight - tick],
        "TOMORROW": [midnight, midnight + timedelta(days=1) - tick],
        "LATER": [midnight + timedelta(days=1)],
        "NO_DATE": [None],
    }
    numbers = {due: [(await due_at(stage, when)).number for when in times] for due, times in expected.items()}
    shown = await worklist(client)
    assert counts(shown) == {"all": 7, "late": 1, "today": 2, "tomorrow": 2, "later": 1, "none": 1}
    for due, listed in numbers.items():
        nodes = (await worklist(client, due=due))["orders"]["nodes"]
        assert [node["amazonOrderId"] for node in nodes] == listed, due
    assert [node["amazonOrderId"] for node in shown["orders"]["nodes"]] == [*chain(*numbers.values())]


async def test_a_deadline_late_in_the_evening_of_another_country_is_today_there(client: Client):
    stage = client.stage
    await Store.filter(id=stage.store.id).update(country_code="US")
    await due_at(stage, datetime.fromisoformat("2026-03-03T07:59:59Z"))  # 23:59:59 in Los Angeles
    assert counts(await worklist(client))["today"] == 1


async def test_only_what_the_seller_still_has_to_ship_is_listed(client: Client):
    stage, soon = client.stage, client.stage.now + timedelta(hours=3)
    await stage.products({"sku": "MUG", "quantity": "9"})
    for facts in (
        {"status": "SHIPPED"},
        {"status": "PENDING"},
        {"status": "CANCELED"},
        {"fulfillment_channel": "AMAZON"},
    ):
        await due_at(stage, soon, **facts)
    canceled = await stage.arrive(item("MUG"), latest_ship_at=soon)
    await stage.cancel(canceled)
    left_here = await stage.arrive(item("MUG"), latest_ship_at=soon)
    await stage.ship(left_here)
    partly = await stage.arrive(item("MUG", 2), latest_ship_at=soon, status="PARTIALLY_SHIPPED")
    assert [node["amazonOrderId"] for node in (await worklist(client))["orders"]["nodes"]] == [partly.number]


async def test_one_reads_on_as_of_the_same_instant(client: Client):
    stage = client.stage
    numbers = [(await due_at(stage, stage.now - timedelta(hours=hours))).number for hours in (3, 2, 1)]
    first = await worklist(client, due="LATE", first=2)
    stage.later(minutes=5)
    place = {"after": first["orders"]["pageInfo"]["endCursor"], "due": "LATE", "asOf": first["asOf"]}
    second = await worklist(client, **place)
    shown = first["orders"]["nodes"] + second["orders"]["nodes"]
    assert [node["amazonOrderId"] for node in shown] == numbers
    assert not second["orders"]["pageInfo"]["hasNextPage"]


async def test_a_store_is_chosen_by_its_id(client: Client):
    await due_at(client.stage, client.stage.now + timedelta(hours=1))
    store_id = (await client.ask("{ stores { id } }"))["stores"][0]["id"]
    assert counts(await worklist(client, store=store_id))["all"] == 1
    unknown = "U3RvcmU6MS45OTk="  # Store:1.999
    assert counts(await worklist(client, store=unknown))["all"] == 0
    assert (await client.refused(WORKLIST, store="nonsense"))["code"] == "BAD_USER_INPUT"


async def test_figures_come_for_as_many_days_as_asked(client: Client):
    stage = client.stage
    await stage.products({"sku": "MUG", "quantity": "9"})
    order = await stage.arrive(item("MUG"))
    await stage.cancel(order)
    stage.later(days=3)
    found = (await client.ask(FIGURES))["deliveryFigures"]
    assert found["cancellations"] == [{"reason": "NO_INVENTORY", "countsAgainstSeller": "YES", "orders": 1}]
    assert (found["due"], found["lateShipments"], found["latePercent"]) == (1, 1, "100.00")
    assert (found["orders"], found["canceledPercent"], found["validTrackingPercent"]) == (1, "100.00", None)
    assert (await client.ask(FIGURES, days=1))["deliveryFigures"]["orders"] == 0
    for days in (0, 91, -1):
        assert (await client.refused(FIGURES, days=days))["message"] == "`days` is from 1 to 90."


async def test_reasons_say_what_they_mean_before_the_click(client: Client):
    stage = client.stage
    reasons = {one["reason"]: one for one in (await client.ask(REASONS))["cancelReasons"]}
    assert len(reasons) == 11
    assert reasons["NO_INVENTORY"]["label"] == "No inventory"
    assert reasons["NO_INVENTORY"]["countsAgainstSeller"] == "YES"
    assert reasons["BUYER_CANCELED"]["countsAgainstSeller"] == "UNKNOWN"
    order = await due_at(stage, stage.now)
    order_id = (await client.ask(ORDER_ID, n=order.number))["amazonOrder"]["id"]
    before = {one["reason"]: one for one in (await client.ask(REASONS, order=order_id))["cancelReasons"]}
    assert before["BUYER_CANCELED"]["countsAgainstSeller"] == "UNKNOWN"
    await AmazonOrder.filter(id=order.id).update(cancel_requested_at=stage.now)
    after = {one["reason"]: one for one in (await client.ask(REASONS, order=order_id))["cancelReasons"]}
    assert after["BUYER_CANCELED"]["countsAgainstSeller"] == "NO"
    assert (await client.refused(REASONS, order="QW1hem9uT3JkZXI6MS45OTk="))["code"] == "BAD_USER_INPUT"
