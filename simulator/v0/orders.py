"""An order as v0 shows it: a view of the document of v2026-01-01, after what Amazon withholds is taken out."""

from collections.abc import Set as AbstractSet
from typing import Final

from simulator.instants import wire_time
from simulator.orders.book import SimulatedOrder
from simulator.orders.disclosure import disclosed
from simulator.orders.documents import Document
from simulator.v0 import persons, words
from simulator.v0.mapping import OF_MERCHANTS, ORDER, PROGRAMS, project, reach

WITHOUT_LATEST_DELIVERY: Final = frozenset({"PendingAvailability", "Pending", "Canceled"})
NOT_AMAZON: Final = "Non-Amazon"
NAMES_EXECUTIONS: Final = "A2Q3Y263D00KWC"  # Brazil tells how each payment was made, as do orders paid in cash


def order_view(order: SimulatedOrder, elements: AbstractSet[str], *, now: int) -> Document:
    """Return the order as getOrders and getOrder carry it."""
    document = disclosed(order, now=now)
    status = status_of(order)
    shown = project(ORDER, document) | {"OrderStatus": status, "LastUpdateDate": words.time(wire_time(order.moved))}
    shown |= _sold(document) | _counts(document) | _payments(document) | _kinds(order, document)
    if order.fulfilled_by != "AMAZON":
        shown |= project(OF_MERCHANTS, document)
        if status in WITHOUT_LATEST_DELIVERY:
            shown.pop("LatestDeliveryDate", None)
    return shown | persons.invoicing(document, status) | _persons(document, status, elements)


def address_view(order: SimulatedOrder, elements: AbstractSet[str], *, now: int) -> Document:
    """Return where the order goes, as getOrderAddress carries it."""
    document = disclosed(order, now=now)
    company = reach(document, "buyer.buyerCompanyName") if elements else None
    parts = {
        "BuyerCompanyName": company,
        "ShippingAddress": persons.shipping_address(document, status_of(order), elements),
        "DeliveryPreferences": persons.delivery_preferences(document, elements),
    }
    return {"AmazonOrderId": order.order_id, **{name: part for name, part in parts.items() if part}}


def buyer_view(order: SimulatedOrder, elements: AbstractSet[str], *, now: int) -> Document:
    """Return who bought, as getOrderBuyerInfo carries it."""
    return {"AmazonOrderId": order.order_id, **persons.buyer_info(disclosed(order, now=now), elements)}


def status_of(order: SimulatedOrder) -> str:
    """Return the status in v0's word; a loaded order that has none has only just been placed."""
    if order.awaits_invoice and order.status == "SHIPPED":
        return words.INVOICE_UNCONFIRMED
    return words.STATUSES[order.status or "PENDING"]


def payment_method(document: Document) -> str:
    """Return COD or CVS where one of the payments is so, and Other for everything else."""
    methods = [words.PAYMENT_METHODS.get(one.get("paymentMethod", "")) for one in _executions(document)]
    return next((method for method in methods if method is not None), "Other")


def easy_ship_status(document: Document) -> str | None:
    """Return how far an order of the Easy Ship program is, where its latest package tells."""
    if "AMAZON_EASY_SHIP" not in document.get("programs", []):
        return None
    told = [reach(package, "packageStatus.detailedStatus") for package in document.get("packages", [])]
    return words.EASY_SHIP_STATUSES.get(str(told[-1])) if told else None


def seller_order_id(document: Document) -> str | None:
    """Return the seller's own number of the order, if there is one."""
    aliases = document.get("orderAliases", [])
    return next((one["aliasId"] for one in aliases if one["aliasType"] == "SELLER_ORDER_ID"), None)


def _sold(document: Document) -> Document:
    shown: Document = {}
    if document["salesChannel"]["channelName"] == "NON_AMAZON":
        shown["SalesChannel"] = NOT_AMAZON
    if (number := seller_order_id(document)) is not None:
        shown["SellerOrderId"] = number
    if (status := easy_ship_status(document)) is not None:
        shown["EasyShipShipmentStatus"] = status
    return shown


def _counts(document: Document) -> Document:
    blocks = [item.get("fulfillment", {}) for item in document["orderItems"]]
    return {
        "NumberOfItemsShipped": sum(block.get("quantityFulfilled", 0) for block in blocks),
        "NumberOfItemsUnshipped": sum(block.get("quantityUnfulfilled", 0) for block in blocks),
    }


def _payments(document: Document) -> Document:
    shown: Document = {"PaymentMethod": payment_method(document)}
    executions = _executions(document)
    if names := list(dict.fromkeys(one["paymentMethod"] for one in executions if "paymentMethod" in one)):
        shown["PaymentMethodDetails"] = names
    is_told = shown["PaymentMethod"] == "COD" or reach(document, "salesChannel.marketplaceId") == NAMES_EXECUTIONS
    if is_told and (details := [_execution(one) for one in executions if "paymentAmount" in one]):
        shown["PaymentExecutionDetail"] = details
    return shown


def _execution(execution: Document) -> Document:
    method = execution.get("paymentMethod", "Other")
    parts = {
        "Payment": words.money(execution["paymentAmount"]),
        "PaymentMethod": words.EXECUTION_METHODS.get(method, method),
        "AcquirerId": execution.get("acquirerId"),
        "CardBrand": execution.get("cardBrand"),
        "AuthorizationCode": execution.get("authorizationCode"),
    }
    return {name: part for name, part in parts.items() if part is not None}


def _kinds(order: SimulatedOrder, document: Document) -> Document:
    programs = document.get("programs", [])
    original = next(
        (
            one
            for one in document.get("associatedOrders", [])
            if one.get("associationType") == "REPLACEMENT_ORIGINAL_ID"
        ),
        None,
    )
    shown: Document = {name: program in programs for name, program in PROGRAMS.items()}
    shown |= {
        "OrderType": "Preorder" if "PREORDER" in programs else "StandardOrder",
        "IsPrime": "PRIME" in programs and order.fulfilled_by != "AMAZON",
        "IsGlobalExpressEnabled": False,
        "IsReplacementOrder": original is not None,
        "IsAccessPointOrder": reach(document, "recipient.deliveryAddress.addressType") == "PICKUP_POINT",
        "HasRegulatedItems": False,
    }
    if original is not None and "orderId" in original:
        shown["ReplacedOrderId"] = original["orderId"]
    return shown


def _persons(document: Document, status: str, elements: AbstractSet[str]) -> Document:
    parts = {
        "ShippingAddress": persons.shipping_address(document, status, elements),
        "BuyerInfo": persons.buyer_info(document, elements),
        "BuyerTaxInformation": persons.buyer_tax_information(document, elements),
    }
    return {name: part for name, part in parts.items() if part}


def _executions(document: Document) -> list[Document]:
    executions: list[Document] = reach(document, "payment.paymentExecutions") or []
    return executions
