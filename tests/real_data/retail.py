"""One day of a British web shop (UCI Online Retail) as Amazon orders: every invoice is one order."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from tests.real_data.shared import shared

MARKETPLACE = "A1F83G8C2ARO7P"
COUNTRIES = {
    "United Kingdom": ("GB", "London", "England", "SW1A 1AA"),
    "Norway": ("NO", "Oslo", None, "0150"),
    "Germany": ("DE", "Berlin", None, "10115"),
    "EIRE": ("IE", "Dublin", "Dublin", "D02 X285"),
    "France": ("FR", "Paris", None, "75001"),
    "Australia": ("AU", "Sydney", "NSW", "2000"),
    "Netherlands": ("NL", "Amsterdam", None, "1011 AB"),
}


@dataclass(frozen=True)
class Line:
    """One line of the file, as given."""

    invoice: str
    sku: str
    title: str
    quantity: int
    at: str
    price: Decimal
    country: str


def lines() -> Iterator[Line]:
    """Read the day."""
    with shared("data", "online-retail-2010-12-01.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Line(
                row["InvoiceNo"],
                row["StockCode"],
                row["Description"].strip(),
                int(row["Quantity"]),
                row["InvoiceDate"].replace(" ", "T") + ".000Z",
                Decimal(row["UnitPrice"]),
                row["Country"],
            )


def orders() -> list[dict[str, Any]]:
    """Return every invoice as an order of the model of 2026-01-01."""
    by_invoice = groupby(sorted(lines(), key=lambda line: line.invoice), key=lambda line: line.invoice)
    return [_order(invoice, list(rows)) for invoice, rows in by_invoice]


def _order(invoice: str, rows: list[Line]) -> dict[str, Any]:
    canceled = invoice.startswith("C")
    items = [_item(invoice, at, row, canceled=canceled) for at, row in enumerate(rows, start=1)]
    total = sum((Decimal(item["proceeds"]["proceedsTotal"]["amount"]) for item in items), Decimal(0))
    country, city, region, postal_code = COUNTRIES[rows[0].country]
    address = {
        "name": "Real Buyer",
        "addressLine1": "1 Real Street",
        "city": city,
        "postalCode": postal_code,
        "countryCode": country,
    }
    return {
        "orderId": f"{'027' if canceled else '026'}-{invoice.lstrip('C'):0>7}-0000000",
        "createdTime": rows[0].at,
        "lastUpdatedTime": rows[0].at,
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACE, "marketplaceName": "Amazon.co.uk"},
        "recipient": {"deliveryAddress": address | ({"stateOrRegion": region} if region else {})},
        "proceeds": {"grandTotal": _money(total)},
        "fulfillment": {
            "fulfillmentStatus": "CANCELLED" if canceled else "UNSHIPPED",
            "fulfilledBy": "MERCHANT",
            "fulfillmentServiceLevel": "STANDARD",
        },
        "orderItems": items,
    }


def _item(invoice: str, at: int, row: Line, *, canceled: bool) -> dict[str, Any]:
    quantity = abs(row.quantity) if canceled else row.quantity
    amount = _money(row.price * quantity)
    item: dict[str, Any] = {
        "orderItemId": f"{invoice.lstrip('C')}{at:04d}",
        "quantityOrdered": quantity,
        "product": {"sellerSku": row.sku, "title": row.title, "price": {"unitPrice": _money(row.price)}},
        "proceeds": {"proceedsTotal": amount, "breakdowns": [{"type": "ITEM", "subtotal": amount}]},
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 0 if canceled else quantity},
    }
    if canceled:
        item["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER"}}
    return item


def _money(amount: Decimal) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currencyCode": "GBP"}
