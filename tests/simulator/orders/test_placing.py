import re
from decimal import Decimal
from typing import Any

import pytest

from simulator.marketplaces import MARKETPLACES
from tests.simulator.playing import Amazon


async def placed(amazon: Amazon, **wish: object) -> list[dict[str, Any]]:
    ids = await amazon.place(**wish)
    by_id = {
        entry["order"]["orderId"]: entry["order"] for entry in (await amazon.sim("GET", "/state")).json()["orders"]
    }
    return [by_id[order_id] for order_id in ids]


def amount(money: dict[str, str]) -> Decimal:
    return Decimal(money["amount"])


def assert_adds_up(order: dict[str, Any]) -> None:
    proceeds = order["proceeds"]
    assert amount(proceeds["grandTotal"]) == sum(amount(one["subtotal"]) for one in proceeds["breakdowns"])
    by_type: dict[str, Decimal] = {}
    for item in order["orderItems"]:
        breakdowns = item["proceeds"]["breakdowns"]
        assert amount(item["proceeds"]["proceedsTotal"]) == sum(amount(one["subtotal"]) for one in breakdowns)
        unit_price = amount(item["product"]["price"]["unitPrice"])
        assert amount(breakdowns[0]["subtotal"]) == unit_price * item["quantityOrdered"]
        for one in breakdowns:
            by_type[one["type"]] = by_type.get(one["type"], Decimal(0)) + amount(one["subtotal"])
            if "detailedBreakdowns" in one:
                details = sum(amount(detail["value"]) for detail in one["detailedBreakdowns"])
                assert details == amount(one["subtotal"])
    assert by_type == {one["type"]: amount(one["subtotal"]) for one in proceeds["breakdowns"]}


class TestPlacing:
    async def test_without_a_body_one_order_of_the_defaults_is_placed(self, amazon: Amazon) -> None:
        answer = await amazon.sim("POST", "/orders")
        assert answer.status_code == 201
        [order_id] = answer.json()["orderIds"]
        assert re.fullmatch(r"\d{3}-\d{7}-\d{7}", order_id)
        [entry] = (await amazon.sim("GET", "/state")).json()["orders"]
        assert (entry["seller"], entry["fulfillmentStatus"]) == ("demo", "PENDING")
        order = entry["order"]
        assert order["salesChannel"]["marketplaceId"] == "ATVPDKIKX0DER"
        assert order["fulfillment"]["fulfilledBy"] == "MERCHANT"
        assert 1 <= len(order["orderItems"]) <= 4

    async def test_the_wanted_items_are_bought_at_the_catalogs_price_or_another(self, amazon: Amazon) -> None:
        items = [
            {"sku": "MUG-STONEWARE-350", "quantity": 2},
            {"sku": "LAMP-DESK-LED", "quantity": 1, "price": "12.5"},
            {"sku": "NOT-IN-CATALOG", "quantity": 3, "price": "7"},
        ]
        [order] = await placed(amazon, items=items)
        bought = [(item["product"]["sellerSku"], item["quantityOrdered"]) for item in order["orderItems"]]
        assert bought == [(item["sku"], item["quantity"]) for item in items]
        prices = [item["product"]["price"]["unitPrice"] for item in order["orderItems"]]
        mug = next(one for one in amazon.world.sellers["demo"].catalog if one.sku == "MUG-STONEWARE-350")
        assert prices[0]["amount"] == f"{mug.cents // 100}.{mug.cents % 100:02d}"
        assert prices[1:] == [
            {"amount": "12.50", "currencyCode": "USD"},
            {"amount": "7.00", "currencyCode": "USD"},
        ]
        assert_adds_up(order)

    async def test_a_line_of_quantity_zero_comes_only_when_asked_for(self, amazon: Amazon) -> None:
        [order] = await placed(amazon, items=[{"sku": "LAMP-DESK-LED", "quantity": 0}])
        assert order["orderItems"][0]["quantityOrdered"] == 0
        assert_adds_up(order)
        for drawn in await placed(amazon, count=100):
            assert all(item["quantityOrdered"] > 0 for item in drawn["orderItems"])

    @pytest.mark.parametrize("marketplace_id", MARKETPLACES)
    async def test_orders_add_up_in_every_marketplace(self, amazon: Amazon, marketplace_id: str) -> None:
        marketplace = MARKETPLACES[marketplace_id]
        kinds = set()
        for order in await placed(amazon, count=40, marketplaceId=marketplace_id):
            assert_adds_up(order)
            total = order["proceeds"]["grandTotal"]
            assert total["currencyCode"] == marketplace.currency
            assert re.fullmatch(r"\d+" if marketplace.decimals == 0 else r"\d+[.]\d\d", total["amount"])
            kinds |= {one["type"] for one in order["proceeds"]["breakdowns"]}
            address = order["recipient"]["deliveryAddress"]
            assert address["countryCode"] == marketplace.country
            assert address["name"]
            assert address["addressLine1"]
            assert address["city"]
        assert ("TAX" in kinds) == (marketplace.country in {"US", "CA"})
        assert {"ITEM", "SHIPPING", "DISCOUNT", "GIFT_WRAP"} <= kinds

    @pytest.mark.parametrize(
        ("status", "party"),
        [
            ("PENDING_AVAILABILITY", "MERCHANT"),
            ("PENDING", "AMAZON"),
            ("UNSHIPPED", "MERCHANT"),
            ("PARTIALLY_SHIPPED", "MERCHANT"),
            ("SHIPPED", "AMAZON"),
            ("SHIPPED", "MERCHANT"),
            ("CANCELLED", "AMAZON"),
            ("UNFULFILLABLE", "AMAZON"),
        ],
    )
    async def test_an_order_is_brought_to_any_status(self, amazon: Amazon, status: str, party: str) -> None:
        for order in await placed(amazon, count=20, fulfillmentStatus=status, fulfilledBy=party):
            assert order["fulfillment"]["fulfillmentStatus"] == status
            sent = sum(item["fulfillment"]["quantityFulfilled"] for item in order["orderItems"])
            left = sum(item["fulfillment"]["quantityUnfulfilled"] for item in order["orderItems"])
            assert (sent > 0) == (status in {"PARTIALLY_SHIPPED", "SHIPPED"})
            assert (left > 0) == (status not in {"SHIPPED", "CANCELLED", "UNFULFILLABLE"})
            assert ("packages" in order) == (sent > 0 and party == "MERCHANT")

    async def test_programs_are_drawn_or_given(self, amazon: Amazon) -> None:
        drawn = {program for order in await placed(amazon, count=200) for program in order.get("programs", [])}
        assert drawn == {"PRIME", "PREMIUM", "AMAZON_BUSINESS"}
        [given] = await placed(amazon, programs=["AMAZON_BUSINESS"])
        assert given["programs"] == ["AMAZON_BUSINESS"]
        assert given["buyer"]["buyerCompanyName"]
        assert given["recipient"]["deliveryAddress"]["addressType"] == "COMMERCIAL"
        [none] = await placed(amazon, programs=[])
        assert "programs" not in none

    async def test_amazon_ships_only_what_lies_in_its_warehouse(self, amazon: Amazon) -> None:
        in_warehouse = {one.sku for one in amazon.world.sellers["demo"].catalog if one.fulfilled_by == "AMAZON"}
        for order in await placed(amazon, count=30, fulfilledBy="AMAZON"):
            assert {item["product"]["sellerSku"] for item in order["orderItems"]} <= in_warehouse

    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            ({"count": 0}, "count"),
            ({"count": -1}, "count"),
            ({"count": True}, "count"),
            ({"count": 1.5}, "count"),
            ({"count": "1"}, "count"),
            ({"seller": "two words"}, "seller"),
            ({"seller": "x\n"}, "seller"),
            ({"marketplaceId": "NOWHERE"}, "marketplaceId"),
            ({"fulfilledBy": "NOBODY"}, "fulfilledBy"),
            ({"fulfillmentStatus": "CANCELED"}, "fulfillmentStatus"),
            ({"fulfillmentStatus": "UNFULFILLABLE"}, "fulfillmentStatus"),
            ({"fulfillmentStatus": "PARTIALLY_SHIPPED", "fulfilledBy": "AMAZON"}, "fulfillmentStatus"),
            ({"items": []}, "items"),
            ({"items": [{"sku": "X"}]}, "items[0]"),
            ({"items": [{"sku": "X", "quantity": 1}]}, "items[0].sku"),
            ({"items": [{"sku": "X", "quantity": -1, "price": "1"}]}, "items[0].quantity"),
            ({"items": [{"sku": "X", "quantity": 1, "price": 1}]}, "items[0].price"),
            ({"items": [{"sku": "X", "quantity": 1, "price": "-1"}]}, "items[0].price"),
            ({"items": [{"sku": "X", "quantity": 1, "price": "1.999"}]}, "items[0].price"),
            (
                {"items": [{"sku": "X", "quantity": 1, "price": "1"}], "fulfillmentStatus": "PARTIALLY_SHIPPED"},
                "items",
            ),
            ({"items": [{"sku": "X", "quantity": 0, "price": "1"}], "fulfillmentStatus": "SHIPPED"}, "items"),
            ({"wish": 1}, None),
        ],
    )
    async def test_an_impossible_wish_is_refused_by_name(self, amazon: Amazon, wish: object, field: str | None) -> None:
        answer = await amazon.sim("POST", "/orders", wish)
        assert answer.status_code == 422
        assert answer.json()["error"].get("field") == field
        assert answer.json()["error"]["code"] == "INVALID"
        assert len(amazon.world.book) == 0

    @pytest.mark.parametrize("body", [b"{", b"\xff", b'{"count": NaN}'])
    async def test_what_is_not_json_is_malformed(self, amazon: Amazon, body: bytes) -> None:
        answer = await amazon.http.post("/_sim/orders", content=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "MALFORMED")


async def test_an_order_that_is_refused_brings_no_seller_into_the_world(amazon: Amazon) -> None:
    wish = {"seller": "stranger", "items": [{"sku": "NOT-THERE", "quantity": 1}]}
    assert (await amazon.sim("POST", "/orders", wish)).status_code == 422
    assert "stranger" not in amazon.world.sellers
