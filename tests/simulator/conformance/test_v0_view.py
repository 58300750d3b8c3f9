from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.v0 import mapping
from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import V0_PATHS, Amazon
from tests.simulator.conformance.migration import address_of, buyer_of, item_buyer_of, items_of, order_of
from tests.simulator.conformance.schemas import ModelSchemas
from tests.simulator.conformance.states import STATES

pytestmark = NEEDS_SHARED

COUNTRIES: Final = (
    "ATVPDKIKX0DER", "A2Q3Y263D00KWC", "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "A33AVAJ2PDY3EV", "A1VC38T7YXB528",
    "A21TJRUUN4KGV",
)  # fmt: skip
OWN_PAYMENTS: Final = {
    "A1VC38T7YXB528": ["CashOnDelivery", "ConvenienceStore"],
    "A2Q3Y263D00KWC": ["Pix"],
    "A21TJRUUN4KGV": ["CashOnDelivery"],
}
ELEMENTS: Final = ("buyerInfo", "shippingAddress", "buyerTaxInformation")
WHOLE: Final = ("getOrders", "getOrderV0", "getOrderItems")


async def placed(amazon: Amazon, draw: st.DataObject) -> dict[str, Any]:
    """Place an order of any kind, bring it to any state, and return what the back door knows of it."""
    by_amazon = draw.draw(st.booleans(), label="by Amazon")
    allowed = ["AMAZON_BUSINESS", "PRIME"] if by_amazon else ["AMAZON_BUSINESS", "PRIME", "PREMIUM", "IN_STORE_PICK_UP"]
    statuses = ["PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "SHIPPED", "CANCELLED"]
    wish: dict[str, Any] = {
        "marketplaceId": draw.draw(st.sampled_from(COUNTRIES), label="marketplace"),
        "fulfilledBy": "AMAZON" if by_amazon else "MERCHANT",
        "fulfillmentStatus": draw.draw(
            st.sampled_from([*statuses, "UNFULFILLABLE" if by_amazon else "PARTIALLY_SHIPPED"]), label="status"
        ),
        "programs": draw.draw(st.lists(st.sampled_from(allowed), unique=True), label="programs"),
    }
    own = OWN_PAYMENTS.get(wish["marketplaceId"], [])
    wish["paymentMethod"] = draw.draw(st.sampled_from(["CreditCard", "Other", *own]), label="payment")
    if "AMAZON_BUSINESS" in wish["programs"]:
        wish["businessPrice"] = draw.draw(st.booleans(), label="business price")
    if draw.draw(st.booleans(), label="own number"):
        wish["sellerOrderId"] = "OWN-1"
    if wish["fulfillmentStatus"] == "SHIPPED":
        wish["awaitsInvoice"] = draw.draw(st.booleans(), label="awaits invoice")
    order_id = await amazon.place(**wish)
    if wish["fulfillmentStatus"] == "UNSHIPPED" and draw.draw(st.booleans(), label="asked to cancel"):
        await amazon.act(order_id, "request-cancel", reason="Ordered twice")
    wish["orderId"] = order_id
    return wish


@settings(
    max_examples=rounds(200),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_the_v0_view_is_the_mapped_view_of_2026(amazon, data):
    wish = await placed(amazon, data)
    order_id = wish["orderId"]
    elements = data.draw(st.sets(st.sampled_from(ELEMENTS)), label="elements")
    whole = (await amazon.get_order(order_id)).json()["order"]
    awaits = wish.get("awaitsInvoice", False)
    token = await amazon.restricted(*WHOLE, elements=sorted(elements)) if elements else None

    shown = (await amazon.read_v0("getOrderV0", order_id, token=token)).json()["payload"]
    items = (await amazon.read_v0("getOrderItems", order_id, token=token)).json()["payload"]

    assert shown.pop("LastUpdateDate") >= shown["PurchaseDate"]
    assert shown == order_of(whole, elements, awaits_invoice=awaits)
    assert items == {"AmazonOrderId": order_id, "OrderItems": list(items_of(whole, elements))}
    await check_parts(amazon, order_id, whole, shown["OrderStatus"])


async def check_parts(amazon: Amazon, order_id: str, whole: dict[str, Any], status: str) -> None:
    """Compare the operations that show buyers and addresses, with the token for them and without."""
    for token, elements in ((None, ()), (await amazon.restricted(*set(V0_PATHS) - {*WHOLE}), ELEMENTS)):
        buyer = (await amazon.read_v0("getOrderBuyerInfo", order_id, token=token)).json()["payload"]
        assert buyer == {"AmazonOrderId": order_id, **buyer_of(whole, elements)}
        address = (await amazon.read_v0("getOrderAddress", order_id, token=token)).json()["payload"]
        assert address.get("ShippingAddress", {}) == address_of(whole, status, elements)
        items = (await amazon.read_v0("getOrderItemsBuyerInfo", order_id, token=token)).json()["payload"]
        expected = [
            {"OrderItemId": item["orderItemId"], **item_buyer_of(item, elements)} for item in whole["orderItems"]
        ]
        assert items["OrderItems"] == expected


@pytest.mark.parametrize("marketplace_id", COUNTRIES)
async def test_every_state_of_an_order_is_valid_in_v0(amazon, marketplace_id):
    ids = {await state.bring(amazon, marketplace_id): state for state in STATES}
    await amazon.control("POST", "clock", {"advance": 180})
    token = await amazon.restricted("getOrders", elements=ELEMENTS)

    page = await amazon.read_v0(
        "getOrders", token=token, MarketplaceIds=marketplace_id, CreatedAfter="2026-11-01T00:00:00Z"
    )

    found = {order["AmazonOrderId"]: order for order in page.json()["payload"]["Orders"]}
    assert found.keys() == ids.keys()
    for order_id, state in ids.items():
        whole = (await amazon.get_order(order_id)).json()["order"]
        assert found[order_id].pop("LastUpdateDate")
        assert found[order_id] == order_of(whole, ELEMENTS, awaits_invoice=False), state.name


@pytest.mark.parametrize("index", range(6))
async def test_amazons_own_orders_of_2026_are_valid_in_v0(amazon, orders_model, index):
    """A loaded order comes whole, however little a seller's own could show."""
    orders = [
        order
        for name in ("searchOrders", "getOrder")
        for case in orders_model.model.operations[name].cases()
        if case.status == "200"
        for order in case.response.get("orders", [case.response.get("order")])
    ]
    await amazon.control("PUT", "orders", {"orders": [orders[index]]})
    order_id = orders[index]["orderId"]
    token = await amazon.restricted("getOrderV0", "getOrderItems", "getOrderAddress", elements=ELEMENTS)

    shown = (await amazon.read_v0("getOrderV0", order_id, token=token)).json()["payload"]
    items = (await amazon.read_v0("getOrderItems", order_id, token=token)).json()["payload"]["OrderItems"]
    address = (await amazon.read_v0("getOrderAddress", order_id, token=token)).json()["payload"]

    assert shown["AmazonOrderId"] == order_id
    assert [item["OrderItemId"] for item in items] == [item["orderItemId"] for item in orders[index]["orderItems"]]
    recipient = orders[index]["recipient"]["deliveryAddress"]
    assert address["ShippingAddress"].get("City") == recipient.get("city")
    assert address["ShippingAddress"].get("PostalCode") == recipient.get("postalCode")


def test_every_field_of_v0_is_mapped_or_known_to_have_no_counterpart(orders_v0_model: ModelSchemas) -> None:
    definitions = orders_v0_model.model.swagger["definitions"]
    tables = {
        "Address": {row.name for row in mapping.ADDRESS} | {"ExtendedFields"},
        "AddressExtendedFields": {row.name for row in mapping.EXTENDED_FIELDS},
        "Measurement": {row.name for row in mapping.MEASUREMENT},
        "ShippingConstraints": {row.name for row in mapping.CONSTRAINTS},
        "PointsGrantedDetail": {row.name for row in mapping.POINTS},
        "AssociatedItem": {row.name for row in mapping.ASSOCIATED},
        "SubstitutionOption": {row.name for row in mapping.SUBSTITUTION} | {"Measurement"},
        "BuyerInfo": {row.name for row in mapping.BUYER} | {"BuyerTaxInfo"},
        "OrderBuyerInfo": {row.name for row in mapping.BUYER} | {"AmazonOrderId", "BuyerTaxInfo"},
        "Order": {row.name for row in (*mapping.ORDER, *mapping.OF_MERCHANTS)} | mapping.PROGRAMS.keys() | OF_ORDER,
        "OrderItem": {row.name for row in mapping.ITEM} | mapping.AMOUNTS.keys() | OF_ITEM,
        "ItemBuyerInfo": mapping.GIFT_AMOUNTS.keys() | {"GiftMessageText", "GiftWrapLevel", "BuyerCustomizedInfo"},
    }
    for name, mapped in tables.items():
        missing = mapping.WITHOUT_COUNTERPART.get(name, set())
        assert not mapped & missing, name
        assert mapped | missing == set(definitions[name]["properties"]), name


OF_ORDER: Final = {
    "SellerOrderId", "LastUpdateDate", "NumberOfItemsShipped", "NumberOfItemsUnshipped", "PaymentExecutionDetail",
    "PaymentMethod", "PaymentMethodDetails", "EasyShipShipmentStatus", "OrderType", "IsPrime", "IsGlobalExpressEnabled",
    "ReplacedOrderId", "IsReplacementOrder", "BuyerTaxInformation", "IsAccessPointOrder", "MarketplaceTaxInfo",
    "SellerDisplayName", "ShippingAddress", "BuyerInfo", "HasRegulatedItems",
}  # fmt: skip
OF_ITEM: Final = {
    "AssociatedItems", "PointsGranted", "PromotionIds", "IsGift", "TaxCollection", "IsTransparency",
    "DeemedResellerCategory", "BuyerInfo", "BuyerRequestedCancel", "SubstitutionPreferences", "Measurement",
    "ShippingConstraints", "AmazonPrograms",
}  # fmt: skip
