"""Orders that cannot be imported: why, what a person can do about it, and what happens by itself."""

from typing import Any

from tests.end_to_end.stories.asking import FAILURE, LAMP, MESSAGES, MUG, TOWEL, UNKNOWN_SKU, apply, look, notes, to_do
from tests.end_to_end.town import CONNECT, Town

BLOCKED = (
    "Your Amazon store(s) has orders that cannot be imported into Commerce. "
    "See Recent Orders in the store dashboard(s): Shop"
)


GROUPS = """{ blockerGroups(first: 5) { nodes { kind sellerSku message orders { value } blocker { id }
  resolutions { id asserts } } } }"""
MATCH = f"""mutation($input: MatchProductInput!) {{ matchProduct(input: $input) {{
  affected {{ value }} {FAILURE} }} }}"""
CREATE = f"""mutation($id: ID!, $quantity: Int) {{ createProductFromItem(blockerId: $id, quantity: $quantity) {{
  affected {{ value }} {FAILURE} }} }}"""


RETRY = """mutation($ids: [ID!]!) { retryImport(orderIds: $ids) { succeeded failed
  results { errors { code path } } } }"""
CANADA = "A2EUQ1WTGCTBG2"


async def blocked(shop: Town, number: str, kind: str) -> dict[str, Any]:
    """Return the only blocker of an order after checking that the order shows it everywhere."""
    order = await look(shop, number)
    assert (order["status"], order["displayStatus"]) == ("UNSHIPPED", "ERROR")
    assert (order["importDecision"]["outcome"], order["importDecision"]["row"]) == ("BLOCKED", 11)
    assert order["commerceOrder"] is None
    (blocker,) = order["blockers"]
    assert blocker["kind"] == kind
    assert order["latestEvent"]["message"] == notes(order)[-1] == blocker["message"]
    assert [(entry["order"]["amazonOrderId"], entry["message"]) for entry in await to_do(shop, "BLOCKER")] == [
        (number, blocker["message"])
    ]
    found: dict[str, Any] = blocker
    return found


async def imported(shop: Town, number: str) -> dict[str, Any]:
    """Return an order after checking that it is imported and invoiced, and that nothing is left to be done."""
    order = await look(shop, number)
    assert order["blockers"] == []
    assert (order["displayStatus"], order["commerceOrder"]["state"]) == ("UNSHIPPED", "PROCESSING")
    assert order["commerceOrder"]["total"] == order["total"]
    assert await to_do(shop, "BLOCKER") == []
    return order


async def test_blocker_b1_not_in_catalog(shop: Town):
    number = shop.place(UNKNOWN_SKU, price=2599)
    await shop.pass_time()

    blocker = await blocked(shop, number, "PRODUCT_NOT_MATCHED")
    assert blocker["message"] == f'Cannot create sales order: Product "{UNKNOWN_SKU}" does not exist'
    assert (blocker["__typename"], blocker["sellerSku"]) == ("ProductNotMatchedBlocker", UNKNOWN_SKU)
    ways = [way["id"] for way in blocker["resolutions"]]
    assert ways == ["CREATE_PRODUCT", "MATCH_PRODUCT", "DISMISS"]

    nowhere = await apply(shop, blocker["id"], "MATCH_PRODUCT", product={"sku": "NO-SUCH-PRODUCT"})
    assert [(error["code"], error["path"]) for error in nowhere["errors"]] == [("NOT_FOUND", ["input", "product"])]
    await shop.stock(MUG, enabled=False)
    unfit = await apply(shop, blocker["id"], "MATCH_PRODUCT", product={"sku": MUG})
    assert [error["__typename"] for error in unfit["errors"]] == ["InputError"]
    await blocked(shop, number, "PRODUCT_NOT_MATCHED")

    created = await apply(shop, blocker["id"], "CREATE_PRODUCT")
    assert (created["errors"], created["affected"]["value"]) == ([], 1)
    order = await imported(shop, number)
    assert order["items"][0]["match"]["source"] == "CREATED"
    assert f"Resolved: {blocker['message']}" in notes(order)


async def test_blocker_b2_disabled(shop: Town):
    await shop.stock(LAMP, 3, enabled=False)
    number = shop.place(LAMP)
    await shop.pass_time()

    blocker = await blocked(shop, number, "PRODUCT_DISABLED")
    assert blocker["message"] == f'Cannot create sales order: Product "{LAMP}" in order is not salable'
    assert await shop.shelf(LAMP) == {"stock": 3, "reserved": 0, "salable": 3}
    assert (await apply(shop, blocker["id"], "RESTOCK_PRODUCT"))["errors"][0]["code"] == "ACTION_NOT_ALLOWED"

    assert (await apply(shop, blocker["id"], "ENABLE_PRODUCT"))["errors"] == []
    await imported(shop, number)
    assert await shop.shelf(LAMP) == {"stock": 3, "reserved": 1, "salable": 2}
    late = await apply(shop, blocker["id"], "ENABLE_PRODUCT", key="another operator")
    assert [error["code"] for error in late["errors"]] == ["ACTION_NOT_ALLOWED"]


async def test_blocker_b3_out_of_stock(shop: Town):
    await shop.stock(TOWEL, 2)
    number = shop.place(TOWEL, quantity=5)
    await shop.pass_time()

    blocker = await blocked(shop, number, "OUT_OF_STOCK")
    assert blocker["message"].startswith(f'Cannot create sales order: Product "{TOWEL}"')
    assert (blocker["required"], blocker["available"], blocker["shortBy"]) == (5, 2, 3)
    first = blocker["resolutions"][0]
    assert (first["id"], first["needsInput"]) == ("RESTOCK_PRODUCT", [])
    assert "3 more" in first["asserts"]

    below = await apply(shop, blocker["id"], "RESTOCK_PRODUCT", quantity=-1)
    assert [error["path"] for error in below["errors"]] == [["input", "quantity"]]
    assert await shop.shelf(TOWEL) == {"stock": 2, "reserved": 0, "salable": 2}

    assert (await apply(shop, blocker["id"], "RESTOCK_PRODUCT", key="once"))["errors"] == []
    again = await apply(shop, blocker["id"], "RESTOCK_PRODUCT", key="once")
    assert again["errors"] == []
    await imported(shop, number)
    assert await shop.shelf(TOWEL) == {"stock": 5, "reserved": 5, "salable": 0}


async def test_retry_on_next_sync(shop: Town):
    await shop.stock(LAMP, 0)
    number = shop.place(LAMP, quantity=2)
    await shop.pass_time()
    before = await look(shop, number)
    assert before["displayStatus"] == "ERROR"

    assert await shop.stock(LAMP, 7) == 1
    await shop.pass_time()

    order = await imported(shop, number)
    assert (order["total"], order["items"][0]["lineTotal"]) == (before["total"], before["items"][0]["lineTotal"])
    assert await shop.shelf(LAMP) == {"stock": 7, "reserved": 2, "salable": 5}
    kinds = [event["kind"] for event in order["events"]["nodes"]]
    assert kinds.index("BLOCKER_OPENED") < kinds.index("BLOCKER_RESOLVED") < kinds.index("INVOICED")


async def test_system_message_naming_stores(shop: Town):
    given = {"name": "Shop North", "marketplaceId": CANADA, "refreshToken": "Atzr|demo"}
    assert (await shop.ask(CONNECT, input=given))["connectStore"]["errors"] == []
    shop.world.clock.advance(60)
    assert (await shop.ask(MESSAGES))["systemMessages"] == []
    here, north = shop.place(LAMP), shop.place(TOWEL, marketplace_id=CANADA)
    await shop.pass_time()

    (message,) = (await shop.ask(MESSAGES))["systemMessages"]
    assert (message["severity"], message["text"]) == ("CRITICAL", f"{BLOCKED}, Shop North")
    assert [store["name"] for store in message["stores"]] == ["Shop", "Shop North"]
    assert {order["amazonOrderId"] for order in message["orders"]["nodes"]} == {here, north}

    await shop.stock(TOWEL)
    await shop.pass_time()
    assert [one["text"] for one in (await shop.ask(MESSAGES))["systemMessages"]] == [BLOCKED]
    await shop.stock(LAMP)
    await shop.pass_time()
    assert (await shop.ask(MESSAGES))["systemMessages"] == []


async def test_manual_retry_why_blocked_query(shop: Town):
    await shop.stock(LAMP, 1)
    number = shop.place(LAMP, TOWEL, quantity=2)
    await shop.pass_time()
    order = await look(shop, number)
    steps = {step["rule"]: step for step in order["importDecision"]["steps"]}
    assert {rule for rule, step in steps.items() if not step["passed"]} == {"PRODUCTS_MATCHED", "ENOUGH_STOCK"}
    assert TOWEL in steps["PRODUCTS_MATCHED"]["because"]
    assert LAMP in steps["ENOUGH_STOCK"]["because"]
    assert order["importDecision"]["summary"] == "; ".join(blocker["message"] for blocker in order["blockers"])
    assert order["importDecision"]["settingsVersion"] == 1

    again = (await shop.ask(RETRY, ids=[order["id"]]))["retryImport"]
    assert (again["succeeded"], again["failed"]) == (1, 0)
    assert "The import is tried again." in notes(await look(shop, number))
    nothing = (await shop.ask(RETRY, ids=["nonsense"]))["retryImport"]
    assert (nothing["succeeded"], [one["errors"][0]["code"] for one in nothing["results"]]) == (0, ["INVALID"])
    for sku in (LAMP, TOWEL):
        await shop.stock(sku, 2)
    await imported(shop, number)
    late = (await shop.ask(RETRY, ids=[order["id"]]))["retryImport"]
    assert (late["succeeded"], late["results"][0]["errors"][0]["code"]) == (0, "ACTION_NOT_ALLOWED")
    assert await shop.shelf(TOWEL) == {"stock": 2, "reserved": 2, "salable": 0}


async def test_one_failure_does_not_stop_others(shop: Town):
    await shop.stock(MUG)
    first = shop.place(MUG)
    wrong_sum = (await shop.at_amazon(shop.place(MUG)))["order"]
    wrong_sum["proceeds"]["grandTotal"]["amount"] = "1.00"
    await shop.load(wrong_sum)
    stopped = [wrong_sum["orderId"], shop.place(LAMP), shop.place(MUG, quantity=500)]
    last = shop.place(MUG)
    await shop.pass_time()

    for number in (first, last):
        assert (await look(shop, number))["importDecision"]["outcome"] == "IMPORTED"
    for number in stopped:
        assert (await look(shop, number))["importDecision"]["outcome"] == "BLOCKED"
    data = await look(shop, wrong_sum["orderId"])
    assert [blocker["kind"] for blocker in data["blockers"]] == ["MARKETPLACE_DATA_INVALID"]
    assert "1.00" in data["blockers"][0]["message"]
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 2, "salable": 8}
    assert sorted(entry["order"]["amazonOrderId"] for entry in await to_do(shop)) == sorted(stopped)


async def test_match_listing_to_product_create_product_from_listing(shop: Town):
    first, second = shop.place(UNKNOWN_SKU, price=2599), shop.place(UNKNOWN_SKU, price=2599, quantity=2)
    await shop.stock(LAMP, 9)
    await shop.pass_time()
    (group,) = (await shop.ask(GROUPS))["blockerGroups"]["nodes"]
    assert (group["orders"]["value"], group["sellerSku"]) == (2, UNKNOWN_SKU)

    wanted = {"blockerId": group["blocker"]["id"], "product": {"sku": LAMP}}
    missing = (await shop.ask(MATCH, input=wanted | {"product": {"sku": "NOT-THERE"}}))["matchProduct"]
    assert [error["code"] for error in missing["errors"]] == ["NOT_FOUND"]
    payload = (await shop.ask(MATCH, input=wanted))["matchProduct"]
    assert (payload["errors"], payload["affected"]["value"]) == ([], 2)

    for number in (first, second):
        order = await look(shop, number)
        assert (order["items"][0]["product"]["sku"], order["items"][0]["match"]["source"]) == (LAMP, "MANUAL")
        assert order["commerceOrder"]["lines"][0]["sku"] == LAMP
    assert await shop.shelf(LAMP) == {"stock": 9, "reserved": 3, "salable": 6}
    later = shop.place(UNKNOWN_SKU, price=2599)
    await shop.pass_time()
    await imported(shop, later)

    unlisted = shop.place("NEVER-SEEN", price=900, quantity=3)
    await shop.pass_time()
    (blocker,) = (await look(shop, unlisted))["blockers"]
    refused = (await shop.ask(CREATE, id=blocker["id"], quantity=-1))["createProductFromItem"]
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [("INVALID", ["quantity"])]
    created = (await shop.ask(CREATE, id=blocker["id"], quantity=10))["createProductFromItem"]
    assert created["errors"] == []
    await imported(shop, unlisted)
    assert await shop.shelf("NEVER-SEEN") == {"stock": 10, "reserved": 3, "salable": 7}


async def test_orders_behind_one_sku_are_one_problem_with_one_button(shop: Town):
    await shop.stock(TOWEL, 1)
    numbers = [shop.place(TOWEL, quantity=3) for _ in range(7)]
    await shop.pass_time()
    (group,) = (await shop.ask(GROUPS))["blockerGroups"]["nodes"]
    assert (group["kind"], group["orders"]["value"]) == ("OUT_OF_STOCK", 7)
    first = group["resolutions"][0]
    assert first["asserts"] == f"20 more of {TOWEL} on the shelf"

    payload = await apply(shop, group["blocker"]["id"], first["id"])
    assert (payload["errors"], payload["affected"]["value"]) == ([], 7)
    for number in numbers:
        await imported(shop, number)
    assert await shop.shelf(TOWEL) == {"stock": 21, "reserved": 21, "salable": 0}


async def test_what_is_put_aside_stays_blocked_and_counts_no_longer(shop: Town):
    number = shop.place(LAMP)
    await shop.pass_time()
    (blocker,) = (await look(shop, number))["blockers"]
    assert (await apply(shop, blocker["id"], "DISMISS"))["errors"][0]["code"] == "REQUIRED"
    assert (await apply(shop, blocker["id"], "DISMISS", note="Sold out for good", key="noted"))["errors"] == []
    await shop.pass_time()
    order = await look(shop, number)
    assert (order["displayStatus"], order["commerceOrder"]) == ("ERROR", None)
    assert (await shop.ask(MESSAGES))["systemMessages"] == []
    assert (await to_do(shop)) == []

    await shop.stock(LAMP)  # what it lacked is there after all
    await shop.pass_time()
    await imported(shop, number)
