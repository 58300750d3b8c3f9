"""What Amazon shows of an order: withheld by its status and who ships it, and by what was asked for."""

from collections.abc import Set as AbstractSet
from typing import Final

from simulator.instants import parse_time, to_milliseconds
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document

INCLUDED_DATA: Final = frozenset(
    {
        "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES",
        "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
    }
)  # fmt: skip
BLOCKS_OF_ORDER: Final = {
    "buyer": "BUYER", "recipient": "RECIPIENT", "proceeds": "PROCEEDS", "fulfillment": "FULFILLMENT",
    "packages": "PACKAGES", "tax": "TAX", "payment": "PAYMENT", "fulfillmentOrders": "FULFILLMENT_ORDERS",
}  # fmt: skip
BLOCKS_OF_ITEM: Final = {
    "proceeds": "PROCEEDS", "expense": "EXPENSE", "promotion": "PROMOTION", "cancellation": "CANCELLATION",
    "fulfillment": "FULFILLMENT", "tax": "TAX",
}  # fmt: skip
UNPAID: Final = frozenset({"PENDING_AVAILABILITY", "PENDING"})
MAIL_IS_RELAYED: Final = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})
HIDDEN_UNTIL_PAID: Final = ("buyer", "recipient", "proceeds", "payment", "tax")
HIDDEN_UNTIL_PAID_IN_ITEM: Final = ("proceeds", "promotion", "expense", "tax")
WAREHOUSE_ONLY: Final = ("name", "addressLine1", "addressLine2", "addressLine3", "phone", "extendedFields")


def show(order: SimulatedOrder, included: AbstractSet[str], *, now: int) -> Document:
    """Return the order as an answer carries it. One that was loaded is only cut to what was asked for."""
    document = order.read()
    if not order.is_verbatim:
        _withhold(order, document, now=now)
    return _cut(document, included)


def _withhold(order: SimulatedOrder, document: Document, *, now: int) -> None:
    """Take out what Amazon does not tell the seller ("Access Orders PII", Orders API v2026-01-01)."""
    if order.status in UNPAID:
        _withhold_until_paid(document)
    if order.fulfilled_by == "AMAZON":
        _leave_to_the_warehouse(document)
    if order.status not in MAIL_IS_RELAYED:
        document.get("buyer", {}).pop("buyerEmail", None)
    if order.status == "SHIPPED" and _is_past_delivery(document, now):
        document.get("recipient", {}).get("deliveryAddress", {}).pop("phone", None)
    if not document.get("buyer", True):
        del document["buyer"]


def _withhold_until_paid(document: Document) -> None:
    for block in HIDDEN_UNTIL_PAID:
        document.pop(block, None)
    for item in document["orderItems"]:
        for block in HIDDEN_UNTIL_PAID_IN_ITEM:
            item.pop(block, None)
        item["product"].pop("price", None)
        item.get("fulfillment", {}).pop("packing", None)


def _leave_to_the_warehouse(document: Document) -> None:
    for field in ("buyerName", "buyerEmail"):
        document.get("buyer", {}).pop(field, None)
    for field in WAREHOUSE_ONLY:
        document.get("recipient", {}).get("deliveryAddress", {}).pop(field, None)
    document.pop("packages", None)


def _is_past_delivery(document: Document, now: int) -> bool:
    window = document["fulfillment"].get("deliverByWindow", {})
    latest = parse_time(window.get("latestDateTime", ""))
    return latest is not None and to_milliseconds(latest) < now


def _cut(document: Document, included: AbstractSet[str]) -> Document:
    for block, wanted in BLOCKS_OF_ORDER.items():
        if wanted not in included:
            document.pop(block, None)
    for item in document["orderItems"]:
        for block, wanted in BLOCKS_OF_ITEM.items():
            if wanted not in included:
                item.pop(block, None)
        if "BUYER" not in included:
            _cut_gift(item)
    return document


def _cut_gift(item: Document) -> None:
    """Take out the gift message: Amazon's sources file it under fulfillment and under the buyer."""
    packing = item.get("fulfillment", {}).get("packing")
    if packing is not None and packing.pop("giftOption", None) is not None and not packing:
        del item["fulfillment"]["packing"]
