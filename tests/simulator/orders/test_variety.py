"""What an order can be like beside its status: one test for each option of placing."""

from decimal import Decimal
from typing import Any, get_args

import pytest

from simulator.cast.odd_addresses import LONGEST_LINE, AddressKind
from tests.simulator.orders.test_placing import amount, assert_adds_up, placed
from tests.simulator.playing import Amazon, package

GB, JP, BR, TR = "A1F83G8C2ARO7P", "A1VC38T7YXB528", "A2Q3Y263D00KWC", "A33AVAJ2PDY3EV"
MUG = "MUG-STONEWARE-350"


async def one(amazon: Amazon, **wish: object) -> dict[str, Any]:
    [order] = await placed(amazon, **wish)
    assert_adds_up(order)
    return order


def item(**more: object) -> list[dict[str, object]]:
    return [{"sku": MUG, "quantity": 2, "price": "10", **more}]


def parts(order: dict[str, Any]) -> dict[str, dict[str, Decimal]]:
    [line] = order["orderItems"]
    return {
        one["type"]: {detail["subtype"]: amount(detail["value"]) for detail in one.get("detailedBreakdowns", [])}
        or {"": amount(one["subtotal"])}
        for one in line["proceeds"]["breakdowns"]
    }


class TestMoney:
    async def test_every_kind_of_proceeds_with_its_taxes(self, amazon: Amazon) -> None:
        charges = {"shipping": "4", "giftWrap": "2", "codFee": "1", "other": "0.5"}
        discounts = {"discount": "3", "shippingDiscount": "1"}
        order = await one(
            amazon, items=item(**charges, **discounts), paymentMethod="CashOnDelivery", taxRate="10", programs=[]
        )
        assert parts(order) == {
            "ITEM": {"": Decimal("20.00")},
            "SHIPPING": {"": Decimal("4.00")},
            "GIFT_WRAP": {"": Decimal("2.00")},
            "COD_FEE": {"": Decimal("1.00")},
            "OTHER": {"": Decimal("0.50")},
            "TAX": {
                "ITEM": Decimal("2.00"),
                "SHIPPING": Decimal("0.40"),
                "GIFT_WRAP": Decimal("0.20"),
                "COD_FEE": Decimal("0.10"),
                "OTHER": Decimal("0.05"),
                "DISCOUNT": Decimal("-0.40"),
            },
            "DISCOUNT": {"ITEM": Decimal("-3.00"), "SHIPPING": Decimal("-1.00")},
        }
        assert order["proceeds"]["grandTotal"] == {"amount": "25.85", "currencyCode": "USD"}
        [line] = order["orderItems"]
        assert [one["promotionId"] for one in line["promotion"]["breakdowns"]] == ["SAVE-10-US", "FREE-SHIPPING-US"]
        assert line["fulfillment"]["shipping"] == {"shippingConstraints": {"cashOnDelivery": "MANDATORY"}}
        assert order["payment"]["paymentExecutions"][0]["paymentMethod"] == "CashOnDelivery"

    async def test_prices_include_the_tax_where_no_rate_is_given(self, amazon: Amazon) -> None:
        order = await one(amazon, marketplaceId=GB, items=item(shipping="0", giftWrap="0", discount="0"))
        assert parts(order) == {"ITEM": {"": Decimal("20.00")}}
        taxed = await one(amazon, marketplaceId=GB, items=item(), taxRate="20")
        assert parts(taxed)["TAX"]["ITEM"] == Decimal("4.00")

    async def test_points_are_an_expense_of_a_japanese_seller(self, amazon: Amazon) -> None:
        order = await one(amazon, marketplaceId=JP, items=item(points=15))
        granted = {"pointsNumber": 15, "pointsMonetaryValue": {"amount": "15", "currencyCode": "JPY"}}
        assert order["orderItems"][0]["expense"] == {"pointsCost": {"pointsGranted": granted}}

    @pytest.mark.parametrize(("method", "place"), [("Pix", BR), ("ConvenienceStore", JP), ("Invoice", GB)])
    async def test_a_payment_method_shows_only_what_is_told_of_it(
        self, amazon: Amazon, method: str, place: str
    ) -> None:
        [paid] = (await one(amazon, marketplaceId=place, paymentMethod=method))["payment"]["paymentExecutions"]
        assert paid["paymentMethod"] == method
        assert ("authorizationCode" in paid) == (method == "Pix")
        assert "cardBrand" not in paid


class TestPrograms:
    async def test_a_business_buys_under_its_own_number_at_its_own_price(self, amazon: Amazon) -> None:
        order = await one(
            amazon, programs=["AMAZON_BUSINESS"], purchaseOrderNumber="PO 7/2026", businessPrice=True, items=item()
        )
        assert order["buyer"]["buyerPurchaseOrderNumber"] == "PO 7/2026"
        assert order["buyer"]["buyerCompanyName"]
        assert order["orderItems"][0]["product"]["price"]["priceDesignation"] == "BUSINESS_PRICE"
        usual = await one(amazon, programs=["AMAZON_BUSINESS"], businessPrice=False, items=item())
        assert "priceDesignation" not in usual["orderItems"][0]["product"]["price"]

    async def test_an_order_for_a_store_is_picked_up_there(self, amazon: Amazon) -> None:
        order = await one(amazon, programs=["IN_STORE_PICK_UP"], fulfillmentStatus="UNSHIPPED")
        assert order["recipient"]["deliveryAddress"]["addressType"] == "PICKUP_POINT"
        assert "shipByWindow" not in order["fulfillment"]
        await amazon.advance(40 * 86_400)
        assert await amazon.status(order["orderId"]) == "UNSHIPPED"

    async def test_an_easy_ship_order_has_a_fulfillment_order(self, amazon: Amazon) -> None:
        order = await one(amazon, programs=["AMAZON_EASY_SHIP"])
        assert len(order["fulfillmentOrders"]) == 1
        assert order["tax"]["taxInvoicing"] == {"invoiceStatus": "NOT_REQUIRED"}
        assert set(order["fulfillment"]["labelPrintingWindow"]) == {"earliestDateTime"}

    async def test_a_ship_plus_order_is_not_confirmed(self, amazon: Amazon) -> None:
        order = await one(amazon, programs=["FBM_SHIP_PLUS"], fulfillmentStatus="UNSHIPPED")
        assert (await amazon.confirm(order["orderId"], package(order))).status_code == 400

    async def test_an_item_is_of_its_own_programs(self, amazon: Amazon) -> None:
        order = await one(amazon, items=item(programs=["TRANSPARENCY", "SUBSCRIBE_AND_SAVE"]))
        assert order["orderItems"][0]["programs"] == ["TRANSPARENCY", "SUBSCRIBE_AND_SAVE"]

    @pytest.mark.parametrize(
        ("codes", "demanded", "expected"),
        [
            (None, False, 204),
            (None, True, 400),
            (["A"], True, 400),
            (["A", "A"], True, 400),
            (["A", "B"], True, 204),
        ],
    )
    async def test_a_transparency_item_may_need_a_code_for_each_unit(
        self, amazon: Amazon, codes: list[str] | None, demanded: bool, expected: int
    ) -> None:
        await amazon.sim("POST", "/options", {"demandsTransparencyCodes": demanded})
        order = await one(amazon, items=item(programs=["TRANSPARENCY"]), fulfillmentStatus="UNSHIPPED", programs=[])
        body = package(order)
        if codes is not None:
            body["packageDetail"]["orderItems"][0]["transparencyCodes"] = codes
        assert (await amazon.confirm(order["orderId"], body)).status_code == expected

    async def test_turkey_and_brazil_tell_about_taxes(self, amazon: Amazon) -> None:
        business = await one(amazon, marketplaceId=TR, programs=["AMAZON_BUSINESS"])
        assert business["tax"]["taxInvoicing"] == {"buyerInvoicePreference": "BUSINESS"}
        assert business["tax"]["taxRegistrations"][0]["entityType"] == "BUYER"
        private = await one(amazon, marketplaceId=TR, programs=[])
        assert private["tax"] == {"taxInvoicing": {"buyerInvoicePreference": "INDIVIDUAL"}}
        assert (await one(amazon, marketplaceId=BR))["tax"] == {"taxInvoicing": {"invoiceStatus": "NOT_FOUND"}}


class TestReplacement:
    async def test_sends_the_same_once_more_for_nothing(self, amazon: Amazon) -> None:
        first = await one(amazon, marketplaceId=GB, fulfillmentStatus="SHIPPED", items=item())
        again = await one(amazon, replacementFor=first["orderId"], fulfillmentStatus="UNSHIPPED")
        related = {"orderId": first["orderId"], "associationType": "REPLACEMENT_ORIGINAL_ID"}
        assert again["associatedOrders"] == [related]
        assert again["proceeds"]["grandTotal"] == {"amount": "0.00", "currencyCode": "GBP"}
        assert [(one["product"]["sellerSku"], one["quantityOrdered"]) for one in again["orderItems"]] == [(MUG, 2)]
        assert (again["buyer"], again["recipient"]) == (first["buyer"], first["recipient"])

    async def test_is_possible_for_shipped_orders_of_the_seller_only(self, amazon: Amazon) -> None:
        [open_order] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        [of_another] = await amazon.place(fulfillmentStatus="SHIPPED", seller="other")
        for order_id in (open_order, of_another, "111-1111111-1111111"):
            answer = await amazon.sim("POST", "/orders", {"replacementFor": order_id})
            assert (answer.status_code, answer.json()["error"]["field"]) == (422, "replacementFor")


class TestAddress:
    @pytest.mark.parametrize("kind", get_args(AddressKind))
    async def test_an_odd_kind_differs_from_the_usual(self, amazon: Amazon, kind: str) -> None:
        order = await one(amazon, address=kind, programs=[])
        address = order["recipient"]["deliveryAddress"]
        missing = {"NO_STATE": "stateOrRegion"} | {
            f"MISSING_{name}": field
            for name, field in {
                "NAME": "name",
                "LINE": "addressLine1",
                "CITY": "city",
                "POSTAL_CODE": "postalCode",
                "PHONE": "phone",
            }.items()
        }
        if kind in missing:
            assert missing[kind] not in address
        else:
            odd = {
                "STATE_IN_WORDS": address["stateOrRegion"] != address.get("stateOrRegion", "").strip(),
                "EMPTY_FIELDS": address["stateOrRegion"] == "",
                "LONG_LINES": len(address["addressLine1"]) == LONGEST_LINE,
                "MULTI_LINE_NAME": "\n" in address["name"],
                "SINGLE_NAME": address["name"] == "X",
                "NON_LATIN": not address["name"].isascii(),
                "EMOJI": "🏠" in address["addressLine1"],
                "PADDED": address["city"] != address["city"].strip(),
                "PO_BOX": address["addressLine1"].startswith("PO Box"),
                "MILITARY": address["city"] == "APO",
                "TERRITORY": address["stateOrRegion"] == "PR",
                "STREET_IN_LINE_2": bool(address.get("addressLine2")),
                "PICKUP_POINT": address["addressType"] == "PICKUP_POINT",
                "OTHER_COUNTRY": address["countryCode"] != "US",
            } if "stateOrRegion" in address else {"OTHER_COUNTRY": address["countryCode"] != "US"}  # fmt: skip
            assert odd[kind]

    async def test_one_that_is_given_is_served_as_it_is(self, amazon: Amazon) -> None:
        given = {"name": "Example Buyer", "addressLine1": "1 Example Street", "city": "", "countryCode": "US"}
        order = await one(amazon, address=given)
        assert order["recipient"]["deliveryAddress"] == given


class TestTheRest:
    async def test_a_gift_with_a_message_and_a_level(self, amazon: Amazon) -> None:
        gift = {"giftMessage": "Made-up wishes 🎁\n<b>&amp;", "giftWrapLevel": "DELUXE"}
        order = await one(amazon, items=item(giftWrap="5", **gift), fulfillmentStatus="UNSHIPPED")
        assert order["orderItems"][0]["fulfillment"]["packing"] == {"giftOption": gift}

    async def test_the_sellers_own_number_and_the_service_level(self, amazon: Amazon) -> None:
        order = await one(amazon, sellerOrderId="WEB-1", serviceLevel="SAME_DAY")
        assert order["orderAliases"] == [{"aliasId": "WEB-1", "aliasType": "SELLER_ORDER_ID"}]
        window = order["fulfillment"]["shipByWindow"]
        assert window == {
            "earliestDateTime": "2026-11-02T00:00:00.000Z",
            "latestDateTime": "2026-11-02T23:59:59.999Z",
        }

    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            ({"programs": ["PRIME", "FANCY"]}, "programs[1]"),
            ({"programs": ["PRIME", "PRIME"]}, "programs[1]"),
            ({"programs": ["FBM_SHIP_PLUS", "AMAZON_EASY_SHIP"]}, "programs[1]"),
            ({"programs": ["PREMIUM"], "fulfilledBy": "AMAZON"}, "programs[0]"),
            ({"purchaseOrderNumber": "1"}, "purchaseOrderNumber"),
            ({"businessPrice": True, "programs": ["PRIME"]}, "businessPrice"),
            ({"paymentTakes": 21 * 86_400 + 1}, "paymentTakes"),
            ({"paymentTakes": -1}, "paymentTakes"),
            ({"paymentTakes": 5, "fulfillmentStatus": "SHIPPED"}, "paymentTakes"),
            ({"paymentFails": True, "fulfillmentStatus": "UNSHIPPED"}, "paymentFails"),
            ({"releaseTakes": 5}, "releaseTakes"),
            ({"awaitsInvoice": True, "fulfillmentStatus": "UNSHIPPED"}, "awaitsInvoice"),
            ({"channelName": "AMAZON", "fulfilledBy": "AMAZON", "fulfillmentStatus": "UNFULFILLABLE"}, "channelName"),
            ({"paymentMethod": "Pix"}, "paymentMethod"),
            ({"paymentMethod": "Shells"}, "paymentMethod"),
            ({"address": "HAUNTED"}, "address"),
            ({"address": "MILITARY", "marketplaceId": GB}, "address"),
            ({"address": {"planet": "Mars"}}, "address"),
            ({"address": {"city": "x" * 501}}, "address.city"),
            ({"address": {"city": None}}, "address.city"),
            ({"taxRate": "100"}, "taxRate"),
            ({"taxRate": 8.25}, "taxRate"),
            ({"serviceLevel": "TELEPORT"}, "serviceLevel"),
            ({"items": item(points=1)}, "items[0].points"),
            ({"items": item(codFee="1")}, "items[0].codFee"),
            ({"items": item(shipping="-1")}, "items[0].shipping"),
            ({"items": item(giftWrap="1.999")}, "items[0].giftWrap"),
            ({"items": item(discount="20.01")}, "items[0].discount"),
            ({"items": item(shipping="1", shippingDiscount="2")}, "items[0].shippingDiscount"),
            ({"items": item(shippingDiscount="2")}, "items[0].shippingDiscount"),
            ({"items": item(programs=["PRIME"])}, "items[0].programs[0]"),
            ({"items": item(giftMessage="")}, "items[0].giftMessage"),
        ],
    )
    async def test_a_wish_that_contradicts_itself_is_refused_by_name(
        self, amazon: Amazon, wish: object, field: str
    ) -> None:
        answer = await amazon.sim("POST", "/orders", wish)
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]["field"] == field
        assert len(amazon.world.book) == 0

    @pytest.mark.parametrize("text", [r"\ud800", r"\udfff x"])
    @pytest.mark.parametrize("option", ['"sellerOrderId": "%s"', '"address": {"name": "%s"}'])
    async def test_text_that_is_no_text_is_refused(self, amazon: Amazon, option: str, text: str) -> None:
        content = ("{" + option % text + "}").encode()
        assert (await amazon.http.post("/_sim/orders", content=content)).status_code in {400, 422}
