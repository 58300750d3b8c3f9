from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from sp_api.api import OrdersV0, Tokens
from sp_api.auth import AccessTokenClient
from sp_api.base.exceptions import SellingApiBadRequestException, SellingApiNotFoundException
from sp_api.util import load_all_pages

from tests.clients.served import Served

AMERICAN = "ATVPDKIKX0DER"
LONG_AGO = "2026-11-01T00:00:00Z"
PATH = "/orders/v0/orders"

Connect = Callable[..., Any]


@pytest.fixture
def connect(simulator: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    monkeypatch.delenv("SP_API_DEFAULT_MARKETPLACE", raising=False)
    parts = urlsplit(simulator.url)
    market = {"endpoint": simulator.url, "marketplace_id": AMERICAN, "region": "us-east-1"}
    tokens = {"scheme": f"{parts.scheme}://", "host": parts.netloc}
    opened: list[Any] = []

    def open_client(api: Any, **more: Any) -> Any:
        client = api(
            marketplace=type("Market", (), market),
            refresh_token=simulator.refresh_token,
            credentials={"lwa_app_id": "client", "lwa_client_secret": "secret"},
            auth_token_client_class=type("Tokens", (AccessTokenClient,), tokens),
            **more,
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()
        client._auth._transport.close()


@pytest.fixture
def orders(connect: Connect) -> Any:
    return connect(OrdersV0)


def test_its_own_way_of_paging_reads_every_page(simulator, orders):
    placed = simulator.place(count=5, fulfillmentStatus="UNSHIPPED")
    simulator.place(fulfillmentStatus="SHIPPED")
    simulator.pass_time(300)

    @load_all_pages(throttle_by_seconds=0)  # type: ignore[untyped-decorator]
    def pages(**kwargs: Any) -> Any:
        return orders.get_orders(**kwargs)

    found = [
        order
        for page in pages(LastUpdatedAfter=LONG_AGO, OrderStatuses=["Unshipped"], MaxResultsPerPage=2)
        for order in page.payload["Orders"]
    ]

    assert sorted(order["AmazonOrderId"] for order in found) == sorted(placed)


def test_a_token_alone_reads_the_next_page_too(simulator, orders):
    placed = simulator.place(count=3)
    simulator.pass_time(300)
    first = orders.get_orders(LastUpdatedAfter=LONG_AGO, OrderStatuses=["Pending"], MaxResultsPerPage=2)

    second = orders.get_orders(NextToken=first.next_token)

    found = [order["AmazonOrderId"] for page in (first, second) for order in page.payload["Orders"]]
    assert sorted(found) == sorted(placed)


def test_every_part_of_an_order_is_read(simulator, orders):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")

    order = orders.get_order(order_id).payload
    items = orders.get_order_items(order_id).payload
    address = orders.get_order_address(order_id).payload
    buyer = orders.get_order_buyer_info(order_id).payload
    gifts = orders.get_order_items_buyer_info(order_id).payload

    assert (order["OrderStatus"], order["FulfillmentChannel"]) == ("Unshipped", "MFN")
    assert "BuyerInfo" not in order
    assert {item["IsGift"] for item in items["OrderItems"]} <= {"true", "false"}
    assert address["ShippingAddress"]["City"]
    assert "Name" not in address["ShippingAddress"]
    assert buyer == {"AmazonOrderId": order_id}
    assert len(gifts["OrderItems"]) == len(items["OrderItems"])


def test_it_fetches_a_restricted_token_and_reads_with_it(simulator, orders):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    simulator.pass_time(300)

    page = orders.get_orders(
        LastUpdatedAfter=LONG_AGO, RestrictedResources=["buyerInfo", "shippingAddress"], OrderStatuses=["Unshipped"]
    )
    order = orders.get_order(order_id, RestrictedResources=["buyerInfo", "shippingAddress"]).payload
    items = orders.get_order_items(order_id, RestrictedResources=["buyerInfo"]).payload

    assert page.payload["Orders"] == [order]
    assert order["BuyerInfo"]["BuyerEmail"].endswith("@marketplace.amazon.com")
    assert order["ShippingAddress"]["Name"]
    assert items["OrderItems"]
    assert len(simulator.requests("createRestrictedDataToken")) == 3


def test_a_restricted_token_is_asked_for_by_hand(simulator, connect):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    resources = [{"method": "GET", "path": f"{PATH}/{order_id}/address"}]
    token = connect(Tokens).create_restricted_data_token(restrictedResources=resources).payload

    address = connect(OrdersV0, restricted_data_token=token["restrictedDataToken"]).get_order_address(order_id).payload

    assert token["expiresIn"] == 3600
    assert address["ShippingAddress"]["Phone"]


def test_without_the_role_there_is_no_restricted_token(simulator, orders):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    simulator.control("PUT", "roles", {"roles": ["INVENTORY_AND_ORDER_TRACKING"], "clientId": "client"})

    with pytest.raises(SellingApiBadRequestException) as refused:
        orders.get_order(order_id, RestrictedResources=["buyerInfo"])

    assert "does not have access to one or more requested data elements: [buyerInfo]" in str(refused.value)


def test_v0_ends_on_its_day(simulator, orders):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    simulator.control("POST", "options", {"v0Reads": "GONE"})

    with pytest.raises(SellingApiNotFoundException):
        orders.get_order(order_id)
