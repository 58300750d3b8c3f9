"""What else keeps orders from being imported, beside catalog, stock and address; and what no longer does."""

from typing import Any

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


async def test_other_blockers_b4_b13_what_is_no_problem(shop: Town):
    await shop.stock(SENT_BY_AMAZON, None)
    await shop.stock(MUG)
    nameless = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON", status="SHIPPED")  # B5
    await changed(shop, nameless, buyer=None, recipient=None)
    numbers = [nameless]
    for name in ("Anne-Marie O’Neill & Söhne <ltd>", "张伟", "🎉", "ﷺ\u200f"):  # B6
        document = (await shop.at_amazon(shop.place(MUG)))["order"]
        document["buyer"]["buyerName"] = document["recipient"]["deliveryAddress"]["name"] = name
        await shop.load(document)
        numbers.append(document["orderId"])
    await shop.pass_time()
    for number in numbers:
        assert await is_imported(shop, number)
        assert (await look(shop, number))["blockers"] == []


async def test_other_blockers_b4_b13_what_amazon_has_not_told_yet(shop: Town):
    await shop.stock(MUG)
    unlisted, unpriced, strange = shop.place(MUG), shop.place(MUG), shop.place(MUG)
    items = (await shop.at_amazon(unlisted))["order"]["orderItems"]
    await changed(shop, unlisted, orderItems=[])  # B8
    priced = (await shop.at_amazon(unpriced))["order"]
    bare = [{name: value for name, value in item.items() if name != "proceeds"} for item in priced["orderItems"]]
    await changed(shop, unpriced, proceeds=None, orderItems=bare)  # B9: there is nothing that could be billed
    proceeds = (await shop.at_amazon(strange))["order"]["proceeds"]
    total = {"amount": "1.00", "currencyCode": "XQQ"}
    await changed(shop, strange, proceeds=proceeds | {"grandTotal": total})  # B11
    await shop.pass_time()

    order = await look(shop, unlisted)
    assert (order["importDecision"]["outcome"], order["importDecision"]["code"]) == ("WAITING", "ITEMS_MISSING")
    assert (order["commerceOrder"], order["blockers"]) == (None, [])
    for number, kind in ((unpriced, "MARKETPLACE_DATA_INVALID"), (strange, "CURRENCY_NOT_CONFIGURED")):
        order = await look(shop, number)
        assert (order["displayStatus"], order["commerceOrder"]) == ("ERROR", None)
        assert kind in {blocker["kind"] for blocker in order["blockers"]}
    assert any("XQQ" in blocker["message"] for blocker in order["blockers"])
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}

    await changed(shop, unlisted, orderItems=items)
    await changed(shop, unpriced, proceeds=priced["proceeds"], orderItems=priced["orderItems"])
    await changed(shop, strange, proceeds=proceeds)
    await shop.pass_time()
    assert [await is_imported(shop, number) for number in (unlisted, unpriced, strange)] == [True, True, True]


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
