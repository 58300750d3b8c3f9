"""cancelOrder, as Amazon published it three times and took it back each time."""

from typing import Any

import pytest
from httpx2 import Response

from tests.simulator.playing import ORDERS, Amazon, package

REASONS = (
    "NO_INVENTORY", "BUYER_CANCELLED", "SHIPPING_ADDRESS_UNDELIVERABLE", "CUSTOMER_EXCHANGE", "PRICING_ERROR",
)  # fmt: skip


async def cancel(amazon: Amazon, order_id: str, body: Any = None, content: bytes | None = None) -> Response:
    headers = {"x-amz-access-token": str(amazon.token)}
    sent = {"cancelReasonCode": "NO_INVENTORY"} if body is None else body
    more: dict[str, Any] = {"json": sent} if content is None else {"content": content}
    return await amazon.http.put(f"{ORDERS}/{order_id}/cancellation", headers=headers, **more)


@pytest.fixture
async def offered(amazon: Amazon) -> Amazon:
    await amazon.sim("POST", "/options", {"offersCancelOrder": True})
    return amazon


async def unshipped(amazon: Amazon, **wish: object) -> str:
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", **wish)
    return order_id


async def test_is_not_found_as_long_as_it_is_not_released(amazon: Amazon) -> None:
    order_id = await unshipped(amazon)
    answer = await cancel(amazon, order_id)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "NotFound")
    await amazon.advance(60)
    assert await amazon.status(order_id) == "UNSHIPPED"


@pytest.mark.parametrize("reason", REASONS)
async def test_is_accepted_and_takes_effect_a_little_later(offered: Amazon, reason: str) -> None:
    order_id = await unshipped(offered)
    answer = await cancel(offered, order_id, {"cancelReasonCode": reason})
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["x-amzn-ratelimit-limit"] == "1"
    assert await offered.status(order_id) == "UNSHIPPED"
    await offered.advance(30)
    order = await offered.order(order_id)
    assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    for item in order["orderItems"]:
        execution = item["cancellation"]["cancellationExecution"]
        assert execution == {"cancelledBy": "MERCHANT", "cancelReason": reason}
    assert (await cancel(offered, order_id)).status_code == 400


async def test_takes_effect_at_once_where_the_world_says_so(offered: Amazon) -> None:
    await offered.sim("POST", "/options", {"cancelOrderTakes": 0})
    order_id = await unshipped(offered)
    assert (await cancel(offered, order_id)).status_code == 202
    assert offered.world.book.get(order_id).status == "CANCELLED"  # type: ignore[union-attr]


async def test_comes_too_late_for_what_is_shipped_meanwhile(offered: Amazon) -> None:
    order_id = await unshipped(offered)
    assert (await cancel(offered, order_id)).status_code == 202
    assert (await cancel(offered, order_id)).status_code == 202
    assert (await offered.confirm(order_id, package(await offered.order(order_id)))).status_code == 204
    await offered.advance(60)
    assert await offered.status(order_id) == "SHIPPED"


async def test_takes_an_id_of_amazons_form_only(offered: Amazon) -> None:
    answer = await cancel(offered, "TEST_CASE_400")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"code": "InvalidInput", "message": "OrderId: TEST_CASE_400 is invalid, should be in 3-7-7 format."}
    ]
    assert (await cancel(offered, "902-1106328-1059050")).status_code == 404


async def test_does_not_know_the_orders_of_another_seller(offered: Amazon) -> None:
    order_id = await unshipped(offered, seller="other")
    assert (await cancel(offered, order_id)).status_code == 404


async def test_is_refused_for_what_amazon_fulfils(offered: Amazon) -> None:
    order_id = await unshipped(offered, fulfilledBy="AMAZON")
    assert (await cancel(offered, order_id)).status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"{}", b'{"cancelReasonCode": null}', b'{"cancelReasonCode": "NO_MOOD"}',
        b'{"cancelReasonCode": ["NO_INVENTORY"]}', b'{"cancelReasonCode": 1e999}', b'{"cancelReasonCode": "\\ud800"}',
        b"\xff\x00", b'{"cancelReasonCode":' + b"[" * 50_000,
    ],
)  # fmt: skip
async def test_a_body_that_gives_no_known_reason_is_invalid(offered: Amazon, content: bytes) -> None:
    order_id = await unshipped(offered)
    assert (await cancel(offered, order_id, content=content)).status_code == 400
    await offered.advance(60)
    assert await offered.status(order_id) == "UNSHIPPED"


async def test_has_a_burst_of_five(offered: Amazon) -> None:
    offered.world.quotas.is_enabled = True
    order_id = await unshipped(offered)
    answers = [(await cancel(offered, order_id)).status_code for _ in range(6)]
    assert answers == [202] * 5 + [429]
