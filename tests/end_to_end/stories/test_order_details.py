"""The page of an order's details: its three tabs as Amazon has them, with nothing made up where it is silent."""

from typing import Any

from tests.end_to_end.stories.asking import LAMP, MUG, SENT_BY_AMAZON, notes, worth
from tests.end_to_end.town import Town

MONEY = "{ amount currencyCode }"
DETAILS = f"""query($number: String!) {{ amazonOrder(by: {{amazonOrderId: $number}}) {{ id
  amazonOrderId status displayStatus latestEvent {{ message }} events(last: 1) {{ nodes {{ message }} }}
  buyer {{ name email }} total {MONEY} isStockReserved isPremium isPrime isBusiness purchasedAt latestShipAt
  serviceLevel isShippedByAmazon fulfillmentChannel quantityShipped quantityUnshipped
  salesChannel isReplacement replacedAmazonOrderId replacedOrder {{ amazonOrderId }} paymentMethods purchaseOrderNumber
  shippingAddress {{ name line1 line2 line3 city region postalCode countryCode phone }} withheldNote
  commerceOrder {{ number payment {{ purchaseOrderNumber }} }}
  items {{ id amazonOrderItemId quantityOrdered quantityShipped title asin sellerSku condition conditionSubtype
    rowPrice {MONEY} tax {MONEY} shipping {MONEY} discount {MONEY} giftWrap {MONEY} lineTotal {MONEY} }}
  packages {{ reference carrierCode shippingMethod trackingNumber status shippedAt
    items {{ amazonOrderItemId quantity item {{ id title }} }} }} }} }}"""
SHIP = """mutation($input: ShipOrderInput!) { shipOrder(input: $input) { errors { message } } }"""
ALL = ("rowPrice", "tax", "shipping", "discount", "giftWrap")


async def details(shop: Town, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask(DETAILS, number=number))["amazonOrder"]
    return found


async def placed(shop: Town, *, items: list[dict[str, Any]], **wish: Any) -> str:
    """Let a buyer order exactly this, and return the number."""
    given = {"fulfillmentStatus": "UNSHIPPED", "items": items, "programs": []} | wish
    before = {entry["order"]["orderId"] for entry in await shop.seen_by_amazon()}
    assert await shop.http_to_amazon("/_sim/orders", given) == 201
    (number,) = {entry["order"]["orderId"] for entry in await shop.seen_by_amazon()} - before
    await shop.pass_time()
    return str(number)


async def test_amazon_order_details_and_shipping(shop: Town):
    await shop.stock(MUG)
    item = {"sku": MUG, "quantity": 3, "price": "10.00"}
    number = await placed(
        shop,
        items=[item],
        programs=["AMAZON_BUSINESS", "PREMIUM"],
        paymentMethod="Invoice",
        purchaseOrderNumber="PO-77",
        serviceLevel="FREE_ECONOMY",
    )
    told, order = (await shop.at_amazon(number))["order"], await details(shop, number)
    assert (order["amazonOrderId"], order["status"], order["displayStatus"]) == (number, "UNSHIPPED", "UNSHIPPED")
    assert order["commerceOrder"]["number"] == "000000001"
    assert order["latestEvent"]["message"] == notes(order)[-1]
    assert order["buyer"] == {"name": told["buyer"]["buyerName"], "email": told["buyer"]["buyerEmail"]}
    assert order["total"] == told["proceeds"]["grandTotal"]
    assert (order["isStockReserved"], order["isPremium"], order["isPrime"], order["isBusiness"]) == (
        True,
        True,
        False,
        True,
    )
    assert order["purchasedAt"][:19] == told["createdTime"][:19]
    assert order["latestShipAt"][:19] == told["fulfillment"]["shipByWindow"]["latestDateTime"][:19]

    assert (order["serviceLevel"], order["isShippedByAmazon"], order["fulfillmentChannel"]) == (
        "FREE_ECONOMY",
        False,
        "MERCHANT",
    )
    assert (order["quantityShipped"], order["quantityUnshipped"]) == (0, 3)
    sent_to = told["recipient"]["deliveryAddress"]
    assert {name: order["shippingAddress"][name] for name in ("name", "line1", "city", "phone")} == {
        "name": sent_to["name"],
        "line1": sent_to["addressLine1"],
        "city": sent_to["city"],
        "phone": sent_to["phone"],
    }
    assert (order["salesChannel"], order["paymentMethods"], order["purchaseOrderNumber"]) == (
        "AMAZON",
        ["Invoice"],
        "PO-77",
    )
    assert order["commerceOrder"]["payment"]["purchaseOrderNumber"] == number
    assert (order["isReplacement"], order["replacedAmazonOrderId"], order["withheldNote"]) == (False, None, None)


async def test_amazon_order_details_items(shop: Town):
    await shop.stock(MUG)
    await shop.stock(LAMP)
    mug = {"sku": MUG, "quantity": 3, "price": "10.00", "shipping": "4.50", "discount": "3.00", "giftWrap": "2.00"}
    number = await placed(shop, items=[mug, {"sku": LAMP, "quantity": 1, "price": "24.00"}], taxRate="10")
    loaded = (await shop.at_amazon(number))["order"]
    loaded["orderItems"][1]["product"]["condition"] = {"conditionType": "USED", "conditionSubtype": "VERY_GOOD"}
    await shop.load(loaded)
    await shop.pass_time()

    order = await details(shop, number)
    for seen, told in zip(order["items"], loaded["orderItems"], strict=True):
        product = told["product"]
        assert (seen["amazonOrderItemId"], seen["title"], seen["asin"], seen["sellerSku"]) == (
            told["orderItemId"],
            product["title"],
            product["asin"],
            product["sellerSku"],
        )
        assert seen["lineTotal"] == told["proceeds"]["proceedsTotal"]
        assert sum(worth(seen[part]) for part in ALL if seen[part]) == worth(seen["lineTotal"])
    mugs, lamp = order["items"]
    assert (mugs["quantityOrdered"], mugs["quantityShipped"]) == (3, 0)
    assert [worth(mugs[part]) for part in ("rowPrice", "shipping", "discount", "giftWrap")] == [30, 4.5, -3, 2]
    assert worth(mugs["tax"]) > 0
    assert (mugs["condition"], mugs["conditionSubtype"]) == ("NEW", "NEW")
    assert (lamp["condition"], lamp["conditionSubtype"]) == ("USED", "VERY_GOOD")


async def test_amazon_order_details_tracking(shop: Town):
    await shop.stock(MUG)
    number = await placed(shop, items=[{"sku": MUG, "quantity": 3, "price": "10.00"}])
    order = await details(shop, number)
    assert order["packages"] == []
    (mugs,) = order["items"]
    parcel = {"carrierCode": "UPS", "trackingNumber": "1Z999AA10123456784"}
    wanted = {"orderId": order["id"], "lines": [{"itemId": mugs["id"], "quantity": 2}], "idempotencyKey": "1"}
    assert (await shop.ask(SHIP, input=wanted | parcel))["shipOrder"]["errors"] == []
    await shop.pass_time()
    units = [{"orderItemId": mugs["amazonOrderItemId"], "quantity": 1}]
    await shop.happens(number, "ship", items=units)
    await shop.pass_time()

    order = await details(shop, number)
    assert (order["status"], order["quantityShipped"], order["quantityUnshipped"]) == ("SHIPPED", 3, 0)
    told = {package["packageReferenceId"]: package for package in (await shop.at_amazon(number))["order"]["packages"]}
    assert len(order["packages"]) == len(told) == 2
    for package in order["packages"]:
        at_amazon = told[package["reference"]]
        assert (package["carrierCode"], package["trackingNumber"]) == (
            at_amazon.get("carrier"),
            at_amazon.get("trackingNumber"),
        )
        assert package["status"] == at_amazon["packageStatus"]["status"]
        assert package["shippedAt"][:19] == at_amazon["shipTime"][:19]
        (content,) = package["items"]
        assert content["item"] == {"id": mugs["id"], "title": mugs["title"]}
    ours = next(one for one in order["packages"] if one["trackingNumber"] == parcel["trackingNumber"])
    assert (ours["shippingMethod"], ours["items"][0]["quantity"]) == (order["serviceLevel"], 2)


async def test_amazon_order_details_of_orders_that_say_less(shop: Town):
    await shop.stock(MUG)
    await shop.stock(SENT_BY_AMAZON, None)
    first = await placed(shop, items=[{"sku": MUG, "quantity": 1, "price": "10.00"}], fulfillmentStatus="SHIPPED")
    pending = shop.place(MUG, status="PENDING")
    by_amazon = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON", status="SHIPPED", programs=("PRIME",))
    second = await placed(shop, items=[{"sku": MUG, "quantity": 1}], replacementFor=first)

    order = await details(shop, second)
    assert (order["isReplacement"], order["replacedAmazonOrderId"]) == (True, first)
    assert (order["replacedOrder"], worth(order["total"])) == ({"amazonOrderId": first}, 0)

    order = await details(shop, by_amazon)
    assert (order["isShippedByAmazon"], order["fulfillmentChannel"], order["isPrime"]) == (True, "AMAZON", True)
    assert (order["buyer"], order["purchaseOrderNumber"], order["packages"]) == (None, None, [])
    address = order["shippingAddress"]
    assert [address[name] for name in ("name", "line1", "line2", "line3", "phone")] == [None] * 5
    assert (address["city"] is not None, order["withheldNote"]) == (True, None)  # where it went, not to whom

    order = await details(shop, pending)
    assert (order["buyer"], order["shippingAddress"], order["total"], order["paymentMethods"]) == (None, None, None, [])
    assert order["withheldNote"] == "Amazon sent no data of the buyer."
    (item,) = order["items"]
    assert [item[part] for part in (*ALL, "lineTotal")] == [None] * 6
    assert (item["condition"], item["title"] is not None) == ("NEW", True)
