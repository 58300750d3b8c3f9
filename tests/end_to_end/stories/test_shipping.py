"""What leaves the shop, how Amazon is told, and when an order is complete."""

from typing import Any

import pytest

from tests.end_to_end.stories.asking import LAMP, MUG, look, notes, pass_minutes, states, to_do
from tests.end_to_end.stories.test_mailing import choose, words_of
from tests.end_to_end.town import SHIP, Town

CARRIERS = "{ carriers { code title amazonCode } }"
SHIPMENTS = """query($number: String!) { commerceOrder(by: {amazonOrderId: $number}) { shipments {
  comments { text } packages { id trackingUrl } } } }"""


async def send(shop: Town, order: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """Ship an order, or a part of it, and return the errors."""
    given = {"orderId": order["id"], "carrierCode": "UPS", "trackingNumber": "1Z1", "idempotencyKey": str(more)[:200]}
    errors: list[dict[str, Any]] = (await shop.ask(SHIP, input=given | more))["shipOrder"]["errors"]
    return errors


async def later(shop: Town, mutation: str, order: dict[str, Any], **given: Any) -> list[dict[str, Any]]:
    """Say tracking later, and return the errors."""
    kind = mutation[0].upper() + mutation[1:]
    document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ errors {{ code message path }} }} }}"
    wanted = {"orderId": order["id"], "idempotencyKey": str(given)[:200]} | given
    errors: list[dict[str, Any]] = (await shop.ask(document, input=wanted))[mutation]["errors"]
    return errors


async def sent(shop: Town, number: str) -> list[dict[str, Any]]:
    """Return the shipments of an order with their parcels and comments."""
    found: list[dict[str, Any]] = (await shop.ask(SHIPMENTS, number=number))["commerceOrder"]["shipments"]
    return found


async def pass_some(shop: Town) -> None:
    """Let Amazon be told, show it, and be seen."""
    for _ in range(3):
        await shop.pass_time()


async def ready(shop: Town, *skus: str, quantity: int = 1) -> dict[str, Any]:
    """Let an order come that can be shipped."""
    for sku in skus:
        await shop.stock(sku)
    number = shop.place(*skus, quantity=quantity)
    await shop.pass_time()
    return await look(shop, number)


async def packages(shop: Town, number: str) -> list[dict[str, Any]]:
    """Return the packages of an order that Amazon knows."""
    found: list[dict[str, Any]] = (await shop.at_amazon(number))["order"].get("packages", [])
    return found


async def test_ship_from_commerce_with_tracking_amazon_shipped(shop: Town):
    order = await ready(shop, MUG, quantity=2)
    number = order["amazonOrderId"]
    for wrong, path in (
        ({"trackingNumber": " "}, "trackingNumber"),
        ({"carrierCode": ""}, "carrierCode"),
        ({"lines": [{"itemId": order["items"][0]["id"], "quantity": 3}]}, "lines"),
        ({"lines": [{"itemId": order["items"][0]["id"], "quantity": 0}]}, "lines"),
    ):
        errors = await send(shop, order, **wrong)
        assert errors[0]["path"][:2] == ["input", path], errors
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 2, "salable": 8}

    assert await send(shop, order, trackingNumber="1Z999") == []
    assert await send(shop, order, trackingNumber="1Z999") == []  # repeated, the same answer
    await shop.pass_time()
    (parcel,) = await packages(shop, number)
    assert (parcel["carrier"], parcel["trackingNumber"]) == ("UPS", "1Z999")
    assert (await shop.at_amazon(number))["fulfillmentStatus"] == "SHIPPED"
    await shop.pass_time()
    done = await look(shop, number)
    assert (done["displayStatus"], states(done)) == ("COMPLETED", [("CONFIRM_SHIPMENT", "CONFIRMED")])
    assert await shop.shelf(MUG) == {"stock": 8, "reserved": 0, "salable": 8}
    assert [error["code"] for error in await send(shop, order, trackingNumber="1Z000")] == ["ACTION_NOT_ALLOWED"]


async def test_partial_shipments(shop: Town):
    order = await ready(shop, MUG, LAMP, quantity=2)
    number, first = order["amazonOrderId"], order["items"][0]["id"]
    assert await send(shop, order, lines=[{"itemId": first, "quantity": 1}], trackingNumber="1ZA") == []
    await pass_minutes(shop, 12)
    part = await look(shop, number)
    assert (part["status"], part["displayStatus"]) == ("PARTIALLY_SHIPPED", "PARTIALLY_SHIPPED")
    assert part["commerceOrder"]["state"] == "PROCESSING"
    assert [item["quantityShipped"] for item in part["items"]] == [1, 0]
    assert await shop.shelf(MUG) == {"stock": 9, "reserved": 1, "salable": 8}
    too_many = await send(shop, order, lines=[{"itemId": first, "quantity": 2}], trackingNumber="1ZB")
    assert too_many[0]["code"] == "QUANTITY_TOO_LARGE"

    assert await send(shop, order, trackingNumber="1ZC") == []  # the rest
    await pass_minutes(shop, 12)
    whole = await look(shop, number)
    assert (whole["status"], whole["displayStatus"]) == ("SHIPPED", "COMPLETED")
    assert whole["commerceOrder"]["state"] == "COMPLETE"
    quantities = [[line["quantity"] for line in one["lines"]] for one in whole["commerceOrder"]["shipments"]]
    assert quantities == [[1], [1, 2]]
    assert len(await packages(shop, number)) == 2
    for sku in (MUG, LAMP):
        assert await shop.shelf(sku) == {"stock": 8, "reserved": 0, "salable": 8}


@pytest.mark.parametrize(
    ("given", "name", "at_amazon"),
    [
        ("fedex", None, "FedEx"),
        ("UPS", None, "UPS"),
        (" usps ", None, "USPS"),
        ("DHL", None, "DHL"),
        ("gls", None, "GLS"),
        ("Hermes", None, "Hermes"),
        ("custom", "Bike Courier", "Bike Courier"),
    ],
)
async def test_carrier_mapping(shop: Town, given: str, name: str | None, at_amazon: str):
    order = await ready(shop, MUG)
    assert await send(shop, order, carrierCode=given, **({"carrierName": name} if name else {})) == []
    await shop.pass_time()
    (parcel,) = await packages(shop, order["amazonOrderId"])
    assert parcel["carrier"] == at_amazon


async def test_create_shipment(shop: Town):
    order = await ready(shop, MUG, LAMP, quantity=3)
    number, (mug, lamp) = order["amazonOrderId"], [item["id"] for item in order["items"]]
    known = {carrier["code"]: carrier for carrier in (await shop.ask(CARRIERS))["carriers"]}
    assert {"custom", "dhl", "fedex", "ups", "usps"} <= set(known)
    first = {"lines": [{"itemId": mug, "quantity": 1}], "trackingNumber": "1ZA"}
    refused = await send(shop, order, **first, carrierCode="custom")
    assert refused[0]["path"] == ["input", "carrierName"]
    assert all(code in refused[0]["message"] for code in known)

    # A part, with a comment that stays here; the copy by e-mail is Amazon's own business until the store wants it.
    refused = await send(shop, order, **first, comment="Fragile.", notify=True, appendComment=True)
    assert (refused[0]["code"], refused[0]["path"]) == ("ACTION_NOT_ALLOWED", ["input", "notify"])
    assert "Amazon itself tells the buyer of the shipment" in refused[0]["message"]
    assert await send(shop, order, **first, comment="Fragile.") == []
    await shop.pass_time()
    assert len(await packages(shop, number)) == 1
    assert shop.mail.kept == []

    # The rest in two parcels, and the buyer gets a copy with the comment.
    await choose(shop, enabledKinds=["SHIPMENT"])
    further = {"carrierCode": "fedex", "trackingNumber": "FX2", "lines": [{"itemId": lamp, "quantity": 3}]}
    rest = {"lines": [{"itemId": mug, "quantity": 2}], "packages": [further], "trackingNumber": "1ZB"}
    assert await send(shop, order, **rest, comment="The rest.", notify=True, appendComment=True) == []
    await pass_some(shop)
    assert (await look(shop, number))["displayStatus"] == "COMPLETED"
    (copy,) = shop.mail.kept
    text, _ = words_of(copy.message)
    assert all(word in text for word in ("The rest.", "1ZB", "FX2"))

    # The carrier made other labels: another number for one parcel, and a lamp that travels apart.
    shown = await sent(shop, number)
    assert [one["comments"] for one in shown] == [[{"text": "Fragile."}], [{"text": "The rest."}]]
    assert [[one["trackingUrl"] for one in paper["packages"]] for paper in shown] == [
        ["https://www.ups.com/track?tracknum=1ZA"],
        ["https://www.ups.com/track?tracknum=1ZB", "https://www.fedex.com/fedextrack/?trknbr=FX2"],
    ]
    second, third = shown[1]["packages"]
    wrong = await later(shop, "correctTrack", order, carrierCode="dhl", trackingNumber="JD1")
    assert (wrong[0]["code"], wrong[0]["path"]) == ("REQUIRED", ["input", "packageId"])
    other = {"packageId": second["id"], "carrierCode": "dhl", "trackingNumber": "JD1"}
    assert await later(shop, "correctTrack", order, **other) == []
    assert await later(shop, "correctTrack", order, **other) == []  # repeated, the same answer
    apart = {"packageId": third["id"], "carrierCode": "usps", "trackingNumber": "94001"}
    all_of_it = await later(shop, "addTrack", order, **apart, lines=[{"itemId": lamp, "quantity": 3}])
    assert (all_of_it[0]["code"], all_of_it[0]["path"]) == ("INVALID", ["input", "lines"])
    assert await later(shop, "addTrack", order, **apart, lines=[{"itemId": lamp, "quantity": 1}]) == []
    await pass_some(shop)
    parcels = [
        (one["carrier"], one["trackingNumber"], [item["quantity"] for item in one["packageItems"]])
        for one in await packages(shop, number)
    ]
    assert parcels == [("UPS", "1ZA", [1]), ("DHL", "JD1", [2]), ("FedEx", "FX2", [2]), ("USPS", "94001", [1])]
    done = await look(shop, number)
    assert (done["status"], done["displayStatus"], done["commerceOrder"]["state"]) == (
        "SHIPPED",
        "COMPLETED",
        "COMPLETE",
    )
    assert states(done) == [("CONFIRM_SHIPMENT", "CONFIRMED")] * 3 + [("UPDATE_TRACKING", "CONFIRMED")] * 3
    assert len(await sent(shop, number)) == 2
    for sku in (MUG, LAMP):
        assert await shop.shelf(sku) == {"stock": 7, "reserved": 0, "salable": 7}
    assert await to_do(shop) == []


async def test_several_tracks_per_shipment(shop: Town):
    order = await ready(shop, MUG, LAMP, quantity=2)
    mug, lamp = (item["id"] for item in order["items"])
    own = [{"itemId": mug, "quantity": 2}]
    nothing = {"carrierCode": "UPS", "trackingNumber": "1Z2", "lines": [{"itemId": lamp, "quantity": 3}]}
    refused = await send(shop, order, lines=own, packages=[nothing])
    where = ["input", "packages", "0", "lines", "0", "quantity"]
    assert [(error["code"], error["path"]) for error in refused] == [("QUANTITY_TOO_LARGE", where)]
    further = {"carrierCode": "fedex", "trackingNumber": "FX2", "lines": [{"itemId": lamp, "quantity": 2}]}
    assert await send(shop, order, lines=own, packages=[further]) == []
    await pass_minutes(shop, 12)
    parcels = await packages(shop, order["amazonOrderId"])
    assert {(parcel["carrier"], parcel["trackingNumber"]) for parcel in parcels} == {("UPS", "1Z1"), ("FedEx", "FX2")}
    done = await look(shop, order["amazonOrderId"])
    assert len(done["commerceOrder"]["shipments"]) == 1
    assert states(done) == [("CONFIRM_SHIPMENT", "CONFIRMED")] * 2


@pytest.mark.parametrize("by", ["us", "Seller Central"])
async def test_completion_on_next_cron(shop: Town, by: str):
    order = await ready(shop, MUG, quantity=2)
    number = order["amazonOrderId"]
    if by == "us":
        assert await send(shop, order) == []
    else:
        await shop.happens(number, "ship")
    assert (await look(shop, number))["commerceOrder"]["state"] == "PROCESSING"
    await pass_minutes(shop, 12)

    done = await look(shop, number)
    assert (done["status"], done["displayStatus"]) == ("SHIPPED", "COMPLETED")
    assert (done["commerceOrder"]["state"], done["commerceOrder"]["status"]["code"]) == ("COMPLETE", "complete")
    assert notes(done)[-1] == "Status updated to completed."
    assert [line["quantityShipped"] for line in done["commerceOrder"]["lines"]] == [2]
    assert await shop.shelf(MUG) == {"stock": 8, "reserved": 0, "salable": 8}
    await shop.load((await shop.at_amazon(number))["order"])  # a late word of Amazon takes nothing back
    await shop.pass_time()
    assert (await look(shop, number))["displayStatus"] == "COMPLETED"
    assert notes(await look(shop, number)).count("Status updated to completed.") == 1


async def test_a_confirmation_that_amazon_refuses_is_shown_with_its_words_and_kept(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG, programs=("FBM_SHIP_PLUS",))
    await shop.pass_time()
    assert (await shop.ship(number))["errors"] == []
    await pass_minutes(shop, 3)
    order = await look(shop, number)
    assert (order["status"], order["displayStatus"]) == ("UNSHIPPED", "ERROR")
    assert states(order) == [("CONFIRM_SHIPMENT", "REFUSED")]
    assert order["commands"][0]["lastError"]["amazonCode"]
    assert len(order["commerceOrder"]["shipments"]) == 1
    (entry,) = await to_do(shop, "COMMAND_REFUSED")
    assert order["commands"][0]["lastError"]["message"] in entry["message"]
    assert entry["resolutions"][0]["id"] == "RETRY_COMMAND"
    assert await packages(shop, number) == []
