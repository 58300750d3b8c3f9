"""What the view of an order shows: its sections, the way to Amazon, and who bought."""

from decimal import Decimal
from typing import Any

from tests.end_to_end.stories.asking import LAMP, MUG, SENT_BY_AMAZON, choose, look, worth
from tests.end_to_end.town import Town

MONEY = "{ amount currencyCode }"
ADDRESS = "{ firstName lastName street city region postalCode countryCode phone isPlaceholder note }"
VIEW = f"""query($number: String!) {{ amazonOrder(by: {{amazonOrderId: $number}}) {{ buyer {{ name email }}
  commerceOrder {{ number state status {{ code label }} createdAt placedAt storeView store {{ name }} isGuest
    customer {{ id email firstName lastName orderCount addresses {ADDRESS} orders {{ number }} }}
    customerEmail billingAddress {ADDRESS} shippingAddress {ADDRESS}
    payment {{ methodTitle amazonOrderNumber purchaseOrderNumber currencyNote links {{ label url }} }}
    shippingMethod {{ methodTitle serviceLevel handling {MONEY} }}
    lines {{ sku title status unitPrice {MONEY} subtotal {MONEY} tax {MONEY} taxPercent discount {MONEY}
      shipping {MONEY} giftWrap {MONEY} other {MONEY} total {MONEY}
      quantityOrdered quantityInvoiced quantityShipped quantityRefunded quantityCanceled }}
    subtotal {MONEY} shipping {MONEY} giftWrap {MONEY} tax {MONEY} discount {MONEY} other {MONEY} total {MONEY}
    totalPaid {MONEY} totalRefunded {MONEY} totalDue {MONEY} }} }} }}"""
FIND = "query($email: String!) { customers(email: $email) { nodes { id firstName orders { number } } } }"
PARTS = ("subtotal", "shipping", "giftWrap", "tax", "discount", "other")


async def view(shop: Town, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask(VIEW, number=number))["amazonOrder"]
    return found


async def bought(shop: Town, *skus: str, **wish: Any) -> str:
    """Let an order come and be imported, and return its number."""
    for sku in skus:
        await shop.stock(sku, 50)
    number = shop.place(*skus, **wish)
    await shop.pass_time()
    return number


async def test_view_order_sections(shop: Town):
    number = await bought(shop, MUG, LAMP, quantity=3)
    told = (await shop.at_amazon(number))["order"]
    order = await view(shop, number)
    seen, sent_to = order["commerceOrder"], told["recipient"]["deliveryAddress"]

    assert (seen["status"]["code"], seen["store"]["name"], seen["isGuest"]) == ("processing", "Shop", True)
    assert seen["placedAt"][:19] == told["createdTime"][:19]
    for address in (seen["billingAddress"], seen["shippingAddress"]):
        assert address["street"][0] == sent_to["addressLine1"]
        assert (address["city"], address["countryCode"]) == (sent_to["city"], "US")
        assert (address["isPlaceholder"], address["note"]) == (False, None)
    first, _, last = sent_to["name"].partition(" ")
    assert (seen["shippingAddress"]["firstName"], seen["shippingAddress"]["lastName"]) == (first, last)
    assert seen["customerEmail"] == order["buyer"]["email"]

    assert sum(worth(seen[part]) for part in PARTS) == worth(seen["total"]) == worth(seen["totalPaid"])
    assert (worth(seen["totalRefunded"]), worth(seen["totalDue"])) == (0, 0)
    for line in seen["lines"]:
        assert sum(worth(line[part]) for part in PARTS) == worth(line["total"])
        base = worth(line["total"]) - worth(line["tax"])
        assert abs(Decimal(line["taxPercent"]) - 100 * worth(line["tax"]) / base) < Decimal("0.0001")
        assert (line["quantityOrdered"], line["quantityInvoiced"], line["status"]) == (3, 3, "INVOICED")

    assert (await shop.ship(number))["errors"] == []
    for _ in range(3):
        await shop.pass_time()
    done = (await view(shop, number))["commerceOrder"]
    assert done["state"] == "COMPLETE"
    assert [line["status"] for line in done["lines"]] == ["SHIPPED", "SHIPPED"]


async def test_amazon_block_in_payment_and_shipping(shop: Town):
    number = await bought(shop, MUG)
    seen = (await view(shop, number))["commerceOrder"]
    host = "https://sellercentral.amazon.com"
    assert seen["payment"] == {
        "methodTitle": "Amazon Channel Payment",
        "amazonOrderNumber": number,
        "purchaseOrderNumber": number,
        "currencyNote": "The order was placed using USD.",
        "links": [{"label": "View or Cancel Amazon Order", "url": f"{host}/orders-v3/order/{number}"}],
    }
    assert seen["shippingMethod"]["methodTitle"] == "Amazon Shipping"
    assert seen["shippingMethod"]["handling"] == seen["shipping"]

    assert (await shop.ship(number))["errors"] == []
    for _ in range(3):
        await shop.pass_time()
    assert (await look(shop, number))["status"] == "SHIPPED"
    shipped = (await view(shop, number))["commerceOrder"]
    assert shipped["payment"]["links"] == [{"label": "View all Amazon Orders", "url": f"{host}/orders-v3"}]


async def test_fba_placeholder_data_in_the_view(shop: Town):
    await shop.stock(SENT_BY_AMAZON, None)
    number = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON", status="SHIPPED")
    withheld = (await shop.at_amazon(number))["order"]
    del withheld["buyer"], withheld["recipient"]
    await shop.load(withheld)
    await shop.pass_time()
    seen = (await view(shop, number))["commerceOrder"]
    assert seen["shippingMethod"]["methodTitle"] == "Amazon Shipping (fulfilled by Amazon)"
    for address in (seen["billingAddress"], seen["shippingAddress"]):
        assert (address["firstName"], address["lastName"], address["street"]) == ("N/A", "N/A", [])
        assert address["isPlaceholder"]
        assert "Amazon fulfils this order" in address["note"]


async def test_name_sanitising(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)
    named = (await shop.at_amazon(number))["order"]
    named["buyer"]["buyerName"] = "Zoë 🎉 <Müller>"
    named["recipient"]["deliveryAddress"]["name"] = "Ada\u202e de la “Cruz” ***"
    await shop.load(named)
    await shop.pass_time()
    order = await view(shop, number)
    assert order["buyer"]["name"] == "Zoë 🎉 <Müller>"  # Amazon's own words stay as they are
    seen = order["commerceOrder"]
    assert (seen["billingAddress"]["firstName"], seen["billingAddress"]["lastName"]) == ("Zoë", "Müller")
    assert (seen["shippingAddress"]["firstName"], seen["shippingAddress"]["lastName"]) == ("Ada", "de la Cruz")


async def test_customer_lookup_creation_shows_who_bought(shop: Town):
    assert await choose(shop, customerCreation="NEW_CUSTOMER") == []
    first = await bought(shop, MUG)
    told = (await shop.at_amazon(first))["order"]
    second = (await shop.at_amazon(shop.place(MUG)))["order"]
    second["buyer"] = told["buyer"] | {"buyerEmail": told["buyer"]["buyerEmail"].upper()}
    await shop.load(second)
    await shop.pass_time()

    orders = [(await view(shop, number))["commerceOrder"] for number in (first, second["orderId"])]
    customer = orders[1]["customer"]
    assert orders[0]["customer"] == customer
    assert (orders[0]["isGuest"], customer["orderCount"]) == (False, 2)
    assert customer["orders"] == [{"number": order["number"]} for order in reversed(orders)]
    streets = [address["street"] for address in customer["addresses"]]
    assert streets == [order["shippingAddress"]["street"] for order in reversed(orders)]
    name = told["buyer"]["buyerName"].partition(" ")
    assert (customer["firstName"], customer["lastName"]) == (name[0], name[2])

    for email in (told["buyer"]["buyerEmail"], f" {told['buyer']['buyerEmail'].upper()} "):
        (found,) = (await shop.ask(FIND, email=email))["customers"]["nodes"]
        assert found["id"] == customer["id"]
    assert (await shop.ask(FIND, email="nobody@example.org"))["customers"]["nodes"] == []
