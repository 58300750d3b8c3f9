from typing import Any

import pytest

from simulator.orders.disclosure import BLOCKS_OF_ITEM, BLOCKS_OF_ORDER
from tests.simulator.playing import EVERYTHING, ORDERS, Amazon

ALWAYS = {"orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems", "programs"}
ALWAYS_IN_ITEM = {"orderItemId", "quantityOrdered", "product"}
TEN_DAYS = 10 * 86_400


async def shown(amazon: Amazon, **wish: object) -> dict[str, Any]:
    return await amazon.order((await amazon.place(**wish))[0])


class TestWhatIsAskedFor:
    async def test_without_included_data_there_is_no_gated_block(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="SHIPPED")
        order = await amazon.order(order_id, "FULFILLMENT")
        bare = (await amazon.get(f"{ORDERS}/{order_id}")).json()["order"]
        assert set(bare) <= ALWAYS
        assert all(set(item) <= ALWAYS_IN_ITEM for item in bare["orderItems"])
        assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"

    @pytest.mark.parametrize("wanted", EVERYTHING.split(","))
    async def test_each_data_set_adds_its_blocks_and_no_others(self, amazon: Amazon, wanted: str) -> None:
        order = await amazon.order((await amazon.place(fulfillmentStatus="SHIPPED"))[0], wanted)
        assert set(order) - ALWAYS <= {block for block, data in BLOCKS_OF_ORDER.items() if data == wanted}
        for item in order["orderItems"]:
            allowed = {block for block, data in BLOCKS_OF_ITEM.items() if data == wanted}
            assert set(item) - ALWAYS_IN_ITEM <= allowed

    async def test_search_shows_an_order_as_get_order_does(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="SHIPPED")
        page = (await amazon.search(includedData=EVERYTHING)).json()
        assert page["orders"] == [await amazon.order(order_id)]

    async def test_a_gift_is_shown_when_buyer_and_fulfillment_are_both_asked_for(self, amazon: Amazon) -> None:
        ids = await amazon.place(count=60, fulfillmentStatus="UNSHIPPED")
        orders = {order_id: await amazon.order(order_id) for order_id in ids}
        wrapped = [
            order_id
            for order_id, order in orders.items()
            if any("packing" in item["fulfillment"] for item in order["orderItems"])
        ]
        assert wrapped
        for included in ("FULFILLMENT", "BUYER"):
            order = await amazon.order(wrapped[0], included)
            assert not any("packing" in item.get("fulfillment", {}) for item in order["orderItems"])
        order = await amazon.order(wrapped[0], "BUYER,FULFILLMENT")
        gifts = [
            item["fulfillment"]["packing"]["giftOption"]
            for item in order["orderItems"]
            if "packing" in item["fulfillment"]
        ]
        assert set(gifts[0]) == {"giftMessage", "giftWrapLevel"}


class TestWhatIsWithheld:
    @pytest.mark.parametrize("status", ["PENDING", "PENDING_AVAILABILITY"])
    async def test_a_pending_order_has_items_without_money_and_nobody_to_send_to(
        self, amazon: Amazon, status: str
    ) -> None:
        order = await shown(amazon, fulfillmentStatus=status)
        assert order["fulfillment"]["fulfillmentStatus"] == status
        assert not {"buyer", "recipient", "proceeds", "payment", "tax"} & set(order)
        for item in order["orderItems"]:
            assert not {"proceeds", "promotion", "expense", "tax"} & set(item)
            assert "price" not in item["product"]
            assert item["quantityOrdered"] >= 1

    @pytest.mark.parametrize("status", ["UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"])
    async def test_a_merchant_order_has_a_relay_address_once_it_is_paid(self, amazon: Amazon, status: str) -> None:
        order = await shown(amazon, fulfillmentStatus=status, marketplaceId="A1F83G8C2ARO7P")
        assert order["buyer"]["buyerEmail"].endswith("@marketplace.amazon.co.uk")
        assert order["recipient"]["deliveryAddress"]["addressLine1"]
        assert order["proceeds"]["grandTotal"]["currencyCode"] == "GBP"

    async def test_a_cancelled_order_has_no_mail_address(self, amazon: Amazon) -> None:
        order = await shown(amazon, fulfillmentStatus="CANCELLED")
        assert "buyerEmail" not in order["buyer"]

    @pytest.mark.parametrize("status", ["UNSHIPPED", "SHIPPED"])
    async def test_an_order_that_amazon_fulfils_names_no_person(self, amazon: Amazon, status: str) -> None:
        for _ in range(10):
            order = await shown(amazon, fulfilledBy="AMAZON", fulfillmentStatus=status)
            address = order["recipient"]["deliveryAddress"]
            assert not {"name", "addressLine1", "addressLine2", "addressLine3", "phone"} & set(address)
            assert {"city", "countryCode"} <= set(address)
            assert not {"buyerName", "buyerEmail"} & set(order.get("buyer", {}))
            assert "packages" not in order

    async def test_a_phone_number_goes_when_the_latest_delivery_date_is_past(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="SHIPPED")
        assert "phone" in (await amazon.order(order_id))["recipient"]["deliveryAddress"]
        await amazon.advance(2 * TEN_DAYS)
        assert "phone" not in (await amazon.order(order_id))["recipient"]["deliveryAddress"]

    async def test_the_world_still_knows_what_is_withheld(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfilledBy="AMAZON")
        state = (await amazon.sim("GET", f"/state?orderId={order_id}")).json()
        assert state["orders"][0]["order"]["recipient"]["deliveryAddress"]["name"]


class TestGetOrder:
    async def test_an_unknown_order_is_not_found(self, amazon: Amazon) -> None:
        answer = await amazon.get(f"{ORDERS}/111-1111111-1111111")
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["code"] == "NotFound"
        assert answer.headers["x-amzn-ratelimit-limit"] == "0.5"

    @pytest.mark.parametrize(
        "order_id", ["TEST_CASE_400", "111-1111111-111111", "111-1111111-11111111", "١١١-1111111-1111111"]
    )
    async def test_an_id_that_is_not_in_3_7_7_format_is_invalid(self, amazon: Amazon, order_id: str) -> None:
        answer = await amazon.get(f"{ORDERS}/{order_id}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"] == (f"OrderId: {order_id} is invalid, should be in 3-7-7 format.")

    async def test_an_unknown_data_set_is_invalid(self, amazon: Amazon) -> None:
        order_id = await amazon.placed()
        assert (await amazon.get(f"{ORDERS}/{order_id}?includedData=ALL")).status_code == 400


async def test_what_was_never_paid_stays_withheld_when_it_is_cancelled(amazon):
    [order_id] = await amazon.place()
    await amazon.sim("POST", f"/orders/{order_id}/cancel", {"by": "BUYER"})
    order = await amazon.order(order_id)
    assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert not {"buyer", "recipient", "proceeds", "payment"} & set(order)
    assert "price" not in order["orderItems"][0]["product"]


async def test_what_was_paid_and_then_cancelled_still_shows_its_price(amazon):
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
    await amazon.sim("POST", f"/orders/{order_id}/cancel", {"by": "AMAZON"})
    assert "proceeds" in await amazon.order(order_id)
