"""What an ORDER_CHANGE notification says: Amazon's schema 1.0, whose words are those of the Orders API v0."""

from typing import Final

from simulator.instants import wire_time
from simulator.notifications.subscriptions import ORDER_CHANGE, PAYLOAD_VERSION, ChangeType
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.happened import Happened
from simulator.orders.lifecycle import UNPAID, open_quantity
from simulator.v0.words import CHANNELS, INVOICE_UNCONFIRMED, STATUSES

REASONS: Final = {ChangeType.STATUS: "Order Status Change", ChangeType.REQUEST: "Buyer Requested Cancel"}
ORDER_PROGRAMS: Final = {
    "AMAZON_BUSINESS": "Business", "PRIME": "Prime", "PREMIUM": "Premium", "INVOICE_BY_AMAZON": "IBA",
}  # fmt: skip
SHIPPING_PROGRAMS: Final = {"AMAZON_EASY_SHIP": "EasyShip", "IN_STORE_PICK_UP": "ISPU"}
WITHOUT_LATEST_DELIVERY: Final = frozenset({"PENDING_AVAILABILITY", "PENDING", "CANCELLED"})
SHIPPING_ROLE: Final = "DIRECT_TO_CONSUMER_SHIPPING"  # a postal code is personal data ("Access Orders PII")


def spelled(status: str | None, *, awaits_invoice: bool) -> str | None:
    """Return a status in v0's word, if there is one."""
    is_unconfirmed = awaits_invoice and status == "SHIPPED"
    return INVOICE_UNCONFIRMED if is_unconfirmed else STATUSES.get(status or "")


def changes(happened: Happened) -> list[ChangeType]:
    """Return what subscribers are to be told: a new status, of which the first is one, and a buyer's request."""
    order = happened.order
    told = []
    status = spelled(order.status, awaits_invoice=order.awaits_invoice)
    if status not in (None, spelled(happened.before, awaits_invoice=happened.awaited_invoice)):
        told.append(ChangeType.STATUS)
    if status is not None and order.is_requested and not happened.was_requested:
        told.append(ChangeType.REQUEST)
    return told


def compose_payload(
    order: SimulatedOrder, document: Document, change_type: ChangeType, *, at: int, shows_postal_code: bool
) -> Document:
    """Return the payload of a notification about an order that has a status."""
    return {
        "OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": order.seller,
            "AmazonOrderId": order.order_id,
            "OrderChangeType": change_type.value,
            "OrderChangeTrigger": {"TimeOfOrderChange": wire_time(at), "ChangeReason": REASONS[change_type]},
            "Summary": _summary(order, document, shows_postal_code=shows_postal_code),
        }
    }


def compose(payload: Document, *, application_id: str, subscription_id: str, notification_id: str, at: int) -> Document:
    """Return the whole notification around a payload."""
    return {
        "NotificationVersion": "1.0",
        "NotificationType": ORDER_CHANGE,
        "PayloadVersion": PAYLOAD_VERSION,
        "EventTime": wire_time(at),
        "Payload": payload,
        "NotificationMetadata": {
            "ApplicationId": application_id,
            "SubscriptionId": subscription_id,
            "PublishTime": wire_time(at),
            "NotificationId": notification_id,
        },
    }


def sample_payload(change_type: ChangeType, *, at: int) -> Document:
    """Return the payload of a test notification, about an order and a seller that are not there."""
    summary = {
        "MarketplaceId": "ATVPDKIKX0DER",
        "OrderStatus": "Unshipped",
        "PurchaseDate": wire_time(at),
        "DestinationPostalCode": None,
        "FulfillmentType": "MFN",
        "OrderType": "StandardOrder",
        "NumberOfItemsShipped": 0,
        "NumberOfItemsUnshipped": 1,
        "OrderItems": [
            {
                "OrderItemId": "00000000000000",
                "SellerSKU": "TEST",
                "SupplySourceId": None,
                "Quantity": 1,
                "QuantityShipped": 0,
                "IsBuyerRequestedCancel": change_type is ChangeType.REQUEST,
            }
        ],
    }
    return {
        "OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": "TEST",
            "AmazonOrderId": "000-0000000-0000000",
            "OrderChangeType": change_type.value,
            "OrderChangeTrigger": {"TimeOfOrderChange": wire_time(at), "ChangeReason": REASONS[change_type]},
            "Summary": summary,
        }
    }


def _summary(order: SimulatedOrder, document: Document, *, shows_postal_code: bool) -> Document:
    programs = document.get("programs", [])
    items = document["orderItems"]
    address = document.get("recipient", {}).get("deliveryAddress", {})
    is_known = order.is_verbatim or (shows_postal_code and order.status not in UNPAID)
    summary: Document = {
        "MarketplaceId": order.marketplace_id or "",
        "OrderStatus": spelled(order.status, awaits_invoice=order.awaits_invoice),
        "PurchaseDate": document["createdTime"],
        "DestinationPostalCode": address.get("postalCode") if is_known else None,
        "FulfillmentType": CHANNELS.get(order.fulfilled_by or "", "MFN"),
        "OrderType": "Preorder" if "PREORDER" in programs else "StandardOrder",
        "NumberOfItemsShipped": sum(_shipped(item) for item in items),
        "NumberOfItemsUnshipped": sum(open_quantity(item) for item in items),
        **_windows(order, document.get("fulfillment", {})),
    }
    for name, words in (("OrderPrograms", _order_programs(document)), ("ShippingPrograms", _shipping(programs))):
        if words:
            summary[name] = words
    return summary | {"OrderItems": _items(items)}


def _windows(order: SimulatedOrder, fulfillment: Document) -> Document:
    ship, deliver = fulfillment.get("shipByWindow", {}), fulfillment.get("deliverByWindow", {})
    is_own = order.fulfilled_by != "AMAZON"
    has_latest = is_own and order.status not in WITHOUT_LATEST_DELIVERY
    moments = {
        "EarliestDeliveryDate": deliver.get("earliestDateTime") if is_own else None,
        "LatestDeliveryDate": deliver.get("latestDateTime") if has_latest else None,
        "EarliestShipDate": ship.get("earliestDateTime"),
        "LatestShipDate": ship.get("latestDateTime"),
    }
    return {name: moment for name, moment in moments.items() if moment is not None}


def _order_programs(document: Document) -> list[str]:
    words = [ORDER_PROGRAMS[program] for program in document.get("programs", []) if program in ORDER_PROGRAMS]
    kinds = [each.get("associationType") or "" for each in document.get("associatedOrders", [])]
    return words + (["Replacement"] if any(kind.startswith("REPLACEMENT") for kind in kinds) else [])


def _shipping(programs: list[str]) -> list[str]:
    return [SHIPPING_PROGRAMS[program] for program in programs if program in SHIPPING_PROGRAMS]


def _items(items: list[Document]) -> list[Document]:
    statuses = ["Unshipped" if open_quantity(item) else "Shipped" for item in items]
    differ = len(set(statuses)) > 1  # the schema shows the status of an item only where items differ
    return [
        _item(item) | ({"OrderItemStatus": status} if differ else {})
        for item, status in zip(items, statuses, strict=True)
    ]


def _item(item: Document) -> Document:
    return {
        "OrderItemId": item["orderItemId"],
        "SellerSKU": item["product"].get("sellerSku", ""),
        "SupplySourceId": None,
        "Quantity": item["quantityOrdered"],
        "QuantityShipped": _shipped(item),
        "IsBuyerRequestedCancel": "cancellationRequest" in item.get("cancellation", {}),
    }


def _shipped(item: Document) -> int:
    return int(item.get("fulfillment", {}).get("quantityFulfilled", 0))
