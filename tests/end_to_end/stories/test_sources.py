"""One shop, two warehouses: where goods lie, where they leave from, and where they come back to."""

from typing import Any

from tests.end_to_end.stories.asking import FAILURE, MUG, look
from tests.end_to_end.stories.test_pushed_stock import offered, push
from tests.end_to_end.town import Town

SAVE = f"mutation($input: SourceInput!) {{ saveSource(input: $input) {{ source {{ code enabled }} {FAILURE} }} }}"
PREFER = f"mutation($codes: [String!]!) {{ orderSources(codes: $codes) {{ sources {{ code }} {FAILURE} }} }}"
RESTOCK = f"mutation($input: RestockInput!) {{ restockProduct(input: $input) {{ affected {{ value }} {FAILURE} }} }}"
TRANSFER = f"mutation($input: TransferInput!) {{ transferStock(input: $input) {{ {FAILURE} }} }}"
SHELF = """query($sku: String!) { products(first: 1, search: $sku) { nodes { id stock reserved salable
  stockBySource { source { code } physical } } } }"""
PROPOSAL = f"""query($input: ShipmentProposalInput!) {{ shipmentProposal(input: $input) {{ {FAILURE}
  lines {{ quantity item {{ id }} sources {{ source {{ code }} quantity }} }} }} }}"""
SHIP = f"""mutation($input: ShipOrderInput!) {{ shipOrder(input: $input) {{ {FAILURE}
  shipment {{ packages {{ trackingNumber }} }}
  order {{ items {{ takenFrom {{ source {{ code }} quantity }} }} }} }} }}"""
REFUND = (
    f"mutation($input: RefundOrderInput!) {{ refundOrder(input: $input) {{ creditMemo {{ restocked }} {FAILURE} }} }}"
)


async def done(shop: Town, document: str, **variables: Any) -> dict[str, Any]:
    """Do something that is not refused."""
    (payload,) = (await shop.ask(document, **variables)).values()
    assert payload["errors"] == []
    return dict(payload)


async def shelf(shop: Town) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask(SHELF, sku=MUG))["products"]["nodes"][0]
    return found


async def lying(shop: Town) -> dict[str, int]:
    """Return how many mugs lie where."""
    return {place["source"]["code"]: place["physical"] for place in (await shelf(shop))["stockBySource"]}


async def two_warehouses(shop: Town, here: int, north: int) -> None:
    """Let so many mugs lie at the default source, and so many in the north."""
    await shop.stock(MUG, here)
    await done(shop, SAVE, input={"code": "north", "name": "Warehouse north", "country": "CA"})
    await count(shop, north, "north", key="the first count")


async def count(shop: Town, mugs: int, code: str, *, key: str) -> None:
    given = {"productId": (await shelf(shop))["id"], "change": {"set": mugs}, "source": code, "idempotencyKey": key}
    await done(shop, RESTOCK, input=given)


def shipping(order: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"orderId": order["id"], "carrierCode": "UPS", "trackingNumber": "1Z9", "idempotencyKey": "ship"} | given


async def test_multi_source_inventory(shop: Town):
    await shop.stock(MUG, 2)
    number = shop.place(MUG, quantity=4)
    await shop.pass_time()
    assert (await look(shop, number))["importDecision"]["outcome"] == "BLOCKED"

    await two_warehouses(shop, 2, 5)  # what lies in the north is for sale, so the order gets in
    await shop.pass_time()
    assert (await look(shop, number))["importDecision"]["outcome"] == "IMPORTED"
    assert {name: (await shelf(shop))[name] for name in ("stock", "reserved", "salable")} == {
        "stock": 7,
        "reserved": 4,
        "salable": 3,
    }
    order = await shop.order(number)
    (line,) = (await done(shop, PROPOSAL, input={"orderId": order["id"]}))["lines"]
    assert {one["source"]["code"]: one["quantity"] for one in line["sources"]} == {"default": 2, "north": 2}
    await done(shop, PREFER, codes=["north", "default"])
    (line,) = (await done(shop, PROPOSAL, input={"orderId": order["id"]}))["lines"]
    assert {one["source"]["code"]: one["quantity"] for one in line["sources"]} == {"north": 4}

    chosen = [{"itemId": line["item"]["id"], "source": "default", "quantity": 1}]
    shipped = await done(shop, SHIP, input=shipping(order, sources=chosen))
    assert [one["trackingNumber"] for one in shipped["shipment"]["packages"]] == ["1Z9"]
    (item,) = shipped["order"]["items"]
    assert {one["source"]["code"]: one["quantity"] for one in item["takenFrom"]} == {"default": 1, "north": 3}
    assert await lying(shop) == {"default": 1, "north": 2}
    await shop.pass_time()
    await shop.pass_time()
    assert (await look(shop, number))["displayStatus"] == "COMPLETED"  # Amazon was told of one package

    back = {"orderId": order["id"], "reason": "BUYER_RETURN", "restock": True, "idempotencyKey": "back"}
    units = {"lines": [{"itemId": line["item"]["id"], "quantity": 2}]}
    assert (await done(shop, REFUND, input=back | units))["creditMemo"]["restocked"] is True
    assert await lying(shop) == {"default": 1, "north": 4}
    rest = back | {"idempotencyKey": "the rest", "restockSource": "default"}
    await done(shop, REFUND, input=rest)
    assert await lying(shop) == {"default": 3, "north": 4}


async def test_multi_source_inventory_sells_what_lies_at_enabled_sources(shop: Town):
    await two_warehouses(shop, 4, 6)
    await push(shop)
    shop.place(MUG, quantity=5)
    await shop.pass_time()
    shop.world.clock.advance(20)
    assert offered(shop, MUG) == 5

    (error,) = (await shop.ask(SAVE, input={"code": "north", "enabled": False}))["saveSource"]["errors"]
    assert (error["__typename"], error["code"]) == ("InsufficientStockError", "INSUFFICIENT_STOCK")
    given = {"productId": (await shelf(shop))["id"], "quantity": 2, "fromSource": "north", "toSource": "default"}
    await done(shop, TRANSFER, input=given | {"idempotencyKey": "a van"})
    await done(shop, TRANSFER, input=given | {"idempotencyKey": "a van"})  # repeated, not carried again
    await done(shop, SAVE, input={"code": "north", "enabled": False})
    assert (await lying(shop), (await shelf(shop))["salable"]) == ({"default": 6, "north": 4}, 1)
    await shop.pass_time(minutes=2)
    shop.world.clock.advance(20)
    assert offered(shop, MUG) == 1


async def test_multi_source_inventory_follows_what_amazon_does_alone(shop: Town):
    await two_warehouses(shop, 3, 3)
    await done(shop, PREFER, codes=["north", "default"])
    sent, canceled = shop.place(MUG, quantity=4), shop.place(MUG, quantity=2)
    shop.place(MUG, quantity=3, status="SHIPPED", fulfilled_by="AMAZON")
    await shop.pass_time()
    assert await lying(shop) == {"default": 3, "north": 3}  # what Amazon sends leaves no source of ours
    await shop.happens(canceled, "cancel", by="BUYER")
    await shop.happens(sent, "ship")
    await shop.pass_time()
    await shop.pass_time()
    assert (await lying(shop), (await shelf(shop))["reserved"]) == ({"default": 2}, 0)
