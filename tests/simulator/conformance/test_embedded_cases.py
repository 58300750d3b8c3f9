import copy
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import INCLUDED_DATA, Amazon, error_codes
from tests.simulator.conformance.amazon_models import SandboxCase
from tests.simulator.conformance.gates import included_only
from tests.simulator.conformance.schemas import ModelSchemas
from tests.simulator.conformance.tally import LIVE

pytestmark = NEEDS_SHARED

OPAQUE = "any token"
JAPANESE, BRITISH, BRAZILIAN = 0, 1, 2


def cases(schemas: ModelSchemas, operation: str, status: str) -> list[SandboxCase]:
    return [case for case in schemas.model.operations[operation].cases() if case.status == status]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def comparable(page: dict[str, Any]) -> dict[str, Any]:
    result = page | {"createdBefore": moment(page["createdBefore"])}
    return result | ({"pagination": {"nextToken": OPAQUE}} if "pagination" in page else {})


async def set_clock(amazon: Amazon, now: datetime) -> None:
    await amazon.control("POST", "clock", {"now": now.isoformat().replace("+00:00", "Z")})


async def load(amazon: Amazon, *orders: dict[str, Any]) -> None:
    answer = await amazon.control("PUT", "orders", {"orders": list(orders)}, status=200)
    assert answer["orderIds"] == [order["orderId"] for order in orders]


def neighbour(order: dict[str, Any], *, order_id: str, later: timedelta) -> dict[str, Any]:
    created = moment(order["createdTime"]) + later
    other = copy.deepcopy(order)
    return other | {"orderId": order_id, "createdTime": created.isoformat().replace("+00:00", "Z")}


@pytest.mark.parametrize("index", range(3))
async def test_a_loaded_order_comes_back_as_amazon_shows_it(amazon, orders_model, index, replayed):
    case = cases(orders_model, "getOrder", "200")[index]
    order = case.response["order"]
    await set_clock(amazon, moment(order["lastUpdatedTime"]) + timedelta(minutes=5))
    await load(amazon, order)

    answer = await amazon.get_order(case.parameters["orderId"], case.parameters["includedData"])

    assert answer.status_code == 200
    assert answer.json() == case.response
    replayed(LIVE, f"orders_2026-01-01 {case.name}")


@pytest.mark.parametrize("index", range(3))
async def test_an_order_of_a_search_comes_back_alone_too(amazon, orders_model, index):
    case = cases(orders_model, "searchOrders", "200")[index]
    [order] = case.response["orders"]
    await load(amazon, order)

    assert (await amazon.get_order(order["orderId"])).json() == {"order": order}
    for data_set in INCLUDED_DATA:
        answer = await amazon.get_order(order["orderId"], [data_set])
        assert answer.json() == {"order": included_only(order, [data_set])}


async def search_as_in(amazon: Amazon, case: SandboxCase, **changed: Any) -> dict[str, Any]:
    await set_clock(amazon, moment(case.response["createdBefore"]) + timedelta(minutes=2))
    asked = case.parameters | changed
    answer = await amazon.search(**{name: value for name, value in asked.items() if value is not None})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_the_japanese_search_answers_its_order_and_a_further_page(amazon, orders_model, replayed):
    case = cases(orders_model, "searchOrders", "200")[JAPANESE]
    [order] = case.response["orders"]
    later = neighbour(order, order_id="250-0000000-0000001", later=timedelta(minutes=10))
    await load(amazon, later, order)

    page = await search_as_in(amazon, case, maxResultsPerPage=1)

    assert comparable(page) == comparable(case.response)
    token = page["pagination"]["nextToken"]
    following = await search_as_in(amazon, case, maxResultsPerPage=1, paginationToken=token)
    assert following == {"orders": [later], "createdBefore": page["createdBefore"]}
    replayed(LIVE, f"orders_2026-01-01 {case.name}")


async def test_the_british_search_answers_its_order_as_the_last_page(amazon, orders_model, replayed):
    case = cases(orders_model, "searchOrders", "200")[BRITISH]
    [order] = case.response["orders"]
    earlier = neighbour(order, order_id="202-0000000-0000001", later=timedelta(minutes=-10))
    await load(amazon, order, earlier)
    first = dict(case.parameters)
    del first["paginationToken"]
    await set_clock(amazon, moment(case.response["createdBefore"]) + timedelta(minutes=2))
    token = (await amazon.search(**first, maxResultsPerPage=1)).json()["pagination"]["nextToken"]

    page = await search_as_in(amazon, case, maxResultsPerPage=1, paginationToken=token)

    assert comparable(page) == comparable(case.response)
    replayed(LIVE, f"orders_2026-01-01 {case.name}")


async def test_the_brazilian_search_answers_its_order_on_the_only_page(amazon, orders_model, replayed):
    case = cases(orders_model, "searchOrders", "200")[BRAZILIAN]
    await load(amazon, *case.response["orders"])

    assert comparable(await search_as_in(amazon, case)) == comparable(case.response)
    replayed(LIVE, f"orders_2026-01-01 {case.name}")


async def test_all_six_orders_stand_beside_each_other_and_only_their_search_finds_them(amazon, orders_model):
    searches = cases(orders_model, "searchOrders", "200")
    orders = [case.response["orders"][0] for case in searches]
    orders += [case.response["order"] for case in cases(orders_model, "getOrder", "200")]
    await load(amazon, *orders)

    found = await amazon.search_all(
        createdAfter="2024-01-01T00:00:00Z", maxResultsPerPage=1, includedData=INCLUDED_DATA
    )

    assert len(orders) == 6
    assert found == sorted(orders, key=lambda order: order["createdTime"])
    for case in searches:
        assert (await search_as_in(amazon, case, paginationToken=None))["orders"] == case.response["orders"]


async def test_loading_an_order_again_replaces_it(amazon, orders_model):
    [order] = cases(orders_model, "searchOrders", "200")[BRAZILIAN].response["orders"]
    await load(amazon, order)
    changed = copy.deepcopy(order) | {"lastUpdatedTime": "2024-12-24T10:00:00Z"}
    changed["fulfillment"]["fulfillmentStatus"] = "CANCELLED"

    await load(amazon, changed)

    assert (await amazon.get_order(order["orderId"])).json() == {"order": changed}
    found = await amazon.search_all(lastUpdatedAfter="2024-12-24T10:00:00Z", fulfillmentStatuses=["CANCELLED"])
    assert [one["orderId"] for one in found] == [order["orderId"]]
    assert await amazon.search_all(createdAfter="2024-01-01T00:00:00Z", fulfillmentStatuses=["UNSHIPPED"]) == []


async def test_an_order_that_the_model_refuses_is_not_loaded(amazon, orders_model):
    [order] = cases(orders_model, "searchOrders", "200")[BRAZILIAN].response["orders"]
    damaged = copy.deepcopy(order)
    damaged["orderItems"][0]["quantityOrdered"] = "1"

    answer = await amazon.control("PUT", "orders", {"orders": [damaged]}, status=422)

    assert "quantityOrdered" in answer["error"]["field"]
    assert (await amazon.get_order(order["orderId"])).status_code == 404


async def test_the_search_case_that_amazon_refuses_is_refused(amazon, orders_model, replayed):
    [case] = cases(orders_model, "searchOrders", "400")

    answer = await amazon.search(**case.parameters)

    assert answer.status_code == 400
    assert error_codes(answer) == [case.response["errors"][0]["code"]]
    replayed(LIVE, f"orders_2026-01-01 {case.name}")


async def test_the_order_case_that_amazon_refuses_is_refused(amazon, orders_model, replayed):
    [case] = cases(orders_model, "getOrder", "400")

    answer = await amazon.get_order(case.parameters["orderId"])

    assert answer.status_code == 400
    assert error_codes(answer) == [case.response["errors"][0]["code"]]
    replayed(LIVE, f"orders_2026-01-01 {case.name}")


def order_to_confirm(case: SandboxCase) -> dict[str, Any]:
    package = case.parameters["body"]["packageDetail"]
    return {
        "orderId": case.parameters["orderId"],
        "createdTime": "2022-02-10T09:00:00Z",
        "lastUpdatedTime": "2022-02-10T09:30:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": case.parameters["body"]["marketplaceId"]},
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        "orderItems": [
            {
                "orderItemId": item["orderItemId"],
                "quantityOrdered": item["quantity"],
                "product": {"asin": "B0BSHF7WHW", "sellerSku": "ECHO-POP-US-BLK"},
                "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": item["quantity"]},
            }
            for item in package["orderItems"]
        ],
    }


async def test_the_confirmation_that_amazon_accepts_ships_the_order(amazon, orders_v0_model, replayed):
    [case] = cases(orders_v0_model, "confirmShipment", "204")
    await set_clock(amazon, datetime.fromisoformat("2022-02-11T02:00:00Z"))
    await load(amazon, order_to_confirm(case))

    answer = await amazon.confirm(case.parameters["orderId"], case.parameters["body"])

    assert answer.status_code == 204
    assert answer.content == b""
    order = (await amazon.get_order(case.parameters["orderId"])).json()["order"]
    assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    [package] = order["packages"]
    sent = case.parameters["body"]["packageDetail"]
    assert package["trackingNumber"] == sent["trackingNumber"]
    assert package["packageItems"] == sent["orderItems"]
    assert moment(package["shipTime"]) == moment(sent["shipDate"])
    replayed(LIVE, f"ordersV0 {case.name}")


async def test_the_confirmation_that_amazon_refuses_is_refused_and_changes_nothing(amazon, orders_v0_model, replayed):
    [case] = cases(orders_v0_model, "confirmShipment", "400")
    await set_clock(amazon, datetime.fromisoformat("2022-02-22T02:00:00Z"))
    await load(amazon, order_to_confirm(case))

    answer = await amazon.confirm(case.parameters["orderId"], case.parameters["body"])

    assert answer.status_code == 400
    # Amazon's case spells the code with a blank; its answers elsewhere do not.
    assert error_codes(answer) == [case.response["errors"][0]["code"].replace(" ", "")]
    assert (await amazon.get_order(case.parameters["orderId"])).json() == {"order": order_to_confirm(case)}
    replayed(LIVE, f"ordersV0 {case.name}", ["code"])


async def test_participations_are_told_as_amazon_tells_them(amazon, models, replayed):
    [case] = cases(models["sellers"], "getMarketplaceParticipations", "200")
    [american] = case.response["payload"]

    answer = await amazon.participations()

    by_id = {one["marketplace"]["id"]: one for one in answer.json()["payload"]}
    ours = by_id[american["marketplace"]["id"]]
    assert ours["marketplace"] == american["marketplace"]
    assert ours["participation"] == american["participation"]
    replayed(LIVE, f"sellers {case.name}")
