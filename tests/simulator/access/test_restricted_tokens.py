from typing import Any

import pytest

from tests.simulator.playing import ORDERS, Amazon
from tests.simulator.v0.asking import PARTS, TOKENS, V0, ask_for_token, get_orders, read, restricted

DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]}
NO_ACCESS = "Application do not have access to some or all requested resource"
NO_SECRET = {"City", "County", "StateOrRegion", "Municipality", "CountryCode"}
ORDER = {"method": "GET", "path": V0 + "/{orderId}", "dataElements": ["buyerInfo"]}


class TestWhatIsShown:
    async def test_without_a_restricted_token_nobody_is_named(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED", programs=["AMAZON_BUSINESS"])
        whole = await amazon.order(order_id)
        secrets = {*whole["buyer"].values()}
        address = whole["recipient"]["deliveryAddress"]
        secrets |= {value for name, value in address.items() if name in ("name", "addressLine1", "postalCode", "phone")}
        answers = [await read(amazon, f"/{order_id}{part}") for part in PARTS]
        for answer in [*answers, await get_orders(amazon)]:
            assert answer.status_code == 200
            assert not [secret for secret in secrets if secret in answer.text]
        shown = answers[0].json()["payload"]
        assert "BuyerInfo" not in shown
        assert set(shown["ShippingAddress"]) <= NO_SECRET
        assert answers[1].json()["payload"] == {"AmazonOrderId": order_id}

    async def test_each_data_element_opens_its_own(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        whole = await amazon.order(order_id)
        buyer = await restricted(amazon, "/{orderId}", "buyerInfo")
        shown = (await read(amazon, f"/{order_id}", token=buyer)).json()["payload"]
        assert shown["BuyerInfo"]["BuyerName"] == whole["buyer"]["buyerName"]
        assert set(shown["ShippingAddress"]) <= NO_SECRET
        place = await restricted(amazon, f"/{order_id}", "shippingAddress")
        shown = (await read(amazon, f"/{order_id}", token=place)).json()["payload"]
        assert shown["ShippingAddress"]["Name"] == whole["recipient"]["deliveryAddress"]["name"]
        assert "BuyerInfo" not in shown

    async def test_all_orders_are_opened_at_once(self, amazon: Amazon) -> None:
        await amazon.place(count=3, fulfillmentStatus="UNSHIPPED")
        await amazon.advance(180)
        amazon.token = await restricted(amazon, "", "buyerInfo", "shippingAddress")
        orders = (await get_orders(amazon)).json()["payload"]["Orders"]
        assert len(orders) == 3
        assert all(order["BuyerInfo"]["BuyerName"] and order["ShippingAddress"]["Name"] for order in orders)

    async def test_a_token_opens_no_more_than_the_status_does(self, amazon: Amazon) -> None:
        by_amazon = await amazon.placed(fulfilledBy="AMAZON", fulfillmentStatus="SHIPPED")
        cancelled = await amazon.placed(fulfillmentStatus="CANCELLED")
        token = await restricted(amazon, "/{orderId}", "buyerInfo", "shippingAddress")
        shown = (await read(amazon, f"/{by_amazon}", token=token)).json()["payload"]
        assert not {"Name", "AddressLine1", "Phone"} & set(shown["ShippingAddress"])
        assert not {"BuyerName", "BuyerEmail"} & set(shown.get("BuyerInfo", {}))
        shown = (await read(amazon, f"/{cancelled}", token=token)).json()["payload"]
        assert "ShippingAddress" not in shown
        assert "BuyerEmail" not in shown["BuyerInfo"]

    async def test_a_phone_number_goes_when_the_latest_delivery_date_is_past(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="SHIPPED")
        token = await restricted(amazon, "/{orderId}/address")
        shown = (await read(amazon, f"/{order_id}/address", token=token)).json()["payload"]
        assert shown["ShippingAddress"]["Phone"]
        await amazon.advance(20 * 86_400)
        await amazon.log_in()
        token = await restricted(amazon, "/{orderId}/address")
        shown = (await read(amazon, f"/{order_id}/address", token=token)).json()["payload"]
        assert "Phone" not in shown["ShippingAddress"]
        assert shown["ShippingAddress"]["Name"]


class TestWhatATokenIsGoodFor:
    async def test_the_path_it_names_and_no_other(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        other = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        token = await restricted(amazon, f"/{order_id}/address")
        assert (await read(amazon, f"/{order_id}/address", token=token)).status_code == 200
        for path in (f"/{other}/address", f"/{order_id}", f"/{order_id}/buyerInfo", ""):
            answer = await read(amazon, path, token=token)
            assert (answer.status_code, answer.json()) == (403, DENIED)
        amazon.token = token
        assert (await amazon.get(f"{ORDERS}/{order_id}")).status_code == 403
        assert (await ask_for_token(amazon, ORDER)).status_code == 403
        confirmation = await amazon.confirm(order_id, {})
        assert confirmation.status_code == 403

    async def test_an_hour_of_virtual_time(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        answer = await ask_for_token(amazon, ORDER)
        assert answer.json()["expiresIn"] == 3_600
        token = answer.json()["restrictedDataToken"]
        assert token.startswith("Atz.sprdt|")
        await amazon.advance(3_599.999)
        assert (await read(amazon, f"/{order_id}", token=token)).status_code == 200
        await amazon.advance(0.001)
        assert (await read(amazon, f"/{order_id}", token=token)).status_code == 403

    async def test_nothing_once_the_seller_revokes(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        token = await restricted(amazon, "/{orderId}", "buyerInfo")
        await amazon.sim("POST", "/sellers/demo/revoke")
        assert (await read(amazon, f"/{order_id}", token=token)).status_code == 403

    async def test_several_paths_each_with_its_own_elements(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        answer = await ask_for_token(
            amazon,
            {"method": "GET", "path": V0 + "/{orderId}", "dataElements": ["buyerInfo"]},
            {"method": "GET", "path": f"{V0}/{order_id}", "dataElements": ["shippingAddress"]},
            {"method": "GET", "path": V0 + "/{orderId}/buyerInfo"},
            targetApplication="amzn1.sellerapps.app.target",
        )
        token = answer.json()["restrictedDataToken"]
        shown = (await read(amazon, f"/{order_id}", token=token)).json()["payload"]
        assert shown["BuyerInfo"]["BuyerName"]
        assert shown["ShippingAddress"]["Name"]
        assert "BuyerName" in (await read(amazon, f"/{order_id}/buyerInfo", token=token)).json()["payload"]

    async def test_a_snapshot_keeps_it(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        token = await restricted(amazon, "/{orderId}", "buyerInfo")
        kept = (await amazon.sim("GET", "/snapshot")).json()
        await amazon.sim("POST", "/reset", {})
        assert (await read(amazon, f"/{order_id}", token=token)).status_code == 403
        assert (await amazon.sim("PUT", "/snapshot", kept)).status_code == 200
        assert (await read(amazon, f"/{order_id}", token=token)).json()["payload"]["BuyerInfo"]["BuyerName"]
        assert (await read(amazon, f"/{order_id}/address", token=token)).status_code == 403


class TestWhatIsAskedFor:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            None,
            {"restrictedResources": []},
            {"restrictedResources": [ORDER] * 51},
            {"restrictedResources": [ORDER | {"method": ""}]},
            {"restrictedResources": [ORDER | {"method": "GET\n"}]},
            {"restrictedResources": [ORDER | {"dataElements": "buyerInfo"}]},
            {"restrictedResources": [ORDER | {"dataElements": [""]}]},
            {"restrictedResources": [ORDER | {"dataElements": ["buyerName"]}]},
            {"restrictedResources": [{"method": "GET"}]},
            {"restrictedResources": [ORDER], "targetApplication": ""},
        ],
    )
    async def test_what_cannot_be_read_is_refused(self, amazon: Amazon, body: Any) -> None:
        answer = await amazon.http.post(TOKENS, json=body, headers={"x-amz-access-token": amazon.token or ""})
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (400, "InvalidRequest")

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 5_000, b'{"restrictedResources": "\\ud800"}'])
    async def test_so_is_what_is_no_json(self, amazon: Amazon, body: bytes) -> None:
        answer = await amazon.http.post(TOKENS, content=body, headers={"x-amz-access-token": amazon.token or ""})
        assert answer.status_code == 400

    @pytest.mark.parametrize(
        "resource",
        [
            ORDER | {"method": "POST"},
            ORDER | {"path": "/orders/v1/orders/902-1845936-5435065/address"},
            ORDER | {"path": "/orders/2026-01-01/orders"},
            ORDER | {"path": V0 + "/"},
            ORDER | {"path": V0 + "/{orderId}?x=1"},
            ORDER | {"path": "/reports/2021-06-30/documents/{reportDocumentId}"},
            {"method": "GET", "path": V0},
            {"method": "GET", "path": V0 + "/{orderId}/orderItems"},
        ],
    )
    async def test_what_no_token_opens_is_refused(self, amazon: Amazon, resource: Any) -> None:
        answer = await ask_for_token(amazon, ORDER, resource)
        assert answer.status_code == 400
        assert answer.json()["errors"] == [{"code": "InvalidInput", "message": NO_ACCESS, "details": ""}]

    async def test_a_document_of_a_report_is_named_one_by_one(self, amazon: Amazon) -> None:
        resource = {"method": "GET", "path": "/reports/2021-06-30/documents/amzn1.spdoc.1"}
        assert (await ask_for_token(amazon, resource)).status_code == 200

    async def test_keys_that_nobody_knows_do_no_harm(self, amazon: Amazon) -> None:
        answer = await ask_for_token(amazon, ORDER, CreatedAfter="2026-11-01", original_path=V0, MarketplaceIds="X")
        assert answer.status_code == 200
        assert answer.headers["x-amzn-ratelimit-limit"] == "1"

    async def test_its_quota_is_ten_at_once(self, amazon: Amazon) -> None:
        amazon.world.quotas.is_enabled = True
        statuses = [(await ask_for_token(amazon, ORDER)).status_code for _ in range(11)]
        assert statuses == [200] * 10 + [429]
