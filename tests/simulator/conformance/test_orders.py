from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import INCLUDED_DATA, Amazon
from tests.simulator.conformance.gates import included_only, undocumented_values
from tests.simulator.conformance.states import STATES

pytestmark = NEEDS_SHARED

# "Marketplace IDs" and the currencies of ISO 4217.
CURRENCY_BY_MARKETPLACE = {
    "ATVPDKIKX0DER": "USD",
    "A2EUQ1WTGCTBG2": "CAD",
    "A1AM78C64UM0Y8": "MXN",
    "A2Q3Y263D00KWC": "BRL",
    "A1F83G8C2ARO7P": "GBP",
    "A1PA6795UKMFR9": "EUR",
    "A13V1IB3VIYZZH": "EUR",
    "APJ6JRA9NG5V4": "EUR",
    "A1RKKUPIHCS9HS": "EUR",
    "A1805IZSGTT6HS": "EUR",
    "AMEN7PMS3EDWL": "EUR",
    "A28R8C7NBKEWEA": "EUR",
    "A2NODRKZP88ZB9": "SEK",
    "A1C3SOZRARQ6R3": "PLN",
    "A33AVAJ2PDY3EV": "TRY",
    "ARBP9OOSHTCHU": "EGP",
    "A17E79C6D8DWNP": "SAR",
    "A2VIGQ35RCS4UG": "AED",
    "A21TJRUUN4KGV": "INR",
    "AE08WJ6YKNBMC": "ZAR",
    "A1VC38T7YXB528": "JPY",
    "A39IBJ37TRP1C6": "AUD",
    "A19VAU5U5O7RUS": "SGD",
}
LONG_AGO = "2026-11-01T00:00:00Z"
SEARCHABLE_AFTER = 180


async def every_state(amazon: Amazon, marketplace_id: str) -> dict[str, dict[str, Any]]:
    placed = {state.name: await state.bring(amazon, marketplace_id) for state in STATES}
    await amazon.control("POST", "clock", {"advance": SEARCHABLE_AFTER})
    return {name: (await amazon.get_order(order_id)).json()["order"] for name, order_id in placed.items()}


@pytest.mark.parametrize("marketplace_id", CURRENCY_BY_MARKETPLACE)
async def test_every_state_of_every_marketplace_is_told_in_amazons_words(amazon, marketplace_id):
    orders = await every_state(amazon, marketplace_id)

    for state in STATES:
        order = orders[state.name]
        assert order["fulfillment"]["fulfillmentStatus"] == state.status, state.name
        assert order["salesChannel"]["marketplaceId"] == marketplace_id
        assert undocumented_values(order) == []
        proceeds = order.get("proceeds", {}).get("grandTotal")
        assert proceeds is None or proceeds["currencyCode"] == CURRENCY_BY_MARKETPLACE[marketplace_id]
        assert (await amazon.get_order(order["orderId"], [])).json()["order"] == included_only(order, ())

    found = await amazon.search_all(
        createdAfter=LONG_AGO, marketplaceIds=[marketplace_id], maxResultsPerPage=4, includedData=INCLUDED_DATA
    )
    assert {order["orderId"]: order for order in found} == {order["orderId"]: order for order in orders.values()}
    assert len(found) == len(STATES)


@pytest.mark.parametrize("by", ["createdAfter", "lastUpdatedAfter"])
@pytest.mark.parametrize("status", sorted({state.status for state in STATES}))
async def test_a_search_by_status_finds_the_orders_in_it(amazon, status, by):
    orders = await every_state(amazon, "A1F83G8C2ARO7P")

    found = await amazon.search_all(
        **{by: LONG_AGO}, fulfillmentStatuses=[status], maxResultsPerPage=2, includedData=["FULFILLMENT"]
    )

    expected = {orders[state.name]["orderId"] for state in STATES if state.status == status}
    assert {order["orderId"] for order in found} == expected


@pytest.mark.parametrize("fulfilled_by", [["MERCHANT"], ["AMAZON"], ["MERCHANT", "AMAZON"]])
async def test_a_search_by_who_fulfils_finds_their_orders(amazon, fulfilled_by):
    orders = await every_state(amazon, "A1VC38T7YXB528")

    found = await amazon.search_all(createdAfter=LONG_AGO, fulfilledBy=fulfilled_by)

    expected = {order["orderId"] for order in orders.values() if order["fulfillment"]["fulfilledBy"] in fulfilled_by}
    assert expected
    assert {order["orderId"] for order in found} == expected


@pytest.mark.parametrize("family", ["created", "lastUpdated"])
async def test_both_bounds_of_a_search_are_inclusive_to_the_millisecond(amazon, family):
    order_id = await amazon.place()
    await amazon.control("POST", "clock", {"advance": SEARCHABLE_AFTER})

    async def finds(after: str, before: str) -> bool:
        bounds = {f"{family}After": f"2026-11-04T{after}Z", f"{family}Before": f"2026-11-04T{before}Z"}
        return [order["orderId"] for order in await amazon.search_all(**bounds)] == [order_id]

    assert await finds("12:00:00.000", "12:00:00.000")
    assert await finds("11:00:00.000", "12:00:00")
    assert not await finds("12:00:00.001", "12:01:00")
    assert not await finds("11:00:00", "11:59:59.999")


async def test_an_order_is_found_from_two_minutes_on(amazon):
    order_id = await amazon.place()
    await amazon.control("POST", "clock", {"advance": 119})
    assert await amazon.search_all(createdAfter=LONG_AGO) == []

    await amazon.control("POST", "clock", {"advance": 1})
    assert [order["orderId"] for order in await amazon.search_all(createdAfter=LONG_AGO)] == [order_id]


@pytest.fixture
async def orders(amazon: Amazon) -> list[dict[str, Any]]:
    british = await every_state(amazon, "A1F83G8C2ARO7P")
    japanese = await every_state(amazon, "A1VC38T7YXB528")
    return [*british.values(), *japanese.values()]


@settings(max_examples=rounds(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_an_answer_holds_exactly_the_data_sets_that_were_asked_for(amazon, orders, data):
    order = data.draw(st.sampled_from(orders))
    included = data.draw(st.lists(st.sampled_from(INCLUDED_DATA), unique=True))
    expected = included_only(order, included)

    shown = await amazon.get_order(order["orderId"], included)
    assert shown.json() == {"order": expected}

    query = {"includedData": included} if included else {}
    found = await amazon.search(createdAfter=order["createdTime"], createdBefore=order["createdTime"], **query)
    assert expected in found.json()["orders"]


@settings(max_examples=rounds(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 100), min_size=1, max_size=40),
    included=st.lists(st.lists(st.sampled_from(INCLUDED_DATA), unique=True), min_size=1, max_size=3),
)
async def test_pages_of_any_size_hold_every_order_once(amazon, orders, sizes, included):
    token: dict[str, str] = {}
    seen: list[str] = []
    for turn in range(len(orders) + 1):
        size = sizes[turn % len(sizes)]
        answer = await amazon.search(
            lastUpdatedAfter=LONG_AGO,
            maxResultsPerPage=size,
            includedData=included[turn % len(included)] or ["FULFILLMENT"],
            **token,
        )
        page = answer.json()
        assert len(page["orders"]) <= size
        seen += [order["orderId"] for order in page["orders"]]
        if "pagination" not in page:
            break
        assert len(page["orders"]) == size
        token = {"paginationToken": page["pagination"]["nextToken"]}

    assert "pagination" not in page
    assert sorted(seen) == sorted(order["orderId"] for order in orders)
