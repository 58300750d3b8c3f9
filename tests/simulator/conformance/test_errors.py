from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import ORDERS_PATH, Amazon, error_codes
from tests.simulator.conformance.states import confirmation

pytestmark = NEEDS_SHARED

Call = Callable[[Amazon, dict[str, str] | None], Awaitable[httpx2.Response]]

AFTER = "2026-11-01T00:00:00Z"
BEFORE = "2026-11-02T00:00:00Z"
UNKNOWN_ORDER = "999-0000000-0000000"
REPORTS_PATH = "/reports/2021-06-30"
LISTING_PATH = "/listings/2021-08-01/items/demo/MUG-STONEWARE-350"

REFUSED_SEARCHES: dict[str, dict[str, Any]] = {
    "no lower bound": {},
    "only an upper bound": {"createdBefore": BEFORE},
    "both families": {"createdAfter": AFTER, "lastUpdatedAfter": AFTER},
    "an upper bound of the other family": {"createdAfter": AFTER, "lastUpdatedBefore": BEFORE},
    "a lower bound of the other family": {"lastUpdatedAfter": AFTER, "createdBefore": BEFORE},
    "bounds that cross": {"createdAfter": BEFORE, "createdBefore": AFTER},
    "a time in words": {"createdAfter": "yesterday"},
    "no time": {"createdAfter": ""},
    "a month that does not exist": {"createdAfter": "2026-13-01T00:00:00Z"},
    "the time of a static case": {"createdAfter": "TEST_CASE_400"},
    "an upper bound of now": {"createdAfter": AFTER, "createdBefore": "2026-11-04T12:00:00Z"},
    "an upper bound a second too young": {"lastUpdatedAfter": AFTER, "lastUpdatedBefore": "2026-11-04T11:58:01Z"},
    "an unknown status": {"createdAfter": AFTER, "fulfillmentStatuses": ["CANCELED"]},
    "one unknown status of two": {"createdAfter": AFTER, "fulfillmentStatuses": ["PENDING", "pending"]},
    "an unknown fulfiller": {"createdAfter": AFTER, "fulfilledBy": ["AFN"]},
    "an unknown data set": {"createdAfter": AFTER, "includedData": ["BUYER", "ADDRESS"]},
    "no results": {"createdAfter": AFTER, "maxResultsPerPage": 0},
    "fewer than no results": {"createdAfter": AFTER, "maxResultsPerPage": -1},
    "too many results": {"createdAfter": AFTER, "maxResultsPerPage": 101},
    "results in words": {"createdAfter": AFTER, "maxResultsPerPage": "ten"},
    "51 marketplaces": {"createdAfter": AFTER, "marketplaceIds": ["ATVPDKIKX0DER"] * 51},
    "an unknown page": {"createdAfter": AFTER, "paginationToken": "2YgYW55IGNhcm5hbCBwbGVhc3VyZS4"},
}


@pytest.mark.parametrize("why", REFUSED_SEARCHES)
async def test_a_search_is_refused_for(amazon, why):
    answer = await amazon.search(**REFUSED_SEARCHES[why])

    assert answer.status_code == 400
    assert error_codes(answer) == ["InvalidInput"]


async def test_an_upper_bound_of_exactly_two_minutes_ago_is_allowed(amazon):
    answer = await amazon.search(createdAfter=AFTER, createdBefore="2026-11-04T11:58:00Z")

    assert answer.status_code == 200
    assert answer.json() == {"orders": [], "createdBefore": answer.json()["createdBefore"]}


CHANGED_ON_THE_NEXT_PAGE: dict[str, dict[str, Any]] = {
    "another lower bound": {"lastUpdatedAfter": "2026-11-01T00:00:01Z"},
    "another upper bound": {"lastUpdatedBefore": "2026-11-04T11:59:00Z"},
    "no upper bound": {"lastUpdatedBefore": None},
    "another status": {"fulfillmentStatuses": ["UNSHIPPED"]},
    "another marketplace": {"marketplaceIds": ["A2EUQ1WTGCTBG2"]},
    "another fulfiller": {"fulfilledBy": ["AMAZON"]},
    "another family": {"lastUpdatedAfter": None, "lastUpdatedBefore": None, "createdAfter": AFTER},
}


async def page_with_more(amazon: Amazon) -> tuple[dict[str, Any], str]:
    await amazon.control("POST", "orders", {"count": 3})
    await amazon.control("POST", "clock", {"advance": 300})
    query: dict[str, Any] = {
        "lastUpdatedAfter": AFTER,
        "lastUpdatedBefore": "2026-11-04T12:03:00Z",
        "fulfillmentStatuses": ["PENDING"],
        "marketplaceIds": ["ATVPDKIKX0DER"],
        "fulfilledBy": ["MERCHANT"],
        "maxResultsPerPage": 1,
    }
    page = (await amazon.search(**query)).json()
    return query, page["pagination"]["nextToken"]


@pytest.mark.parametrize("why", CHANGED_ON_THE_NEXT_PAGE)
async def test_a_next_page_is_refused_for(amazon, why):
    query, token = await page_with_more(amazon)
    changed = query | CHANGED_ON_THE_NEXT_PAGE[why] | {"paginationToken": token}

    answer = await amazon.search(**{name: value for name, value in changed.items() if value is not None})

    assert answer.status_code == 400
    assert error_codes(answer) == ["InvalidInput"]


async def test_a_next_page_is_refused_to_another_seller(amazon):
    query, token = await page_with_more(amazon)

    answer = await amazon.search(seller="other", **query, paginationToken=token)

    assert answer.status_code == 400


async def test_a_page_token_lives_for_a_day(amazon):
    query, token = await page_with_more(amazon)
    await amazon.control("POST", "clock", {"advance": 24 * 3600 - 1})
    amazon.forget_access_tokens()
    assert (await amazon.search(**query, paginationToken=token)).status_code == 200

    await amazon.control("POST", "clock", {"advance": 2})
    assert (await amazon.search(**query, paginationToken=token)).status_code == 400


@pytest.mark.parametrize("order_id", ["TEST_CASE_400", "902-1106328", "902-1106328-10590500", "902_1106328_1059050"])
async def test_an_order_id_not_in_3_7_7_format_is_refused(amazon, order_id):
    answer = await amazon.get_order(order_id)

    assert answer.status_code == 400
    assert error_codes(answer) == ["InvalidInput"]


async def test_an_unknown_data_set_is_refused_for_one_order_too(amazon):
    order_id = await amazon.place()

    assert (await amazon.get_order(order_id, ["EVERYTHING"])).status_code == 400


async def test_an_unknown_order_is_not_found(amazon):
    assert (await amazon.get_order(UNKNOWN_ORDER)).status_code == 404


async def test_the_order_of_another_seller_is_not_found(amazon):
    order_id = await amazon.place()
    body = await confirmation(amazon, order_id)

    assert (await amazon.get_order(order_id, seller="other")).status_code == 404
    assert (await amazon.confirm(order_id, body, seller="other")).status_code in {400, 404}


async def search(amazon: Amazon, headers: dict[str, str] | None = None) -> httpx2.Response:
    return await amazon.call("searchOrders", "GET", ORDERS_PATH, query={"createdAfter": AFTER}, headers=headers)


async def get_order(amazon: Amazon, headers: dict[str, str] | None = None) -> httpx2.Response:
    return await amazon.call("getOrder", "GET", f"{ORDERS_PATH}/{UNKNOWN_ORDER}", headers=headers)


async def confirm(amazon: Amazon, headers: dict[str, str] | None = None) -> httpx2.Response:
    path = f"/orders/v0/orders/{UNKNOWN_ORDER}/shipmentConfirmation"
    return await amazon.call("confirmShipment", "POST", path, body={}, headers=headers)


async def participations(amazon: Amazon, headers: dict[str, str] | None = None) -> httpx2.Response:
    path = "/sellers/v1/marketplaceParticipations"
    return await amazon.call("getMarketplaceParticipations", "GET", path, headers=headers)


def of_feeds(operation: str, path: str) -> Call:
    async def call(amazon: Amazon, headers: dict[str, str] | None = None) -> httpx2.Response:
        return await amazon.feed(operation, path, headers=headers)

    return call


def of(operation: str, method: str, path: str) -> Call:
    async def call(amazon: Amazon, headers: dict[str, str] | None = None) -> httpx2.Response:
        return await amazon.call(operation, method, path, headers=headers)

    return call


OPERATIONS: dict[str, Call] = {
    "searchOrders": search,
    "getOrder": get_order,
    "confirmShipment": confirm,
    "getMarketplaceParticipations": participations,
    "createFeedDocument": of_feeds("createFeedDocument", "/documents"),
    "getFeedDocument": of_feeds("getFeedDocument", "/documents/00000000-0000-4000-8000-000000000000"),
    "createFeed": of_feeds("createFeed", "/feeds"),
    "getFeeds": of_feeds("getFeeds", "/feeds"),
    "getFeed": of_feeds("getFeed", "/feeds/50000000000"),
    "cancelFeed": of_feeds("cancelFeed", "/feeds/50000000000"),
    "getReports": of("getReports", "GET", REPORTS_PATH + "/reports"),
    "createReport": of("createReport", "POST", REPORTS_PATH + "/reports"),
    "getReport": of("getReport", "GET", REPORTS_PATH + "/reports/50000000000"),
    "cancelReport": of("cancelReport", "DELETE", REPORTS_PATH + "/reports/50000000000"),
    "getReportDocument": of(
        "getReportDocument", "GET", REPORTS_PATH + "/documents/00000000-0000-4000-8000-000000000000"
    ),
    "getListingsItem": of("getListingsItem", "GET", LISTING_PATH),
    "patchListingsItem": of("patchListingsItem", "PATCH", LISTING_PATH),
}
# Rate and burst of the default usage plans, as each operation's reference page prints them.
PLANS = {
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2.0, 10),
    "getMarketplaceParticipations": (0.016, 15),
    "createFeedDocument": (0.5, 15),
    "getFeedDocument": (0.0222, 10),
    "createFeed": (0.0083, 15),
    "getFeeds": (0.0222, 10),
    "getFeed": (2.0, 15),
    "cancelFeed": (2.0, 15),
    "getReports": (0.0222, 10),
    "createReport": (0.0167, 15),
    "getReport": (2.0, 15),
    "cancelReport": (0.0222, 10),
    "getReportDocument": (0.0167, 15),
    "getListingsItem": (5.0, 10),
    "patchListingsItem": (5.0, 5),
}


@pytest.mark.parametrize("operation", OPERATIONS)
class TestWithoutAccess:
    async def refused(self, amazon: Amazon, operation: str, headers: dict[str, str]) -> None:
        answer = await OPERATIONS[operation](amazon, headers)
        assert answer.status_code == 403
        assert error_codes(answer) == ["Unauthorized"]

    async def test_a_missing_token_is_refused(self, amazon, operation):
        await self.refused(amazon, operation, {})

    async def test_a_malformed_token_is_refused(self, amazon, operation):
        await self.refused(amazon, operation, {"x-amz-access-token": "Atza|made-up"})

    async def test_a_token_is_refused_after_an_hour(self, amazon, operation):
        token = {"x-amz-access-token": await amazon.access_token()}
        await amazon.control("POST", "clock", {"advance": 3599})
        assert (await OPERATIONS[operation](amazon, token)).status_code != 403
        await amazon.control("POST", "clock", {"advance": 2})

        await self.refused(amazon, operation, token)

    async def test_the_token_of_a_seller_who_took_it_back_is_refused(self, amazon, operation):
        token = {"x-amz-access-token": await amazon.access_token("leaving")}
        await amazon.control("POST", "sellers/leaving/revoke")

        await self.refused(amazon, operation, token)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_call_past_the_burst_is_throttled_until_one_token_is_back(amazon, operation):
    rate, burst = PLANS[operation]
    await amazon.control("POST", "limits", {"enabled": True})
    await amazon.access_token()

    answers = [await OPERATIONS[operation](amazon, None) for _ in range(burst + 1)]

    assert all(answer.status_code != 429 for answer in answers[:-1])
    assert {float(answer.headers["x-amzn-ratelimit-limit"]) for answer in answers[:-1]} == {rate}
    assert answers[-1].status_code == 429
    assert error_codes(answers[-1]) == ["QuotaExceeded"]

    await amazon.control("POST", "clock", {"advance": 0.99 / rate})
    assert (await OPERATIONS[operation](amazon, None)).status_code == 429
    await amazon.control("POST", "clock", {"advance": 0.02 / rate})
    assert (await OPERATIONS[operation](amazon, None)).status_code != 429
    assert (await OPERATIONS[operation](amazon, None)).status_code == 429


async def test_sellers_do_not_use_up_each_others_quota(amazon):
    await amazon.control("POST", "limits", {"enabled": True})
    _, burst = PLANS["getOrder"]
    for _ in range(burst + 1):
        last = await amazon.get_order(UNKNOWN_ORDER)

    assert last.status_code == 429
    assert (await amazon.get_order(UNKNOWN_ORDER, seller="other")).status_code == 404
