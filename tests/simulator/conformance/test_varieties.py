"""Every variety in which an order can be placed, and every way it can go from there, told in Amazon's words."""

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.cast.odd_addresses import AddressKind
from simulator.control.bodies import PlacedAddress
from simulator.marketplaces import MARKETPLACES
from simulator.orders.programs import ItemProgram, OrderProgram
from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon
from tests.simulator.conformance.gates import undocumented_values

pytestmark = NEEDS_SHARED

AMOUNT = st.sampled_from(["0", "1", "12", "250"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
ITEM = st.fixed_dictionaries(
    {"sku": st.sampled_from(["MUG-STONEWARE-350", "LAMP-DESK-LED", "NOT-IN-CATALOG"]), "quantity": st.integers(0, 4)},
    optional={
        "price": AMOUNT,
        "shipping": AMOUNT,
        "giftWrap": AMOUNT,
        "codFee": AMOUNT,
        "other": AMOUNT,
        "discount": AMOUNT,
        "shippingDiscount": AMOUNT,
        "giftMessage": TEXT,
        "giftWrapLevel": TEXT,
        "programs": st.lists(st.sampled_from(get_args(ItemProgram)), unique=True),
        "points": st.integers(0, 500),
    },
)
ADDRESS_FIELDS = list(PlacedAddress.__struct_encode_fields__)
ADDRESS = st.dictionaries(st.sampled_from(ADDRESS_FIELDS), TEXT | st.just(""), max_size=8)
LEVELS = ["EXPEDITED", "FREE_ECONOMY", "NEXT_DAY", "PRIORITY", "SAME_DAY", "SECOND_DAY", "SCHEDULED", "STANDARD"]
STATUSES = [
    "PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE",
]  # fmt: skip
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "marketplaceId": st.sampled_from(list(MARKETPLACES)),
    "fulfilledBy": st.sampled_from(["MERCHANT", "AMAZON"]),
    "fulfillmentStatus": st.sampled_from(STATUSES),
    "items": st.lists(ITEM, min_size=1, max_size=3),
    "programs": st.lists(st.sampled_from(get_args(OrderProgram)), max_size=3, unique=True),
    "channelName": st.sampled_from(["AMAZON", "NON_AMAZON"]),
    "paymentTakes": st.integers(0, 21 * 86_400),
    "paymentFails": st.booleans(),
    "releaseTakes": st.integers(0, 86_400),
    "paymentMethod": st.sampled_from(["CreditCard", "CashOnDelivery", "ConvenienceStore", "Invoice", "Pix", "Other"]),
    "awaitsInvoice": st.booleans(),
    "address": st.sampled_from(get_args(AddressKind)) | ADDRESS,
    "serviceLevel": st.sampled_from(LEVELS),
    "purchaseOrderNumber": TEXT,
    "businessPrice": st.booleans(),
    "sellerOrderId": TEXT,
    "taxRate": st.sampled_from(["0", "8.25", "99.99"]),
}
WISHES = st.lists(st.sampled_from(sorted(OPTIONS)), unique=True, max_size=5).flatmap(
    lambda names: st.fixed_dictionaries({name: OPTIONS[name] for name in names})
)
ACTS = st.lists(
    st.sampled_from(
        ["pay", "release", "fail-payment", "cancel", "request-cancel", "ship", "deliver", "lose", "return",
         "declare-unfulfillable", "await-invoice", "confirm-invoice", "wait"]
    ),
    max_size=4,
)  # fmt: skip
SWITCHES = {"showsDetailedStatus": True, "zeroesCancelled": True, "progressUpdates": False}


async def act(amazon: Amazon, order_id: str, name: str) -> None:
    if name == "wait":
        await amazon.control("POST", "clock", {"advance": 86_400})
        amazon.forget_access_tokens()
        return
    body = {"by": "AMAZON"} if name == "cancel" else {}
    answer = await amazon.client.post(f"/_sim/orders/{order_id}/{name}", json=body)
    assert answer.status_code in {200, 409}, answer.text


@settings(
    max_examples=rounds(500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wish=WISHES, acts=ACTS)
async def test_any_combination_is_refused_by_field_or_valid_at_every_step(
    amazon: Amazon, wish: dict[str, Any], acts: list[str]
) -> None:
    answer = await amazon.client.post("/_sim/orders", json=wish)
    if answer.status_code == 422:
        assert answer.json()["error"]["field"].split("[")[0].split(".")[0] in wish
        return
    assert answer.status_code == 201, answer.text
    [order_id] = answer.json()["orderIds"]
    for name in (None, *acts):
        if name is not None:
            await act(amazon, order_id, name)
        order = (await amazon.get_order(order_id)).json()["order"]
        assert undocumented_values(order) == []


@pytest.mark.parametrize("name", sorted(OPTIONS))
async def test_each_option_alone_is_valid_with_every_switch(amazon: Amazon, name: str) -> None:
    await amazon.control("POST", "options", SWITCHES)
    fitting: dict[str, dict[str, Any]] = {
        "marketplaceId": {"marketplaceId": "A21TJRUUN4KGV"},
        "fulfilledBy": {"fulfilledBy": "AMAZON"},
        "fulfillmentStatus": {"fulfillmentStatus": "SHIPPED"},
        "items": {"items": [{"sku": "MUG-STONEWARE-350", "quantity": 0}]},
        "programs": {"programs": ["AMAZON_EASY_SHIP", "AMAZON_BUSINESS"]},
        "channelName": {"channelName": "NON_AMAZON", "fulfilledBy": "AMAZON"},
        "paymentTakes": {"paymentTakes": 0},
        "paymentFails": {"paymentFails": True, "paymentTakes": 0},
        "releaseTakes": {"releaseTakes": 0, "fulfillmentStatus": "PENDING_AVAILABILITY"},
        "paymentMethod": {"paymentMethod": "CashOnDelivery", "fulfillmentStatus": "UNSHIPPED"},
        "awaitsInvoice": {"awaitsInvoice": True, "fulfillmentStatus": "SHIPPED"},
        "address": {"address": "EMPTY_FIELDS", "fulfillmentStatus": "UNSHIPPED"},
        "serviceLevel": {"serviceLevel": "SCHEDULED"},
        "purchaseOrderNumber": {"purchaseOrderNumber": "1", "programs": ["AMAZON_BUSINESS"]},
        "businessPrice": {"businessPrice": True, "programs": ["AMAZON_BUSINESS"], "fulfillmentStatus": "UNSHIPPED"},
        "sellerOrderId": {"sellerOrderId": "WEB-1"},
        "taxRate": {"taxRate": "19", "fulfillmentStatus": "UNSHIPPED"},
    }
    order_id = await amazon.place(**fitting[name])
    for step in ("wait", "ship", "deliver", "return", "wait"):
        await act(amazon, order_id, step)
        assert undocumented_values((await amazon.get_order(order_id)).json()["order"]) == []


async def test_a_replacement_is_valid(amazon: Amazon) -> None:
    first = await amazon.place(fulfillmentStatus="SHIPPED", marketplaceId="A1VC38T7YXB528")
    again = await amazon.place(replacementFor=first, fulfillmentStatus="UNSHIPPED")
    order = (await amazon.get_order(again)).json()["order"]
    assert order["associatedOrders"][0]["orderId"] == first
    assert order["proceeds"]["grandTotal"]["amount"] == "0"
