"""Refunds that the seller makes in Seller Central."""

from decimal import Decimal
from typing import Any

import pytest

from tests.simulator.orders.test_triggers import act, one
from tests.simulator.playing import Amazon

ITEMS = [{"sku": "MUG-STONEWARE-350", "quantity": 2, "price": "10", "shipping": "3", "giftWrap": "0", "discount": "0"}]
GB = "A1F83G8C2ARO7P"


async def shipped(amazon: Amazon, **wish: object) -> dict[str, Any]:
    order_id = await one(amazon, items=ITEMS, fulfillmentStatus="SHIPPED", marketplaceId=GB, **wish)
    return await amazon.order(order_id)


def refunded(amazon: Amazon, order: dict[str, Any]) -> Decimal:
    known = amazon.world.book.get(order["orderId"])
    assert known is not None
    [item] = order["orderItems"]
    return Decimal(sum(amazon.world.ledger.account(known).refunded(item["orderItemId"]).values())) / 100


def amounts(order: dict[str, Any], **components: str) -> dict[str, Any]:
    return {"items": [{"orderItemId": order["orderItems"][0]["orderItemId"], "amounts": components}]}


async def test_gives_back_all_that_was_paid_once(amazon: Amazon) -> None:
    order = await shipped(amazon)
    assert (await act(amazon, order["orderId"], "refund")).status_code == 200
    assert refunded(amazon, order) == Decimal(order["proceeds"]["grandTotal"]["amount"]) == 23
    assert (await act(amazon, order["orderId"], "refund")).status_code == 409
    assert await amazon.order(order["orderId"]) == order


async def test_gives_back_some_and_then_the_rest(amazon: Amazon) -> None:
    order = await shipped(amazon)
    assert (await act(amazon, order["orderId"], "refund", **amounts(order, Principal="4.5"))).status_code == 200
    assert (await act(amazon, order["orderId"], "refund", **amounts(order, Goodwill="1"))).status_code == 200
    too_much = await act(amazon, order["orderId"], "refund", **amounts(order, Shipping="3.01"))
    assert (too_much.status_code, refunded(amazon, order)) == (409, Decimal("5.5"))
    assert (await act(amazon, order["orderId"], "refund")).status_code == 200
    assert refunded(amazon, order) == 23


@pytest.mark.parametrize("status", ["PENDING", "UNSHIPPED", "CANCELLED"])
async def test_gives_nothing_back_of_what_was_not_sent(amazon: Amazon, status: str) -> None:
    order_id = await one(amazon, fulfillmentStatus=status)
    assert (await act(amazon, order_id, "refund")).status_code == 409
    unknown = await act(amazon, order_id, "refund", items=[{"orderItemId": "1"}])
    assert unknown.status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"Fun": "1"}, "items[0].amounts"),
        ({"Principal": "-1"}, "items[0].amounts"),
        ({"Principal": "1.001"}, "items[0].amounts"),
        ({}, "items[0].amounts"),
    ],
)
async def test_a_wrong_amount_is_refused(amazon: Amazon, wrong: dict[str, str], field: str) -> None:
    order = await shipped(amazon)
    answer = await act(amazon, order["orderId"], "refund", **amounts(order, **wrong))
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert refunded(amazon, order) == 0
