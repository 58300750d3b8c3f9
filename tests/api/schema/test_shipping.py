from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonItem, AmazonOrder, Command
from domain.commerce.records import Shipment
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, items_of, shelf

SHIP = """mutation ($i: ShipOrderInput!) { shipOrder(input: $i) {
  order { amazonOrderId version displayStatus latestEvent { kind }
    commands { kind state attempts lastError { message } }
    actions { kind allowed reasons { __typename code message path
      ... on ActionNotAllowedError { action currentStatus } } }
    commerceOrder { lines { quantityShipped } } items { product { stock reserved } } }
  shipment { number shippedAt lines { quantity item { sellerSku } amount { amount } }
    packages { reference carrierCode carrierName trackingNumber lines { quantity item { sellerSku } }
      command { kind state nextAttemptAt confirmedAt } } }
  errors { __typename code message path retryable
    ... on ActionNotAllowedError { action currentStatus }
    ... on StaleVersionError { expectedVersion actualVersion } } } }"""


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500))


def parcel(order: AmazonOrder, **given: Any) -> dict[str, Any]:
    return {"orderId": id_of(order), "carrierCode": "ups", "trackingNumber": "1Z", "idempotencyKey": "k"} | given


async def refusals(client: Client, given: dict[str, Any]) -> Any:
    payload = (await client.ask(SHIP, i=given))["shipOrder"]
    known = await AmazonOrder.get()
    shown = {"amazonOrderId": known.number, "version": known.version}
    assert payload["shipment"] is None
    assert payload["order"] is None if given["orderId"] != id_of(known) else payload["order"].items() >= shown.items()
    return payload["errors"]


async def test_shipping_the_rest_shows_the_committed_state(client: Client, stage: Stage, order: AmazonOrder) -> None:
    payload = (await client.ask(SHIP, i=parcel(order)))["shipOrder"]

    assert payload["errors"] == []
    shipment = payload["shipment"]
    assert shipment["shippedAt"] == "2026-03-02T09:00:00.000Z"
    assert [(line["quantity"], line["item"]["sellerSku"]) for line in shipment["lines"]] == [(3, "MUG"), (1, "CUP")]
    (package,) = shipment["packages"]
    assert (package["reference"], package["carrierCode"], package["trackingNumber"]) == ("900", "UPS", "1Z")
    assert package["command"] == {
        "kind": "CONFIRM_SHIPMENT",
        "state": "QUEUED",
        "nextAttemptAt": "2026-03-02T09:00:00.000Z",
        "confirmedAt": None,
    }
    shown = payload["order"]
    assert shown["version"] > order.version
    assert (shown["displayStatus"], shown["latestEvent"]) == ("UNSHIPPED", {"kind": "SHIPPED"})
    assert shown["commands"] == [{"kind": "CONFIRM_SHIPMENT", "state": "QUEUED", "attempts": 0, "lastError": None}]
    assert shown["commerceOrder"]["lines"] == [{"quantityShipped": 3}, {"quantityShipped": 1}]
    assert [bought["product"] for bought in shown["items"]] == [
        {"stock": 2, "reserved": 0},
        {"stock": 4, "reserved": 0},
    ]
    assert client.woken == [1]


async def test_after_a_mutation_of_the_same_request_nothing_old_is_shown(client: Client, order: AmazonOrder) -> None:
    two = SHIP.replace("mutation ($i", "mutation ($id: ID!, $i").replace(
        "shipOrder(input: $i) {",
        "first: retryImport(orderIds: [$id]) { results { order { version } } } shipOrder(input: $i) {",
        1,
    )

    answer = await client.ask(two, id=id_of(order), i=parcel(order))

    assert answer["first"]["results"][0]["order"]["version"] == order.version
    assert answer["shipOrder"]["order"]["version"] > order.version


async def test_several_parcels_leave_as_one_shipment(client: Client, stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    given = parcel(
        order,
        lines=[{"itemId": id_of(mug), "quantity": 2}],
        packages=[{"lines": [{"itemId": id_of(cup), "quantity": 1}], "carrierCode": "Hermes", "trackingNumber": "H1"}],
        shippedAt="2026-03-02T10:00:00+01:00",
        expectedVersion=order.version,
    )

    shipment = (await client.ask(SHIP, i=given))["shipOrder"]["shipment"]

    assert [
        (package["trackingNumber"], package["carrierCode"], package["carrierName"], package["lines"][0]["quantity"])
        for package in shipment["packages"]
    ] == [("1Z", "UPS", None, 2), ("H1", "Other", "Hermes", 1)]
    assert await Command.all().count() == 2
    assert await shelf("MUG") == (3, 1)


async def test_the_same_key_ships_once_and_answers_the_same(client: Client, order: AmazonOrder) -> None:
    first = (await client.ask(SHIP, i=parcel(order)))["shipOrder"]
    second = (await client.ask(SHIP, i=parcel(order)))["shipOrder"]

    assert first["shipment"] == second["shipment"]
    assert await Shipment.all().count() == 1


async def test_the_same_key_with_another_input_is_refused(client: Client, order: AmazonOrder) -> None:
    await client.ask(SHIP, i=parcel(order))

    (error,) = await refusals(client, parcel(order, trackingNumber="2Z"))

    assert (error["__typename"], error["code"]) == ("InputError", "IDEMPOTENCY_KEY_REUSED")


async def test_an_outdated_version_is_refused_with_the_actual_one(client: Client, order: AmazonOrder) -> None:
    (error,) = await refusals(client, parcel(order, expectedVersion=order.version + 7))

    assert (error["__typename"], error["code"]) == ("StaleVersionError", "STALE_VERSION")
    assert (error["expectedVersion"], error["actualVersion"]) == (order.version + 7, order.version)


async def test_why_shipping_is_not_allowed_is_the_same_in_actions_and_in_the_answer(
    client: Client, stage: Stage
) -> None:
    blocked = await stage.arrive(item("NEW", 1))
    query = """query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { actions { kind allowed reasons {
      __typename code message path retryable ... on ActionNotAllowedError { action currentStatus } } } } }"""

    (error,) = await refusals(client, parcel(blocked))
    shown = (await client.ask(query, by={"id": id_of(blocked)}))["amazonOrder"]["actions"]

    assert (error["__typename"], error["code"]) == ("ActionNotAllowedError", "ACTION_NOT_ALLOWED")
    assert (error["action"], error["currentStatus"]) == ("SHIP", "UNSHIPPED")
    assert shown[0] == {"kind": "SHIP", "allowed": False, "reasons": [error]}
    assert [one["kind"] for one in shown if one["allowed"]] == ["CANCEL", "RETRY_IMPORT", "CORRECT_ADDRESS"]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"trackingNumber": " "}, "REQUIRED", ["input", "trackingNumber"]),
        ({"carrierCode": ""}, "REQUIRED", ["input", "carrierCode"]),
        ({"idempotencyKey": ""}, "REQUIRED", ["input", "idempotencyKey"]),
        ({"shippedAt": "2027-01-01T00:00:00Z"}, "INVALID", ["input", "shippedAt"]),
        ({"lines": [("MUG", 0)]}, "INVALID", ["input", "lines", "0", "quantity"]),
        ({"lines": [("MUG", 4)]}, "QUANTITY_TOO_LARGE", ["input", "lines", "0", "quantity"]),
        ({"lines": [("MUG", 1), ("MUG", 1)]}, "INVALID", ["input", "lines", "1", "itemId"]),
        ({"lines": [("nobody", 1)]}, "NOT_FOUND", ["input", "lines", "0", "itemId"]),
        ({"lines": [("not an id", 1)]}, "INVALID", ["input", "lines", "0", "itemId"]),
        (
            {"lines": [("CUP", 1)], "packages": [("MUG", 9)]},
            "QUANTITY_TOO_LARGE",
            ["input", "packages", "0", "lines", "0", "quantity"],
        ),
        ({"packages": [("not an id", 9)]}, "INVALID", ["input", "packages", "0", "lines", "0", "itemId"]),
        (
            {"lines": [("MUG", 4)], "packages": [("CUP", 1)]},
            "QUANTITY_TOO_LARGE",
            ["input", "lines", "0", "quantity"],
        ),
        ({"orderId": "not an id"}, "INVALID", ["input", "orderId"]),
        ({"orderId": "QW1hem9uT3JkZXI6MS45OTk="}, "NOT_FOUND", ["input", "orderId"]),
        ({"orderId": "U3RvcmU6MS4x"}, "INVALID", ["input", "orderId"]),
    ],
)
async def test_a_shipment_is_refused_with_the_place_of_the_mistake(
    client: Client, order: AmazonOrder, given: dict[str, Any], code: str, path: list[str]
) -> None:
    mug, cup = await items_of(order)
    ids = {"MUG": id_of(mug), "CUP": id_of(cup), "nobody": id_of(AmazonItem(id=999, account_id=1)), "not an id": "x"}

    def lines(pairs: list[tuple[str, int]]) -> list[dict[str, Any]]:
        return [{"itemId": ids[name], "quantity": quantity} for name, quantity in pairs]

    if "lines" in given:
        given = given | {"lines": lines(given["lines"])}
    if "packages" in given:
        further = {"carrierCode": "ups", "trackingNumber": "2Z", "lines": lines(given["packages"])}
        given = given | {"packages": [further]}

    errors = await refusals(client, parcel(order, **given))

    assert [(error["code"], error["path"]) for error in errors] == [(code, path)]
    assert await Shipment.all().count() == 0
    assert client.woken == []
