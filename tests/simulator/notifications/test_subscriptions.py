from typing import Any

import pytest

from tests.simulator.notifications.listening import Listener, only, wanted

EXPRESSION = "OrderChangeNotification.Summary.OrderStatus == 'Shipped'"
TYPE = "/subscriptions/ORDER_CHANGE"


class TestSubscribing:
    async def test_one_is_created_and_found_in_every_way(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        body = wanted(destination_id, eventFilter=only("OrderStatusChange"))

        made = (await listener.ask("POST", TYPE, body)).json()["payload"]

        assert made == {"subscriptionId": made["subscriptionId"], **body}
        assert (await listener.ask("GET", TYPE)).json() == {"payload": made}
        assert (await listener.ask("GET", TYPE, payloadVersion="1.0")).json() == {"payload": made}
        for grantless in (True, False):
            by_id = await listener.ask("GET", f"{TYPE}/{made['subscriptionId']}", grantless=grantless)
            assert by_id.json() == {"payload": made}
        listed = await listener.ask("GET", "/subscriptions", notificationTypes="ORDER_CHANGE")
        assert listed.json() == {"payload": {"subscriptions": [made]}}

    async def test_a_second_of_the_type_is_a_conflict_until_the_first_is_gone(self, listener: Listener) -> None:
        # Reported with these words in amzn/selling-partner-api-models issue 2145.
        destination_id = await listener.destination()
        first = await listener.subscribe(destination_id)

        answer = await listener.ask("POST", TYPE, wanted(destination_id))
        assert answer.status_code == 409
        [error] = answer.json()["errors"]
        assert (error["code"], error["message"]) == (
            "StateConflict",
            "The resource specified conflicts with the current state.",
        )

        assert (await listener.ask("DELETE", f"{TYPE}/{first}", grantless=True)).json() == {}
        assert (await listener.ask("GET", TYPE)).status_code == 404
        assert await listener.subscribe(destination_id) != first

    async def test_each_seller_has_their_own(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        await listener.subscribe(destination_id)

        await listener.log_in("other")

        assert (await listener.ask("GET", TYPE)).status_code == 404
        await listener.subscribe(destination_id)

    async def test_several_differ_by_their_expressions(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        await listener.subscribe(destination_id, filterExpression=EXPRESSION)
        await listener.subscribe(destination_id, filterExpression=EXPRESSION.replace("Shipped", "Canceled"))

        again = await listener.ask("POST", TYPE, wanted(destination_id, filterExpression=EXPRESSION))
        without = await listener.ask("POST", TYPE, wanted(destination_id))

        assert (again.status_code, without.status_code) == (409, 409)

    async def test_many_are_listed_page_after_page(self, listener: Listener) -> None:
        destination_id = await listener.destination()
        texts = [f"OrderChangeNotification.Summary.NumberOfItemsShipped > {number}" for number in range(65)]
        ids = [await listener.subscribe(destination_id, filterExpression=text) for text in texts]
        found: list[str] = []
        token: dict[str, str] = {}
        sizes = []
        while True:
            answer = await listener.ask("GET", "/subscriptions", params=token | {"notificationTypes": "ORDER_CHANGE"})
            page = answer.json()["payload"]
            sizes.append(len(page["subscriptions"]))
            found += [each["subscriptionId"] for each in page["subscriptions"]]
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        assert (found, sizes) == (ids, [30, 30, 5])

        await listener.log_in("other")
        strange = await listener.ask("GET", "/subscriptions", params=token | {"notificationTypes": "ORDER_CHANGE"})
        assert strange.status_code == 400

    @pytest.mark.parametrize(
        "change",
        [
            {"payloadVersion": "2.0"},
            {"payloadVersion": None},
            {"destinationId": None},
            {"processingDirective": {"eventFilter": only("OrderStatusChange"), "filterExpression": EXPRESSION}},
            {"processingDirective": {"eventFilter": {"eventFilterType": "ANY_OFFER_CHANGED"}}},
            {"processingDirective": {"eventFilter": {"orderChangeTypes": ["OrderStatusChange"]}}},
            {"processingDirective": {"eventFilter": only()}},
            {"processingDirective": {"eventFilter": only("Unheard")}},
            {"processingDirective": {"eventFilter": only("OrderStatusChange") | {"marketplaceIds": ["MARS"]}}},
            {
                "processingDirective": {
                    "eventFilter": only("OrderStatusChange")
                    | {"aggregationSettings": {"aggregationTimePeriod": "FiveMinutes"}}
                }
            },
            {"processingDirective": {"filterExpression": "1 +"}},
            {"processingDirective": {"filterExpression": ""}},
        ],
        ids=str,
    )
    async def test_a_wrong_body_is_refused(self, listener: Listener, change: Any) -> None:
        body = wanted(await listener.destination()) | change
        answer = await listener.ask("POST", TYPE, body)

        assert answer.status_code == 400
        assert (await listener.ask("GET", TYPE)).status_code == 404

    async def test_an_unknown_destination_is_not_found(self, listener: Listener) -> None:
        assert (await listener.ask("POST", TYPE, wanted("nowhere"))).status_code == 404

    async def test_an_unknown_type_is_refused(self, listener: Listener) -> None:
        body = wanted(await listener.destination())
        assert (await listener.ask("POST", "/subscriptions/GOSSIP", body)).status_code == 400
        assert (await listener.ask("GET", "/subscriptions/GOSSIP")).status_code == 400
        assert (await listener.ask("GET", "/subscriptions/GOSSIP/1", grantless=True)).status_code == 400

    async def test_each_type_goes_where_amazon_delivers_it(self, listener: Listener) -> None:
        queue = await listener.destination()
        bus_body = {"eventBridge": {"accountId": "123456789012", "region": "us-east-1"}}
        body = {"name": "bus", "resourceSpecification": bus_body}
        bus = (await listener.ask("POST", "/destinations", body, grantless=True)).json()["payload"]["destinationId"]
        seen = {
            (kind, where): (await listener.ask("POST", f"/subscriptions/{kind}", wanted(destination_id))).status_code
            for kind in ("ORDER_CHANGE", "LISTINGS_ITEM_STATUS_CHANGE")
            for where, destination_id in (("queue", queue), ("bus", bus))
        }
        assert seen == {
            ("ORDER_CHANGE", "queue"): 200,
            ("ORDER_CHANGE", "bus"): 400,
            ("LISTINGS_ITEM_STATUS_CHANGE", "queue"): 400,
            ("LISTINGS_ITEM_STATUS_CHANGE", "bus"): 200,
        }

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"notificationTypes": "ORDER_CHANGE,ANY_OFFER_CHANGED"},
            {"notificationTypes": "GOSSIP"},
            {"notificationTypes": "ORDER_CHANGE", "pageSize": "29"},
            {"notificationTypes": "ORDER_CHANGE", "pageSize": "101"},
            {"notificationTypes": "ORDER_CHANGE", "pageSize": "many"},
            {"notificationTypes": "ORDER_CHANGE", "nextToken": "x"},
        ],
        ids=str,
    )
    async def test_a_wrong_list_is_refused(self, listener: Listener, query: dict[str, str]) -> None:
        assert (await listener.ask("GET", "/subscriptions", params=query)).status_code == 400

    async def test_another_application_does_not_see_it(self, listener: Listener) -> None:
        subscription_id = await listener.subscribe()
        other = Listener(listener.world, "other")
        await other.arrive()

        assert (await other.ask("GET", TYPE)).status_code == 404
        assert (await other.ask("GET", f"{TYPE}/{subscription_id}", grantless=True)).status_code == 404
        assert (await other.ask("DELETE", f"{TYPE}/{subscription_id}", grantless=True)).status_code == 404
        await other.http.aclose()


class TestTestNotifications:
    async def test_one_is_delivered_like_any_other(self, listener: Listener) -> None:
        body = {
            "destinationId": await listener.destination(),
            "testNotification": {"payloadVersion": "1.0", "testScenario": "BuyerRequestedChange"},
        }
        assert (await listener.ask("POST", f"{TYPE}/testNotification", body, grantless=True)).json() == {}

        await listener.advance(5)
        [message] = await listener.drained()
        content = message["Payload"]["OrderChangeNotification"]
        assert content["OrderChangeType"] == "BuyerRequestedChange"
        assert [each["isTest"] for each in await listener.outbox()] == [True]

    @pytest.mark.parametrize(
        ("kind", "test", "status"),
        [
            ("ORDER_CHANGE", {"payloadVersion": "1.0"}, 400),
            ("ORDER_CHANGE", {"payloadVersion": "1.0", "testScenario": ""}, 400),
            ("ORDER_CHANGE", {"payloadVersion": "9", "testScenario": "x"}, 400),
            ("FEE_PROMOTION", {"payloadVersion": "1.0", "testScenario": "x"}, 400),
        ],
    )
    async def test_a_wrong_one_is_refused(self, listener: Listener, kind: str, test: Any, status: int) -> None:
        body = {"destinationId": await listener.destination(), "testNotification": test}
        answer = await listener.ask("POST", f"/subscriptions/{kind}/testNotification", body, grantless=True)
        assert answer.status_code == status

    async def test_one_to_nowhere_is_not_found(self, listener: Listener) -> None:
        body = {"destinationId": "x", "testNotification": {"payloadVersion": "1.0", "testScenario": "x"}}
        assert (await listener.ask("POST", f"{TYPE}/testNotification", body, grantless=True)).status_code == 404
