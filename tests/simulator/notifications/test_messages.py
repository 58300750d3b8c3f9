import json
from typing import Any

import pytest

from simulator.faults.rules import Effect
from tests.simulator.notifications.listening import SUBSCRIPTION, Listener, only, told, wanted
from tests.simulator.playing import package
from tests.simulator.submitting import envelope, item, message, submit


def summary(message: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = message["Payload"]["OrderChangeNotification"]["Summary"]
    return content


class TestWhatIsTold:
    async def test_a_placed_order_is_told_with_the_words_of_v0(self, listener: Listener) -> None:
        subscription_id = await listener.subscribe()
        [order_id] = await listener.place(fulfillmentStatus="UNSHIPPED", programs=["PRIME", "AMAZON_BUSINESS"])
        await listener.advance(5)

        [message] = await listener.drained()

        order = await listener.order(order_id)
        units = sum(each["quantityOrdered"] for each in order["orderItems"])
        assert message["EventTime"] == "2026-11-02T09:00:00.000Z"
        metadata = message["NotificationMetadata"]
        assert (metadata["ApplicationId"], metadata["SubscriptionId"]) == ("app", subscription_id)
        content = message["Payload"]["OrderChangeNotification"]
        assert (content["SellerId"], content["AmazonOrderId"]) == ("demo", order_id)
        assert content["OrderChangeTrigger"]["TimeOfOrderChange"] == "2026-11-02T09:00:00.000Z"
        shown = content["Summary"]
        window = order["fulfillment"]["deliverByWindow"]
        expected = {
            "OrderStatus": "Unshipped",
            "FulfillmentType": "MFN",
            "OrderType": "StandardOrder",
            "NumberOfItemsShipped": 0,
            "NumberOfItemsUnshipped": units,
            "LatestDeliveryDate": window["latestDateTime"],
            "DestinationPostalCode": order["recipient"]["deliveryAddress"]["postalCode"],
        }
        assert {name: shown[name] for name in expected} == expected
        assert sorted(shown["OrderPrograms"]) == ["Business", "Prime"]
        assert [(each["OrderItemId"], each["Quantity"]) for each in shown["OrderItems"]] == [
            (each["orderItemId"], each["quantityOrdered"]) for each in order["orderItems"]
        ]

    async def test_nobody_is_told_where_an_unpaid_order_goes(self, listener: Listener) -> None:
        await listener.subscribe()
        await listener.place(fulfillmentStatus="PENDING")
        await listener.advance(5)

        [message] = await listener.drained()

        assert summary(message)["DestinationPostalCode"] is None
        assert "LatestDeliveryDate" not in summary(message)

    async def test_without_the_role_the_postal_code_is_not_told(self, listener: Listener) -> None:
        await listener.subscribe()
        roles = frozenset({"INVENTORY_AND_ORDER_TRACKING"})
        listener.world.grants.grant(roles, client_id="app", seller="demo")
        await listener.place(fulfillmentStatus="UNSHIPPED")
        await listener.advance(5)

        [message] = await listener.drained()

        assert summary(message)["DestinationPostalCode"] is None

    async def test_no_message_holds_more_of_the_buyer_than_the_postal_code(self, listener: Listener) -> None:
        await listener.subscribe()
        [order_id] = await listener.place(fulfillmentStatus="UNSHIPPED", programs=["AMAZON_BUSINESS"])
        await listener.advance(5)
        [message] = await listener.drained()
        order = await listener.order(order_id)

        address = order["recipient"]["deliveryAddress"]
        private = [address["name"], address["addressLine1"], order["buyer"]["buyerName"], order["buyer"]["buyerEmail"]]

        assert [word for word in private if word in json.dumps(message)] == []

    async def test_a_request_of_the_buyer_is_told_once(self, listener: Listener) -> None:
        [order_id] = await listener.place(fulfillmentStatus="UNSHIPPED")
        await listener.subscribe()
        for _ in range(2):
            await listener.sim("POST", f"/orders/{order_id}/request-cancel", {})
        await listener.advance(5)

        [message] = await listener.drained()

        assert told(message) == (order_id, "BuyerRequestedChange", "Unshipped")
        assert message["Payload"]["OrderChangeNotification"]["OrderChangeTrigger"]["ChangeReason"] == (
            "Buyer Requested Cancel"
        )
        assert all(each["IsBuyerRequestedCancel"] for each in summary(message)["OrderItems"])

    async def test_what_changes_neither_status_nor_request_is_not_told(self, listener: Listener) -> None:
        [order_id] = await listener.place(fulfillmentStatus="SHIPPED")
        await listener.subscribe()
        assert (await listener.sim("POST", f"/orders/{order_id}/deliver", {})).status_code == 200
        await listener.advance(60)

        assert await listener.drained() == []
        assert await listener.outbox() == []

    async def test_a_confirmation_and_a_feed_are_told(self, listener: Listener) -> None:
        [shipped, cancelled] = await listener.place(count=2, fulfillmentStatus="UNSHIPPED")
        await listener.subscribe()
        await listener.confirm(shipped, package(await listener.order(shipped)))
        lines = [
            item(one["orderItemId"], quantity=one["quantityOrdered"])
            for one in (await listener.order(cancelled))["orderItems"]
        ]
        await submit(listener, envelope(message(cancelled, *lines)))
        await listener.advance(90)

        messages = await listener.drained()

        assert sorted(map(told, messages)) == sorted(
            [(shipped, "OrderStatusChange", "Shipped"), (cancelled, "OrderStatusChange", "Canceled")]
        )

    async def test_a_part_that_is_shipped_gives_items_a_status_of_their_own(self, listener: Listener) -> None:
        catalog = listener.world.sellers["demo"].catalog
        items = [{"sku": product.sku, "quantity": 1} for product in catalog[:2]]
        [order_id] = await listener.place(fulfillmentStatus="UNSHIPPED", items=items)
        await listener.subscribe()
        first = (await listener.order(order_id))["orderItems"][0]["orderItemId"]
        await listener.sim("POST", f"/orders/{order_id}/ship", {"items": [{"orderItemId": first, "quantity": 1}]})
        await listener.advance(5)

        [message] = await listener.drained()

        assert summary(message)["OrderStatus"] == "PartiallyShipped"
        assert (summary(message)["NumberOfItemsShipped"], summary(message)["NumberOfItemsUnshipped"]) == (1, 1)
        assert [each["OrderItemStatus"] for each in summary(message)["OrderItems"]] == ["Shipped", "Unshipped"]


class TestWhoIsTold:
    async def test_only_subscribers_of_the_seller(self, listener: Listener) -> None:
        await listener.subscribe()
        await listener.place(seller="other")
        assert await listener.outbox() == []

    async def test_only_what_the_filter_lets_through(self, listener: Listener) -> None:
        await listener.subscribe(eventFilter=only("BuyerRequestedChange") | {"marketplaceIds": ["A1F83G8C2ARO7P"]})
        for marketplace_id in ("A1F83G8C2ARO7P", "ATVPDKIKX0DER"):
            [order_id] = await listener.place(fulfillmentStatus="UNSHIPPED", marketplaceId=marketplace_id)
            await listener.sim("POST", f"/orders/{order_id}/request-cancel", {})

        assert [each["orderChangeType"] for each in await listener.outbox()] == ["BuyerRequestedChange"]

    async def test_nobody_after_the_subscription_is_deleted_or_the_permission_taken(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        subscription_id = await listener.subscribe(destination_id)
        await listener.ask("DELETE", f"/subscriptions/ORDER_CHANGE/{subscription_id}", grantless=True)
        await listener.place()
        assert await listener.outbox() == []

        await listener.subscribe(destination_id)
        await listener.sim("POST", "/sellers/demo/revoke", {})
        await listener.place()
        assert await listener.outbox() == []

    async def test_every_application_that_subscribed(self, listener: Listener) -> None:
        other = Listener(listener.world, "other")
        await other.arrive()
        await listener.subscribe()
        await other.subscribe(await other.destination("arn:aws:sqs:eu-west-1:123456789012:theirs"))
        await listener.place()
        await listener.advance(5)

        own = await listener.drained()
        theirs = await listener.drained("/_sqs/123456789012/theirs")
        await other.http.aclose()

        assert [each["NotificationMetadata"]["ApplicationId"] for each in own + theirs] == ["app", "other"]


class TestOnTheWay:
    async def test_a_message_travels_some_seconds(self, listener: Listener) -> None:
        await listener.subscribe()
        await listener.place(count=20)

        assert await listener.received() == []
        await listener.advance(5)
        assert len(await listener.drained()) == 20
        delivered = [one["deliveries"][0]["delivered"] for one in await listener.outbox()]
        assert "2026-11-02T09:00:01.000Z" <= min(delivered) < max(delivered) <= "2026-11-02T09:00:05.000Z"
        assert delivered != sorted(delivered)

    async def test_a_duplicate_comes_twice(self, listener: Listener) -> None:
        await listener.subscribe()
        listener.world.faults.plan(Effect.MESSAGE_DUPLICATED, times=1)
        await listener.place(count=2)
        await listener.advance(5)

        ids = [each["NotificationMetadata"]["NotificationId"] for each in await listener.drained()]

        assert sorted(map(ids.count, set(ids))) == [1, 2]

    async def test_a_delay_is_as_long_as_the_rule_says(self, listener: Listener) -> None:
        await listener.subscribe()
        listener.world.faults.plan(Effect.MESSAGE_DELAYED, seconds=600)
        await listener.place()

        await listener.advance(600)
        assert await listener.drained() == []
        await listener.advance(5)
        assert len(await listener.drained()) == 1

    async def test_a_swapped_one_comes_after_the_next(self, listener: Listener) -> None:
        await listener.subscribe()
        listener.world.faults.plan(Effect.MESSAGE_SWAPPED, times=2)
        first, second = (await listener.place())[0], (await listener.place())[0]
        await listener.advance(60)
        assert await listener.drained() == []

        [third] = await listener.place()
        await listener.advance(60)

        assert [told(each)[0] for each in await listener.drained()] == [third, second, first]

    async def test_a_swapped_one_that_nothing_follows_comes_after_an_hour(self, listener: Listener) -> None:
        await listener.subscribe()
        listener.world.faults.plan(Effect.MESSAGE_SWAPPED, times=1)
        [order_id] = await listener.place(fulfillmentStatus="CANCELLED")
        await listener.advance(3_599)
        assert await listener.drained() == []
        await listener.advance(1)
        assert [told(each)[0] for each in await listener.drained()] == [order_id]
        await listener.place(fulfillmentStatus="CANCELLED")
        await listener.advance(5)
        assert len(await listener.drained()) == 1

    async def test_one_is_delivered_again_on_demand(self, listener: Listener) -> None:
        await listener.subscribe()
        await listener.place()
        await listener.advance(5)
        await listener.drained()
        [made] = await listener.outbox()

        answer = await listener.sim("POST", f"/notifications/{made['notificationId']}/redeliver", {})
        assert answer.status_code == 200
        assert [each["state"] for each in answer.json()["deliveries"]] == ["DELIVERED", "UNDER_WAY"]
        await listener.advance(5)

        [message] = await listener.drained()
        assert message["NotificationMetadata"]["NotificationId"] == made["notificationId"]
        assert answer.json()["message"] == message
        assert (await listener.sim("POST", "/notifications/nix/redeliver", {})).status_code == 404

    async def test_a_message_to_a_deleted_destination_is_dropped(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        subscription_id = await listener.subscribe(destination_id)
        await listener.place()
        await listener.ask("DELETE", f"/subscriptions/ORDER_CHANGE/{subscription_id}", grantless=True)
        await listener.ask("DELETE", f"/destinations/{destination_id}", grantless=True)
        await listener.advance(5)

        [made] = await listener.outbox()
        assert [each["state"] for each in made["deliveries"]] == ["DROPPED"]

    async def test_the_control_plane_shows_messages_of_one_order(self, listener: Listener) -> None:
        await listener.subscribe()
        [order_id, _] = await listener.place(count=2)

        [made] = await listener.outbox(orderId=order_id)

        assert told(made["message"]) == (order_id, "OrderStatusChange", "Pending")
        assert [("message" in each) for each in await listener.outbox()] == [False, False]


@pytest.mark.parametrize("version", ["1.0", "1"])
async def test_only_the_version_that_there_is_can_be_subscribed_to(listener: Listener, version: str) -> None:
    body = wanted(await listener.destination()) | {"payloadVersion": version}
    headers = {"x-amz-access-token": listener.token or ""}
    answer = await listener.http.post(SUBSCRIPTION, json=body, headers=headers)
    assert answer.status_code == (200 if version == "1.0" else 400)
