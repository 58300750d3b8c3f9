"""Looking at and patching listings inside a test."""

from typing import Any

import httpx2

from tests.simulator.playing import Amazon

AMERICAN = "ATVPDKIKX0DER"
MUG = "MUG-STONEWARE-350"
CABLE = "CABLE-USBC-2M"  # fulfilled by Amazon
ITEMS = "/listings/2021-08-01/items"
ATTRIBUTE = "/attributes/fulfillment_availability"
EFFECT = 10  # seconds


def entry(**fields: Any) -> dict[str, Any]:
    """A value of the attribute."""
    return {"fulfillment_channel_code": "DEFAULT", **fields}


def patch(operation: str, *values: Any, path: str = ATTRIBUTE) -> dict[str, Any]:
    """A patch of one operation."""
    value = {"value": list(values)} if values else {}
    return {"productType": "PRODUCT", "patches": [{"op": operation, "path": path, **value}]}


async def send(
    amazon: Amazon, body: Any, *, sku: str = MUG, seller: str | None = None, **query: str
) -> httpx2.Response:
    """Call patchListingsItem."""
    path = f"{ITEMS}/{seller or amazon.seller}/{sku}"
    params = {"marketplaceIds": AMERICAN} | query
    return await amazon.http.patch(path, json=body, params=params, headers={"x-amz-access-token": amazon.token or ""})


async def patched(amazon: Amazon, operation: str, *values: Any, sku: str = MUG) -> None:
    """Patch a listing and wait until it takes effect."""
    answer = await send(amazon, patch(operation, *values), sku=sku)
    assert answer.json()["status"] == "ACCEPTED", answer.text
    await amazon.advance(EFFECT)


async def look(amazon: Amazon, *included: str, sku: str = MUG, marketplaces: str = AMERICAN) -> dict[str, Any]:
    """Call getListingsItem."""
    query = {"marketplaceIds": marketplaces} | ({"includedData": ",".join(included)} if included else {})
    answer = await amazon.get(f"{ITEMS}/{amazon.seller}/{sku}", query)
    assert answer.status_code == 200, answer.text
    item: dict[str, Any] = answer.json()
    return item


async def quantity(amazon: Amazon, sku: str = MUG) -> int | None:
    """The quantity that Amazon shows."""
    [availability] = (await look(amazon, "fulfillmentAvailability", sku=sku))["fulfillmentAvailability"]
    shown: int | None = availability.get("quantity")
    return shown


async def attribute(amazon: Amazon) -> dict[str, Any]:
    """The attribute as Amazon shows it."""
    [shown] = (await look(amazon, "attributes"))["attributes"]["fulfillment_availability"]
    assert isinstance(shown, dict)
    return shown


async def stock(amazon: Amazon, units: int, sku: str = MUG, seller: str = "demo") -> None:
    """Set a quantity through the back door."""
    answer = await amazon.sim("PUT", "/listings", {"seller": seller, "sku": sku, "quantity": units})
    assert answer.status_code == 200, answer.text
    assert answer.json()["quantity"] == units


async def buy(amazon: Amazon, units: int, sku: str = MUG, **wish: Any) -> str:
    """Let a buyer order so many units."""
    [order_id] = await amazon.place(items=[{"sku": sku, "quantity": units, "price": "5.00"}], **wish)
    return order_id


async def listed(amazon: Amazon, sku: str = MUG, seller: str = "demo") -> dict[str, Any]:
    """A listing as the control plane shows it."""
    listings = (await amazon.sim("GET", f"/listings?seller={seller}")).json()["listings"]
    [found] = [one for one in listings if one["sku"] == sku]
    assert isinstance(found, dict)
    return found
