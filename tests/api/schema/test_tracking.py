from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder, Command
from domain.commerce.records import Package
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, items_of

ERRORS = """errors { __typename code message path ... on ActionNotAllowedError { action currentStatus }
  ... on StaleVersionError { expectedVersion actualVersion } }"""
PARCEL = """package { id reference carrierCode carrierName trackingNumber trackingUrl
  lines { quantity item { sellerSku } } command { kind state } }"""
CORRECT = f"""mutation ($i: CorrectTrackInput!) {{ correctTrack(input: $i) {{
  order {{ version latestEvent {{ kind message }} commands {{ kind state }} }} {PARCEL} {ERRORS} }} }}"""
ADD = f"mutation ($i: AddTrackInput!) {{ addTrack(input: $i) {{ order {{ version }} {PARCEL} {ERRORS} }} }}"
CARRIERS = "{ carriers { code title amazonCode needsName isTrackingRequired trackingPage } }"
SHIP = """mutation ($i: ShipOrderInput!) { shipOrder(input: $i) {
  shipment { comments { text } } errors { code message path } } }"""


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500))


def given(order: AmazonOrder, **more: Any) -> dict[str, Any]:
    return {"orderId": id_of(order), "carrierCode": "ups", "trackingNumber": "1Z", "idempotencyKey": "k"} | more


async def corrected(client: Client, asked: dict[str, Any]) -> Any:
    return (await client.ask(CORRECT, i=asked))["correctTrack"]


async def test_the_carriers_to_choose_from(client: Client) -> None:
    shown = (await client.ask(CARRIERS))["carriers"]
    assert [one["code"] for one in shown][:5] == ["custom", "dhl", "fedex", "ups", "usps"]
    assert shown[2] == {
        "code": "fedex",
        "title": "Federal Express",
        "amazonCode": "FedEx",
        "needsName": False,
        "isTrackingRequired": True,
        "trackingPage": "https://www.fedex.com/fedextrack/?trknbr={number}",
    }
    assert [one["code"] for one in shown if one["needsName"]] == ["custom"]


async def test_a_corrected_number_is_shown_with_its_link_and_its_message(
    client: Client, stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order)
    payload = await corrected(client, given(order))
    assert payload["errors"] == []
    shown = payload["package"]
    assert (shown["carrierCode"], shown["trackingNumber"]) == ("UPS", "1Z")
    assert shown["trackingUrl"] == "https://www.ups.com/track?tracknum=1Z"
    assert shown["command"] == {"kind": "CONFIRM_SHIPMENT", "state": "QUEUED"}
    assert payload["order"]["latestEvent"] == {
        "kind": "TRACK_CHANGED",
        "message": "Package 7000 travels with UPS 1Z, not with DHL JD0001.",
    }
    assert client.woken == [1]

    await Command.all().update(state="ACCEPTED")
    again = await corrected(client, given(order, carrierCode="gls", packageId=shown["id"], idempotencyKey="k2"))
    assert again["package"]["command"] == {"kind": "UPDATE_TRACKING", "state": "QUEUED"}
    assert again["package"]["trackingUrl"] is None
    assert [one["kind"] for one in again["order"]["commands"]] == ["CONFIRM_SHIPMENT", "UPDATE_TRACKING"]


async def test_a_further_parcel_is_shown_with_what_it_holds(client: Client, stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    mug, _ = await items_of(order)
    asked = given(order, lines=[{"itemId": id_of(mug), "quantity": 2}])
    payload = (await client.ask(ADD, i=asked))["addTrack"]
    assert payload["errors"] == []
    assert payload["package"]["lines"] == [{"quantity": 2, "item": {"sellerSku": "MUG"}}]
    assert (await client.ask(ADD, i=asked))["addTrack"]["package"]["id"] == payload["package"]["id"]

    too_many = given(order, lines=[{"itemId": id_of(mug), "quantity": 2}], packageId=payload["package"]["id"])
    (error,) = (await client.ask(ADD, i=too_many | {"idempotencyKey": "k2"}))["addTrack"]["errors"]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "lines"])
    (error,) = (await client.ask(ADD, i=asked | {"idempotencyKey": "k3"}))["addTrack"]["errors"]
    assert (error["code"], error["path"]) == ("REQUIRED", ["input", "packageId"])


async def test_refusals_come_back_typed_and_change_nothing(client: Client, stage: Stage, order: AmazonOrder) -> None:
    (error,) = (await corrected(client, given(order)))["errors"]
    assert (error["code"], error["path"], error["action"]) == ("ACTION_NOT_ALLOWED", ["input", "orderId"], "TRACK")
    await stage.ship(order)
    sent = await Package.get()
    version = (await AmazonOrder.get()).version
    for wrong, code, path in (
        ({"orderId": "AmazonOrder:1:999"}, None, "orderId"),
        ({"packageId": id_of(order)}, "INVALID", "packageId"),
        ({"expectedVersion": version - 1}, "STALE_VERSION", "expectedVersion"),
        ({"trackingNumber": " "}, "REQUIRED", "trackingNumber"),
        ({"carrierCode": "other"}, "REQUIRED", "carrierName"),
        ({"idempotencyKey": " "}, "REQUIRED", "idempotencyKey"),
    ):
        (error,) = (await corrected(client, given(order, **wrong)))["errors"]
        assert error["path"] == ["input", path]
        assert code in (None, error["code"])
    assert (await Package.get()).tracking_number == sent.tracking_number
    assert (await AmazonOrder.get()).version == version


async def test_a_shipment_takes_a_comment_and_refuses_a_copy_that_amazon_sends_itself(
    client: Client, stage: Stage, order: AmazonOrder
) -> None:
    payload = (await client.ask(SHIP, i=given(order, notify=True)))["shipOrder"]
    assert [one["path"] for one in payload["errors"]] == [["input", "notify"]]
    payload = (await client.ask(SHIP, i=given(order, comment="Fragile.")))["shipOrder"]
    assert payload == {"shipment": {"comments": [{"text": "Fragile."}]}, "errors": []}


async def test_many_shipments_take_their_comments(client: Client, stage: Stage, order: AmazonOrder) -> None:
    other = await stage.arrive(item("MUG"))
    rows = [given(order, comment="One."), given(other, comment="Two.", idempotencyKey="k2")]
    bulk = "mutation ($i: BulkShipInput!) { bulkShipOrders(input: $i) { results { errors { message } } } }"
    answer = await client.ask(bulk, i={"orders": rows})
    assert [one["errors"] for one in answer["bulkShipOrders"]["results"]] == [[], []]
    nodes = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on AmazonOrder {
      commerceOrder { shipments { comments { text } } } } } }"""
    shown = (await client.ask(nodes, ids=[id_of(order), id_of(other)]))["nodes"]
    said = [one["commerceOrder"]["shipments"][0]["comments"][0]["text"] for one in shown]
    assert said == ["One.", "Two."]
