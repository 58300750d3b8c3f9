from typing import Any

import pytest

from tests.simulator.playing import INVALID, Amazon, package

TWO_LINES = [{"sku": "MUG-STONEWARE-350", "quantity": 2}, {"sku": "LAMP-DESK-LED", "quantity": 1}]
NOT_MATCHING = "Failed to create package due to not finding a matching package or order already fulfilled."


@pytest.fixture
async def order(amazon: Amazon) -> dict[str, Any]:
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=TWO_LINES)
    return await amazon.order(order_id)


def quantities(order: dict[str, Any]) -> list[tuple[int, int]]:
    return [
        (item["fulfillment"]["quantityFulfilled"], item["fulfillment"]["quantityUnfulfilled"])
        for item in order["orderItems"]
    ]


def part(order: dict[str, Any], *wanted: int) -> list[dict[str, Any]]:
    return [
        {"orderItemId": item["orderItemId"], "quantity": quantity}
        for item, quantity in zip(order["orderItems"], wanted, strict=True)
        if quantity
    ]


class TestConfirmShipment:
    async def test_answers_204_and_ships_the_order(self, amazon: Amazon, order: dict[str, Any]) -> None:
        await amazon.advance(60)
        answer = await amazon.confirm(order["orderId"], package(order))
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["x-amzn-ratelimit-limit"] == "2"
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert quantities(after) == [(2, 0), (1, 0)]
        assert after["lastUpdatedTime"] == "2026-11-02T09:01:00.000Z"
        [sent] = after["packages"]
        assert sent == {
            "packageReferenceId": "1",
            "createdTime": "2026-11-02T09:01:00.000Z",
            "packageStatus": {"status": "SHIPPED"},
            "carrier": "UPS",
            "shipTime": "2026-11-02T08:00:00.000Z",
            "trackingNumber": "1Z999",
            "packageItems": package(order)["packageDetail"]["orderItems"],
        }

    async def test_a_part_ships_in_one_call_and_the_rest_in_another(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        first = package(order, orderItems=part(order, 1, 0))
        assert (await amazon.confirm(order["orderId"], first)).status_code == 204
        between = await amazon.order(order["orderId"])
        assert between["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
        assert quantities(between) == [(1, 1), (0, 1)]
        second = package(order, reference="2", orderItems=part(order, 1, 1))
        assert (await amazon.confirm(order["orderId"], second)).status_code == 204
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert [sent["packageReferenceId"] for sent in after["packages"]] == ["1", "2"]

    async def test_the_same_reference_again_edits_the_package(self, amazon: Amazon, order: dict[str, Any]) -> None:
        await amazon.confirm(order["orderId"], package(order))
        again = package(order, trackingNumber="CORRECTED", carrierCode="DHL")
        assert (await amazon.confirm(order["orderId"], again)).status_code == 204
        after = await amazon.order(order["orderId"])
        [sent] = after["packages"]
        assert (sent["trackingNumber"], sent["carrier"]) == ("CORRECTED", "DHL")
        assert quantities(after) == [(2, 0), (1, 0)]

    async def test_an_edit_does_not_call_a_delivered_package_back(self, amazon: Amazon, order: dict[str, Any]) -> None:
        await amazon.confirm(order["orderId"], package(order))
        await amazon.sim("POST", f"/orders/{order['orderId']}/deliver")
        await amazon.confirm(order["orderId"], package(order, trackingNumber="CORRECTED"))
        [sent] = (await amazon.order(order["orderId"]))["packages"]
        assert (sent["packageStatus"], sent["trackingNumber"]) == ({"status": "DELIVERED"}, "CORRECTED")

    async def test_an_edit_with_fewer_units_opens_the_rest_again(self, amazon: Amazon, order: dict[str, Any]) -> None:
        await amazon.confirm(order["orderId"], package(order))
        await amazon.confirm(order["orderId"], package(order, orderItems=part(order, 1, 1)))
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
        assert quantities(after) == [(1, 1), (1, 0)]

    async def test_more_than_is_open_is_refused_and_changes_nothing(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        answer = await amazon.confirm(order["orderId"], package(order, orderItems=part(order, 3, 1)))
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"].startswith(NOT_MATCHING)
        assert await amazon.order(order["orderId"]) == order

    async def test_another_package_of_a_shipped_order_is_refused(self, amazon: Amazon, order: dict[str, Any]) -> None:
        await amazon.confirm(order["orderId"], package(order))
        answer = await amazon.confirm(order["orderId"], package(order, reference="2"))
        assert answer.status_code == 400
        assert "PackageToUpdateNotFound" in answer.json()["errors"][0]["message"]

    async def test_the_carrier_name_is_needed_when_the_code_is_other(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        assert (await amazon.confirm(order["orderId"], package(order, carrierCode="Other"))).status_code == 400
        named = package(order, carrierCode="Other", carrierName="Bicycle Couriers", shippingMethod="By hand")
        assert (await amazon.confirm(order["orderId"], named)).status_code == 204
        [sent] = (await amazon.order(order["orderId"]))["packages"]
        assert (sent["carrier"], sent["shippingService"]) == ("Bicycle Couriers", "By hand")

    @pytest.mark.parametrize("reference", ["", "0", "00", "-1", "1.5", "A1", "١", "1 "])
    async def test_a_reference_is_a_positive_number(
        self, amazon: Amazon, order: dict[str, Any], reference: str
    ) -> None:
        answer = await amazon.confirm(order["orderId"], package(order, reference))
        assert answer.status_code == 400
        message = "PackageReferenceId: is invalid, must be a positive numeric value."
        assert answer.json()["errors"] == [{"code": "InvalidInput", "message": message}]

    @pytest.mark.parametrize(
        "changes",
        [
            {"shipDate": "02/21/2022"},
            {"shipDate": None},
            {"trackingNumber": ""},
            {"trackingNumber": None},
            {"carrierCode": " "},
            {"packageReferenceId": 1},
            {"orderItems": []},
            {"orderItems": None},
            {"orderItems": [{"orderItemId": "1"}]},
            {"orderItems": [{"orderItemId": "1", "quantity": 0}]},
            {"orderItems": [{"orderItemId": "1", "quantity": -1}]},
            {"orderItems": [{"orderItemId": "1", "quantity": "1"}]},
            {"orderItems": [{"orderItemId": "1", "quantity": True}]},
            {"orderItems": [{"orderItemId": "1", "quantity": 1}, {"orderItemId": "1", "quantity": 1}]},
        ],
    )
    async def test_a_wrong_package_is_invalid(
        self, amazon: Amazon, order: dict[str, Any], changes: dict[str, Any]
    ) -> None:
        answer = await amazon.confirm(order["orderId"], package(order, **changes))
        assert answer.status_code == 400
        assert answer.json()["errors"] == [{"code": "InvalidInput", "message": INVALID}]

    @pytest.mark.parametrize(
        "missing", ["packageReferenceId", "carrierCode", "trackingNumber", "shipDate", "orderItems"]
    )
    async def test_every_required_field_is_required(self, amazon: Amazon, order: dict[str, Any], missing: str) -> None:
        body = package(order)
        del body["packageDetail"][missing]
        assert (await amazon.confirm(order["orderId"], body)).status_code == 400

    @pytest.mark.parametrize("body", [None, [], "text", {}, {"marketplaceId": "ATVPDKIKX0DER"}])
    async def test_a_body_that_is_no_confirmation_is_invalid(
        self, amazon: Amazon, order: dict[str, Any], body: object
    ) -> None:
        assert (await amazon.confirm(order["orderId"], body)).status_code == 400

    async def test_an_item_of_another_order_is_refused(self, amazon: Amazon, order: dict[str, Any]) -> None:
        stranger = package(order, orderItems=[{"orderItemId": "12345678901234", "quantity": 1}])
        assert (await amazon.confirm(order["orderId"], stranger)).status_code == 400

    async def test_another_marketplace_is_refused(self, amazon: Amazon, order: dict[str, Any]) -> None:
        body = package(order) | {"marketplaceId": "A1F83G8C2ARO7P"}
        assert (await amazon.confirm(order["orderId"], body)).status_code == 400

    async def test_cash_is_collected_in_japan_only(self, amazon: Amazon, order: dict[str, Any]) -> None:
        body = package(order) | {"codCollectionMethod": "DirectPayment"}
        assert (await amazon.confirm(order["orderId"], body)).status_code == 400
        [order_id] = await amazon.place(marketplaceId="A1VC38T7YXB528", fulfillmentStatus="UNSHIPPED")
        body = package(await amazon.order(order_id)) | {"codCollectionMethod": "DirectPayment"}
        assert (await amazon.confirm(order_id, body)).status_code == 204

    @pytest.mark.parametrize("status", ["PENDING", "PENDING_AVAILABILITY", "CANCELLED"])
    async def test_an_order_that_cannot_be_shipped_is_refused(self, amazon: Amazon, status: str) -> None:
        [order_id] = await amazon.place(fulfillmentStatus=status)
        order = await amazon.order(order_id)
        answer = await amazon.confirm(order_id, package(order))
        assert answer.status_code == 400
        assert status in answer.json()["errors"][0]["details"]
        assert await amazon.order(order_id) == order

    async def test_an_order_that_amazon_fulfils_is_refused(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfilledBy="AMAZON", fulfillmentStatus="UNSHIPPED")
        assert (await amazon.confirm(order_id, package(await amazon.order(order_id)))).status_code == 400

    async def test_an_order_with_a_label_of_its_program_is_refused(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", programs=["FBM_SHIP_PLUS"])
        assert (await amazon.confirm(order_id, package(await amazon.order(order_id)))).status_code == 400

    async def test_an_unknown_order_is_not_found_and_a_wrong_id_invalid(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        assert (await amazon.confirm("111-1111111-1111111", package(order))).status_code == 404
        assert (await amazon.confirm("TEST_CASE_400", package(order))).status_code == 400

    async def test_keys_that_clients_add_are_ignored(self, amazon: Amazon, order: dict[str, Any]) -> None:
        body = package(order) | {"path": "/x", "marketplaceIds": ["A1F83G8C2ARO7P"]}
        assert (await amazon.confirm(order["orderId"], body)).status_code == 204
