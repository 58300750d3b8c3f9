"""What else keeps orders from being imported, beside catalog, stock and address; and what no longer does."""

from typing import Any

import pytest

from tests.end_to_end.stories.asking import FAILURE, MUG, SENT_BY_AMAZON, choose, look, notes, to_do
from tests.end_to_end.town import Town

ADOPT = f"""mutation($input: AdoptOrdersInput!) {{ adoptOrders(input: $input) {{ {FAILURE}
  results {{ adoption errors {{ message }} }} }} }}"""
RETRY = "mutation($ids: [ID!]!) { retryImport(orderIds: $ids) { succeeded } }"
STORE = "query($id: ID!) { store(id: $id) { status } }"
READ_ONLY = """mutation($on: Boolean!) { updateGlobalSettings(input: {patch: {readOnly: $on}}) {
  errors { message } } }"""


async def changed(shop: Town, number: str, **parts: Any) -> dict[str, Any]:
    """Let Amazon tell of an order with other parts, and return what it tells; None takes a part out."""
    document: dict[str, Any] = (await shop.at_amazon(number))["order"]
    for name, value in parts.items():
        if value is None:
            document.pop(name, None)
        else:
            document[name] = value
    await shop.load(document)
    return document


async def is_imported(shop: Town, number: str) -> bool:
    order = await look(shop, number)
    return bool(order["importDecision"]["outcome"] == "IMPORTED" and order["commerceOrder"]["invoices"])


async def test_other_blockers_b4_b13_orders_of_amazon_without_name_and_street_are_no_problem(shop: Town):
    await shop.stock(SENT_BY_AMAZON, None)
    number = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON", status="SHIPPED")  # B5
    await changed(shop, number, buyer=None, recipient=None)
    await shop.pass_time()
    assert await is_imported(shop, number)
    assert (await look(shop, number))["blockers"] == []


@pytest.mark.parametrize("name", ["Anne-Marie O’Neill & Söhne <ltd>", "张伟", "🎉", "ﷺ\u200f"])
async def test_other_blockers_b4_b13_a_buyer_with_a_strange_name_is_no_problem(shop: Town, name: str):
    await shop.stock(MUG)
    number = shop.place(MUG)  # B6
    document = (await shop.at_amazon(number))["order"]
    document["buyer"]["buyerName"] = document["recipient"]["deliveryAddress"]["name"] = name
    await shop.load(document)
    await shop.pass_time()
    assert await is_imported(shop, number)


async def test_other_blockers_b4_b13_an_order_without_items_waits_for_them(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)  # B8
    items = (await shop.at_amazon(number))["order"]["orderItems"]
    await changed(shop, number, orderItems=[])
    await shop.pass_time()
    order = await look(shop, number)
    assert (order["importDecision"]["outcome"], order["importDecision"]["code"]) == ("WAITING", "ITEMS_MISSING")
    assert (order["commerceOrder"], order["blockers"]) == (None, [])
    await changed(shop, number, orderItems=items)
    await shop.pass_time()
    assert await is_imported(shop, number)


async def test_other_blockers_b4_b13_what_cannot_be_invoiced_is_not_imported_by_halves(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)  # B9: no amounts, so nothing that could be billed
    whole = (await shop.at_amazon(number))["order"]
    bare = [{name: value for name, value in item.items() if name != "proceeds"} for item in whole["orderItems"]]
    await changed(shop, number, proceeds=None, orderItems=bare)
    await shop.pass_time()
    order = await look(shop, number)
    assert (order["displayStatus"], order["commerceOrder"]) == ("ERROR", None)
    assert {blocker["kind"] for blocker in order["blockers"]} == {"MARKETPLACE_DATA_INVALID"}
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}
    await changed(shop, number, proceeds=whole["proceeds"], orderItems=whole["orderItems"])
    await shop.pass_time()
    assert await is_imported(shop, number)


async def test_other_blockers_b4_b13_an_unknown_currency_is_named(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)  # B11
    document = (await shop.at_amazon(number))["order"]
    text = str(document["proceeds"]["grandTotal"]["currencyCode"])
    assert text == "USD"
    document["proceeds"]["grandTotal"]["currencyCode"] = "XQQ"
    await shop.load(document)
    await shop.pass_time()
    order = await look(shop, number)
    assert order["displayStatus"] == "ERROR"
    assert any("XQQ" in blocker["message"] or "currency" in blocker["message"] for blocker in order["blockers"])


async def test_other_blockers_b4_b13_a_number_that_is_taken_is_named_and_another_source_helps(shop: Town):
    await shop.stock(MUG)
    first, second = shop.place(MUG), shop.place(MUG)  # B13
    await choose(shop, importEnabled=False)
    await shop.pass_time()
    orders = [{"amazonOrderId": first, "number": second}]  # as another system had called it
    answer = (await shop.ask(ADOPT, input={"storeId": shop.store_id, "orders": orders}))["adoptOrders"]
    assert (answer["errors"], answer["results"][0]["errors"]) == ([], [])
    assert await choose(shop, importEnabled=True, orderNumberSource="AMAZON") == []
    for number in (first, second):
        await shop.ask(RETRY, ids=[(await look(shop, number))["id"]])
    await shop.pass_time()

    assert (await look(shop, first))["commerceOrder"]["number"] == second
    order = await look(shop, second)
    assert (order["displayStatus"], order["commerceOrder"]) == ("ERROR", None)
    assert second in notes(order)[-1]
    assert notes(order)[-1].startswith("Cannot create sales order: ")
    (entry,) = await to_do(shop)
    assert entry["order"]["amazonOrderId"] == second

    assert await choose(shop, orderNumberSource="COMMERCE") == []
    assert (await shop.ask(RETRY, ids=[order["id"]]))["retryImport"]["succeeded"] == 1
    await shop.pass_time()
    assert (await look(shop, second))["commerceOrder"]["number"] == "000000001"
    assert await to_do(shop) == []


async def test_other_blockers_b4_b13_what_stops_a_store_is_shown_there_and_blocks_no_order(shop: Town):
    await shop.stock(MUG)
    assert (await shop.ask(READ_ONLY, on=True))["updateGlobalSettings"]["errors"] == []  # B14
    number = shop.place(MUG)
    await shop.pass_time()
    assert await is_imported(shop, number)  # only what goes out is kept back
    assert await shop.http_to_amazon("/_sim/sellers/demo/revoke", {}) == 200
    late = shop.place(MUG)
    await shop.pass_time(minutes=70)
    assert (await shop.ask(STORE, id=shop.store_id))["store"]["status"] == "CREDENTIALS_REJECTED"
    assert [entry["kind"] for entry in await to_do(shop)] == ["CREDENTIALS"]

    shop.world.sellers["demo"].is_revoked = False
    await shop.connect()
    await shop.pass_time()
    assert await is_imported(shop, late)
    assert await to_do(shop) == []
