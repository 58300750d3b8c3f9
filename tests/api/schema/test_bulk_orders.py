import itertools
from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonItem, AmazonOrder, Command
from domain.commerce.records import CommerceOrder, Shipment
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, shelf

RESULTS = """{ succeeded failed errors { code message path }
  results { index order { displayStatus commerceOrder { state } }
    errors { __typename code message path ... on ActionNotAllowedError { action } } } }"""
SHIP = f"mutation ($i: BulkShipInput!) {{ done: bulkShipOrders(input: $i) {RESULTS} }}"
HOLD = f"mutation ($i: BulkHoldInput!) {{ done: bulkHoldOrders(input: $i) {RESULTS} }}"
UNHOLD = f"mutation ($i: BulkUnholdInput!) {{ done: bulkUnholdOrders(input: $i) {RESULTS} }}"
KEYS = itertools.count()

Orders = list[AmazonOrder]


@pytest.fixture
async def orders(stage: Stage) -> Orders:
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
    return [await stage.arrive(item("MUG", 2), item("CUP")) for _ in range(3)]


def sent(order: AmazonOrder, **more: Any) -> dict[str, Any]:
    given = {"orderId": id_of(order), "carrierCode": "DHL", "trackingNumber": "JD1", "idempotencyKey": f"s{order.id}"}
    return given | more


def chosen(*orders: AmazonOrder) -> list[dict[str, Any]]:
    return [{"orderId": id_of(order)} for order in orders]


async def done(client: Client, mutation: str, orders: Any, **more: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await client.ask(mutation, i={"orders": orders} | more))["done"]
    return payload


def refusals(payload: dict[str, Any]) -> list[list[tuple[str, list[str]]]]:
    return [[(error["code"], error["path"]) for error in result["errors"]] for result in payload["results"]]


def states(payload: dict[str, Any]) -> list[str]:
    return [result["order"]["commerceOrder"]["state"] for result in payload["results"]]


async def written() -> tuple[int, ...]:
    return (await Command.all().count(), await Shipment.all().count(), await Event.all().count())


async def test_each_shipment_has_its_own_answer_at_its_place(client: Client, stage: Stage, orders: Orders) -> None:
    mugs = id_of(await AmazonItem.get(order_id=orders[1].id, seller_sku="MUG"))
    parcel = {"carrierCode": "DHL", "trackingNumber": "JD2"}
    rows = [
        sent(orders[0]),
        sent(orders[1], lines=[{"itemId": mugs, "quantity": 1}], packages=[parcel | {"lines": []}]),
        sent(orders[2], packages=[parcel | {"lines": [{"itemId": "x", "quantity": 1}]}]),
        sent(orders[0], idempotencyKey="again"),
        sent(orders[1], orderId="nonsense"),
    ]
    payload = await done(client, SHIP, rows)

    row = ["input", "orders"]
    assert refusals(payload) == [
        [],
        [("REQUIRED", [*row, "1", "packages", "0", "lines"])],
        [("INVALID", [*row, "2", "packages", "0", "lines", "0", "itemId"])],
        [("INVALID", [*row, "3", "orderId"])],
        [("INVALID", [*row, "4", "orderId"])],
    ]
    assert (payload["succeeded"], payload["failed"], payload["errors"]) == (1, 4, [])
    assert (await written())[:2] == (1, 1)
    assert await shelf("MUG") == (7, 4)
    assert client.woken == [1]

    again = await done(client, SHIP, [sent(orders[0]), sent(orders[1])])
    assert (again["succeeded"], (await written())[:2]) == (2, (2, 2))
    other = await done(client, SHIP, [sent(orders[0], trackingNumber="JD3")])
    assert refusals(other) == [[("IDEMPOTENCY_KEY_REUSED", [*row, "0", "idempotencyKey"])]]
    late = await done(client, SHIP, [sent(orders[0], idempotencyKey="new")])
    assert late["results"][0]["errors"][0]["action"] == "SHIP"
    stale = await done(client, SHIP, [sent(orders[2], expectedVersion=99)])
    assert refusals(stale) == [[("STALE_VERSION", [*row, "0", "expectedVersion"])]]


async def test_a_dry_run_says_what_would_be_refused_and_writes_nothing(client: Client, orders: Orders) -> None:
    before = await written()
    rows = [sent(orders[0]), sent(orders[1], trackingNumber=" ")]
    payload = await done(client, SHIP, rows, dryRun=True)
    assert refusals(payload) == [[], [("REQUIRED", ["input", "orders", "1", "trackingNumber"])]]
    held = await done(client, HOLD, chosen(*orders), reason="FRAUD", dryRun=True)
    assert (held["succeeded"], held["failed"]) == (3, 0)
    assert states(held) == ["PROCESSING"] * 3
    assert (await written(), await shelf("MUG"), client.woken) == (before, (9, 6), [])


async def test_all_or_nothing_leaves_nothing_if_one_row_is_refused(client: Client, orders: Orders) -> None:
    before = await written()
    rows = [sent(orders[0]), sent(orders[1]), sent(orders[2], carrierCode="")]
    payload = await done(client, SHIP, rows, errorPolicy="REJECT_EVERYTHING")
    assert (payload["succeeded"], payload["failed"]) == (0, 3)
    assert [error["message"] for error in payload["errors"]] == ["1 of 3 rows are refused, so nothing was done."]
    assert [result["errors"][0]["message"] for result in payload["results"]][:2] == [
        "Not done, as other rows are refused."
    ] * 2
    unread = await done(client, SHIP, [sent(orders[0]), sent(orders[1], orderId="x")], errorPolicy="REJECT_EVERYTHING")
    assert (unread["succeeded"], unread["failed"]) == (0, 2)
    assert (await written(), await shelf("MUG")) == (before, (9, 6))

    payload = await done(client, SHIP, rows[:2], errorPolicy="REJECT_EVERYTHING")
    assert (payload["succeeded"], payload["errors"], (await written())[:2]) == (2, [], (2, 2))


async def test_orders_are_held_and_let_go_and_those_that_cannot_be_are_told(
    client: Client, stage: Stage, orders: Orders
) -> None:
    unknown = await stage.arrive(item("NEW"))
    payload = await done(client, HOLD, chosen(*orders[:2], unknown), reason="ADDRESS", note="Which flat?")
    assert (payload["succeeded"], payload["failed"]) == (2, 1)
    assert refusals(payload)[2][0][0] == "ACTION_NOT_ALLOWED"
    assert states(payload | {"results": payload["results"][:2]}) == ["ON_HOLD"] * 2
    again = await done(client, HOLD, chosen(*orders), reason="ADDRESS")
    assert [len(errors) for errors in refusals(again)] == [1, 1, 0]
    assert again["results"][0]["errors"][0]["message"] == "A hold action is not available."
    refused = await done(client, SHIP, [sent(orders[0])])
    assert refused["failed"] == 1

    stale = [{"orderId": id_of(orders[0]), "expectedVersion": 1}, *chosen(orders[1])]
    payload = await done(client, UNHOLD, stale)
    assert refusals(payload) == [[("STALE_VERSION", ["input", "orders", "0", "expectedVersion"])], []]
    assert states(payload) == ["ON_HOLD", "PROCESSING"]
    assert await CommerceOrder.filter(state="ON_HOLD").count() == 2
    none = await done(client, UNHOLD, chosen(orders[1]))
    assert none["results"][0]["errors"][0]["message"] == "You cannot remove the hold."


async def test_what_is_wrong_for_all_rows_is_told_of_each(client: Client, orders: Orders) -> None:
    payload = await done(client, HOLD, chosen(*orders), reason="OTHER", until="2020-01-01T00:00:00Z")
    assert refusals(payload) == [[("INVALID", ["input", "orders", str(at)])] for at in range(3)]
    payload = await done(client, UNHOLD, [], note="x")
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("REQUIRED", ["input", "orders"])]
    payload = await done(client, HOLD, chosen(orders[0]) * 501, reason="OTHER")
    assert [error["code"] for error in payload["errors"]] == ["LIMIT_EXCEEDED"]
