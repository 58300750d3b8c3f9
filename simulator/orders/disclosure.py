"""What Amazon shows of an order: by its status and who ships it, by the caller's roles, by what was asked for."""

from collections.abc import Set as AbstractSet
from typing import Final

from simulator.access.grants import ALL_ROLES, DIRECT_TO_CONSUMER_SHIPPING, TAX_ROLES
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
# "Access Orders PII": what only an application that has parcels delivered, or writes invoices, gets to see.
FOR_DELIVERY: Final = (*WAREHOUSE_ONLY, "companyName", "postalCode")
FOR_INVOICES: Final = ("buyerName", "buyerCompanyName", "buyerPurchaseOrderNumber")


def show(
    order: SimulatedOrder, included: AbstractSet[str], *, now: int, roles: AbstractSet[str] = ALL_ROLES
) -> Document:
    """Return the order as an answer carries it. One that was loaded is only cut to what was asked for."""
    document = disclosed(order, now=now)
    if not order.is_verbatim:
        _withhold_by_roles(document, roles)
    return _cut(document, included)


def disclosed(order: SimulatedOrder, *, now: int) -> Document:
    """Return what Amazon tells an application with every role; of a loaded order, all."""
    document = order.read()
    if not order.is_verbatim:
        _withhold(order, document, now=now)
    return document


def _withhold(order: SimulatedOrder, document: Document, *, now: int) -> None:
    """Take out what Amazon does not tell the seller ("Access Orders PII", Orders API v2026-01-01)."""
    if order.status in UNPAID:
        withhold_until_paid(document)
    if order.fulfilled_by == "AMAZON":
        _leave_to_the_warehouse(document)
    if order.status not in MAIL_IS_RELAYED:
        _take_out(document, "buyer", ("buyerEmail",))
    if order.status == "SHIPPED" and _is_past_delivery(document, now):
        _take_out(document.get("recipient", {}), "deliveryAddress", ("phone",))


def withhold_until_paid(document: Document) -> None:
    """Take out what Amazon tells nobody before the payment; what is cancelled before it stays untold."""
    for block in HIDDEN_UNTIL_PAID:
        document.pop(block, None)
    for item in document["orderItems"]:
        for block in HIDDEN_UNTIL_PAID_IN_ITEM:
            item.pop(block, None)
        for field in ("price", "customization"):
            item["product"].pop(field, None)  # the product itself stays: the model requires it
        item.get("fulfillment", {}).pop("packing", None)


def _leave_to_the_warehouse(document: Document) -> None:
    _take_out(document, "buyer", ("buyerName", "buyerEmail"))
    _take_out(document.get("recipient", {}), "deliveryAddress", WAREHOUSE_ONLY)
    _take_out_wishes(document)
    document.pop("packages", None)


def _withhold_by_roles(document: Document, roles: AbstractSet[str]) -> None:
    """Take out what the application's roles do not open: the fields are absent, and nothing says why."""
    if DIRECT_TO_CONSUMER_SHIPPING not in roles:
        _take_out(document, "buyer", ("buyerEmail",))
        _take_out(document.get("recipient", {}), "deliveryAddress", FOR_DELIVERY)
        _take_out_wishes(document)
    if not TAX_ROLES & roles:
        _take_out(document, "buyer", FOR_INVOICES)
        _take_out_buyers_taxes(document)


def _take_out_wishes(document: Document) -> None:
    """Take out what the buyer wrote for an item: the gift's message, and what to make of the product."""
    for item in document["orderItems"]:
        _take_out(item["product"], "customization", ("customizedUrl",))
        packing = item.get("fulfillment", {}).get("packing", {})
        _take_out(packing, "giftOption", ("giftMessage",))
        _take_out(item.get("fulfillment", {}), "packing", ())


def _take_out_buyers_taxes(document: Document) -> None:
    tax = document.get("tax", {})
    registrations = tax.get("taxRegistrations")
    if registrations is not None:
        left = [one for one in registrations if one.get("entityType") != "BUYER"]
        tax["taxRegistrations"] = left
        if not left:
            del tax["taxRegistrations"]
    if not tax:
        document.pop("tax", None)


def _take_out(holder: Document, block: str, fields: tuple[str, ...]) -> None:
    """Take fields out of a block, and the block itself once nothing is left in it."""
    if block not in holder:
        return
    for field in fields:
        holder[block].pop(field, None)
    if not holder[block]:
        del holder[block]


def _is_past_delivery(document: Document, now: int) -> bool:
    window = document.get("fulfillment", {}).get("deliverByWindow", {})
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
