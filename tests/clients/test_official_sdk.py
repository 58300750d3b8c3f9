import gzip
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import spapi
from spapi.auth.lwa_exception import LwaException
from spapi.auth.lwa_request import AccessTokenCache
from spapi.rest import ApiException

from tests.clients.served import Served
from tests.simulator.submitting import ACKNOWLEDGEMENT, XML, Report, envelope, item, message

LONG_AGO = "2026-11-01T00:00:00Z"
UNKNOWN_ORDER = "999-0000000-0000000"
ALL_DATA = [
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
]


@pytest.fixture
def client(simulator: Served) -> Iterator[Any]:
    config = spapi.SPAPIConfig(
        client_id="client", client_secret="secret", refresh_token=simulator.refresh_token, region="NA"
    )
    opened = spapi.SPAPIClient(config, oauth_endpoint=simulator.token_url, endpoint=simulator.url)
    yield opened.api_client
    opened.api_client.rest_client.pool_manager.clear()
    # Every model object of this client adds one more handler to its logger.
    logging.getLogger("spapi").handlers.clear()


def error_codes(refused: pytest.ExceptionInfo[ApiException]) -> list[str]:
    return [error["code"] for error in json.loads(refused.value.body)["errors"]]


def confirmation(order: Any, *, quantity: int | None = None, reference: str = "1") -> Any:
    return {
        "marketplaceId": order.sales_channel.marketplace_id,
        "packageDetail": {
            "packageReferenceId": reference,
            "carrierCode": "DHL",
            "trackingNumber": "00340434161094000001",
            "shipDate": "2026-11-04T12:00:00Z",
            "orderItems": [
                {"orderItemId": item.order_item_id, "quantity": quantity or item.quantity_ordered}
                for item in order.order_items
            ],
        },
    }


def test_a_search_reads_page_after_page(simulator, client):
    placed = simulator.place(count=5, fulfillmentStatus="UNSHIPPED")
    simulator.pass_time(300)
    orders = spapi.SearchOrdersApi(client)
    found: list[Any] = []
    sizes: list[int] = []
    token: dict[str, str] = {}
    while True:
        page = orders.search_orders(
            last_updated_after=LONG_AGO,
            fulfillment_statuses=["UNSHIPPED", "PARTIALLY_SHIPPED"],
            included_data=["FULFILLMENT", "PROCEEDS"],
            max_results_per_page=2,
            **token,
        )
        found += page.orders
        sizes.append(len(page.orders))
        if page.pagination is None:
            break
        token = {"pagination_token": page.pagination.next_token}

    assert sizes == [2, 2, 1]
    assert sorted(order.order_id for order in found) == sorted(placed)
    assert {order.fulfillment.fulfillment_status for order in found} == {"UNSHIPPED"}
    assert len(simulator.requests("searchOrders")) == 3


def test_bounds_may_be_datetime_objects(simulator, client):
    placed = simulator.place(count=2)
    simulator.pass_time(300)

    page = spapi.SearchOrdersApi(client).search_orders(
        created_after=datetime(2026, 11, 4, 11, tzinfo=UTC), created_before=datetime(2026, 11, 4, 12, 3, tzinfo=UTC)
    )

    assert sorted(order.order_id for order in page.orders) == sorted(placed)
    [request] = simulator.requests("searchOrders")
    assert "%2B00%3A00" in request["query"]


def test_one_order_is_read_with_everything_in_it(simulator, client):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED", marketplaceId="A1F83G8C2ARO7P", programs=[])

    order = spapi.GetOrderApi(client).get_order(order_id, included_data=ALL_DATA).order

    assert order.order_id == order_id
    assert order.sales_channel.marketplace_id == "A1F83G8C2ARO7P"
    assert order.proceeds.grand_total.currency_code == "GBP"
    assert order.recipient.delivery_address.country_code == "GB"
    assert order.fulfillment.fulfilled_by == "MERCHANT"
    assert order.created_time == datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert sum(item.fulfillment.quantity_unfulfilled for item in order.order_items) >= 1


def test_orders_in_every_state_fit_the_types_of_the_client(simulator, client):
    statuses = [
        "PENDING_AVAILABILITY",
        "PENDING",
        "UNSHIPPED",
        "PARTIALLY_SHIPPED",
        "SHIPPED",
        "CANCELLED",
        "UNFULFILLABLE",
    ]
    for status in statuses:
        fulfilled_by = "AMAZON" if status == "UNFULFILLABLE" else "MERCHANT"
        simulator.place(count=5, fulfillmentStatus=status, fulfilledBy=fulfilled_by)
    simulator.pass_time(300)

    page = spapi.SearchOrdersApi(client).search_orders(created_after=LONG_AGO, included_data=ALL_DATA)

    assert len(page.orders) == 5 * len(statuses)
    assert {order.fulfillment.fulfillment_status for order in page.orders} == set(statuses)


def test_an_unknown_order_is_not_found(client):
    with pytest.raises(ApiException) as refused:
        spapi.GetOrderApi(client).get_order(UNKNOWN_ORDER)

    assert refused.value.status == 404
    assert error_codes(refused) == ["NotFound"]


def test_a_search_without_bounds_is_bad_input(client):
    with pytest.raises(ApiException) as refused:
        spapi.SearchOrdersApi(client).search_orders()

    assert refused.value.status == 400
    assert error_codes(refused) == ["InvalidInput"]


def test_confirmations_ship_an_order_part_by_part(simulator, client):
    sku = simulator.control("GET", "state")["sellers"][0]["catalog"][0]["sku"]
    items = [{"sku": sku, "quantity": 2, "price": "10.00"}]
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED", items=items, programs=[])
    reader, writer = spapi.GetOrderApi(client), spapi.OrdersV0Api(client)
    order = reader.get_order(order_id).order

    seen = []
    for reference in ("1", "2"):
        writer.confirm_shipment(order_id, confirmation(order, quantity=1, reference=reference))
        order = reader.get_order(order_id, included_data=["FULFILLMENT", "PACKAGES"]).order
        seen.append((order.fulfillment.fulfillment_status, len(order.packages)))

    assert seen == [("PARTIALLY_SHIPPED", 1), ("SHIPPED", 2)]


def test_a_refused_confirmation_is_bad_input(simulator, client):
    [order_id] = simulator.place()
    order = spapi.GetOrderApi(client).get_order(order_id).order

    with pytest.raises(ApiException) as refused:
        spapi.OrdersV0Api(client).confirm_shipment(order_id, confirmation(order))

    assert refused.value.status == 400


def test_the_marketplaces_of_the_seller_are_told(client):
    answer = spapi.SellersApi(client).get_marketplace_participations()

    marketplaces = {one.marketplace.id: one.marketplace.default_currency_code for one in answer.payload}
    assert marketplaces["ATVPDKIKX0DER"] == "USD"
    assert marketplaces["A1VC38T7YXB528"] == "JPY"


def test_a_call_past_the_burst_is_throttled_until_time_passes(simulator, client):
    [order_id] = simulator.place()
    orders = spapi.GetOrderApi(client)
    for _ in range(30):
        orders.get_order(order_id)

    with pytest.raises(ApiException) as refused:
        orders.get_order(order_id)

    assert refused.value.status == 429
    assert error_codes(refused) == ["QuotaExceeded"]
    simulator.pass_time(2)
    assert orders.get_order(order_id).order.order_id == order_id


def test_an_access_token_is_refused_after_an_hour_and_a_new_one_works(simulator, client):
    orders = spapi.GetOrderApi(client)
    [order_id] = simulator.place()
    simulator.pass_time(3600)

    with pytest.raises(ApiException) as refused:
        orders.get_order(order_id)

    assert refused.value.status == 403
    assert error_codes(refused) == ["Unauthorized"]
    client.configuration.access_token_cache.token_info = None
    assert orders.get_order(order_id).order.order_id == order_id


def test_a_seller_who_took_the_permission_back_is_refused(simulator, client):
    simulator.control("POST", f"sellers/{simulator.seller}/revoke")

    with pytest.raises(ApiException) as refused:
        spapi.SearchOrdersApi(client).search_orders(created_after=LONG_AGO)

    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("client_id", "refresh_token"), [("client", "Atzr-not-a-token"), ("bad", "Atzr|seller")], ids=["grant", "client"]
)
def test_bad_credentials_get_no_token(simulator, client_id, refresh_token):
    # The client sleeps for 14 seconds before it gives up unless it is told not to try again.
    tokens = AccessTokenCache(
        client_id=client_id,
        client_secret="secret",
        refresh_token=refresh_token,
        oauth_endpoint=simulator.token_url,
        max_retries=0,
    )

    with pytest.raises(LwaException):
        tokens.get_lwa_access_token()

    assert [entry["status"] for entry in simulator.requests("token")][1:] == [401 if client_id == "bad" else 400]


def submitted(client: Any, contents: bytes) -> str:
    """Upload a document as Amazon's guide does it, outside the client, and create a feed of it."""
    feeds = spapi.FeedsApi(client)
    document = feeds.create_feed_document({"contentType": XML})
    httpx2.put(document.url, content=contents, headers={"Content-Type": XML}).raise_for_status()
    created = feeds.create_feed(
        {
            "feedType": ACKNOWLEDGEMENT,
            "marketplaceIds": ["ATVPDKIKX0DER"],
            "inputFeedDocumentId": document.feed_document_id,
        }
    )
    return str(created.feed_id)


def test_a_feed_cancels_the_order_once_it_is_done(simulator, client):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    feeds, orders = spapi.FeedsApi(client), spapi.GetOrderApi(client)
    order = orders.get_order(order_id).order
    items = [item(one.order_item_id, quantity=one.quantity_ordered) for one in order.order_items]

    def status() -> str:
        return str(orders.get_order(order_id, included_data=["FULFILLMENT"]).order.fulfillment.fulfillment_status)

    feed_id = submitted(client, envelope(message(order_id, *items)))
    seen = []
    for _ in range(3):
        seen.append((feeds.get_feed(feed_id).processing_status, status()))
        simulator.pass_time(30)

    assert seen == [("IN_QUEUE", "UNSHIPPED"), ("IN_PROGRESS", "UNSHIPPED"), ("DONE", "CANCELLED")]
    document = feeds.get_feed_document(feeds.get_feed(feed_id).result_feed_document_id)
    assert document.compression_algorithm is None
    assert Report(httpx2.get(document.url).content).counts == (1, 1, 0, 0)


def test_feeds_are_listed_page_after_page_and_cancelled_while_they_wait(simulator, client):
    feeds = spapi.FeedsApi(client)
    ids = [submitted(client, b"<a/>") for _ in range(3)]

    feeds.cancel_feed(ids[0])

    page = feeds.get_feeds(feed_types=[ACKNOWLEDGEMENT], page_size=2, created_since=datetime(2026, 11, 4, tzinfo=UTC))
    following = feeds.get_feeds(next_token=page.next_token)
    assert [(one.feed_id, one.processing_status) for one in page.feeds + following.feeds] == [
        (ids[2], "IN_QUEUE"),
        (ids[1], "IN_QUEUE"),
        (ids[0], "CANCELLED"),
    ]
    simulator.pass_time(60)
    with pytest.raises(ApiException) as refused:
        feeds.cancel_feed(ids[1])
    assert error_codes(refused) == ["InvalidInput"]


def test_a_large_report_is_named_as_compressed(simulator, client):
    feeds = spapi.FeedsApi(client)
    unknown = [message("902-0000000-0000000", number=number) for number in range(100)]
    feed_id = submitted(client, envelope(*unknown))
    simulator.pass_time(60)

    document = feeds.get_feed_document(feeds.get_feed(feed_id).result_feed_document_id)

    assert document.compression_algorithm == "GZIP"
    assert Report(gzip.decompress(httpx2.get(document.url).content)).counts == (100, 0, 100, 0)
