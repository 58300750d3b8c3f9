from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import V0_ORDERS

pytestmark = NEEDS_SHARED

PATIENT = settings(max_examples=rounds(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.sampled_from(
    [
        "CreatedAfter", "CreatedBefore", "LastUpdatedAfter", "LastUpdatedBefore", "OrderStatuses", "MarketplaceIds",
        "FulfillmentChannels", "PaymentMethods", "BuyerEmail", "SellerOrderId", "MaxResultsPerPage", "NextToken",
        "EasyShipShipmentStatuses", "ElectronicInvoiceStatuses", "AmazonOrderIds", "IsISPU", "StoreChainStoreId",
        "ActualFulfillmentSupplySourceId", "EarliestDeliveryDateBefore", "LatestDeliveryDateAfter", "what",
    ]
)  # fmt: skip
VALUES = TEXT | st.sampled_from(
    [
        "2026-11-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "ATVPDKIKX0DER", "AFN,MFN",
        "Pending,Shipped", "COD", "true", "100", "111-1111111-1111111", "+/+/", "a,,b", "\0",
    ]
)  # fmt: skip
QUERIES = st.tuples(
    st.sampled_from(
        [
            {"MarketplaceIds": "ATVPDKIKX0DER"},
            {"MarketplaceIds": "ATVPDKIKX0DER", "CreatedAfter": "2026-11-01T00:00:00Z"},
        ]
    ),
    st.dictionaries(NAMES, VALUES, max_size=4),
).map(lambda both: {**both[0], **both[1]})
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RESOURCES = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["GET", "POST", "get"]) | JSON,
        "path": st.sampled_from([V0_ORDERS, V0_ORDERS + "/{orderId}", V0_ORDERS + "/{x}/address"]) | JSON,
        "dataElements": st.lists(st.sampled_from(["buyerInfo", "shippingAddress"])) | JSON,
    },
)
BODIES = JSON | st.fixed_dictionaries({"restrictedResources": st.lists(RESOURCES, max_size=3) | JSON})


@PATIENT
@given(query=QUERIES)
async def test_any_search_is_answered_within_the_model(amazon, query):
    answer = await amazon.call("getOrders", "GET", V0_ORDERS, query=query)
    assert answer.status_code in (200, 400)


@PATIENT
@given(part=st.sampled_from(["", "/address", "/buyerInfo", "/orderItems", "/orderItems/buyerInfo"]), token=VALUES)
async def test_any_page_token_of_items_is_refused(amazon, part, token):
    names = {
        "": "getOrderV0",
        "/address": "getOrderAddress",
        "/buyerInfo": "getOrderBuyerInfo",
        "/orderItems": "getOrderItems",
        "/orderItems/buyerInfo": "getOrderItemsBuyerInfo",
    }
    order_id = await amazon.place(fulfillmentStatus="UNSHIPPED")
    answer = await amazon.call(names[part], "GET", f"{V0_ORDERS}/{order_id}{part}", query={"NextToken": token})
    assert answer.status_code == (400 if part.startswith("/orderItems") else 200)


@PATIENT
@given(body=BODIES)
async def test_any_request_for_a_restricted_token_is_answered_within_the_model(amazon, body):
    answer = await amazon.restrict(body)
    assert answer.status_code in (200, 400)


@PATIENT
@given(path=st.sampled_from(["roles", "authorization-codes"]), body=JSON)
async def test_the_back_door_answers_any_body(amazon, path, body):
    method = "PUT" if path == "roles" else "POST"
    answer = await amazon.client.request(method, f"/_sim/{path}", json=body)
    assert answer.status_code in (200, 201, 400, 422)
