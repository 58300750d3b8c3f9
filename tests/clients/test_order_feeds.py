import io
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import sp_api.asyncio.base.client  # noqa: F401  (first: the package imports itself in a circle otherwise)
import spapi
from sp_api.api import Feeds, FinancesV20240619
from sp_api.auth import AccessTokenClient

from tests.clients.served import Served
from tests.simulator.feeds.writing import (
    ADJUSTMENT,
    ADJUSTMENT_COLUMNS,
    FLAT_ADJUSTMENT,
    FLAT_FULFILLMENT,
    FULFILLMENT,
    FULFILLMENT_COLUMNS,
    adjusted,
    adjustment,
    cancelled,
    component,
    document,
    fulfillment,
    shipped_item,
    table,
)
from tests.simulator.submitting import TABS, XML, Report

AMERICAN = "ATVPDKIKX0DER"
LINES = [{"sku": "MUG-STONEWARE-350", "quantity": 3, "price": "10.00"}]


@pytest.fixture
def official(simulator: Served) -> Iterator[Any]:
    config = spapi.SPAPIConfig(
        client_id="client", client_secret="secret", refresh_token=simulator.refresh_token, region="NA"
    )
    opened = spapi.SPAPIClient(config, oauth_endpoint=simulator.token_url, endpoint=simulator.url)
    yield opened.api_client
    opened.api_client.rest_client.pool_manager.clear()
    logging.getLogger("spapi").handlers.clear()


@pytest.fixture
def community(simulator: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.delenv("SP_API_DEFAULT_MARKETPLACE", raising=False)
    parts = urlsplit(simulator.url)
    arguments = {
        "marketplace": type(
            "Market", (), {"endpoint": simulator.url, "marketplace_id": AMERICAN, "region": "us-east-1"}
        ),
        "refresh_token": simulator.refresh_token,
        "credentials": {"lwa_app_id": "client", "lwa_client_secret": "secret"},
        "auth_token_client_class": type(
            "Tokens", (AccessTokenClient,), {"scheme": f"{parts.scheme}://", "host": parts.netloc}
        ),
    }
    clients = {"feeds": Feeds(**arguments), "finances": FinancesV20240619(**arguments)}
    yield clients
    for client in clients.values():
        client.close()
        client._auth._transport.close()


@pytest.fixture
def order(simulator: Served) -> Any:
    """An unshipped order of one line of three mugs."""
    [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED", items=LINES, programs=["PRIME"])
    return shown(simulator, order_id)


def shown(simulator: Served, order_id: str) -> Any:
    [entry] = simulator.look(f"state?orderId={order_id}")["orders"]
    return entry["order"]


def units(simulator: Served, order: Any) -> tuple[str, int, int]:
    """The status, and what was sent and is open of the only line."""
    now = shown(simulator, order["orderId"])
    [item] = now["orderItems"]
    block = item["fulfillment"]
    return now["fulfillment"]["fulfillmentStatus"], block["quantityFulfilled"], block["quantityUnfulfilled"]


def by_official(simulator: Served, client: Any, feed_type: str, contents: bytes) -> str:
    """Submit a document with Amazon's client, as its guide does it, and return the report."""
    feeds = spapi.FeedsApi(client)
    content_type = TABS if "_FLAT_FILE_" in feed_type else XML
    uploaded = feeds.create_feed_document({"contentType": content_type})
    httpx2.put(uploaded.url, content=contents, headers={"Content-Type": content_type}).raise_for_status()
    specification = {
        "feedType": feed_type,
        "marketplaceIds": [AMERICAN],
        "inputFeedDocumentId": uploaded.feed_document_id,
    }
    feed_id = feeds.create_feed(specification).feed_id
    simulator.pass_time(60)
    feed = feeds.get_feed(feed_id)
    assert feed.processing_status == "DONE"
    return httpx2.get(feeds.get_feed_document(feed.result_feed_document_id).url).text


def by_community(simulator: Served, client: Any, feed_type: str, contents: bytes) -> str:
    """Submit a document with the community's client and return the report."""
    content_type = TABS if "_FLAT_FILE_" in feed_type else XML
    _, created = client.submit_feed(feed_type, io.BytesIO(contents), content_type=content_type)
    simulator.pass_time(60)
    feed = client.get_feed(created.payload["feedId"]).payload
    assert feed["processingStatus"] == "DONE"
    report: str = client.get_feed_document(feed["resultFeedDocumentId"])
    return report


def test_amazons_client_ships_cancels_and_refunds_by_feeds_and_sees_the_money(simulator, official, order):
    order_id, [code] = order["orderId"], [one["orderItemId"] for one in order["orderItems"]]
    steps = [
        (FULFILLMENT, document(FULFILLMENT, fulfillment(order_id, shipped_item(code, 2))), ("PARTIALLY_SHIPPED", 2, 1)),
        (ADJUSTMENT, document(ADJUSTMENT, cancelled(order_id, code, 1)), ("SHIPPED", 2, 0)),
        (
            ADJUSTMENT,
            document(ADJUSTMENT, adjustment(order_id, adjusted(code, component("Principal", "7.50"), quantity=1))),
            ("SHIPPED", 2, 0),
        ),
    ]
    for feed_type, contents, expected in steps:
        assert Report(by_official(simulator, official, feed_type, contents).encode()).counts == (1, 1, 0, 0)
        assert units(simulator, order) == expected
    simulator.pass_time(121)

    finances = spapi.FinancesV2024Api(official)
    found = finances.list_transactions(related_identifier_name="ORDER_ID", related_identifier_value=order_id)
    shipment, refund = found.payload.transactions
    assert (shipment.transaction_type, refund.transaction_type) == ("Shipment", "Refund")
    assert refund.total_amount.currency_amount == -7.5
    assert refund.items[0].breakdowns[0].breakdown_type == "Principal"
    assert refund.items[0].related_identifiers[0].item_related_identifier_name == "ORDER_ADJUSTMENT_ITEM_ID"
    assert {one.related_identifier_name for one in refund.related_identifiers} == {"ORDER_ID", "REFUND_ID"}
    assert shipment.items[0].contexts[0].quantity_shipped == 2
    assert shipment.marketplace_details.marketplace_id == AMERICAN
    listed = finances.list_transactions(posted_after="2026-11-04T00:00:00Z", marketplace_id=AMERICAN)
    assert [one.transaction_id for one in listed.payload.transactions] == [
        shipment.transaction_id,
        refund.transaction_id,
    ]
    assert listed.payload.next_token is None


def test_the_communitys_client_ships_cancels_and_refunds_by_flat_feeds_and_sees_the_money(simulator, community, order):
    order_id, [code] = order["orderId"], [one["orderItemId"] for one in order["orderItems"]]
    named = {"order-id": order_id, "order-item-id": code}
    sent = {"quantity": "2", "ship-date": "2026-11-04", "carrier-code": "UPS", "tracking-number": "1Z"}
    adjusting = {"adjustment-reason-code": "CustomerReturn", "currency": "USD"}
    steps = [
        (FLAT_FULFILLMENT, table(FULFILLMENT_COLUMNS, named | sent), ("PARTIALLY_SHIPPED", 2, 1)),
        (
            FLAT_ADJUSTMENT,
            table(ADJUSTMENT_COLUMNS, named | adjusting | {"quantity-cancelled": "1"}),
            ("SHIPPED", 2, 0),
        ),
        (FLAT_ADJUSTMENT, table(ADJUSTMENT_COLUMNS, named | adjusting | {"item-price-adj": "7.50"}), ("SHIPPED", 2, 0)),
    ]
    for feed_type, contents, expected in steps:
        report = by_community(simulator, community["feeds"], feed_type, contents)
        assert "Number of records successful\t\t1\n" in report
        assert units(simulator, order) == expected
    simulator.pass_time(121)

    query = {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": order_id}
    found = community["finances"].list_transactions(**query).payload["transactions"]
    assert [one["transactionType"] for one in found] == ["Shipment", "Refund"]
    assert found[1]["totalAmount"] == {"currencyCode": "USD", "currencyAmount": -7.5}


def test_the_communitys_client_submits_xml_and_reads_why_a_refund_is_refused(simulator, community, order):
    order_id, [code] = order["orderId"], [one["orderItemId"] for one in order["orderItems"]]
    too_early = adjustment(order_id, adjusted(code, component("Principal", "7.50")))
    contents = document(ADJUSTMENT, too_early, cancelled(order_id, code, 1, number=2))

    report = Report(by_community(simulator, community["feeds"], ADJUSTMENT, contents).encode())

    assert (report.counts, report.codes) == ((2, 1, 1, 0), [6031])
    assert units(simulator, order) == ("UNSHIPPED", 0, 2)
