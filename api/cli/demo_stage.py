"""What happens in the demo from the start: an order for everything that a person may have to do in the morning."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from api.cli.asking import Asker
from api.cli.demo_goods import blocked_skus, sellable_sku
from simulator.cast.sellers import FIRST_SELLER
from simulator.orders import acting
from simulator.orders.placing import WantedItem, Wish, place_order
from simulator.world import World

LABELED_BY_AMAZON: Final = "FBM_SHIP_PLUS"
"""A program whose orders have to go with Amazon's own labels: it refuses a confirmation of any other shipment."""

_ORDER: Final = """query Order($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id commerceOrder { id } } }"""
_SHIPPABLE: Final = """{
  amazonOrders(first: 10, where: {displayStatus: {eq: UNSHIPPED}, importOutcome: {eq: IMPORTED}}) {
    nodes { id amazonOrderId buyerCancellation { requestedAt } commands { kind } } } }"""
_BLOCKER: Final = """{ blockers(first: 1) { nodes {
  id message order { amazonOrderId } resolutions { id label } } } }"""
_SHIP: Final = "mutation Ship($input: ShipOrderInput!) { shipOrder(input: $input) { errors { message } } }"


@dataclass(frozen=True, slots=True)
class Staged:
    """The numbers of the orders that the demo tells of; None where it has too few orders for that."""

    asked_to_cancel: str | None = None
    refused: str | None = None


def stage_orders(world: World, *, most: int, at: int) -> tuple[Staged, int]:
    """Place the orders that the demo tells of, at most so many; return them, and how many there are.

    One for each blocker, one that can be shipped, one whose buyer wants to cancel, one whose shipment Amazon refuses.
    """
    catalog = world.sellers[FIRST_SELLER].catalog
    wanted = [*((sku, ()) for sku in blocked_skus(catalog)), *[(sellable_sku(catalog), ())] * 2]
    wishes = [
        Wish(status="UNSHIPPED", items=(WantedItem(sku=sku, quantity=1),), programs=programs)
        for sku, programs in [*wanted, (sellable_sku(catalog), (LABELED_BY_AMAZON,))]
    ][:most]
    numbers = [place_order(world, wish, at=at) for wish in wishes]
    asked = numbers[4] if len(numbers) > 4 else None
    if asked is not None and (order := world.book.get(asked)) is not None:
        acting.request_cancel(world, order, reason="Found it cheaper elsewhere", at=at)
    return Staged(asked, numbers[5] if len(numbers) > 5 else None), len(numbers)


async def ship_what_amazon_refuses(asker: Asker, staged: Staged) -> None:
    """Ship the order that Amazon wants to go with its own label, as soon as it is imported."""
    if staged.refused is None:
        return
    order: dict[str, Any] | None = None
    while order is None or order["commerceOrder"] is None:
        await asyncio.sleep(1)
        order = (await asker.data(_ORDER, {"number": staged.refused}))["amazonOrder"]
    wanted = {
        "orderId": order["id"],
        "carrierCode": "UPS",
        "trackingNumber": "1Z999AA10123456785",
        "idempotencyKey": f"demo-refused-{staged.refused}",
    }
    await asker.payload("shipOrder", _SHIP, {"input": wanted})


async def first_blocker(asker: Asker) -> dict[str, Any]:
    """Return the blocker that is looked at first, as soon as there is one."""
    nodes: list[dict[str, Any]] = []
    while not nodes:
        await asyncio.sleep(1)
        nodes = (await asker.data(_BLOCKER))["blockers"]["nodes"]
    return nodes[0]


async def shippable_order(asker: Asker, staged: Staged) -> dict[str, Any]:
    """Return an imported order that waits to be shipped and that nothing stands against, as soon as there is one."""
    while True:
        nodes = (await asker.data(_SHIPPABLE))["amazonOrders"]["nodes"]
        for node in nodes:
            is_free = not node["commands"] and node["buyerCancellation"] is None
            if is_free and node["amazonOrderId"] != staged.refused:
                return {"id": node["id"], "amazonOrderId": node["amazonOrderId"]}
        await asyncio.sleep(1)
