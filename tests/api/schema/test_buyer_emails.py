"""The e-mail addresses of commerce orders: Amazon's own, and those made up where Amazon told none."""

import csv
from dataclasses import replace
from typing import Any

from api.exporting.pieces import export_of
from api.schema.ids import id_of
from api.schema.tickets import Asked
from domain.accounts.saved_views import ListKind
from domain.amazon.facts import BuyerFacts
from domain.amazon.records import AmazonOrder
from domain.channel.retention import redact_expired
from tests.api.schema.asking import Client
from tests.domain.channel.stage import ADDRESS, Stage, item

ASK = """query ($id: ID!) { node(id: $id) { ... on AmazonOrder { commerceOrder {
  customerEmail isCustomerEmailMadeUp customer { email } } } } }"""
COMMENT = "mutation ($input: AddOrderCommentInput!) { addOrderComment(input: $input) { errors { message } } }"
FIND = "query ($email: String) { customers(email: $email) { nodes { email orderCount } } }"


WITH_EMAIL = """query ($email: String!) {
  commerceOrders(where: { customerEmail: $email }) { nodes { amazonOrder { amazonOrderId } } } }"""


async def with_email(client: Client, email: str) -> list[str]:
    nodes = (await client.ask(WITH_EMAIL, email=email))["commerceOrders"]["nodes"]
    return [node["amazonOrder"]["amazonOrderId"] for node in nodes]


async def exported(stage: Stage) -> dict[str, str]:
    columns = ["AMAZON_ORDER_ID", "CUSTOMER_EMAIL", "BILL_TO_NAME"]
    export = export_of(Asked(ListKind.COMMERCE_ORDERS, [], columns, False), stage.sealer)
    text = b"".join([piece async for piece in export.pieces()]).decode()
    return {row["amazon_order_id"]: row["customer_email"] for row in csv.DictReader(text.splitlines())}


async def asked(client: Client, order: AmazonOrder) -> dict[str, Any]:
    found: dict[str, Any] = (await client.ask(ASK, id=id_of(order)))["node"]["commerceOrder"]
    return found


async def test_an_address_is_amazons_or_made_up_of_its_number(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    await stage.settings(customer_creation="NEW_CUSTOMER")
    told = await stage.arrive(item("MUG"))
    untold = await stage.arrive(item("MUG"), buyer=BuyerFacts(name="Bo", email=" "))
    nothing = await stage.arrive(
        item("MUG", quantity_shipped=1), fulfillment_channel="AMAZON", status="SHIPPED", buyer=None, address=None
    )
    assert await asked(client, told) == {
        "customerEmail": "Ada@Example.org",
        "isCustomerEmailMadeUp": False,
        "customer": {"email": "Ada@Example.org"},
    }
    made_up = f"{untold.number}@amazon.com"
    assert await asked(client, untold) == {
        "customerEmail": made_up,
        "isCustomerEmailMadeUp": True,
        "customer": {"email": made_up},
    }
    assert (await client.ask(FIND, email=made_up))["customers"]["nodes"] == [{"email": made_up, "orderCount": 1}]
    found = await asked(client, nothing)
    assert (found["customerEmail"], found["isCustomerEmailMadeUp"]) == (f"{nothing.number}@amazon.com", True)
    assert found["customer"] == {"email": None}  # nothing of this customer is kept
    assert await with_email(client, " ADA@example.org ") == [told.number]
    assert await with_email(client, f"{told.number}@amazon.com") == []
    assert await with_email(client, "@amazon.com") == []
    for order in (untold, nothing):
        assert await with_email(client, f"{order.number}@Amazon.com") == [order.number]
    assert await exported(stage) == {
        told.number: "Ada@Example.org",
        untold.number: made_up,
        nothing.number: f"{nothing.number}@amazon.com",
    }


async def test_a_deleted_address_is_not_made_up_again(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    order = await stage.arrive(item("MUG"), address=replace(ADDRESS, name="Bo"))
    await stage.ship(order)
    await stage.change(order, status="SHIPPED")
    stage.later(days=40)
    await redact_expired(now=stage.now)
    deleted = {"customerEmail": None, "isCustomerEmailMadeUp": False, "customer": None}
    assert await asked(client, order) == deleted
    assert await with_email(client, f"{order.number}@amazon.com") == []
    assert await exported(stage) == {order.number: ""}
    said = {"orderId": id_of(order), "text": "It came back.", "idempotencyKey": "k"}
    assert (await client.ask(COMMENT, input=said))["addOrderComment"]["errors"] == []
    assert await asked(client, order) == deleted
    assert await with_email(client, f"{order.number}@amazon.com") == []
    assert await exported(stage) == {order.number: ""}
