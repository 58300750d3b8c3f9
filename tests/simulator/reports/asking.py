"""Asking for reports inside a test: create, wait, download, read."""

import csv
import gzip
import io
from typing import Any

import httpx2

from tests.simulator.playing import Amazon

AMERICAN = "ATVPDKIKX0DER"
GERMAN = "A1PA6795UKMFR9"
REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents"
BY_LAST_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
BY_ORDER_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
A_MONTH_AGO = "2026-10-05T00:00:00Z"
COLUMNS = [
    "amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status",
    "fulfillment-channel", "sales-channel", "order-channel", "ship-service-level", "product-name", "sku", "asin",
    "item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax",
    "gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount", "ship-city",
    "ship-state", "ship-postal-code", "ship-country", "promotion-ids", "is-business-order", "purchase-order-number",
    "price-designation",
]  # fmt: skip

Row = dict[str, str]


def specification(report_type: str = BY_LAST_UPDATE, **changes: Any) -> dict[str, Any]:
    """A body for createReport; what is changed to nothing is left out."""
    body = {"reportType": report_type, "marketplaceIds": [AMERICAN], "dataStartTime": A_MONTH_AGO} | changes
    return {name: value for name, value in body.items() if value is not None}


async def ask(amazon: Amazon, method: str, path: str, body: Any = None, **query: Any) -> httpx2.Response:
    """Call an operation with the seller's token."""
    headers = {"x-amz-access-token": amazon.token or ""}
    return await amazon.http.request(method, path, json=body, params=query, headers=headers)


async def create(amazon: Amazon, report_type: str = BY_LAST_UPDATE, **changes: Any) -> str:
    """Create a report and return its id."""
    answer = await ask(amazon, "POST", REPORTS, specification(report_type, **changes))
    assert answer.status_code == 202, answer.text
    report_id: str = answer.json()["reportId"]
    return report_id


async def report(amazon: Amazon, report_id: str) -> dict[str, Any]:
    answer = await ask(amazon, "GET", f"{REPORTS}/{report_id}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def finished(amazon: Amazon, report_type: str = BY_LAST_UPDATE, **changes: Any) -> dict[str, Any]:
    """Create a report and return it when it has ended."""
    report_id = await create(amazon, report_type, **changes)
    await amazon.advance(60)
    return await report(amazon, report_id)


async def download(amazon: Amazon, document_id: str) -> bytes:
    """Download a document, and unpack it if it is compressed."""
    answer = (await ask(amazon, "GET", f"{DOCUMENTS}/{document_id}")).json()
    contents = (await amazon.http.get(answer["url"])).content
    return gzip.decompress(contents) if "compressionAlgorithm" in answer else contents


def read(contents: bytes) -> list[Row]:
    """The rows of a tab-separated document."""
    lines = csv.reader(io.StringIO(contents.decode(), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    head, *rest = lines
    assert head == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in rest]


async def rows(amazon: Amazon, report_type: str = BY_LAST_UPDATE, **changes: Any) -> list[Row]:
    """The rows of a new report; none if there is no data."""
    done = await finished(amazon, report_type, **changes)
    if done["processingStatus"] == "CANCELLED":
        return []
    assert done["processingStatus"] == "DONE"
    return read(await download(amazon, done["reportDocumentId"]))
