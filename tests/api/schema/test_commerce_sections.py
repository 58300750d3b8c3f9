from datetime import timedelta
from typing import Any

import pytest

from domain.amazon.facts import AddressFacts, BuyerFacts
from domain.channel.address_patch import AddressPatch
from domain.channel.correct import correct_address
from domain.channel.retention import redact_expired
from domain.commerce.customer_records import Customer
from domain.commerce.records import CommerceOrder
from tests.api.schema.asking import Client
from tests.api.schema.test_lists import counting
from tests.domain.channel.stage import CLERK, Stage, item

MONEY = "{ amount currencyCode }"
ADDRESS = "{ firstName lastName company street city region postalCode countryCode phone isPlaceholder note }"
ORDER = f"""isGuest customer {{ id email firstName lastName orderCount orders {{ number }} addresses {ADDRESS} }}
  store {{ name }} storeView placedAt billingAddress {ADDRESS} shippingAddress {ADDRESS} giftWrap {MONEY} other {MONEY}
  payment {{ methodTitle links {{ label url }} }} shippingMethod {{ serviceLevel handling {MONEY} }}
  lines {{ status subtotal {MONEY} tax {MONEY} taxPercent discount {MONEY} shipping {MONEY} giftWrap {MONEY}
    other {MONEY} }}"""
ONE = f"query($number: String!) {{ commerceOrder(by: {{amazonOrderId: $number}}) {{ {ORDER} }} }}"
MANY = f"query($first: Int) {{ amazonOrders(first: $first) {{ nodes {{ commerceOrder {{ {ORDER} }} }} }} }}"
CUSTOMERS = """query($first: Int, $after: String, $email: String, $storeView: String) {
  customers(first: $first, after: $after, email: $email, storeView: $storeView) {
    nodes { id storeView email } edges { cursor } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture(autouse=True)
async def mugs(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "90"})


async def shown(client: Client, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.ask(ONE, number=number))["commerceOrder"]
    return found


async def test_the_amounts_of_a_line_with_its_tax_in_percent(client: Client, stage: Stage):
    parts = {"ITEM": 3000, "SHIPPING": 500, "TAX": 627, "DISCOUNT": -200, "GIFT_WRAP": 100}
    order = await stage.arrive(item("MUG", 3, parts=parts))
    (line,) = (await shown(client, order.number))["lines"]
    assert line["status"] == "INVOICED"
    amounts = {name: value["amount"] for name, value in line.items() if isinstance(value, dict)}
    assert amounts == {
        "subtotal": "30.00",
        "tax": "6.27",
        "discount": "-2.00",
        "shipping": "5.00",
        "giftWrap": "1.00",
        "other": "0.00",
    }
    assert line["taxPercent"] == "18.4412"  # 6.27 of 34.00
    free = await stage.arrive(item("MUG", parts={"ITEM": 100, "DISCOUNT": -100}))
    assert (await shown(client, free.number))["lines"][0]["taxPercent"] == "0.0000"


async def test_names_are_split_and_addresses_are_as_people_corrected_them(client: Client, stage: Stage):
    order = await stage.arrive(
        buyer=BuyerFacts(name="Cher", email="c@example.org", company="Cher GmbH"),
        address=AddressFacts(
            name="Ada King Byron", line1="A", line3="C", city="X", region="Calif.", postal_code="92025-1501",
            country_code="US", phone="1",
        ),
    )  # fmt: skip
    await correct_address(
        order_id=order.id,
        address=AddressPatch(line1="Corrected"),
        expected_version=None,
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )
    seen = await shown(client, order.number)
    billed, shipped = seen["billingAddress"], seen["shippingAddress"]
    assert (billed["firstName"], billed["lastName"], billed["company"]) == ("Cher", "N/A", "Cher GmbH")
    assert (shipped["firstName"], shipped["lastName"], shipped["company"]) == ("Ada", "King Byron", None)
    assert shipped["street"] == billed["street"] == ["Corrected", "C"]
    assert (shipped["region"], shipped["postalCode"], shipped["phone"]) == ("CA", "92025", "1")


async def test_once_the_buyer_is_forgotten_there_are_placeholders_and_the_customer_stays(client: Client, stage: Stage):
    await stage.settings(customer_creation="NEW_CUSTOMER")
    order = await stage.arrive(status="SHIPPED")
    assert (await shown(client, order.number))["customer"]["email"] == "Ada@Example.org"
    stage.later(days=90)
    assert await redact_expired(now=stage.now) > 0
    seen = await shown(client, order.number)
    assert (seen["shippingAddress"]["isPlaceholder"], "deleted" in seen["shippingAddress"]["note"]) == (True, True)
    customer = seen["customer"]
    assert (customer["email"], customer["firstName"], customer["addresses"]) == (None, "N/A", [])
    (found,) = (await client.ask(CUSTOMERS, email="ada@example.ORG"))["customers"]["nodes"]
    assert found["id"] == customer["id"]


async def test_customers_are_listed_by_page_and_found_by_store_view(client: Client, stage: Stage):
    await stage.settings(customer_creation="NEW_CUSTOMER")
    for name in ("a", "b", "c"):
        await stage.arrive(buyer=BuyerFacts(name=name, email=f"{name}@example.org"))
    await stage.settings(commerce_store_view="second")
    await stage.arrive(buyer=BuyerFacts(name="a", email="a@example.org"))
    page = (await client.ask(CUSTOMERS, first=3))["customers"]
    rest = (await client.ask(CUSTOMERS, first=3, after=page["pageInfo"]["endCursor"]))["customers"]
    emails = [node["email"] for node in page["nodes"] + rest["nodes"]]
    assert emails == ["a@example.org", "c@example.org", "b@example.org", "a@example.org"]
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert len((await client.ask(CUSTOMERS, email="a@example.org"))["customers"]["nodes"]) == 2
    only = (await client.ask(CUSTOMERS, email="a@example.org", storeView="second"))["customers"]["nodes"]
    assert [node["storeView"] for node in only] == ["second"]
    found = (await client.ask("query($id: ID!) { node(id: $id) { id } }", id=only[0]["id"]))["node"]
    assert found == {"id": only[0]["id"]}
    assert await Customer.all().count() == 4


async def test_an_address_book_has_each_place_once(client: Client, stage: Stage):
    await stage.settings(customer_creation="NEW_CUSTOMER")
    at = AddressFacts(name="Ada", line1="Other 2", city="Bonn", postal_code="53111", country_code="DE")
    await stage.arrive()
    await stage.arrive(address=at)
    order = await stage.arrive()
    customer = (await shown(client, order.number))["customer"]
    assert [address["city"] for address in customer["addresses"]] == ["Berlin", "Bonn"]
    assert (customer["orderCount"], len(customer["orders"])) == (3, 3)
    refused = await client.refused(
        "query($email: String) { customers(email: $email) { nodes { orders(first: 101) { number } } } }",
        email="ada@example.org",
    )
    assert "`first` is from 0 to 100" in refused["message"]


async def test_thirty_orders_ask_no_more_than_five(client: Client, stage: Stage):
    await stage.settings(customer_creation="NEW_CUSTOMER")
    orders = await stage.see(*(stage.facts() for _ in range(30)))
    await stage.evaluate(limit=30)
    assert await CommerceOrder.all().count() == len(orders)
    stage.now += timedelta(seconds=1)
    await client.ask(MANY, first=30)
    counts = []
    for size in (5, 30):
        statements: list[str] = []
        async with counting(statements):
            assert len((await client.ask(MANY, first=size))["amazonOrders"]["nodes"]) == size
        counts.append(len(statements))
    assert counts[1] <= counts[0] <= 12
