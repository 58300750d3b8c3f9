"""What Amazon changes after the import: never ignored, never taken over without a person."""

from decimal import Decimal
from typing import Any

import pytest

from tests.end_to_end.stories.asking import LAMP, MUG, apply, kept_address, look, notes, pass_minutes, to_do, worth
from tests.end_to_end.town import Town


async def imported(shop: Town, *, quantity: int) -> dict[str, Any]:
    """Let an order of mugs be imported, and return it as Amazon has it."""
    await shop.stock(MUG)
    number = shop.place(MUG, quantity=quantity)
    await shop.pass_time()
    document: dict[str, Any] = (await shop.at_amazon(number))["order"]
    return document


async def changed(shop: Town, document: dict[str, Any]) -> dict[str, Any]:
    """Let Amazon have an order as it is given, and return the only thing that a person is told of it."""
    await shop.load(document)
    await shop.pass_time()
    (entry,) = await to_do(shop, "CONFLICT")
    assert entry["order"]["amazonOrderId"] == document["orderId"]
    return entry


def halved(amounts: dict[str, Any]) -> None:
    """Bring every amount within a document to half of what it was."""
    for name, value in amounts.items():
        if isinstance(value, dict):
            halved(value)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    halved(one)
        elif name == "amount":
            amounts[name] = f"{Decimal(value) / 2:.2f}"


async def fewer(shop: Town) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let Amazon lower the quantity of an imported order from four to two, and return order and entry."""
    document = await imported(shop, quantity=4)
    before = await look(shop, document["orderId"])
    item = document["orderItems"][0]
    for amounts in (document["proceeds"], item["proceeds"]):
        halved(amounts)
    item["quantityOrdered"] = 2
    item["fulfillment"]["quantityUnfulfilled"] = 2
    entry = await changed(shop, document)
    assert f"changed the quantity of {MUG} from 4 to 2" in entry["message"]
    after = await look(shop, document["orderId"])
    assert after["commerceOrder"] == before["commerceOrder"]  # not before somebody says so
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 4, "salable": 6}
    return before, entry


async def test_a_lowered_quantity_is_given_back_when_a_person_says_so(shop: Town):
    before, entry = await fewer(shop)
    assert [way["id"] for way in entry["resolutions"]] == ["REFUND_DIFFERENCE", "KEEP"]
    assert (await apply(shop, entry["id"], "TAKE_OVER"))["errors"][0]["code"] == "ACTION_NOT_ALLOWED"
    assert (await apply(shop, entry["id"], "REFUND_DIFFERENCE"))["errors"] == []
    assert (await apply(shop, entry["id"], "REFUND_DIFFERENCE"))["errors"] == []  # asked twice, done once

    order = await look(shop, before["amazonOrderId"])
    (memo,) = order["commerceOrder"]["creditMemos"]
    assert [line["quantity"] for line in memo["lines"]] == [2]
    left = worth(order["commerceOrder"]["total"]) - worth(memo["total"])
    assert abs(left - worth(order["total"])) <= worth(order["total"]) / 1000
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 2, "salable": 8}
    assert (await shop.ship(before["amazonOrderId"]))["errors"] == []
    await pass_minutes(shop, 12)
    assert await to_do(shop) == []
    assert await shop.shelf(MUG) == {"stock": 8, "reserved": 0, "salable": 8}


async def test_a_lowered_quantity_is_left_when_a_person_says_so(shop: Town):
    before, entry = await fewer(shop)
    assert (await apply(shop, entry["id"], "KEEP"))["errors"] == []
    await shop.pass_time()
    assert await to_do(shop) == []
    order = await look(shop, before["amazonOrderId"])
    assert order["commerceOrder"]["creditMemos"] == []
    assert any("Leave the order as it is" in note for note in notes(order))


@pytest.mark.parametrize("way", ["TAKE_OVER", "KEEP"])
async def test_a_moved_address_is_taken_over_or_left(shop: Town, way: str):
    document = await imported(shop, quantity=1)
    number = document["orderId"]
    before = await kept_address(shop, number)
    document["recipient"]["deliveryAddress"]["addressLine1"] = "1 Elsewhere Road"
    entry = await changed(shop, document)
    assert "line1" in entry["message"]
    assert "Elsewhere" not in entry["message"]
    assert [one["id"] for one in entry["resolutions"]] == ["TAKE_OVER", "KEEP"]
    assert await kept_address(shop, number) == before
    assert (await apply(shop, entry["id"], way))["errors"] == []
    await shop.pass_time()
    assert await to_do(shop) == []
    after = await kept_address(shop, number)
    assert after == (before | {"line1": "1 Elsewhere Road"} if way == "TAKE_OVER" else before)


async def test_a_fallen_price_is_given_back_when_a_person_says_so(shop: Town):
    document = await imported(shop, quantity=2)
    before = await look(shop, document["orderId"])
    for amounts in (document["proceeds"], document["orderItems"][0]["proceeds"]):
        halved(amounts)
    entry = await changed(shop, document)
    assert "changed the price" in entry["message"]
    assert entry["resolutions"][0]["id"] == "REFUND_DIFFERENCE"
    assert (await apply(shop, entry["id"], "REFUND_DIFFERENCE"))["errors"] == []
    order = await look(shop, document["orderId"])
    (memo,) = order["commerceOrder"]["creditMemos"]
    assert worth(memo["total"]) == worth(before["total"]) - worth(order["total"])
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 2, "salable": 8}


async def test_an_added_item_is_told_and_imported_by_nobody(shop: Town):
    await shop.stock(LAMP)
    document = await imported(shop, quantity=1)
    more = (await shop.at_amazon(shop.place(LAMP)))["order"]["orderItems"][0]
    document["orderItems"].append(more)
    entry = await changed(shop, document)
    assert f"added 1 of {LAMP}" in entry["message"]
    order = await look(shop, document["orderId"])
    assert [line["sku"] for line in order["commerceOrder"]["lines"]] == [MUG]
    assert [way["id"] for way in entry["resolutions"]] == ["KEEP"]
