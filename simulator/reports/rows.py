"""The tab-separated order report: its 31 columns, and a row for each order item."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final

from simulator.instants import to_datetime
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document
from simulator.v0.words import SERVICE_LEVELS, STATUSES

TABS: Final = "text/tab-separated-values; charset=UTF-8"
COLUMNS: Final = (
    "amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status",
    "fulfillment-channel", "sales-channel", "order-channel", "ship-service-level", "product-name", "sku", "asin",
    "item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax",
    "gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount", "ship-city",
    "ship-state", "ship-postal-code", "ship-country", "promotion-ids", "is-business-order",
    "purchase-order-number", "price-designation",
)  # fmt: skip
HIDDEN: Final = frozenset({"PENDING_AVAILABILITY", "PENDING"})  # orders that are not paid are in no report
CHANNELS: Final = {"AMAZON": "Amazon", "MERCHANT": "Merchant"}
ADDRESS: Final = {
    "ship-city": "city",
    "ship-state": "stateOrRegion",
    "ship-postal-code": "postalCode",
    "ship-country": "countryCode",
}
PRICES: Final = {"item-price": "ITEM", "shipping-price": "SHIPPING", "gift-wrap-price": "GIFT_WRAP"}
SHARES: Final = {  # columns that are a part of one kind of proceeds; the report has none for fees and the like
    "item-tax": ("TAX", ("ITEM", "DISCOUNT")),  # of what the buyer paid for the item
    "shipping-tax": ("TAX", ("SHIPPING",)),
    "gift-wrap-tax": ("TAX", ("GIFT_WRAP",)),
    "item-promotion-discount": ("DISCOUNT", ("ITEM",)),
    "ship-promotion-discount": ("DISCOUNT", ("SHIPPING",)),
}
WHOLE: Final = "ITEM"  # what an amount belongs to that is not broken down
UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Row = Mapping[str, str]


def flat_file(rows: Iterable[Row]) -> bytes:
    """Return a report: the line of the columns, and a line for each row; what a row lacks is empty."""
    lines = ["\t".join(COLUMNS), *("\t".join(_clean(row.get(name, "")) for name in COLUMNS) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode()


def rows_of(order: SimulatedOrder) -> list[Row]:
    """Return a row for each item of an order; a loaded order may lack much of it."""
    document = order.read()
    of_order = _of_order(order, document)
    return [of_order | _of_item(order, item) | _amounts(item) for item in document["orderItems"]]


def _of_order(order: SimulatedOrder, document: Document) -> dict[str, str]:
    fulfillment, programs = document.get("fulfillment", {}), document.get("programs", [])
    aliases = {alias["aliasType"]: alias["aliasId"] for alias in document.get("orderAliases", [])}
    address = document.get("recipient", {}).get("deliveryAddress", {})
    level = fulfillment.get("fulfillmentServiceLevel", "")
    channel = document["salesChannel"]
    is_elsewhere = channel.get("channelName") == "NON_AMAZON"
    return {
        "amazon-order-id": order.order_id,
        "merchant-order-id": aliases.get("SELLER_ORDER_ID", order.order_id),
        "purchase-date": _moment(order.created),
        "last-updated-date": _moment(order.updated),
        "order-status": STATUSES.get(order.status or "", ""),
        "fulfillment-channel": CHANNELS.get(order.fulfilled_by or "", ""),
        "sales-channel": "Non-Amazon" if is_elsewhere else channel.get("marketplaceName", ""),
        "ship-service-level": SERVICE_LEVELS.get(level, level),
        **{column: address.get(field, "") for column, field in ADDRESS.items()},
        "is-business-order": "true" if "AMAZON_BUSINESS" in programs else "false",
        "purchase-order-number": document.get("buyer", {}).get("buyerPurchaseOrderNumber", ""),
    }


def _of_item(order: SimulatedOrder, item: Document) -> dict[str, str]:
    product = item["product"]
    promotions = item.get("promotion", {}).get("breakdowns", [])
    return {
        "product-name": product.get("title", ""),
        "sku": product.get("sellerSku", ""),
        "asin": product.get("asin", ""),
        "item-status": _item_status(order, item),
        "quantity": str(item["quantityOrdered"]),
        "promotion-ids": ",".join(one["promotionId"] for one in promotions if "promotionId" in one),
        "price-designation": product.get("price", {}).get("priceDesignation", ""),
    }


def _item_status(order: SimulatedOrder, item: Document) -> str:
    fulfillment = item.get("fulfillment", {})
    if order.status == "PARTIALLY_SHIPPED" and not fulfillment.get("quantityFulfilled"):
        return STATUSES["UNSHIPPED"]
    if order.status == "PARTIALLY_SHIPPED" and not fulfillment.get("quantityUnfulfilled"):
        return STATUSES["SHIPPED"]
    return STATUSES.get(order.status or "", "")


def _amounts(item: Document) -> dict[str, str]:
    """Return the amounts of the whole line, as decimal text; a discount is told as a positive amount."""
    proceeds = item.get("proceeds", {})
    parts = {part["type"]: part for part in proceeds.get("breakdowns", [])}
    total: Document = proceeds.get("proceedsTotal") or next((part["subtotal"] for part in parts.values()), {})
    amounts = {column: parts[kind]["subtotal"]["amount"] for column, kind in PRICES.items() if kind in parts}
    for column, (kind, subtypes) in SHARES.items():
        if kind in parts:
            amounts[column] = _share(parts[kind], subtypes)
    return {"currency": total.get("currencyCode", ""), **amounts}


def _share(part: Document, subtypes: Collection[str]) -> str:
    details = part.get("detailedBreakdowns")
    if details is None:
        whole: str = part["subtotal"]["amount"].lstrip("-")
        return whole if WHOLE in subtypes else ""
    values = [Decimal(one["value"]["amount"]) for one in details if one.get("subtype") in subtypes and "value" in one]
    return f"{abs(sum(values)):f}" if values else ""


def _moment(milliseconds: int) -> str:
    return to_datetime(milliseconds).isoformat(timespec="seconds")


def _clean(text: str) -> str:
    """Return the text without what would end its column or its row."""
    return text if text.isprintable() else UNPRINTABLE.sub(" ", text)
