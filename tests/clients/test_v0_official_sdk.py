import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import spapi
from spapi.rest import ApiException

from tests.clients.served import Served

AMERICAN = "ATVPDKIKX0DER"
LONG_AGO = "2026-11-01T00:00:00Z"
PATH = "/orders/v0/orders"


class Held:
    """A token that stands where the client keeps its access token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_lwa_access_token(self) -> str:
        return self._token


@pytest.fixture
def client(simulator: Served) -> Iterator[Any]:
    config = spapi.SPAPIConfig(
        client_id="client", client_secret="secret", refresh_token=simulator.refresh_token, region="NA"
    )
    opened = spapi.SPAPIClient(config, oauth_endpoint=simulator.token_url, endpoint=simulator.url)
    yield opened.api_client
    opened.api_client.rest_client.pool_manager.clear()
    logging.getLogger("spapi").handlers.clear()


def test_a_search_reads_page_after_page(simulator, client):
    placed = simulator.place(count=5, fulfillmentStatus="UNSHIPPED")
    simulator.place(fulfillmentStatus="SHIPPED")
    simulator.pass_time(300)
    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = spapi.OrdersV0Api(client).get_orders(
            [AMERICAN], last_updated_after=LONG_AGO, order_statuses=["Unshipped"], max_results_per_page=2, **token
        )
        found += page.payload.orders
        if page.payload.next_token is None:
            break
        token = {"next_token": page.payload.next_token}

    assert sorted(order.amazon_order_id for order in found) == sorted(placed)
    assert {order.order_status for order in found} == {"Unshipped"}
    assert len(simulator.requests("getOrders")) == 3


def test_every_part_of_an_order_is_read(simulator, client):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    orders = spapi.OrdersV0Api(client)

    order = orders.get_order(order_id).payload
    items = orders.get_order_items(order_id).payload
    address = orders.get_order_address(order_id).payload
    buyer = orders.get_order_buyer_info(order_id).payload
    gifts = orders.get_order_items_buyer_info(order_id).payload

    assert (order.order_status, order.fulfillment_channel) == ("Unshipped", "MFN")
    assert order.buyer_info is None
    assert float(order.order_total.amount) > 0
    assert [item.quantity_shipped for item in items.order_items] == [0] * len(items.order_items)
    assert address.shipping_address.city
    assert (address.shipping_address.name, buyer.buyer_name) == (None, None)
    assert [one.order_item_id for one in gifts.order_items] == [one.order_item_id for one in items.order_items]


def test_a_restricted_data_token_names_the_buyer(simulator, client):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    resources = [
        {"method": "GET", "path": f"{PATH}/{{orderId}}", "dataElements": ["buyerInfo", "shippingAddress"]},
        {"method": "GET", "path": f"{PATH}/{order_id}/address"},
    ]
    answer = spapi.TokensApi(client).create_restricted_data_token({"restrictedResources": resources})
    assert answer.expires_in == 3600

    client.configuration.access_token_cache = Held(answer.restricted_data_token)
    order = spapi.OrdersV0Api(client).get_order(order_id).payload
    address = spapi.OrdersV0Api(client).get_order_address(order_id).payload

    assert order.buyer_info.buyer_email.endswith("@marketplace.amazon.com")
    assert order.shipping_address.name == address.shipping_address.name
    assert address.shipping_address.phone
    with pytest.raises(ApiException) as refused:
        spapi.OrdersV0Api(client).get_order_items(order_id)
    assert (refused.value.status, json.loads(refused.value.body)["errors"][0]["code"]) == (403, "Unauthorized")


def test_v0_ends_on_its_day(simulator, client):
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
    assert spapi.OrdersV0Api(client).get_order(order_id).payload.amazon_order_id == order_id
    simulator.control("POST", "options", {"v0Reads": "GONE"})

    with pytest.raises(ApiException) as refused:
        spapi.OrdersV0Api(client).get_order(order_id)

    assert refused.value.status == 404
