"""Every state an order can stand in, and how the back door of the simulator brings one there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.simulator.conformance.amazon import Amazon

Bring = Callable[[Amazon, str], Awaitable[str]]

TWO_OF_ONE: Final = 2


@dataclass(frozen=True)
class State:
    """A state by name, the status that Amazon shows for it, and the way there."""

    name: str
    status: str
    bring: Bring


def placed(**wishes: Any) -> Bring:
    """Return the way to an order that is placed in its state at once."""

    async def bring(amazon: Amazon, marketplace_id: str) -> str:
        return await amazon.place(marketplaceId=marketplace_id, **wishes)

    return bring


def then(before: Bring, act: str, **details: Any) -> Bring:
    """Return the way to a state through one more act."""

    async def bring(amazon: Amazon, marketplace_id: str) -> str:
        order_id = await before(amazon, marketplace_id)
        await amazon.act(order_id, act, **details)
        return order_id

    return bring


async def partially_shipped(amazon: Amazon, marketplace_id: str) -> str:
    """Ship one of two units, through Amazon's own operation."""
    sku = await first_sku(amazon)
    items = [{"sku": sku, "quantity": TWO_OF_ONE}]
    order_id = await amazon.place(marketplaceId=marketplace_id, fulfillmentStatus="UNSHIPPED", items=items)
    answer = await amazon.confirm(order_id, await confirmation(amazon, order_id, quantity=1))
    assert answer.status_code == 204, answer.text
    return order_id


async def first_sku(amazon: Amazon) -> str:
    """Return a SKU of the demo seller's catalog."""
    state = await amazon.control("GET", "state")
    [demo] = [seller for seller in state["sellers"] if seller["name"] == "demo"]
    return str(demo["catalog"][0]["sku"])


async def confirmation(
    amazon: Amazon, order_id: str, *, quantity: int | None = None, seller: str = "demo", **package: Any
) -> dict[str, Any]:
    """Return a body that confirms the shipment of an order, or only so many units of each item."""
    order = (await amazon.get_order(order_id, ["FULFILLMENT"], seller=seller)).json()["order"]
    return {
        "marketplaceId": order["salesChannel"]["marketplaceId"],
        "packageDetail": {
            "packageReferenceId": "1",
            "carrierCode": "DHL",
            "shippingMethod": "Paket",
            "trackingNumber": "00340434161094000001",
            "shipDate": order["lastUpdatedTime"],
            "orderItems": [
                {"orderItemId": item["orderItemId"], "quantity": quantity or item["quantityOrdered"]}
                for item in order["orderItems"]
            ],
            **package,
        },
    }


PENDING: Final = placed()
UNSHIPPED: Final = then(PENDING, "pay")
SHIPPED: Final = then(UNSHIPPED, "ship")
BY_AMAZON: Final = placed(fulfilledBy="AMAZON", fulfillmentStatus="UNSHIPPED")

STATES: Final = (
    State("pre-ordered", "PENDING_AVAILABILITY", placed(fulfillmentStatus="PENDING_AVAILABILITY")),
    State("pending", "PENDING", PENDING),
    State("paid", "UNSHIPPED", UNSHIPPED),
    State("asked to be cancelled", "UNSHIPPED", then(UNSHIPPED, "request-cancel", reason="Ordered twice")),
    State("shipped in part", "PARTIALLY_SHIPPED", partially_shipped),
    State("shipped", "SHIPPED", SHIPPED),
    State("delivered", "SHIPPED", then(SHIPPED, "deliver")),
    State("returned", "SHIPPED", then(then(SHIPPED, "deliver"), "return")),
    State("cancelled by the buyer", "CANCELLED", then(PENDING, "cancel", by="BUYER")),
    State("cancelled by the seller", "CANCELLED", then(UNSHIPPED, "cancel", by="SELLER", reason="NoInventory")),
    State("cancelled by Amazon", "CANCELLED", then(UNSHIPPED, "cancel", by="AMAZON")),
    State("pending at Amazon's warehouse", "PENDING", placed(fulfilledBy="AMAZON")),
    State("paid at Amazon's warehouse", "UNSHIPPED", BY_AMAZON),
    State("shipped by Amazon", "SHIPPED", then(BY_AMAZON, "ship")),
    State("unfulfillable", "UNFULFILLABLE", placed(fulfilledBy="AMAZON", fulfillmentStatus="UNFULFILLABLE")),
)
