import csv
import gzip
import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import sp_api.asyncio.base.client  # noqa: F401  (first: the package imports itself in a circle otherwise)
import spapi
from sp_api.api import ListingsItemsV20210801, Reports
from sp_api.auth import AccessTokenClient
from sp_api.base.exceptions import (
    SellingApiBadRequestException,
    SellingApiForbiddenException,
    SellingApiNotFoundException,
)
from spapi.rest import ApiException

from tests.clients.served import Served

AMERICAN = "ATVPDKIKX0DER"
MUG = "MUG-STONEWARE-350"
BY_LAST_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
BY_ORDER_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def official(simulator: Served) -> Iterator[Any]:
    config = spapi.SPAPIConfig(
        client_id="client", client_secret="secret", refresh_token=simulator.refresh_token, region="NA"
    )
    opened = spapi.SPAPIClient(config, oauth_endpoint=simulator.token_url, endpoint=simulator.url)
    yield SimpleNamespace(listings=spapi.ListingsApi(opened.api_client), reports=spapi.ReportsApi(opened.api_client))
    opened.api_client.rest_client.pool_manager.clear()
    # Every model object of this client adds one more handler to its logger.
    logging.getLogger("spapi").handlers.clear()


@pytest.fixture
def community(simulator: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("SP_API_DEFAULT_MARKETPLACE", raising=False)
    parts = urlsplit(simulator.url)
    market = {"endpoint": simulator.url, "marketplace_id": AMERICAN, "region": "us-east-1"}
    tokens = {"scheme": f"{parts.scheme}://", "host": parts.netloc}
    clients = [
        api(
            marketplace=type("Market", (), market),
            refresh_token=simulator.refresh_token,
            credentials={"lwa_app_id": "client", "lwa_client_secret": "secret"},
            auth_token_client_class=type("Tokens", (AccessTokenClient,), tokens),
        )
        for api in (ListingsItemsV20210801, Reports)
    ]
    yield SimpleNamespace(listings=clients[0], reports=clients[1])
    for client in clients:
        client.close()
        client._auth._transport.close()


def stocked(simulator: Served, units: int) -> None:
    simulator.control("PUT", "listings", {"seller": simulator.seller, "sku": MUG, "quantity": units})


def patch(quantity: int, operation: str = "merge") -> dict[str, Any]:
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    path = "/attributes/fulfillment_availability"
    return {"productType": "PRODUCT", "patches": [{"op": operation, "path": path, "value": value}]}


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))


class TestOfficial:
    def quantity(self, simulator: Served, official: Any) -> int:
        included = ["fulfillmentAvailability", "summaries", "offers", "attributes"]
        item = official.listings.get_listings_item(simulator.seller, MUG, [AMERICAN], included_data=included)
        [availability] = item.fulfillment_availability
        assert availability.quantity == item.attributes["fulfillment_availability"][0]["quantity"]
        return int(availability.quantity)

    def test_a_quantity_is_set_and_taken_from_by_an_order(self, simulator, official):
        stocked(simulator, 5)

        answer = official.listings.patch_listings_item(simulator.seller, MUG, [AMERICAN], patch(8))
        seen = [self.quantity(simulator, official)]
        simulator.pass_time(10)
        seen.append(self.quantity(simulator, official))
        simulator.place(items=[{"sku": MUG, "quantity": 3}])

        assert (answer.status, answer.issues) == ("ACCEPTED", [])
        assert [*seen, self.quantity(simulator, official)] == [5, 8, 5]

    def test_a_preview_tells_what_is_wrong(self, simulator, official):
        query = {"mode": "VALIDATION_PREVIEW", "included_data": ["issues", "identifiers"]}

        right = official.listings.patch_listings_item(simulator.seller, MUG, [AMERICAN], patch(8), **query)
        wrong = official.listings.patch_listings_item(simulator.seller, MUG, [AMERICAN], patch(-8), **query)

        assert (right.status, wrong.status, wrong.issues[0].severity) == ("VALID", "INVALID", "ERROR")
        assert right.identifiers[0].marketplace_id == AMERICAN

    def test_what_is_not_there_or_not_ones_own_is_refused(self, simulator, official):
        for seller, sku, status in ((simulator.seller, "A/B", 404), ("demo", MUG, 403)):
            with pytest.raises(ApiException) as refused:
                official.listings.get_listings_item(seller, sku, [AMERICAN])
            assert refused.value.status == status

    @pytest.mark.parametrize("report_type", [BY_LAST_UPDATE, BY_ORDER_DATE])
    def test_a_report_is_asked_for_awaited_and_downloaded(self, simulator, official, report_type):
        placed = simulator.place(count=60, fulfillmentStatus="UNSHIPPED")
        body = {"reportType": report_type, "marketplaceIds": [AMERICAN], "dataStartTime": START}
        report_id = official.reports.create_report(body).report_id
        seen = []
        for _ in range(3):
            seen.append(official.reports.get_report(report_id).processing_status)
            simulator.pass_time(30)

        assert seen == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
        document = official.reports.get_report_document(official.reports.get_report(report_id).report_document_id)
        assert document.compression_algorithm == "GZIP"
        rows = read(gzip.decompress(httpx2.get(document.url).content).decode())
        assert {row["amazon-order-id"] for row in rows} == set(placed)
        assert {row["order-status"] for row in rows} == {"Unshipped"}

    def test_reports_are_listed_and_cancelled_while_they_wait(self, simulator, official):
        body = {"reportType": BY_LAST_UPDATE, "marketplaceIds": [AMERICAN]}
        ids = [official.reports.create_report(body).report_id for _ in range(3)]

        official.reports.cancel_report(ids[0])

        page = official.reports.get_reports(report_types=[BY_LAST_UPDATE], page_size=2, created_since=START)
        following = official.reports.get_reports(next_token=page.next_token)
        assert [(one.report_id, one.processing_status) for one in page.reports + following.reports] == [
            (ids[2], "IN_QUEUE"),
            (ids[1], "IN_QUEUE"),
            (ids[0], "CANCELLED"),
        ]
        simulator.pass_time(15)
        with pytest.raises(ApiException) as refused:
            official.reports.cancel_report(ids[1])
        assert refused.value.status == 400


class TestCommunity:
    def quantity(self, simulator: Served, community: Any) -> int:
        shown = community.listings.get_listings_item(
            simulator.seller, MUG, marketplaceIds=[AMERICAN], includedData=["fulfillmentAvailability"]
        )
        return int(shown.payload["fulfillmentAvailability"][0]["quantity"])

    def test_a_quantity_is_set_and_taken_from_by_an_order(self, simulator, community):
        stocked(simulator, 5)

        answer = community.listings.patch_listings_item(
            simulator.seller, MUG, marketplaceIds=[AMERICAN], body=patch(8, "replace")
        )
        seen = [self.quantity(simulator, community)]
        simulator.pass_time(10)
        seen.append(self.quantity(simulator, community))
        simulator.place(items=[{"sku": MUG, "quantity": 3}])

        assert answer.payload["status"] == "ACCEPTED"
        assert [*seen, self.quantity(simulator, community)] == [5, 8, 5]

    def test_what_is_not_there_or_not_ones_own_is_refused(self, simulator, community):
        with pytest.raises(SellingApiNotFoundException):
            community.listings.get_listings_item(simulator.seller, "NOTHING", marketplaceIds=[AMERICAN])
        with pytest.raises(SellingApiForbiddenException):
            community.listings.get_listings_item("demo", MUG, marketplaceIds=[AMERICAN])

    def test_a_report_is_asked_for_awaited_and_downloaded(self, simulator, community):
        placed = simulator.place(count=60, fulfillmentStatus="UNSHIPPED")
        created = community.reports.create_report(reportType=BY_LAST_UPDATE, dataStartTime=START)
        report_id = created.payload["reportId"]
        simulator.pass_time(60)
        done = community.reports.get_report(report_id).payload

        assert (done["processingStatus"], done["marketplaceIds"]) == ("DONE", [AMERICAN])
        fetched = community.reports.get_report_document(done["reportDocumentId"], download=True)
        assert fetched.character_code.lower() == "utf-8"
        rows = read(fetched.payload["document"])
        assert {row["amazon-order-id"] for row in rows} == set(placed)
        listed = community.reports.get_reports(reportTypes=[BY_LAST_UPDATE], processingStatuses=["DONE"])
        assert listed.payload["reports"] == [done]

    def test_a_report_is_cancelled_while_it_waits_and_refused_later(self, simulator, community):
        report_id = community.reports.create_report(reportType=BY_ORDER_DATE).payload["reportId"]

        community.reports.cancel_report(report_id)

        assert community.reports.get_report(report_id).payload["processingStatus"] == "CANCELLED"
        with pytest.raises(SellingApiBadRequestException):
            community.reports.cancel_report(report_id)
