"""One test for each trigger that moves an order ("Life cycle" of the specification of the wire)."""

from typing import Any

import pytest
from httpx2 import Response

from simulator import agenda
from simulator.orders.happened import Happened, Kind
from simulator.orders.placing import Wish, place_order
from simulator.world import World
from tests.simulator.playing import Amazon, package

HOUR = 3_600
DAY = 24 * HOUR
MUG = "MUG-STONEWARE-350"
TWO_MUGS = [{"sku": MUG, "quantity": 2}]


async def act(amazon: Amazon, order_id: str, name: str, **body: Any) -> Response:
    return await amazon.sim("POST", f"/orders/{order_id}/{name}", body)


async def one(amazon: Amazon, **wish: object) -> str:
    [order_id] = await amazon.place(**wish)
    return order_id


async def entry(amazon: Amazon, order_id: str) -> dict[str, Any]:
    [found] = (await amazon.sim("GET", f"/state?orderId={order_id}")).json()["orders"]
    return dict(found)


def executions(order: dict[str, Any]) -> list[tuple[str, str]]:
    found = [item["cancellation"]["cancellationExecution"] for item in order["orderItems"] if "cancellation" in item]
    return [(execution["cancelledBy"], execution["cancelReason"]) for execution in found]


def package_status(order: dict[str, Any]) -> str:
    [sent] = order["packages"]
    return str(sent["packageStatus"]["status"])


class TestPayment:
    async def test_takes_as_long_as_was_said_up_to_21_days(self, amazon: Amazon) -> None:
        order_id = await one(amazon, paymentTakes=21 * DAY)
        await amazon.advance(21 * DAY - 1)
        assert await amazon.status(order_id) == "PENDING"
        await amazon.advance(1)
        assert await amazon.status(order_id) == "UNSHIPPED"
        await amazon.advance(DAY)
        assert await amazon.status(order_id) == "UNSHIPPED"

    async def test_counts_the_promise_from_the_day_on_which_it_was_made(self, amazon: Amazon) -> None:
        order_id = await one(amazon, paymentTakes=21 * DAY, serviceLevel="STANDARD")
        before = (await amazon.order(order_id))["fulfillment"]["shipByWindow"]
        await amazon.advance(21 * DAY)
        after = (await amazon.order(order_id))["fulfillment"]["shipByWindow"]
        assert before["latestDateTime"] == "2026-11-04T23:59:59.999Z"
        assert after["latestDateTime"] == "2026-11-25T23:59:59.999Z"

    async def test_comes_at_once_where_the_order_or_the_world_says_so(self, amazon: Amazon) -> None:
        assert await amazon.status(await one(amazon, paymentTakes=0)) == "UNSHIPPED"
        await amazon.sim("POST", "/options", {"paymentTakes": 0})
        assert await amazon.status(await one(amazon)) == "UNSHIPPED"
        assert await amazon.status(await one(amazon, paymentTakes=60)) == "PENDING"

    @pytest.mark.parametrize("status", ["PENDING", "PENDING_AVAILABILITY"])
    async def test_that_fails_cancels_the_order_in_amazons_name(self, amazon: Amazon, status: str) -> None:
        order_id = await one(amazon, fulfillmentStatus=status, paymentFails=True, paymentTakes=HOUR)
        await amazon.advance(3 * DAY + 2 * HOUR)
        order = await amazon.order(order_id)
        assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        assert set(executions(order)) == {("AMAZON", "Payment could not be authorised")}

    async def test_fails_by_hand_while_the_order_is_unpaid_only(self, amazon: Amazon) -> None:
        order_id = await one(amazon)
        assert (await act(amazon, order_id, "fail-payment")).json()["fulfillmentStatus"] == "CANCELLED"
        assert (await act(amazon, order_id, "fail-payment")).status_code == 409
        paid = await one(amazon, fulfillmentStatus="UNSHIPPED")
        assert (await act(amazon, paid, "fail-payment")).status_code == 409


class TestPreorder:
    async def test_is_pending_from_its_release_and_paid_after_it(self, amazon: Amazon) -> None:
        wish = {"fulfillmentStatus": "PENDING_AVAILABILITY", "releaseTakes": 40 * DAY, "paymentTakes": HOUR}
        order_id = await one(amazon, **wish)
        await amazon.advance(40 * DAY - 1)
        order = await amazon.order(order_id)
        assert order["fulfillment"]["fulfillmentStatus"] == "PENDING_AVAILABILITY"
        assert "PREORDER" in order["programs"]
        await amazon.advance(1)
        assert await amazon.status(order_id) == "PENDING"
        await amazon.advance(HOUR)
        order = await amazon.order(order_id)
        assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
        assert order["fulfillment"]["shipByWindow"]["latestDateTime"] > order["lastUpdatedTime"]

    async def test_is_released_by_hand_once(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="PENDING_AVAILABILITY")
        assert (await act(amazon, order_id, "release")).json()["fulfillmentStatus"] == "PENDING"
        assert (await act(amazon, order_id, "release")).status_code == 409


class TestCancellation:
    @pytest.mark.parametrize(("after", "expected"), [(1_800, 200), (1_800.001, 409)])
    async def test_by_the_buyer_alone_is_possible_for_half_an_hour(
        self, amazon: Amazon, after: float, expected: int
    ) -> None:
        order_id = await one(amazon, fulfillmentStatus="UNSHIPPED")
        await amazon.advance(after)
        assert (await act(amazon, order_id, "cancel", by="BUYER")).status_code == expected

    async def test_by_amazon_for_fraud_takes_a_paid_order(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="UNSHIPPED")
        await act(amazon, order_id, "cancel", by="AMAZON", reason="Suspected fraud")
        order = await amazon.order(order_id)
        assert set(executions(order)) == {("AMAZON", "Suspected fraud")}

    async def test_a_buyers_request_leaves_the_status_and_moves_the_last_update(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="UNSHIPPED")
        await amazon.advance(HOUR)
        await act(amazon, order_id, "request-cancel", reason="Ordered twice")
        order = await amazon.order(order_id)
        assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
        assert order["lastUpdatedTime"] == "2026-11-02T10:00:00.000Z"
        assert all("cancellationRequest" in item["cancellation"] for item in order["orderItems"])

    async def test_by_amazon_takes_the_rest_of_an_order_shipped_in_part_too_late(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="PARTIALLY_SHIPPED", items=TWO_MUGS)
        await amazon.advance(30 * DAY)
        order = await amazon.order(order_id)
        [item] = order["orderItems"]
        assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert item["fulfillment"] == {"quantityFulfilled": 1, "quantityUnfulfilled": 0}
        assert item["quantityOrdered"] == 2
        assert executions(order) == [("AMAZON", "Not shipped in time")]

    async def test_leaves_the_quantities_unless_the_world_zeroes_them(self, amazon: Amazon) -> None:
        kept, zeroed = await one(amazon, items=TWO_MUGS), await one(amazon, items=TWO_MUGS)
        await act(amazon, kept, "cancel", by="BUYER")
        await amazon.sim("POST", "/options", {"zeroesCancelled": True})
        await act(amazon, zeroed, "cancel", by="BUYER")
        assert (await amazon.order(kept))["orderItems"][0]["quantityOrdered"] == 2
        assert (await amazon.order(zeroed))["orderItems"][0]["quantityOrdered"] == 0


class TestPackage:
    async def test_with_a_ship_date_ahead_is_pending_until_then(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="UNSHIPPED")
        body = package(await amazon.order(order_id), shipDate="2026-11-03T09:00:00Z")
        assert (await amazon.confirm(order_id, body)).status_code == 204
        assert package_status(await amazon.order(order_id)) == "PENDING"
        await amazon.advance(DAY)
        assert package_status(await amazon.order(order_id)) == "SHIPPED"
        await amazon.advance(DAY)
        assert package_status(await amazon.order(order_id)) == "IN_TRANSIT"
        await amazon.advance(4 * DAY)
        assert package_status(await amazon.order(order_id)) == "DELIVERED"

    async def test_takes_as_long_as_the_world_says(self, amazon: Amazon) -> None:
        await amazon.sim("POST", "/options", {"deliveryTakes": 2 * HOUR})
        order_id = await one(amazon, fulfillmentStatus="SHIPPED")
        await amazon.advance(HOUR)
        assert package_status(await amazon.order(order_id)) == "IN_TRANSIT"
        await amazon.advance(HOUR)
        assert package_status(await amazon.order(order_id)) == "DELIVERED"

    async def test_is_delivered_or_lost_one_at_a_time(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="PARTIALLY_SHIPPED", items=TWO_MUGS)
        await act(amazon, order_id, "ship")
        await act(amazon, order_id, "deliver", packageReferenceId="2")
        assert not (await entry(amazon, order_id))["isDelivered"]
        await act(amazon, order_id, "lose", packageReferenceId="1")
        statuses = [sent["packageStatus"]["status"] for sent in (await amazon.order(order_id))["packages"]]
        assert statuses == ["UNDELIVERABLE", "DELIVERED"]
        assert not (await entry(amazon, order_id))["isDelivered"]
        for name in ("deliver", "lose"):
            assert (await act(amazon, order_id, name)).status_code == 409
        assert await amazon.status(order_id) == "SHIPPED"

    async def test_that_is_lost_stays_lost(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="SHIPPED")
        await act(amazon, order_id, "lose")
        await amazon.advance(10 * DAY)
        assert package_status(await amazon.order(order_id)) == "UNDELIVERABLE"

    async def test_is_lost_by_chance_in_a_stream_only_on_its_way(self, world: World, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="SHIPPED")
        world.agenda.put(due=world.clock.milliseconds() + HOUR * 1_000, kind=agenda.LOSS, subject=order_id)
        unsent = await one(amazon, fulfillmentStatus="UNSHIPPED")
        world.agenda.put(due=world.clock.milliseconds() + HOUR * 1_000, kind=agenda.LOSS, subject=unsent)
        await amazon.advance(HOUR)
        assert package_status(await amazon.order(order_id)) == "UNDELIVERABLE"
        assert await amazon.status(unsent) == "UNSHIPPED"

    @pytest.mark.parametrize("is_update", [True, False])
    async def test_progress_moves_the_last_update_if_the_world_says_so(self, amazon: Amazon, is_update: bool) -> None:
        await amazon.sim("POST", "/options", {"progressUpdates": is_update})
        order_id = await one(amazon, fulfillmentStatus="SHIPPED")
        await amazon.advance(5 * DAY)
        order = await amazon.order(order_id)
        assert package_status(order) == "DELIVERED"
        assert (order["lastUpdatedTime"] > order["createdTime"]) == is_update

    async def test_has_a_detailed_status_if_the_world_shows_it(self, amazon: Amazon) -> None:
        await amazon.sim("POST", "/options", {"showsDetailedStatus": True})
        order_id = await one(amazon, fulfillmentStatus="UNSHIPPED")
        await amazon.confirm(order_id, package(await amazon.order(order_id)))
        shown = (await amazon.order(order_id))["packages"][0]["packageStatus"]
        assert shown == {"status": "SHIPPED", "detailedStatus": "DROPPED_OFF"}
        await act(amazon, order_id, "lose", detailedStatus="REJECTED_BY_BUYER")
        shown = (await amazon.order(order_id))["packages"][0]["packageStatus"]
        assert shown == {"status": "UNDELIVERABLE", "detailedStatus": "REJECTED_BY_BUYER"}

    async def test_has_none_otherwise(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="SHIPPED")
        await act(amazon, order_id, "lose", detailedStatus="DAMAGED")
        assert (await amazon.order(order_id))["packages"][0]["packageStatus"] == {"status": "UNDELIVERABLE"}


class TestReturn:
    async def test_brings_back_some_and_then_the_rest(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="SHIPPED", items=TWO_MUGS)
        await act(amazon, order_id, "deliver")
        item_id = (await amazon.order(order_id))["orderItems"][0]["orderItemId"]
        before = await amazon.order(order_id)
        some = await act(amazon, order_id, "return", items=[{"orderItemId": item_id, "quantity": 1}])
        assert (some.json()["isReturned"], some.json()["returned"]) == (False, {item_id: 1})
        more = await act(amazon, order_id, "return", items=[{"orderItemId": item_id, "quantity": 2}])
        assert more.status_code == 409
        rest = (await act(amazon, order_id, "return")).json()
        assert (rest["isReturned"], rest["returned"]) == (True, {item_id: 2})
        assert await amazon.order(order_id) == before

    async def test_is_possible_for_the_parcel_that_arrived(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="PARTIALLY_SHIPPED", items=TWO_MUGS)
        assert (await act(amazon, order_id, "return")).status_code == 409
        await act(amazon, order_id, "deliver")
        back = (await act(amazon, order_id, "return")).json()
        assert (back["isReturned"], list(back["returned"].values())) == (False, [1])
        assert (await act(amazon, order_id, "return")).status_code == 409

    async def test_is_forgotten_with_the_order_that_another_replaces(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="SHIPPED")
        await act(amazon, order_id, "deliver")
        order = (await act(amazon, order_id, "return")).json()["order"]
        await amazon.sim("PUT", "/orders", {"orders": [order]})
        assert (await entry(amazon, order_id))["returned"] == {}


class TestAmazonsWarehouse:
    async def test_sends_as_soon_as_the_world_says_and_hides_the_parcel(self, amazon: Amazon) -> None:
        await amazon.sim("POST", "/options", {"warehouseTakes": HOUR, "deliveryTakes": DAY})
        order_id = await one(amazon, fulfilledBy="AMAZON", paymentTakes=0)
        assert await amazon.status(order_id) == "UNSHIPPED"
        await amazon.advance(HOUR)
        order = await amazon.order(order_id)
        assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert "packages" not in order
        await amazon.advance(DAY)
        assert (await entry(amazon, order_id))["isDelivered"]
        assert await amazon.order(order_id) == order

    async def test_cannot_fulfil_orders_from_elsewhere_only(self, amazon: Amazon) -> None:
        elsewhere = await one(amazon, fulfilledBy="AMAZON", channelName="NON_AMAZON", fulfillmentStatus="UNSHIPPED")
        answer = (await act(amazon, elsewhere, "declare-unfulfillable")).json()
        assert answer["fulfillmentStatus"] == "UNFULFILLABLE"
        assert answer["order"]["orderItems"][0]["fulfillment"]["quantityUnfulfilled"] == 0
        for wish in ({"fulfilledBy": "AMAZON"}, {"fulfilledBy": "MERCHANT"}):
            order_id = await one(amazon, fulfillmentStatus="UNSHIPPED", **wish)
            assert (await act(amazon, order_id, "declare-unfulfillable")).status_code == 409


class TestInvoice:
    async def test_is_awaited_once_all_is_shipped_and_confirmed_by_the_seller(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="SHIPPED")
        waiting = (await act(amazon, order_id, "await-invoice")).json()
        assert (waiting["awaitsInvoice"], waiting["fulfillmentStatus"]) == (True, "SHIPPED")
        assert (await act(amazon, order_id, "await-invoice")).status_code == 409
        assert not (await act(amazon, order_id, "confirm-invoice")).json()["awaitsInvoice"]
        assert (await act(amazon, order_id, "confirm-invoice")).status_code == 409

    async def test_is_not_awaited_before(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="UNSHIPPED")
        assert (await act(amazon, order_id, "await-invoice")).status_code == 409
        placed = await one(amazon, fulfillmentStatus="SHIPPED", awaitsInvoice=True)
        assert (await entry(amazon, placed))["awaitsInvoice"]

    async def test_is_not_awaited_any_more_when_an_edit_opens_the_order_again(self, amazon: Amazon) -> None:
        order_id = await one(amazon, fulfillmentStatus="UNSHIPPED", items=TWO_MUGS)
        order = await amazon.order(order_id)
        await amazon.confirm(order_id, package(order))
        await act(amazon, order_id, "deliver")
        await act(amazon, order_id, "await-invoice")
        fewer = [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 1}]
        assert (await amazon.confirm(order_id, package(order, orderItems=fewer))).status_code == 204
        after = await entry(amazon, order_id)
        assert (after["fulfillmentStatus"], after["awaitsInvoice"], after["isDelivered"]) == (
            "PARTIALLY_SHIPPED", False, False,
        )  # fmt: skip
        assert (await amazon.confirm(order_id, package(order))).status_code == 204
        whole = await entry(amazon, order_id)
        assert (whole["fulfillmentStatus"], whole["isDelivered"]) == ("SHIPPED", True)  # the parcel had arrived


class TestTelling:
    """Every change is told once, and what changes nothing in Amazon's order is told to nobody."""

    STEPS: tuple[tuple[dict[str, Any], str, dict[str, Any], int], ...] = (
        ({}, "pay", {}, 1),
        ({}, "cancel", {"by": "BUYER"}, 1),
        ({}, "fail-payment", {}, 1),
        ({"fulfillmentStatus": "PENDING_AVAILABILITY"}, "release", {}, 1),
        ({"fulfillmentStatus": "UNSHIPPED"}, "request-cancel", {}, 1),
        ({"fulfillmentStatus": "UNSHIPPED"}, "ship", {}, 1),
        ({"fulfillmentStatus": "SHIPPED"}, "deliver", {}, 1),
        ({"fulfillmentStatus": "SHIPPED"}, "lose", {}, 1),
        ({"fulfillmentStatus": "SHIPPED"}, "await-invoice", {}, 1),
        ({"fulfillmentStatus": "SHIPPED", "fulfilledBy": "AMAZON"}, "deliver", {}, 0),
        ({"fulfillmentStatus": "SHIPPED"}, "pay", {}, 0),
    )

    @pytest.mark.parametrize(("wish", "name", "body", "times"), STEPS)
    async def test_an_act_is_told_as_often_as_it_changes_something(
        self,
        amazon: Amazon,
        monkeypatch: pytest.MonkeyPatch,
        wish: dict[str, Any],
        name: str,
        body: dict[str, Any],
        times: int,
    ) -> None:
        order_id = await one(amazon, **wish)
        told: list[Happened] = []
        monkeypatch.setattr(amazon.world, "tell", told.append)
        await act(amazon, order_id, name, **body)
        assert [(one.kind, one.order.order_id) for one in told] == [(Kind.CHANGED, order_id)] * times

    def test_a_life_is_told_step_by_step(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[tuple[str | None, str | None]] = []
        monkeypatch.setattr(world, "tell", lambda happened: told.append((happened.before, happened.order.status)))
        place_order(world, Wish(fulfilled_by="AMAZON", status="PENDING_AVAILABILITY"), at=world.catch_up())
        world.clock.advance(10 * DAY)
        world.catch_up()
        assert told == [
            (None, "PENDING_AVAILABILITY"),
            ("PENDING_AVAILABILITY", "PENDING"),
            ("PENDING", "UNSHIPPED"),
            ("UNSHIPPED", "SHIPPED"),
        ]
