"""One test for each thing that nobody can do to an order ("Not allowed" in the specification of the wire)."""

import pytest
from httpx2 import Response

from tests.simulator.orders.test_triggers import act, one
from tests.simulator.playing import ORDERS, Amazon, package

REASON = {"cancelReasonCode": "NO_INVENTORY"}


async def refused(amazon: Amazon, order_id: str, *, fulfilled_by: str = "MERCHANT") -> None:
    """Try all that a seller could do, by API and by hand, and see nothing change."""
    before = await amazon.order(order_id)
    assert (await amazon.confirm(order_id, package(before, reference="9"))).status_code == 400
    assert (await cancel(amazon, order_id)).status_code == 400
    assert (await act(amazon, order_id, "cancel", by="SELLER")).status_code == 409
    if fulfilled_by == "MERCHANT":
        assert (await act(amazon, order_id, "ship")).status_code == 409
    assert await amazon.order(order_id) == before


async def cancel(amazon: Amazon, order_id: str, body: object = REASON) -> Response:
    await amazon.sim("POST", "/options", {"offersCancelOrder": True})
    headers = {"x-amz-access-token": str(amazon.token)}
    return await amazon.http.put(f"{ORDERS}/{order_id}/cancellation", json=body, headers=headers)


@pytest.mark.parametrize("status", ["PENDING_AVAILABILITY", "PENDING"])
async def test_nobody_ships_or_cancels_for_the_seller_what_is_not_paid(amazon: Amazon, status: str) -> None:
    await refused(amazon, await one(amazon, fulfillmentStatus=status, paymentTakes=86_400))


async def test_what_is_cancelled_is_neither_shipped_nor_cancelled_again(amazon: Amazon) -> None:
    await refused(amazon, await one(amazon, fulfillmentStatus="CANCELLED"))


async def test_what_is_shipped_is_not_cancelled(amazon: Amazon) -> None:
    await refused(amazon, await one(amazon, fulfillmentStatus="SHIPPED"))


async def test_what_is_shipped_in_part_is_not_cancelled_as_a_whole(amazon: Amazon) -> None:
    order_id = await one(amazon, fulfillmentStatus="PARTIALLY_SHIPPED")
    before = await amazon.order(order_id)
    assert (await cancel(amazon, order_id)).status_code == 400
    for by in ("SELLER", "BUYER", "AMAZON"):
        assert (await act(amazon, order_id, "cancel", by=by)).status_code == 409
    assert await amazon.order(order_id) == before


async def test_more_than_is_open_is_not_confirmed(amazon: Amazon) -> None:
    order_id = await one(amazon, fulfillmentStatus="UNSHIPPED", items=[{"sku": "MUG-STONEWARE-350", "quantity": 2}])
    order = await amazon.order(order_id)
    many = [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 3}]
    assert (await amazon.confirm(order_id, package(order, orderItems=many))).status_code == 400
    assert await amazon.order(order_id) == order


@pytest.mark.parametrize("status", ["PENDING", "UNSHIPPED", "SHIPPED"])
async def test_the_seller_does_nothing_with_what_amazon_fulfils(amazon: Amazon, status: str) -> None:
    order_id = await one(amazon, fulfilledBy="AMAZON", fulfillmentStatus=status)
    await refused(amazon, order_id, fulfilled_by="AMAZON")


async def test_an_order_from_elsewhere_is_not_a_merchants(amazon: Amazon) -> None:
    answer = await amazon.sim("POST", "/orders", {"channelName": "NON_AMAZON"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "channelName")
