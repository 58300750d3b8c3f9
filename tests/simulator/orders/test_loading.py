import copy
from typing import Any, cast

import orjson
import pytest

from tests.simulator.playing import EVERYTHING, ORDERS, Amazon, package

ORDER: dict[str, Any] = {
    "orderId": "902-0000001-0000001",
    "createdTime": "2019-05-06T07:08:09Z",
    "lastUpdatedTime": "2026-10-05T07:08:09Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
    "buyer": {"buyerName": "Example Buyer", "buyerEmail": "buyer@marketplace.amazon.com"},
    "recipient": {"deliveryAddress": {"name": "Example Buyer", "addressLine1": "1 Example Street"}},
    "proceeds": {"grandTotal": {"amount": "-1.005", "currencyCode": "USD"}},
    "fulfillment": {"fulfillmentStatus": "PENDING", "fulfilledBy": "AMAZON"},
    "orderItems": [
        {
            "orderItemId": "1",
            "quantityOrdered": -3,
            "product": {"sellerSku": "SKU", "price": {"unitPrice": {"amount": "5", "currencyCode": "USD"}}},
            "measurement": {"unit": "KILOGRAMS", "value": 1.50},
            "newField": {"kept": [1, None, True]},
        }
    ],
    "packages": [{"packageReferenceId": "1", "packageStatus": {"status": "DELIVERED", "detailedStatus": "X"}}],
    "somethingNew": "kept",
}
UNSHIPPED: dict[str, Any] = ORDER | {
    "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
    "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {"sellerSku": "SKU"}}],
}
del UNSHIPPED["packages"]


async def load(amazon: Amazon, *orders: Any, **more: object) -> Any:
    return await amazon.sim("PUT", "/orders", {"orders": list(orders), **more})


def changed(path: str, value: object) -> dict[str, Any]:
    order: Any = copy.deepcopy(ORDER)
    *steps, last = path.split(".")
    part = order
    for step in steps:
        part = part[int(step)] if step.isdigit() else part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return cast(dict[str, Any], order)


class TestLoading:
    async def test_a_loaded_order_is_served_verbatim_whatever_its_age_and_status(self, amazon: Amazon) -> None:
        answer = await load(amazon, ORDER)
        assert (answer.status_code, answer.json()) == (200, {"orderIds": [ORDER["orderId"]]})
        assert await amazon.order(ORDER["orderId"]) == ORDER
        page = (await amazon.search(includedData=EVERYTHING)).json()
        assert page["orders"] == [ORDER]

    async def test_filters_and_included_data_apply(self, amazon: Amazon) -> None:
        await load(amazon, ORDER)
        assert await amazon.found(fulfillmentStatuses="UNSHIPPED") == []
        assert await amazon.found(fulfillmentStatuses="PENDING", fulfilledBy="AMAZON") == [ORDER["orderId"]]
        assert await amazon.found(lastUpdatedAfter="2026-10-05T07:08:10Z") == []
        bare = (await amazon.get(f"{ORDERS}/{ORDER['orderId']}")).json()["order"]
        assert set(bare) == {"orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems", "somethingNew"}

    async def test_loading_again_replaces(self, amazon: Amazon) -> None:
        await load(amazon, ORDER)
        later = ORDER | {"lastUpdatedTime": "2026-10-06T00:00:00.5Z"}
        await load(amazon, later)
        assert await amazon.order(ORDER["orderId"]) == later
        assert await amazon.found() == [ORDER["orderId"]]
        assert len(amazon.world.book) == 1

    async def test_a_drawn_order_can_be_replaced(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place()
        loaded = ORDER | {"orderId": order_id}
        await load(amazon, loaded)
        await amazon.advance(3_600)
        assert await amazon.order(order_id) == loaded

    async def test_v0_finds_what_replaced_an_order_by_its_own_time(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        order = await amazon.order(order_id) | {"lastUpdatedTime": "2026-10-05T07:08:09Z"}
        assert (await load(amazon, order)).status_code == 200
        query = {"MarketplaceIds": order["salesChannel"]["marketplaceId"]}
        query |= {"LastUpdatedAfter": "2026-10-05T07:00:00Z", "LastUpdatedBefore": "2026-10-05T07:10:00Z"}
        [found] = (await amazon.get("/orders/v0/orders", query)).json()["payload"]["Orders"]
        assert (found["AmazonOrderId"], found["LastUpdateDate"]) == (order_id, "2026-10-05T07:08:09Z")

    async def test_any_id_can_be_loaded(self, amazon: Amazon) -> None:
        await load(amazon, ORDER | {"orderId": "TEST_CASE_200"})
        assert (await amazon.order("TEST_CASE_200"))["orderId"] == "TEST_CASE_200"

    async def test_without_the_optional_blocks_an_order_still_loads(self, amazon: Amazon) -> None:
        bare = {name: ORDER[name] for name in ("orderId", "createdTime", "lastUpdatedTime", "orderItems")}
        bare["salesChannel"] = {"channelName": "NON_AMAZON"}
        assert (await load(amazon, bare)).status_code == 200
        assert await amazon.order(ORDER["orderId"]) == bare
        assert await amazon.found() == [ORDER["orderId"]]
        assert await amazon.found(marketplaceIds="ATVPDKIKX0DER") == []
        for act in ("pay", "ship", "deliver", "request-cancel"):
            assert (await amazon.sim("POST", f"/orders/{ORDER['orderId']}/{act}")).status_code == 409

    async def test_an_order_of_another_seller_is_a_conflict(self, amazon: Amazon) -> None:
        await load(amazon, ORDER)
        answer = await load(amazon, ORDER, seller="other")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            ("orderId", None, "orders[0]"),
            ("orderId", "", "orders[0].orderId"),
            ("salesChannel", None, "orders[0]"),
            ("salesChannel.channelName", None, "orders[0].salesChannel"),
            ("orderItems", {}, "orders[0].orderItems"),
            ("orderItems.0.product", None, "orders[0].orderItems[0]"),
            ("orderItems.0.quantityOrdered", 1.5, "orders[0].orderItems[0].quantityOrdered"),
            ("orderItems.0.quantityOrdered", True, "orders[0].orderItems[0].quantityOrdered"),
            ("orderItems.0.quantityOrdered", "1", "orders[0].orderItems[0].quantityOrdered"),
            ("orderItems.0.measurement.unit", "STONES", "orders[0].orderItems[0].measurement.unit"),
            ("fulfillment.fulfillmentStatus", "CANCELED", "orders[0].fulfillment.fulfillmentStatus"),
            ("fulfillment.fulfillmentStatus", None, "orders[0].fulfillment"),
            ("packages.0.packageStatus.status", "LOST", "orders[0].packages[0].packageStatus.status"),
            ("proceeds.grandTotal.amount", 5, "orders[0].proceeds.grandTotal.amount"),
            ("proceeds.grandTotal.amount", "1,00", "orders[0].proceeds.grandTotal.amount"),
            ("createdTime", "2026-10-05", "orders[0].createdTime"),
            ("createdTime", "2026-10-05 07:08:09Z", "orders[0].createdTime"),
            ("lastUpdatedTime", "2026-10-05T07:08:09", "orders[0].lastUpdatedTime"),
        ],
    )
    async def test_what_breaks_amazons_model_is_refused_with_its_path(
        self, amazon: Amazon, path: str, value: object, field: str
    ) -> None:
        answer = await load(amazon, ORDER | {"orderId": "902-0000002-0000002"}, changed(path, value))
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == field.replace("orders[0]", "orders[1]", 1)
        assert len(amazon.world.book) == 0

    @pytest.mark.parametrize(
        "body", [{}, {"orders": {}}, {"orders": [1]}, {"orders": [], "more": 1}, {"orders": [], "seller": ""}]
    )
    async def test_wrong_bodies_are_refused(self, amazon: Amazon, body: object) -> None:
        assert (await amazon.sim("PUT", "/orders", body)).status_code == 422

    async def test_the_same_id_twice_is_refused(self, amazon: Amazon) -> None:
        assert (await load(amazon, ORDER, ORDER)).status_code == 422

    @pytest.mark.parametrize("opening", [b"[", b'{"a":'])
    async def test_a_body_nested_without_end_is_malformed(self, amazon: Amazon, opening: bytes) -> None:
        content = b'{"orders": [{"orderId":' + opening * 100_000
        assert (await amazon.http.put("/_sim/orders", content=content)).status_code == 400

    @pytest.mark.parametrize("depth", [300, 900, 5_000])
    async def test_an_order_nested_deeply_is_served_or_refused(self, amazon: Amazon, depth: int) -> None:
        deep = b'{"orders": [' + orjson.dumps(ORDER)[:-1] + b',"deep":' + b"[" * depth + b"]" * depth + b"}]}"
        status = (await amazon.http.put("/_sim/orders", content=deep)).status_code
        assert status in {200, 400, 422}
        assert (await amazon.get(f"{ORDERS}/{ORDER['orderId']}")).status_code == (200 if status == 200 else 404)

    async def test_a_number_too_large_for_json_is_refused(self, amazon: Amazon) -> None:
        content = b'{"orders": [' + b'{"orderId": "x", "createdTime": "2026-10-05T07:08:09Z",'
        content += b'"lastUpdatedTime": "2026-10-05T07:08:09Z", "salesChannel": {"channelName": "A"},'
        content += b'"orderItems": [], "large": 123456789012345678901234567890}]}'
        assert (await amazon.http.put("/_sim/orders", content=content)).status_code == 422


class TestALoadedOrderComesAlive:
    async def test_with_a_ship_by_date_at_the_end_of_time(self, amazon: Amazon) -> None:
        order = copy.deepcopy(UNSHIPPED)
        order["fulfillment"] |= {
            "fulfillmentStatus": "PENDING",
            "shipByWindow": {"latestDateTime": "9999-12-31T23:59:59Z"},
        }
        await load(amazon, order)
        assert (await amazon.sim("POST", f"/orders/{ORDER['orderId']}/pay")).status_code == 200

    async def test_unless_its_text_is_no_text(self, amazon: Amazon) -> None:
        body = orjson.dumps({"orders": [ORDER]}).replace(b'"Example Buyer"', b'"\\ud800"')
        assert (await amazon.http.put("/_sim/orders", content=body)).status_code in {400, 422}

    async def test_with_a_package_of_a_name_without_end(self, amazon: Amazon) -> None:
        packages = [{"packageReferenceId": "9" * 5_000, "createdTime": "2026-10-05T07:08:09Z"}]
        assert (await load(amazon, UNSHIPPED | {"packages": packages})).status_code == 200
        shipped = await amazon.sim("POST", f"/orders/{UNSHIPPED['orderId']}/ship")
        assert (shipped.status_code, shipped.json()["order"]["packages"][1]["packageReferenceId"]) == (200, "1")

    async def test_with_the_product_that_the_model_requires(self, amazon: Amazon) -> None:
        item = {"orderItemId": "1", "quantityOrdered": 1, "product": ORDER["orderItems"][0]["product"] | {}}
        del item["product"]["sellerSku"]
        waiting = {"fulfillmentStatus": "PENDING_AVAILABILITY", "fulfilledBy": "MERCHANT"}
        young = UNSHIPPED | {"createdTime": "2026-10-05T07:08:09Z"}
        assert (await load(amazon, young | {"fulfillment": waiting, "orderItems": [item]})).status_code == 200
        assert (await amazon.sim("POST", f"/orders/{UNSHIPPED['orderId']}/release")).status_code == 200
        assert (await amazon.order(UNSHIPPED["orderId"]))["orderItems"][0]["product"] == {}

    async def test_when_it_is_acted_on(self, amazon: Amazon) -> None:
        await load(amazon, ORDER | {"createdTime": "2026-10-05T00:00:00Z"})
        answer = await amazon.sim("POST", f"/orders/{ORDER['orderId']}/pay")
        assert answer.status_code == 200
        order = await amazon.order(ORDER["orderId"])
        assert order["lastUpdatedTime"] == "2026-11-02T09:00:00.000Z"
        assert order["somethingNew"] == "kept"
        assert "buyer" not in order
        assert "packages" not in order
        assert order.get("recipient", {}).get("deliveryAddress", {}) == {}

    async def test_when_a_shipment_is_confirmed(self, amazon: Amazon) -> None:
        await load(amazon, UNSHIPPED | {"createdTime": "2026-10-05T00:00:00Z"})
        body = package(UNSHIPPED)
        assert (await amazon.confirm(ORDER["orderId"], body)).status_code == 204
        order = await amazon.order(ORDER["orderId"])
        assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert order["orderItems"][0]["fulfillment"] == {"quantityFulfilled": 2, "quantityUnfulfilled": 0}
        await amazon.advance(5 * 86_400)
        assert (await amazon.order(ORDER["orderId"]))["packages"][0]["packageStatus"] == {"status": "DELIVERED"}

    async def test_and_not_before(self, amazon: Amazon) -> None:
        await load(amazon, UNSHIPPED)
        await amazon.advance(40 * 86_400)
        assert await amazon.order(ORDER["orderId"]) == UNSHIPPED
