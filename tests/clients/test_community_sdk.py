import io
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import sp_api.asyncio.base.client  # noqa: F401  (first: the package imports itself in a circle otherwise)
from sp_api.api import Feeds, Orders, Sellers
from sp_api.asyncio.api import Feeds as AsyncFeeds
from sp_api.asyncio.api import Orders as AsyncOrders
from sp_api.asyncio.auth import AccessTokenClient as AsyncAccessTokenClient
from sp_api.auth import AccessTokenClient
from sp_api.auth.exceptions import AuthorizationError
from sp_api.base.exceptions import (
    SellingApiBadRequestException,
    SellingApiForbiddenException,
    SellingApiNotFoundException,
    SellingApiRequestThrottledException,
)

from tests.clients.served import Served
from tests.simulator.submitting import ACKNOWLEDGEMENT, FLAT, TABS, XML, Report, envelope, item, message, rows

LONG_AGO = "2026-11-01T00:00:00Z"
UNKNOWN_ORDER = "999-0000000-0000000"
VERSION = "2026-01-01"
AMERICAN = "ATVPDKIKX0DER"

Connect = Callable[..., Any]


@pytest.fixture
def arguments(simulator: Served, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    monkeypatch.delenv("SP_API_DEFAULT_MARKETPLACE", raising=False)

    def build(tokens: type = AccessTokenClient, **credentials: str) -> dict[str, Any]:
        parts = urlsplit(simulator.url)
        market = {"endpoint": simulator.url, "marketplace_id": AMERICAN, "region": "us-east-1"}
        given = {"refresh_token": simulator.refresh_token, "client_id": "client"} | credentials
        return {
            "marketplace": type("Market", (), market),
            "refresh_token": given["refresh_token"],
            "credentials": {"lwa_app_id": given["client_id"], "lwa_client_secret": "secret"},
            "auth_token_client_class": type(
                "Tokens", (tokens,), {"scheme": f"{parts.scheme}://", "host": parts.netloc}
            ),
        }

    return build


@pytest.fixture
def connect(arguments: Callable[..., dict[str, Any]]) -> Iterator[Connect]:
    opened: list[Any] = []

    def open_client(api: Any, *, version: str | None = None, **credentials: str) -> Any:
        client = api(**({"version": version} if version else {}), **arguments(**credentials))
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()
        client._auth._transport.close()


@pytest.fixture
def orders(connect: Connect) -> Any:
    return connect(Orders, version=VERSION)


def test_a_search_reads_page_after_page(simulator, orders):
    placed = simulator.place(count=5, fulfillmentStatus="UNSHIPPED")
    simulator.pass_time(300)
    found: list[Any] = []
    sizes: list[int] = []
    token: dict[str, str] = {}
    while True:
        page = orders.search_orders(
            lastUpdatedAfter=LONG_AGO,
            fulfillmentStatuses=["UNSHIPPED"],
            includedData=["FULFILLMENT", "PROCEEDS"],
            maxResultsPerPage=2,
            **token,
        )
        found += page.payload["orders"]
        sizes.append(len(page.payload["orders"]))
        if page.next_token is None:
            break
        token = {"paginationToken": page.next_token}

    assert sizes == [2, 2, 1]
    assert sorted(order["orderId"] for order in found) == sorted(placed)
    assert all(order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED" for order in found)
    # The client adds parameters of its own, which Amazon does not know.
    assert "marketplace_ids=" in simulator.requests("searchOrders")[0]["query"]


def test_only_the_marketplace_of_the_client_is_searched(simulator, orders):
    [american] = simulator.place()
    simulator.place(marketplaceId="A2EUQ1WTGCTBG2")
    simulator.pass_time(300)

    page = orders.search_orders(createdAfter=LONG_AGO)

    assert [order["orderId"] for order in page.payload["orders"]] == [american]
    assert float(page.rate_limit) == 0.0056


def test_one_order_is_read(simulator, orders):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")

    order = orders.get_order(order_id, includedData=["FULFILLMENT", "BUYER"]).payload["order"]

    assert order["orderId"] == order_id
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert "buyer" in order
    assert "recipient" not in order


def test_an_unknown_order_is_not_found(orders):
    with pytest.raises(SellingApiNotFoundException) as refused:
        orders.get_order(UNKNOWN_ORDER)

    assert refused.value.code == 404


def test_a_search_without_bounds_is_bad_input(orders):
    with pytest.raises(SellingApiBadRequestException) as refused:
        orders.search_orders()

    assert refused.value.amzn_code == "InvalidInput"


def test_a_confirmation_ships_the_order(simulator, orders, connect):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED", programs=[])
    order = orders.get_order(order_id).payload["order"]
    writer = connect(Orders, version="v0")

    writer.confirm_shipment(
        order_id,
        marketplaceId=AMERICAN,
        packageDetail={
            "packageReferenceId": "1",
            "carrierCode": "UPS",
            "trackingNumber": "1Z999AA10123456784",
            "shipDate": "2026-11-04T12:00:00Z",
            "orderItems": [
                {"orderItemId": item["orderItemId"], "quantity": item["quantityOrdered"]}
                for item in order["orderItems"]
            ],
        },
    )

    shipped = orders.get_order(order_id, includedData=["FULFILLMENT", "PACKAGES"]).payload["order"]
    assert shipped["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert [package["trackingNumber"] for package in shipped["packages"]] == ["1Z999AA10123456784"]


def test_a_refused_confirmation_is_bad_input(simulator, connect):
    [order_id] = simulator.place()

    with pytest.raises(SellingApiBadRequestException):
        connect(Orders, version="v0").confirm_shipment(order_id, marketplaceId=AMERICAN, packageDetail={})


def test_the_marketplaces_of_the_seller_are_told(connect):
    answer = connect(Sellers).get_marketplace_participation()

    assert AMERICAN in {one["marketplace"]["id"] for one in answer.payload}


def test_a_call_past_the_burst_is_throttled_until_time_passes(simulator, orders):
    [order_id] = simulator.place()
    for _ in range(30):
        orders.get_order(order_id)

    with pytest.raises(SellingApiRequestThrottledException) as refused:
        orders.get_order(order_id)

    assert refused.value.amzn_code == "QuotaExceeded"
    simulator.pass_time(2)
    assert orders.get_order(order_id).payload["order"]["orderId"] == order_id


def test_an_access_token_is_refused_after_an_hour(simulator, orders):
    [order_id] = simulator.place()
    orders.get_order(order_id)
    simulator.pass_time(3600)

    with pytest.raises(SellingApiForbiddenException) as refused:
        orders.get_order(order_id)

    assert refused.value.amzn_code == "Unauthorized"


def test_a_seller_who_took_the_permission_back_is_refused(simulator, orders):
    [order_id] = simulator.place()
    orders.get_order(order_id)
    simulator.control("POST", f"sellers/{simulator.seller}/revoke")

    with pytest.raises(SellingApiForbiddenException):
        orders.get_order(order_id)


def test_a_bad_refresh_token_is_an_authorization_error(connect):
    with pytest.raises(AuthorizationError) as refused:
        connect(Orders, version=VERSION, refresh_token="Atzr-not-a-token").get_order(UNKNOWN_ORDER)

    assert refused.value.error_code == "invalid_grant"
    assert refused.value.status_code == 400


def test_a_bad_client_is_an_authorization_error(connect):
    with pytest.raises(AuthorizationError) as refused:
        connect(Orders, version=VERSION, client_id="bad").get_order(UNKNOWN_ORDER)

    assert refused.value.error_code == "invalid_client"
    assert refused.value.status_code == 401


async def test_the_asynchronous_client_reads_orders_too(simulator, arguments):
    placed = simulator.place(count=3)
    simulator.pass_time(300)
    client = AsyncOrders(version=VERSION, **arguments(AsyncAccessTokenClient))
    try:
        page = await client.search_orders(createdAfter=LONG_AGO)
    finally:
        await client._auth._transport.aclose()
        await client.aclose()

    assert sorted(order["orderId"] for order in page.payload["orders"]) == sorted(placed)


def cancellation(order: Any) -> io.BytesIO:
    items = [item(one["orderItemId"], quantity=one["quantityOrdered"]) for one in order["orderItems"]]
    return io.BytesIO(envelope(message(order["orderId"], *items)))


def test_a_submitted_feed_cancels_the_order_once_it_is_done(simulator, orders, connect):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    order = orders.get_order(order_id).payload["order"]
    feeds = connect(Feeds)

    def status() -> str:
        shown = orders.get_order(order_id, includedData=["FULFILLMENT"]).payload["order"]
        return str(shown["fulfillment"]["fulfillmentStatus"])

    _, created = feeds.submit_feed(ACKNOWLEDGEMENT, cancellation(order), content_type=XML)
    seen = []
    for _ in range(3):
        seen.append((feeds.get_feed(created.payload["feedId"]).payload["processingStatus"], status()))
        simulator.pass_time(30)

    assert seen == [("IN_QUEUE", "UNSHIPPED"), ("IN_PROGRESS", "UNSHIPPED"), ("DONE", "CANCELLED")]
    done = feeds.get_feed(created.payload["feedId"]).payload
    report = Report(feeds.get_feed_document(done["resultFeedDocumentId"]).encode())
    assert report.counts == (1, 1, 0, 0)
    listed = feeds.get_feeds(feedTypes=[ACKNOWLEDGEMENT], processingStatuses=["DONE"]).payload["feeds"]
    assert listed == [done]


def test_a_flat_feed_and_a_large_compressed_report_are_read(simulator, connect):
    feeds = connect(Feeds)
    contents = rows(*((f"902-0000000-{number:07d}", "NoInventory", "1") for number in range(150)))

    _, created = feeds.submit_feed(FLAT, io.BytesIO(contents), content_type=TABS)
    simulator.pass_time(60)

    done = feeds.get_feed(created.payload["feedId"]).payload
    report = feeds.get_feed_document(done["resultFeedDocumentId"])
    assert "\tNumber of records processed\t\t150\n" in report
    assert report.count("not an order of this seller") == 150


def test_a_feed_is_cancelled_while_it_waits_and_refused_later(simulator, connect):
    feeds = connect(Feeds)
    _, created = feeds.submit_feed(ACKNOWLEDGEMENT, io.BytesIO(b"<a/>"), content_type=XML)
    feed_id = created.payload["feedId"]

    feeds.cancel_feed(feed_id)

    assert feeds.get_feed(feed_id).payload["processingStatus"] == "CANCELLED"
    with pytest.raises(SellingApiBadRequestException):
        feeds.cancel_feed(feed_id)


def test_a_list_of_feeds_is_read_page_after_page(connect):
    feeds = connect(Feeds)
    created = [
        feeds.submit_feed(ACKNOWLEDGEMENT, io.BytesIO(b"<a/>"), content_type=XML)[1].payload["feedId"] for _ in range(3)
    ]
    page = feeds.get_feeds(feedTypes=[ACKNOWLEDGEMENT], pageSize=2)
    following = feeds.get_feeds(nextToken=page.next_token)

    found = page.payload["feeds"] + following.payload["feeds"]
    assert [feed["feedId"] for feed in found] == created[::-1]


async def test_the_asynchronous_client_submits_feeds_too(simulator, arguments):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    client = AsyncFeeds(**arguments(AsyncAccessTokenClient))
    try:
        _, created = await client.submit_feed(
            ACKNOWLEDGEMENT, io.BytesIO(envelope(message(order_id))), content_type=XML
        )
    finally:
        await client._auth._transport.aclose()
        await client.aclose()
    simulator.pass_time(60)

    [feed] = simulator.look("state")["feeds"]
    assert (feed["feedId"], feed["messages"]["successful"]) == (created.payload["feedId"], 1)
