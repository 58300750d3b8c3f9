"""What is on the shelf, what is promised, and who comes first."""

from typing import Any

from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.timeline import SYSTEM
from simulator.instants import wire_time
from tests.end_to_end.stories.asking import FAILURE, LAMP, MUG, look, pass_minutes, to_do
from tests.end_to_end.town import CONNECT, Town

CANADA = "A2EUQ1WTGCTBG2"
RESTOCK = f"""mutation($input: RestockInput!) {{ restockProduct(input: $input) {{ affected {{ value }} {FAILURE}
  product {{ stock reserved }} }} }}"""
PRODUCT = """query($sku: String!) { products(first: 1, search: $sku) { nodes { id
  moves(first: 50) { nodes { reason onHand reserved actor { kind } order { amazonOrderId } } } } } }"""
DISABLE = f"mutation($id: ID!) {{ disableProduct(productId: $id) {{ product {{ enabled }} {FAILURE} }} }}"


async def product(shop: Town, sku: str) -> dict[str, Any]:
    """Return the id of a product and its history, the newest first."""
    found: dict[str, Any] = (await shop.ask(PRODUCT, sku=sku))["products"]["nodes"][0]
    return found


async def restock(shop: Town, sku: str, change: dict[str, int], *, key: str) -> dict[str, Any]:
    """Count a product, and return the payload."""
    given = {"productId": (await product(shop, sku))["id"], "change": change, "idempotencyKey": key}
    payload: dict[str, Any] = (await shop.ask(RESTOCK, input=given))["restockProduct"]
    return payload


async def test_a_count_below_what_is_promised_is_refused(shop: Town):
    await shop.stock(MUG, 5)
    shop.place(MUG, quantity=4)
    await shop.pass_time()
    for change in ({"set": 3}, {"delta": -2}):
        (error,) = (await restock(shop, MUG, change, key=str(change)))["errors"]
        assert (error["__typename"], error["code"]) == ("InsufficientStockError", "INSUFFICIENT_STOCK")
    for wrong in ({"set": -1}, {"delta": 0}):
        (error,) = (await restock(shop, MUG, wrong, key=str(wrong)))["errors"]
        assert error["code"] == "INVALID"
    assert await shop.shelf(MUG) == {"stock": 5, "reserved": 4, "salable": 1}

    assert (await restock(shop, MUG, {"delta": -1}, key="one broke"))["errors"] == []
    assert (await restock(shop, MUG, {"delta": -1}, key="one broke"))["errors"] == []  # repeated, not counted again
    (reused,) = (await restock(shop, MUG, {"delta": 9}, key="one broke"))["errors"]
    assert reused["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await shop.shelf(MUG) == {"stock": 4, "reserved": 4, "salable": 0}


async def test_what_comes_goes_to_the_order_that_ships_first(shop: Town):
    await shop.stock(LAMP, 0)
    numbers = [shop.place(LAMP, quantity=2) for _ in range(4)]
    now = shop.world.catch_up()
    for days, number in zip((9, 3, 7, 5), numbers, strict=True):
        document = (await shop.at_amazon(number))["order"]
        document["fulfillment"]["shipByWindow"] = {"latestDateTime": wire_time(now + days * 86_400_000)}
        await shop.load(document)
    await shop.pass_time()
    by_ship_by = [entry["order"]["amazonOrderId"] for entry in await to_do(shop, "BLOCKER")]
    assert by_ship_by == [numbers[1], numbers[3], numbers[2], numbers[0]]

    assert (await restock(shop, LAMP, {"set": 5}, key="a delivery"))["affected"]["value"] == 4
    outcomes = [(await look(shop, number))["importDecision"]["outcome"] for number in numbers]
    assert outcomes == ["BLOCKED", "IMPORTED", "BLOCKED", "IMPORTED"]
    assert await shop.shelf(LAMP) == {"stock": 5, "reserved": 4, "salable": 1}  # all lines of an order or none


async def test_every_move_has_its_reason_who_did_it_and_the_order(shop: Town):
    await shop.stock(MUG, 6)
    shipped, canceled = shop.place(MUG, quantity=2), shop.place(MUG, quantity=1)
    await shop.pass_time()
    assert (await shop.ship(shipped))["errors"] == []
    await shop.happens(canceled, "cancel", by="BUYER")
    await pass_minutes(shop, 12)
    moves = (await product(shop, MUG))["moves"]["nodes"]
    told = {
        (move["reason"], (move["order"] or {}).get("amazonOrderId"), move["onHand"], move["reserved"]) for move in moves
    }
    assert told == {
        ("COUNTED", None, 6, 0),
        ("RESERVED", shipped, 0, 2),
        ("RESERVED", canceled, 0, 1),
        ("SHIPPED", shipped, -2, -2),
        ("RELEASED", canceled, 0, -1),
    }
    assert {move["actor"]["kind"] for move in moves if move["reason"] in ("COUNTED", "SHIPPED")} == {"USER"}


async def test_several_marketplaces_of_one_account_share_catalog_and_stock(shop: Town):
    given = {"name": "North", "marketplaceId": CANADA, "refreshToken": "Atzr|demo"}
    assert (await shop.ask(CONNECT, input=given))["connectStore"]["errors"] == []
    shop.world.clock.advance(60)
    await shop.stock(MUG, 3)
    south, north = shop.place(MUG, quantity=2), shop.place(MUG, quantity=2, marketplace_id=CANADA)
    await shop.pass_time()
    outcomes = sorted([(await look(shop, number))["importDecision"]["outcome"] for number in (south, north)])
    assert outcomes == ["BLOCKED", "IMPORTED"]
    assert await shop.shelf(MUG) == {"stock": 3, "reserved": 2, "salable": 1}
    await shop.stock(MUG, 4)
    totals = [(await look(shop, number))["commerceOrder"]["total"]["currencyCode"] for number in (south, north)]
    assert totals == ["USD", "CAD"]


async def test_products_of_a_file_and_of_the_api_are_the_same_products(shop: Town):
    number = shop.place(LAMP)
    await shop.pass_time()
    rows = [
        ProductRow(line=2, sku=LAMP, name="Lamp", quantity="4"),
        ProductRow(line=3, sku="OTHER", name="Other", quantity="many"),
    ]
    imported = await import_products(rows=rows, now=shop.world.clock.now(), actor=SYSTEM)
    assert [line for line, _ in imported.refused] == [3]
    await shop.pass_time(minutes=0)
    assert (await look(shop, number))["commerceOrder"]["state"] == "PROCESSING"

    disabled = (await shop.ask(DISABLE, id=(await product(shop, LAMP))["id"]))["disableProduct"]
    assert (disabled["errors"], disabled["product"]) == ([], {"enabled": False})
    later = shop.place(LAMP)
    await shop.pass_time()
    (blocker,) = (await look(shop, later))["blockers"]
    assert blocker["kind"] == "PRODUCT_DISABLED"
    assert (await look(shop, number))["commerceOrder"]["state"] == "PROCESSING"  # what is promised stays promised
    assert await shop.shelf(LAMP) == {"stock": 4, "reserved": 1, "salable": 3}
