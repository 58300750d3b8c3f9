"""Addresses that nothing can be sent to, corrected by a person, and what Amazon says afterwards."""

from typing import Any

import pytest

from tests.end_to_end.stories.asking import FAILURE, MUG, apply, kept_address, look, notes, to_do
from tests.end_to_end.town import Town

CORRECT = f"""mutation($id: ID!, $address: AddressPatch!, $version: Int) {{
  correctAddress(orderId: $id, address: $address, expectedVersion: $version) {{ order {{ id }} {FAILURE} }} }}"""


async def correct(shop: Town, number: str, version: int | None = None, **address: Any) -> list[dict[str, Any]]:
    """Correct parts of an order's address, and return the errors."""
    order_id = (await look(shop, number))["id"]
    answer = await shop.ask(CORRECT, id=order_id, address=address, version=version)
    errors: list[dict[str, Any]] = answer["correctAddress"]["errors"]
    return errors


async def without_a_city(shop: Town) -> dict[str, Any]:
    """Let an order come whose address lacks its city, and return it as Amazon has it."""
    document: dict[str, Any] = (await shop.at_amazon(shop.place(MUG, quantity=2)))["order"]
    document["recipient"]["deliveryAddress"]["city"] = ""
    await shop.load(document)
    await shop.pass_time()
    return document


async def test_other_blockers_b4_address(shop: Town):
    await shop.stock(MUG)
    number = (await without_a_city(shop))["orderId"]

    order = await look(shop, number)
    (blocker,) = order["blockers"]
    assert (order["displayStatus"], blocker["kind"], blocker["field"]) == ("ERROR", "INVALID_ADDRESS", "address.city")
    assert blocker["message"] == "Cannot create sales order: The delivery address has no city"
    assert [way["id"] for way in blocker["resolutions"]] == [
        "CORRECT_ADDRESS",
        "READ_AGAIN",
        "CANCEL_ORDER",
        "DISMISS",
    ]
    without_input = await apply(shop, blocker["id"], "CORRECT_ADDRESS")
    assert [error["code"] for error in without_input["errors"]] == ["REQUIRED"]
    payload = await apply(shop, blocker["id"], "CORRECT_ADDRESS", address={"city": "Tacoma"}, key="with a city")
    assert payload["errors"] == []
    assert (await look(shop, number))["commerceOrder"]["state"] == "PROCESSING"


async def test_edit_shipping_address_save_order(shop: Town):
    await shop.stock(MUG)
    number = (await without_a_city(shop))["orderId"]
    before = await look(shop, number)

    for wrong in ({"city": " "}, {"countryCode": "QX"}, {"line1": ""}):
        errors = await correct(shop, number, None, **wrong)
        assert errors, wrong
        assert errors[0]["code"] in ("REQUIRED", "INVALID")
    assert (await correct(shop, number, version=before["version"] - 1, city="Tacoma"))[0]["code"] == "STALE_VERSION"
    assert (await look(shop, number))["version"] == before["version"]

    assert await correct(shop, number, version=before["version"], city="Tacoma", line2="Unit 4") == []
    order = await look(shop, number)
    assert (order["shippingAddress"]["city"], order["shippingAddress"]["line2"]) == ("Tacoma", "Unit 4")
    assert order["shippingAddress"]["line1"] == before["shippingAddress"]["line1"]
    assert order["commerceOrder"]["state"] == "PROCESSING"
    assert {entry["field"]: entry["correctedBy"]["kind"] for entry in order["addressCorrections"]} == {
        "city": "USER",
        "line2": "USER",
    }
    assert any("corrected" in note for note in notes(order))
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 2, "salable": 8}

    assert (await shop.ship(number))["errors"] == []
    await shop.pass_time()
    await shop.pass_time()
    refused = await correct(shop, number, city="Olympia")
    assert [error["__typename"] for error in refused] == ["ActionNotAllowedError"]


async def test_corrections_survive_sync(shop: Town):
    await shop.stock(MUG)
    document = await without_a_city(shop)
    number = document["orderId"]
    assert await correct(shop, number, city="Tacoma") == []

    document["recipient"]["deliveryAddress"]["addressLine2"] = "Gate B"
    await shop.load(document)
    await shop.pass_time()
    order = await look(shop, number)
    assert order["shippingAddress"]["city"] == "Tacoma"
    assert [entry["isStale"] for entry in order["addressCorrections"]] == [False]

    document["recipient"]["deliveryAddress"]["city"] = "Spokane"
    await shop.load(document)
    await shop.pass_time()
    order = await look(shop, number)
    assert order["shippingAddress"]["city"] == "Tacoma"
    assert [entry["isStale"] for entry in order["addressCorrections"]] == [True]
    conflicts = [entry for entry in await to_do(shop, "CONFLICT") if "corrected here (city)" in entry["message"]]
    assert [way["id"] for way in conflicts[0]["resolutions"]] == ["TAKE_OVER", "KEEP"]

    assert (await apply(shop, conflicts[0]["id"], "TAKE_OVER"))["errors"] == []
    assert (await look(shop, number))["shippingAddress"]["city"] == "Spokane"
    assert (await apply(shop, conflicts[0]["id"], "KEEP"))["errors"][0]["code"] == "ACTION_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("country", "region", "postal_code", "here"),
    [
        ("US", "californiA", "92025-1501", ("CA", "92025")),
        ("US", " Calif. ", "92025", ("CA", "92025")),
        ("US", "N.Y.", "10001", ("NY", "10001")),
        ("CA", "Ontario", "K1A 0B1", ("ON", "K1A 0B1")),
        ("PR", "", "00901-0001", ("", "00901")),
        ("US", "Nowhere Land", "99999", ("Nowhere Land", "99999")),
    ],
)
async def test_region_normalisation(shop: Town, country: str, region: str, postal_code: str, here: tuple[str, str]):
    await shop.stock(MUG)
    document = (await shop.at_amazon(shop.place(MUG)))["order"]
    written = {"countryCode": country, "stateOrRegion": region, "postalCode": postal_code}
    document["recipient"]["deliveryAddress"] |= written
    await shop.load(document)
    await shop.pass_time()

    order = await look(shop, document["orderId"])
    assert order["commerceOrder"]["state"] == "PROCESSING"
    assert (order["shippingAddress"]["region"] or "") == region  # what Amazon says stays what it says
    kept = await kept_address(shop, document["orderId"])
    assert (kept.get("region") or "", kept["postal_code"]) == here
    await shop.load(document)
    await shop.pass_time()
    assert await to_do(shop) == []  # another spelling is no other address
