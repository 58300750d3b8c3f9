from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Product
from tests.api.schema.asking import Client
from tests.domain.channel.sources import lying, put, source
from tests.domain.channel.stage import Stage, item, items_of

ERRORS = """errors { __typename code message path
  ... on InsufficientStockError { requested available product { sku } } }"""
SAVE = f"""mutation ($i: SourceInput!) {{ saveSource(input: $i) {{ affected {{ value }} {ERRORS}
  source {{ code name country enabled priority isDefault }} }} }}"""
ORDER = f"mutation ($c: [String!]!) {{ orderSources(codes: $c) {{ sources {{ code priority }} {ERRORS} }} }}"
PRODUCT = """product { sku stock reserved salable at: stock(source: "berlin") default: stock(source: "default")
  none: stock(source: "dover") stockBySource { source { code } physical }
  moves(first: 3) { nodes { reason onHand source { code } } } }"""
RESTOCK = f"mutation ($i: RestockInput!) {{ restockProduct(input: $i) {{ {PRODUCT} {ERRORS} }} }}"
TRANSFER = f"mutation ($i: TransferInput!) {{ transferStock(input: $i) {{ affected {{ value }} {PRODUCT} {ERRORS} }} }}"
PROPOSAL = f"""query ($i: ShipmentProposalInput!) {{ shipmentProposal(input: $i) {{ {ERRORS}
  lines {{ item {{ sellerSku }} quantity sources {{ source {{ code }} quantity }} }} }} }}"""
SHIP = f"""mutation ($i: ShipOrderInput!) {{ shipOrder(input: $i) {{ {ERRORS}
  order {{ items {{ takenFrom {{ source {{ code }} quantity }} }} }} }} }}"""
REFUND = f"""mutation ($i: RefundOrderInput!) {{ refundOrder(input: $i) {{ {ERRORS}
  order {{ items {{ takenFrom {{ source {{ code }} quantity }} }} }} }} }}"""


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Let an order of 4 mugs arrive, of which 2 lie at the default source and 3 in Berlin."""
    await stage.products({"sku": "MUG", "quantity": "2"})
    await source(stage, "berlin", name="Berlin", country="DE")
    await put(stage, "berlin", 3)
    return await stage.arrive(item("MUG", 4))


async def mug() -> str:
    return id_of(await Product.get(sku="MUG"))


def brief(places: list[dict[str, Any]], number: str = "quantity") -> dict[str, int]:
    return {one["source"]["code"]: one[number] for one in places}


async def test_one_source_is_there_and_others_are_made_and_put_in_order(client: Client) -> None:
    listed = "{ sources { code name country enabled priority isDefault } }"
    default = {
        "code": "default", "name": "Default source", "country": None, "enabled": True, "priority": 1, "isDefault": True,
    }  # fmt: skip
    assert (await client.ask(listed))["sources"] == [default]
    made = (await client.ask(SAVE, i={"code": "berlin", "name": "Berlin", "country": "de"}))["saveSource"]
    berlin = default | {"code": "berlin", "name": "Berlin", "country": "DE", "priority": 2, "isDefault": False}
    assert made == {"source": berlin, "errors": [], "affected": {"value": 0}}
    again = (await client.ask(SAVE, i={"code": "berlin", "enabled": False, "country": ""}))["saveSource"]
    assert again["source"] == berlin | {"enabled": False, "country": None}
    ordered = (await client.ask(ORDER, c=["berlin", "default"]))["orderSources"]
    assert ordered["sources"] == [{"code": "berlin", "priority": 1}, {"code": "default", "priority": 2}]
    assert [one["code"] for one in (await client.ask(listed))["sources"]] == ["berlin", "default"]


async def test_what_cannot_be_done_with_a_source_is_refused(client: Client, order: AmazonOrder) -> None:
    (error,) = (await client.ask(SAVE, i={"code": "default", "enabled": False}))["saveSource"]["errors"]
    assert (error["code"], error["path"]) == ("ACTION_NOT_ALLOWED", ["input", "enabled"])
    (error,) = (await client.ask(SAVE, i={"code": "berlin", "enabled": False}))["saveSource"]["errors"]
    assert (error["__typename"], error["path"]) == ("InsufficientStockError", ["input", "enabled"])
    assert (error["requested"], error["available"], error["product"]) == (3, 1, {"sku": "MUG"})
    (error,) = (await client.ask(ORDER, c=["berlin"]))["orderSources"]["errors"]
    assert (error["code"], error["message"]) == ("REQUIRED", "Name every source; missing: default.")


async def test_goods_are_counted_and_carried_between_sources(client: Client, order: AmazonOrder) -> None:
    given = {"productId": await mug(), "change": {"set": 5}, "source": "berlin", "idempotencyKey": "a"}
    for _ in range(2):
        shown = (await client.ask(RESTOCK, i=given))["restockProduct"]["product"]
        assert (shown["stock"], shown["reserved"], shown["salable"]) == (7, 4, 3)
        assert (shown["at"], shown["default"], shown["none"]) == (5, 2, 0)
        assert brief(shown["stockBySource"], "physical") == {"default": 2, "berlin": 5}
    assert shown["moves"]["nodes"] == [
        {"reason": "COUNTED", "onHand": 2, "source": {"code": "berlin"}},
        {"reason": "RESERVED", "onHand": 0, "source": None},
        {"reason": "COUNTED", "onHand": 3, "source": {"code": "berlin"}},
    ]
    (error,) = (await client.ask(RESTOCK, i=given | {"source": "default"}))["restockProduct"]["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"

    carried = {"productId": await mug(), "quantity": 2, "fromSource": "berlin", "toSource": "default"}
    shown = (await client.ask(TRANSFER, i=carried | {"idempotencyKey": "b"}))["transferStock"]["product"]
    assert brief(shown["stockBySource"], "physical") == {"default": 4, "berlin": 3}
    (error,) = (await client.ask(TRANSFER, i=carried | {"quantity": 9, "idempotencyKey": "c"}))["transferStock"][
        "errors"
    ]
    assert (error["message"], error["path"]) == (
        "9 of MUG wanted from the source berlin, 3 are there.",
        ["input", "quantity"],
    )
    (error,) = (await client.ask(RESTOCK, i=given | {"source": "dover", "idempotencyKey": "d"}))["restockProduct"][
        "errors"
    ]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "source"])


async def test_a_shipment_leaves_from_where_it_is_proposed_or_chosen(client: Client, order: AmazonOrder) -> None:
    (row,) = await items_of(order)
    proposal = (await client.ask(PROPOSAL, i={"orderId": id_of(order)}))["shipmentProposal"]
    (line,) = proposal["lines"]
    assert (line["item"], line["quantity"], brief(line["sources"])) == (
        {"sellerSku": "MUG"},
        4,
        {"default": 2, "berlin": 2},
    )
    chosen = {"sources": [{"itemId": id_of(row), "source": "berlin", "quantity": 3}]}
    (line,) = (await client.ask(PROPOSAL, i={"orderId": id_of(order)} | chosen))["shipmentProposal"]["lines"]
    assert brief(line["sources"]) == {"berlin": 3, "default": 1}

    parcel = {"orderId": id_of(order), "carrierCode": "ups", "trackingNumber": "1Z", "idempotencyKey": "k"}
    wrong = {"sources": [{"itemId": id_of(row), "source": "berlin", "quantity": 4}]}
    asked = (await client.ask(PROPOSAL, i={"orderId": id_of(order)} | wrong))["shipmentProposal"]
    refused = (await client.ask(SHIP, i=parcel | wrong))["shipOrder"]
    assert asked["lines"] == []
    assert asked["errors"] == refused["errors"]
    assert refused["errors"][0]["path"] == ["input", "sources", "0", "quantity"]

    done = (await client.ask(SHIP, i=parcel | chosen))["shipOrder"]
    assert done["errors"] == []
    assert [brief(one["takenFrom"]) for one in done["order"]["items"]] == [{"berlin": 3, "default": 1}]
    back = {"orderId": id_of(order), "reason": "BUYER_RETURN", "restock": True, "idempotencyKey": "r"}
    lines = [{"itemId": id_of(row), "quantity": 2, "restockSource": "berlin"}]
    returned = (await client.ask(REFUND, i=back | {"lines": lines}))["refundOrder"]
    assert [brief(one["takenFrom"]) for one in returned["order"]["items"]] == [{"berlin": 1, "default": 1}]
    (error,) = (await client.ask(REFUND, i=back | {"restockSource": "dover", "idempotencyKey": "s"}))["refundOrder"][
        "errors"
    ]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "restockSource"])

    proposal = (await client.ask(PROPOSAL, i={"orderId": id_of(order)}))["shipmentProposal"]
    assert [error["code"] for error in proposal["errors"]] == ["ACTION_NOT_ALLOWED"]
    unknown = id_of(AmazonOrder(id=99, account_id=order.account_id))
    assert (await client.ask(PROPOSAL, i={"orderId": unknown}))["shipmentProposal"] is None


async def test_many_shipments_leave_from_where_each_says(client: Client, stage: Stage, order: AmazonOrder) -> None:
    await put(stage, "berlin", 9)
    other = await stage.arrive(item("MUG", 2))
    rows = [
        {
            "orderId": id_of(one),
            "carrierCode": "ups",
            "trackingNumber": "1Z",
            "idempotencyKey": f"k{one.id}",
            "sources": [{"itemId": id_of((await items_of(one))[0]), "source": code, "quantity": 2}],
        }
        for one, code in ((order, "dover"), (other, "berlin"))
    ]
    bulk = "mutation ($i: BulkShipInput!) { bulkShipOrders(input: $i) { succeeded results { errors { path code } } } }"
    answer = (await client.ask(bulk, i={"orders": rows}))["bulkShipOrders"]
    assert answer["succeeded"] == 1
    (error,) = answer["results"][0]["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "orders", "0", "sources", "0", "source"])
    assert await lying() == {"default": 2, "berlin": 7}
