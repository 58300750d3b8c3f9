from typing import Any

import pytest

from simulator.orders.happened import Happened, Kind
from simulator.world import World
from tests.simulator.feeds.writing import (
    ADJUSTMENT,
    ADJUSTMENT_COLUMNS,
    FLAT_ADJUSTMENT,
    FULFILLMENT,
    adjusted,
    adjustment,
    cancelled,
    codes,
    component,
    fulfillment,
    ledger,
    quantities,
    report_on,
    shipped_item,
    table,
)
from tests.simulator.playing import Amazon, package
from tests.simulator.submitting import processed

LINES = [{"sku": "MUG-STONEWARE-350", "quantity": 3}, {"sku": "LAMP-DESK-LED", "quantity": 1}]


@pytest.fixture
async def order(amazon: Amazon) -> dict[str, Any]:
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=LINES, programs=[])
    return await amazon.order(order_id)


async def confirm(amazon: Amazon, order: dict[str, Any], *units: int, reference: str = "1") -> None:
    await amazon.log_in()
    items = [{"orderItemId": code, "quantity": n} for code, n in zip(codes(order), units, strict=False) if n]
    answer = await amazon.confirm(order["orderId"], package(order, reference, orderItems=items))
    assert answer.status_code == 204, answer.text


class TestCancellingUnits:
    async def test_cancelled_units_are_no_longer_open_and_stay_ordered(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        mugs, _ = codes(order)
        assert (await report_on(amazon, ADJUSTMENT, cancelled(order["orderId"], mugs, 1))).counts == (1, 1, 0, 0)
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
        assert quantities(after) == [(3, 0, 2), (1, 0, 1)]
        executed = {"cancelledBy": "MERCHANT", "cancelReason": "NoInventory"}
        assert [one.get("cancellation") for one in after["orderItems"]] == [{"cancellationExecution": executed}, None]
        assert after["lastUpdatedTime"] == "2026-11-02T09:01:00.000Z"
        assert after["proceeds"] == order["proceeds"]

    async def test_an_unshipped_order_of_which_all_is_cancelled_is_cancelled(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        mugs, lamp = codes(order)
        first = cancelled(order["orderId"], mugs, 2)
        item = adjusted(mugs, reason="NoInventory", cancelled=1), adjusted(lamp, reason="CouldNotShip", cancelled=1)
        both = adjustment(order["orderId"], *item, number=2, action="Cancel")
        assert (await report_on(amazon, ADJUSTMENT, first, both)).errors == {}
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        assert quantities(after) == [(3, 0, 0), (1, 0, 0)]
        reasons = [one["cancellation"]["cancellationExecution"]["cancelReason"] for one in after["orderItems"]]
        assert reasons == ["NoInventory", "CouldNotShip"]

    async def test_an_order_shipped_in_part_is_shipped_once_the_rest_is_cancelled(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        mugs, lamp = codes(order)
        await confirm(amazon, order, 2)
        assert await amazon.status(order["orderId"]) == "PARTIALLY_SHIPPED"
        one = cancelled(order["orderId"], mugs, 1)
        assert (await report_on(amazon, ADJUSTMENT, one)).errors == {}
        assert await amazon.status(order["orderId"]) == "PARTIALLY_SHIPPED"
        assert (await report_on(amazon, ADJUSTMENT, cancelled(order["orderId"], lamp, 1))).errors == {}
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert quantities(after) == [(3, 2, 0), (1, 0, 0)]
        assert sum(one["quantity"] for one in after["packages"][0]["packageItems"]) == 2

    async def test_the_rest_is_shipped_without_what_was_cancelled(self, amazon: Amazon, order: dict[str, Any]) -> None:
        mugs, _ = codes(order)
        too_many = fulfillment(order["orderId"], shipped_item(mugs, 3))
        rest = fulfillment(order["orderId"], number=2)
        await report_on(amazon, ADJUSTMENT, cancelled(order["orderId"], mugs, 1))
        assert (await report_on(amazon, FULFILLMENT, too_many, rest)).numbers == [1]
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert quantities(after) == [(3, 2, 0), (1, 1, 0)]

    async def test_only_what_was_sent_is_charged(self, amazon: Amazon, order: dict[str, Any]) -> None:
        mugs, _ = codes(order)
        await confirm(amazon, order, 1, 1)
        item = adjusted(mugs, component("Principal", "1.00"), reason="NoInventory", cancelled=2)
        assert (await report_on(amazon, ADJUSTMENT, adjustment(order["orderId"], item, action="Cancel"))).errors == {}
        entry = await ledger(amazon, order["orderId"])
        assert [one["quantity"] for one in entry["charges"][0]["items"]] == [1, 1]
        assert entry["refunds"] == []

    async def test_a_delivered_parcel_is_all_of_the_order_once_the_rest_is_cancelled(
        self, amazon: Amazon, order: dict[str, Any], world: World
    ) -> None:
        _, lamp = codes(order)
        await confirm(amazon, order, 3)
        assert (await amazon.sim("POST", f"/orders/{order['orderId']}/deliver", {})).status_code == 200
        simulated = world.book.get(order["orderId"])
        assert simulated is not None
        assert not simulated.is_delivered
        await report_on(amazon, ADJUSTMENT, cancelled(order["orderId"], lamp, 1))
        assert simulated.is_delivered

    async def test_each_cancellation_is_told_once(
        self, amazon: Amazon, order: dict[str, Any], world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[Happened] = []
        monkeypatch.setattr(world, "tell", told.append)
        mugs, _ = codes(order)
        refused = cancelled(order["orderId"], mugs, 9, number=2)
        await report_on(amazon, ADJUSTMENT, cancelled(order["orderId"], mugs, 1), refused)
        assert [(one.kind, one.order.order_id, one.before) for one in told] == [
            (Kind.CHANGED, order["orderId"], "UNSHIPPED")
        ]

    async def test_without_an_action_naming_units_cancels_them(self, amazon: Amazon, order: dict[str, Any]) -> None:
        mugs, _ = codes(order)
        item = adjusted(mugs, reason="NoInventory", cancelled=1)
        assert (await report_on(amazon, ADJUSTMENT, adjustment(order["orderId"], item, action=None))).errors == {}
        assert quantities(await amazon.order(order["orderId"]))[0] == (3, 0, 2)

    async def test_a_record_that_names_units_cancels_them(self, amazon: Amazon, order: dict[str, Any]) -> None:
        row = {"order-id": order["orderId"], "order-item-id": codes(order)[0], "adjustment-reason-code": "PriceError"}
        text = await processed(amazon, table(ADJUSTMENT_COLUMNS, row | {"quantity-cancelled": "2"}), FLAT_ADJUSTMENT)
        assert b"successful\t\t1\n" in text
        assert quantities(await amazon.order(order["orderId"]))[0] == (3, 0, 1)


class TestRefusals:
    @pytest.mark.parametrize(
        ("units", "code"), [(4, 6013), (0, 6013), (-1, 6013), ("two", 6013), ("", 6013), ("1.0", 6013)]
    )
    async def test_units_that_are_not_open_are_refused(
        self, amazon: Amazon, order: dict[str, Any], units: int | str, code: int
    ) -> None:
        report = await report_on(amazon, ADJUSTMENT, cancelled(order["orderId"], codes(order)[0], units))
        assert report.codes == [code]
        assert await amazon.order(order["orderId"]) == order

    async def test_one_wrong_item_leaves_all_as_they_are(self, amazon: Amazon, order: dict[str, Any]) -> None:
        mugs, lamp = codes(order)
        items = adjusted(mugs, reason="NoInventory", cancelled=1), adjusted(lamp, reason="NoInventory", cancelled=2)
        report = await report_on(amazon, ADJUSTMENT, adjustment(order["orderId"], *items, action="Cancel"))
        assert report.codes == [6013]
        assert await amazon.order(order["orderId"]) == order

    async def test_a_cancellation_says_how_many(self, amazon: Amazon, order: dict[str, Any]) -> None:
        item = adjusted(codes(order)[0], reason="NoInventory", quantity=1)
        assert (await report_on(amazon, ADJUSTMENT, adjustment(order["orderId"], item, action="Cancel"))).codes == [
            5002
        ]

    @pytest.mark.parametrize("status", ["PENDING", "PENDING_AVAILABILITY", "SHIPPED", "CANCELLED"])
    async def test_an_order_with_nothing_open_is_refused(self, amazon: Amazon, status: str) -> None:
        [order_id] = await amazon.place(fulfillmentStatus=status)
        shown = (await amazon.sim("GET", f"/state?orderId={order_id}")).json()["orders"][0]["order"]
        assert (await report_on(amazon, ADJUSTMENT, cancelled(order_id, codes(shown)[0], 1))).codes == [6003]
