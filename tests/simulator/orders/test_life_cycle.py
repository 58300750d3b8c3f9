from typing import Any

import pytest
from httpx2 import Response

from simulator.instants import DAY, to_datetime
from simulator.orders.windows import business_days_after, given_up_at
from simulator.world import World
from tests.simulator.playing import Amazon, package

HOUR = 3_600


async def act(amazon: Amazon, order_id: str, name: str, body: Any = None) -> Response:
    return await amazon.sim("POST", f"/orders/{order_id}/{name}", body)


class TestByItself:
    async def test_payment_comes_after_about_half_an_hour(self, amazon: Amazon) -> None:
        ids = await amazon.place(count=20)
        await amazon.advance(20 * 60 - 1)
        assert {await amazon.status(order_id) for order_id in ids} == {"PENDING"}
        await amazon.advance(20 * 60 + 1)
        assert {await amazon.status(order_id) for order_id in ids} == {"UNSHIPPED"}

    async def test_each_change_has_the_moment_at_which_it_was_due(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place()
        await amazon.advance(3 * HOUR)
        updated = (await amazon.order(order_id))["lastUpdatedTime"]
        assert "2026-11-02T09:20:00.000Z" <= updated <= "2026-11-02T09:40:00.000Z"

    async def test_a_preorder_is_released_and_then_paid(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="PENDING_AVAILABILITY")
        assert (await amazon.order(order_id))["programs"][-1] == "PREORDER"
        await amazon.advance(3 * 24 * HOUR)
        assert await amazon.status(order_id) == "PENDING"
        await amazon.advance(HOUR)
        assert await amazon.status(order_id) == "UNSHIPPED"

    async def test_amazon_ships_what_it_fulfils(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfilledBy="AMAZON")
        await amazon.advance(HOUR)
        assert await amazon.status(order_id) == "UNSHIPPED"
        await amazon.advance(12 * HOUR)
        order = await amazon.order(order_id)
        assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert all(item["fulfillment"]["quantityUnfulfilled"] == 0 for item in order["orderItems"])

    async def test_amazon_cancels_seven_business_days_past_the_ship_by_date(self, amazon: Amazon, world: World) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        await amazon.sim("POST", "/clock", {"now": "2026-11-11T00:00:00Z"})
        assert await amazon.status(order_id) == "UNSHIPPED"
        await amazon.advance(6 * 24 * HOUR)
        order = await amazon.order(order_id)
        assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        execution = order["orderItems"][0]["cancellation"]["cancellationExecution"]
        assert execution["cancelledBy"] == "AMAZON"

    async def test_a_parcel_travels_and_arrives(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        await amazon.confirm(order_id, package(await amazon.order(order_id)))
        seen = []
        for _ in range(100):
            order = await amazon.order(order_id)
            status = order["packages"][0]["packageStatus"]["status"]
            if status not in seen:
                seen.append(status)
            await amazon.advance(HOUR)
        assert seen == ["SHIPPED", "IN_TRANSIT", "DELIVERED"]
        assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert order["lastUpdatedTime"] > "2026-11-03"

    async def test_an_order_is_delivered_with_its_last_parcel(self, amazon: Amazon) -> None:
        items = [{"sku": "MUG-STONEWARE-350", "quantity": 2}]
        [order_id] = await amazon.place(fulfillmentStatus="PARTIALLY_SHIPPED", items=items)

        async def is_delivered() -> bool:
            [entry] = (await amazon.sim("GET", "/state")).json()["orders"]
            return bool(entry["isDelivered"])

        await amazon.advance(96 * HOUR)
        assert not await is_delivered()
        await act(amazon, order_id, "ship")
        assert not await is_delivered()
        await amazon.advance(96 * HOUR)
        assert await is_delivered()

    async def test_parcels_stay_where_they_are_when_the_switch_is_off(self, amazon: Amazon, world: World) -> None:
        world.options.moves_packages = False
        [order_id] = await amazon.place(fulfillmentStatus="SHIPPED")
        await amazon.advance(100 * HOUR)
        order = await amazon.order(order_id)
        assert order["packages"][0]["packageStatus"]["status"] == "SHIPPED"
        assert order["lastUpdatedTime"] == order["createdTime"]

    def test_business_days_skip_the_weekend(self) -> None:
        friday = 1_793_959_200_000
        assert to_datetime(friday).weekday() == 4
        assert business_days_after(friday, 1) == friday + 3 * DAY
        assert business_days_after(friday, 0) == friday
        assert given_up_at(friday) == friday + 11 * DAY


class TestActs:
    async def test_paying_makes_an_order_ready_to_ship(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place()
        answer = await act(amazon, order_id, "pay")
        assert (answer.status_code, answer.json()["fulfillmentStatus"]) == (200, "UNSHIPPED")
        assert answer.json()["order"]["orderId"] == order_id
        again = await act(amazon, order_id, "pay")
        assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")

    async def test_a_paid_order_is_not_paid_again_by_its_timer(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place()
        await act(amazon, order_id, "pay")
        await amazon.advance(2 * HOUR)
        assert (await amazon.order(order_id))["lastUpdatedTime"] == "2026-11-02T09:00:00.000Z"

    @pytest.mark.parametrize(
        ("by", "status", "expected"),
        [
            ("BUYER", "PENDING", 200),
            ("BUYER", "UNSHIPPED", 200),
            ("SELLER", "PENDING", 409),
            ("SELLER", "UNSHIPPED", 200),
            ("AMAZON", "PENDING", 200),
            ("AMAZON", "UNSHIPPED", 200),
            ("SELLER", "PARTIALLY_SHIPPED", 409),
            ("SELLER", "SHIPPED", 409),
            ("AMAZON", "SHIPPED", 409),
            ("BUYER", "CANCELLED", 409),
        ],
    )
    async def test_who_may_cancel_when(self, amazon: Amazon, by: str, status: str, expected: int) -> None:
        [order_id] = await amazon.place(fulfillmentStatus=status)
        before = await amazon.order(order_id)
        answer = await act(amazon, order_id, "cancel", {"by": by, "reason": "Changed mind"})
        assert answer.status_code == expected
        if expected == 409:
            assert await amazon.order(order_id) == before
            return
        order = answer.json()["order"]
        assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        for item in order["orderItems"]:
            party = "MERCHANT" if by == "SELLER" else by
            assert item["cancellation"]["cancellationExecution"] == {
                "cancelledBy": party,
                "cancelReason": "Changed mind",
            }
            assert item["fulfillment"]["quantityUnfulfilled"] == 0

    async def test_after_half_an_hour_a_buyer_can_only_ask(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        await amazon.advance(1_800.001)
        assert (await act(amazon, order_id, "cancel", {"by": "BUYER"})).status_code == 409
        asked = await act(amazon, order_id, "request-cancel", {"reason": "Too late"})
        assert asked.json()["fulfillmentStatus"] == "UNSHIPPED"
        order = await amazon.order(order_id)
        request = order["orderItems"][0]["cancellation"]["cancellationRequest"]
        assert request == {"requester": "BUYER", "cancelReason": "Too late"}
        assert order["lastUpdatedTime"] == "2026-11-02T09:30:00.001Z"

    @pytest.mark.parametrize("status", ["PENDING", "SHIPPED", "CANCELLED"])
    async def test_only_an_open_order_can_be_asked_for(self, amazon: Amazon, status: str) -> None:
        [order_id] = await amazon.place(fulfillmentStatus=status)
        assert (await act(amazon, order_id, "request-cancel")).status_code == 409

    async def test_shipping_sends_all_or_some(self, amazon: Amazon) -> None:
        items = [{"sku": "MUG-STONEWARE-350", "quantity": 3}]
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=items)
        item_id = (await amazon.order(order_id))["orderItems"][0]["orderItemId"]
        one = {"items": [{"orderItemId": item_id, "quantity": 1}]}
        assert (await act(amazon, order_id, "ship", one)).json()["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
        rest = (await act(amazon, order_id, "ship")).json()
        assert rest["fulfillmentStatus"] == "SHIPPED"
        assert [sent["packageReferenceId"] for sent in rest["order"]["packages"]] == ["1", "2"]
        assert (await act(amazon, order_id, "ship")).status_code == 409

    async def test_shipping_more_than_is_open_is_a_conflict(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        body = {"items": [{"orderItemId": "1", "quantity": 1}]}
        assert (await act(amazon, order_id, "ship", body)).status_code == 409

    async def test_amazon_ships_whole_orders_without_packages_to_see(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfilledBy="AMAZON", fulfillmentStatus="UNSHIPPED")
        body = {"items": [{"orderItemId": "1", "quantity": 1}]}
        assert (await act(amazon, order_id, "ship", body)).status_code == 409
        answer = (await act(amazon, order_id, "ship")).json()
        assert answer["fulfillmentStatus"] == "SHIPPED"
        assert "packages" not in answer["order"]

    @pytest.mark.parametrize("party", ["MERCHANT", "AMAZON"])
    async def test_goods_are_delivered_once_and_then_returned_once(self, amazon: Amazon, party: str) -> None:
        [order_id] = await amazon.place(fulfilledBy=party, fulfillmentStatus="SHIPPED")
        assert (await act(amazon, order_id, "return")).status_code == 409
        delivered = (await act(amazon, order_id, "deliver")).json()
        assert (delivered["isDelivered"], delivered["isReturned"]) == (True, False)
        assert (await act(amazon, order_id, "deliver")).status_code == 409
        returned = (await act(amazon, order_id, "return")).json()
        assert (returned["isReturned"], returned["fulfillmentStatus"]) == (True, "SHIPPED")
        assert (await act(amazon, order_id, "return")).status_code == 409

    async def test_what_was_not_sent_is_not_delivered(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        assert (await act(amazon, order_id, "deliver")).status_code == 409

    async def test_unknown_orders_and_acts_are_not_found(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place()
        assert (await act(amazon, "111-1111111-1111111", "pay")).status_code == 404
        assert (await act(amazon, order_id, "explode")).status_code == 404

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("cancel", {}),
            ("cancel", {"by": "NOBODY"}),
            ("cancel", {"by": "BUYER", "why": "?"}),
            ("cancel", {"by": "BUYER", "reason": 1}),
            ("pay", {"amount": 1}),
            ("ship", {"items": []}),
            ("ship", {"items": [{"orderItemId": "1", "quantity": 0}]}),
            ("ship", {"items": [{"orderItemId": "1", "quantity": True}]}),
            ("ship", {"items": [{"orderItemId": "1", "quantity": 1}, {"orderItemId": "1", "quantity": 1}]}),
        ],
    )
    async def test_wrong_bodies_are_refused(self, amazon: Amazon, name: str, body: object) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        assert (await act(amazon, order_id, name, body)).status_code == 422
