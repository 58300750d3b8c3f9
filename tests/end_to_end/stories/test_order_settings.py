"""Each order setting as a merchant meets it: what it does, when it cannot be changed, and what is refused."""

from typing import Any

import pytest

from domain.commerce.customer_records import Customer
from domain.commerce.records import CommerceOrder
from tests.end_to_end.stories.asking import CREATED, FAILURE, LAMP, MUG, choose, define, look, notes, to_do
from tests.end_to_end.town import Town

SETTINGS = """query($id: ID!) { orderSettings(storeId: $id) { version importEnabled commerceStoreView customerCreation
  orderNumberSource initialStatusMode initialStatus { code } pendingOrderStock reservationDays stockRule
  fields { name editable reason } } }"""
PREVIEW = f"""query($id: ID!, $patch: OrderSettingsPatch!) {{ previewOrderSettings(storeId: $id, patch: $patch) {{
  evaluated becomingSkipped becomingImportable {{ nodes {{ amazonOrderId }} }} {FAILURE} }} }}"""
SELLER_CENTRAL = "https://sellercentral.amazon.com/orders-v3/order"


async def settings(shop: Town) -> dict[str, Any]:
    """Return the settings of the shop."""
    found: dict[str, Any] = (await shop.ask(SETTINGS, id=shop.store_id))["orderSettings"]
    return found


async def bought(shop: Town, **wish: Any) -> dict[str, Any]:
    """Let a buyer order a mug, and return the order once it is here."""
    number = shop.place(MUG, **wish)
    await shop.pass_time()
    return await look(shop, number)


async def test_order_settings_import_on_off(shop: Town):
    await shop.stock(MUG)
    assert (await settings(shop))["importEnabled"]  # from the start
    assert await choose(shop, importEnabled=False) == []
    order = await bought(shop)
    assert (order["importDecision"]["outcome"], order["importDecision"]["code"]) == ("SKIPPED", "IMPORT_DISABLED")
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}

    preview = (await shop.ask(PREVIEW, id=shop.store_id, patch={"importEnabled": True}))["previewOrderSettings"]
    assert [node["amazonOrderId"] for node in preview["becomingImportable"]["nodes"]] == [order["amazonOrderId"]]
    assert await choose(shop, importEnabled=None) != []
    assert await choose(shop, importEnabled=True) == []
    await shop.pass_time()
    assert (await look(shop, order["amazonOrderId"]))["commerceOrder"]["state"] == "PROCESSING"
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 1, "salable": 9}


async def test_import_disabled_view_only(shop: Town):
    await shop.stock(MUG)
    assert await choose(shop, importEnabled=False) == []
    order = await bought(shop)

    assert (order["status"], order["displayStatus"], order["commerceOrder"]) == ("UNSHIPPED", "UNSHIPPED", None)
    assert order["defaultTarget"] == "SELLER_CENTRAL"
    assert order["sellerCentralUrl"] == f"{SELLER_CENTRAL}/{order['amazonOrderId']}"
    assert order["buyer"]["name"]
    assert await to_do(shop) == []
    refused = await shop.ship(order["amazonOrderId"])
    (ship,) = [action for action in order["actions"] if action["kind"] == "SHIP"]
    assert [error["code"] for error in refused["errors"]] == ["ACTION_NOT_ALLOWED"]
    assert [reason["message"] for reason in ship["reasons"]] == [refused["errors"][0]["message"]]

    await shop.happens(order["amazonOrderId"], "ship")
    await shop.pass_time()
    shipped = await look(shop, order["amazonOrderId"])
    assert (shipped["status"], shipped["displayStatus"], shipped["commerceOrder"]) == ("SHIPPED", "SHIPPED", None)
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}


async def test_order_settings_target_store_view(shop: Town):
    await shop.stock(MUG)
    assert (await settings(shop))["commerceStoreView"] == "default"
    first = await bought(shop)
    for wrong in ("Not A Code", "", None):
        assert await choose(shop, commerceStoreView=wrong) != []
    assert await choose(shop, commerceStoreView="second") == []
    second = await bought(shop)
    # Each store view counts its own numbers.
    assert first["commerceOrder"]["number"] == second["commerceOrder"]["number"]
    assert first["commerceOrder"]["id"] != second["commerceOrder"]["id"]


async def test_order_settings_customer_creation(shop: Town):
    await shop.stock(MUG)
    assert (await settings(shop))["customerCreation"] == "GUEST"
    guest = await bought(shop)
    assert guest["commerceOrder"]["customerEmail"] == guest["buyer"]["email"]
    assert await choose(shop, customerCreation="NEW_CUSTOMER") == []
    known = await bought(shop)
    assert known["commerceOrder"]["customerEmail"] == known["buyer"]["email"]


async def test_order_settings_number_source(shop: Town):
    await shop.stock(MUG)
    ours = await bought(shop)
    assert ours["commerceOrder"]["number"] != ours["amazonOrderId"]
    assert await choose(shop, orderNumberSource="AMAZON") == []
    theirs = await bought(shop)
    assert theirs["commerceOrder"]["number"] == theirs["amazonOrderId"]
    assert await choose(shop, orderNumberSource="COMMERCE", orderNumberPrefix="AMZ-") == []
    prefixed = await bought(shop)
    assert prefixed["commerceOrder"]["number"].startswith("AMZ-")
    for wrong in ("with blanks", "x" * 17, ""):
        assert await choose(shop, orderNumberPrefix=wrong) != []


async def test_order_settings_order_status(shop: Town):
    await shop.stock(MUG)
    assert (await settings(shop))["initialStatusMode"] == "DEFAULT"
    usual = await bought(shop)
    assert (usual["commerceOrder"]["state"], usual["commerceOrder"]["status"]["code"]) == ("PROCESSING", "processing")

    (missing,) = await choose(shop, initialStatusMode="CUSTOM")
    assert (missing["code"], missing["path"]) == ("REQUIRED", ["input", "patch", "initialStatus"])
    (unused,) = await choose(shop, initialStatus="packing")
    assert (unused["code"], unused["path"]) == ("INVALID", ["input", "patch", "initialStatus"])
    for wrong in ("complete", "1st", "packing"):
        assert await choose(shop, initialStatusMode="CUSTOM", initialStatus=wrong) != []
    assert await define(shop, "packing", label="Packing", state="PROCESSING") == []
    assert await choose(shop, initialStatusMode="CUSTOM", initialStatus="packing") == []
    custom = await bought(shop)
    assert (custom["commerceOrder"]["state"], custom["commerceOrder"]["status"]["code"]) == ("PROCESSING", "packing")
    assert CREATED in notes(custom)
    assert (await shop.ship(custom["amazonOrderId"]))["errors"] == []
    await shop.pass_time()
    await shop.pass_time()
    assert (await look(shop, custom["amazonOrderId"]))["commerceOrder"]["status"]["code"] == "complete"


@pytest.mark.parametrize("choice", ["RESERVE", "DO_NOT_RESERVE"])
async def test_order_settings_pending_reservation(shop: Town, choice: str):
    await shop.stock(MUG, 5)
    if choice != "RESERVE":
        assert await choose(shop, pendingOrderStock=choice) == []
    assert (await settings(shop))["pendingOrderStock"] == choice
    order = await bought(shop, status="PENDING", quantity=2)
    held = {"stock": 5, "reserved": 2, "salable": 3}
    free = {"stock": 5, "reserved": 0, "salable": 5}
    assert await shop.shelf(MUG) == (held if choice == "RESERVE" else free)
    await shop.happens(order["amazonOrderId"], "pay")
    await shop.pass_time()
    assert (await look(shop, order["amazonOrderId"]))["commerceOrder"]["state"] == "PROCESSING"
    assert await shop.shelf(MUG) == held
    assert await choose(shop, reservationDays=0) != []
    assert await choose(shop, reservationDays=91) != []


async def test_order_settings_pending_reservation_ends(shop: Town):
    await shop.stock(MUG, 5)
    assert await choose(shop, reservationDays=1) == []
    document = (await shop.at_amazon(shop.place(LAMP, status="PENDING", quantity=2)))["order"]
    document["orderId"] = "111-2223334-4445556"  # an order as it is given, whose payment nobody settles
    document["orderItems"][0]["product"]["sellerSku"] = MUG
    await shop.load(document)
    await shop.pass_time()
    assert (await shop.shelf(MUG))["reserved"] == 2
    await shop.pass_time(minutes=25 * 60)
    order = await look(shop, document["orderId"])
    assert order["status"] == "PENDING"
    assert "Inventory released: its reservation ran out." in notes(order)
    assert await shop.shelf(MUG) == {"stock": 5, "reserved": 0, "salable": 5}


async def test_settings_disabled_when_import_off(shop: Town):
    assert await choose(shop, reservationDays=9, orderNumberPrefix="A-") == []
    assert await choose(shop, importEnabled=False) == []
    before = await settings(shop)
    fields = {field["name"]: field for field in before["fields"]}
    assert fields["importEnabled"]["editable"]
    others = {name: field for name, field in fields.items() if name != "importEnabled"}
    assert len(others) >= 6
    values = {
        "commerceStoreView": "other",
        "customerCreation": "NEW_CUSTOMER",
        "orderNumberSource": "AMAZON",
        "pendingOrderStock": "DO_NOT_RESERVE",
        "initialStatusMode": "CUSTOM",
        "reservationDays": 3,
        "stockRule": "UNSHIPPED_ONLY",
    }
    assert set(values) <= set(others)
    for name, value in values.items():
        assert not others[name]["editable"]
        (error,) = await choose(shop, **{name: value})
        assert (error["code"], error["path"]) == ("INVALID", ["input", "patch", name])
        assert error["message"] == others[name]["reason"]
    assert await settings(shop) == before  # what was chosen stays

    assert await choose(shop, importEnabled=True, reservationDays=3) == []
    after = await settings(shop)
    assert (after["reservationDays"], after["importEnabled"]) == (3, True)
    (custom,) = [field for field in after["fields"] if field["name"] == "initialStatus"]
    assert not custom["editable"]
    assert custom["reason"]


async def test_customer_lookup_creation(shop: Town):
    await shop.stock(MUG, 100)
    await bought(shop)
    assert await Customer.all().count() == 0  # guests are no customers
    assert await choose(shop, customerCreation="NEW_CUSTOMER") == []
    first = (await shop.at_amazon(shop.place(MUG)))["order"]
    await shop.pass_time()
    again, nameless = [(await shop.at_amazon(shop.place(MUG)))["order"] for _ in range(2)]
    again["buyer"] = first["buyer"] | {"buyerEmail": first["buyer"]["buyerEmail"].upper()}
    del nameless["buyer"]
    await shop.load(again)
    await shop.load(nameless)
    await shop.pass_time()

    orders = [(await look(shop, one["orderId"]))["commerceOrder"] for one in (first, again, nameless)]
    assert [order["state"] for order in orders] == ["PROCESSING"] * 3
    assert orders[0]["customerEmail"] == first["buyer"]["buyerEmail"]
    customers = dict(await CommerceOrder.all().values_list("channel_number", "customer_id"))
    assert customers[first["orderId"]] == customers[again["orderId"]] != customers[nameless["orderId"]]
    assert await Customer.all().count() == 2

    assert await choose(shop, commerceStoreView="second") == []
    elsewhere = (await shop.at_amazon(shop.place(MUG)))["order"] | {"buyer": first["buyer"]}
    await shop.load(elsewhere)
    await shop.pass_time()
    assert await Customer.all().count() == 3  # a customer belongs to a website
