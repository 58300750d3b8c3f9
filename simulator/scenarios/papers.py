"""What the client writes to Amazon about an order: the body of a shipment confirmation, the feed of cancellations."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from simulator.instants import wire_time
from simulator.orders.documents import Document

CANCEL_FEED: Final = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
CARRIER: Final = "UPS"


class NothingToWrite(ValueError):
    """The order does not have what the act names."""


def confirmation(
    order: Document, *, reference: str, items: Mapping[str, int] | None, changes: Mapping[str, Any], at: int
) -> Document:
    """Return the body of confirmShipment: these quantities by SKU or order item id, or all that is open."""
    detail = {
        "packageReferenceId": reference,
        "carrierCode": CARRIER,
        "trackingNumber": f"SIM-{order['orderId']}-{reference}",
        "shipDate": wire_time(at),
        "orderItems": _open_items(order) if items is None else [_item(order, *wanted) for wanted in items.items()],
    }
    return {"marketplaceId": order["salesChannel"]["marketplaceId"], "packageDetail": {**detail, **changes}}


def cancellations(orders: Sequence[Document], *, reason: str, seller: str) -> bytes:
    """Return the acknowledgement feed that cancels each order as a whole."""
    messages = "".join(_message(order, number, reason) for number, order in enumerate(orders, start=1))
    header = f"<DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>{escape(seller)}</MerchantIdentifier>"
    kind = "<MessageType>OrderAcknowledgement</MessageType>"
    return f"<AmazonEnvelope><Header>{header}</Header>{kind}{messages}</AmazonEnvelope>".encode()


def _message(order: Document, number: int, reason: str) -> str:
    items = "".join(
        f"<Item><AmazonOrderItemCode>{escape(item['orderItemId'])}</AmazonOrderItemCode>"
        f"<CancelReason>{escape(reason)}</CancelReason><Quantity>{item['quantityOrdered']}</Quantity></Item>"
        for item in order["orderItems"]
    )
    about = f"<AmazonOrderID>{escape(order['orderId'])}</AmazonOrderID><StatusCode>Failure</StatusCode>{items}"
    return f"<Message><MessageID>{number}</MessageID><OrderAcknowledgement>{about}</OrderAcknowledgement></Message>"


def _open_items(order: Document) -> list[Document]:
    rest = [(item["orderItemId"], _open_quantity(item)) for item in order["orderItems"]]
    return [{"orderItemId": item_id, "quantity": units} for item_id, units in rest if units > 0]


def _open_quantity(item: Document) -> int:
    units: int = item.get("fulfillment", {}).get("quantityUnfulfilled", item["quantityOrdered"])
    return units


def _item(order: Document, name: str, quantity: int) -> Document:
    for item in order["orderItems"]:
        if name in (item["orderItemId"], item["product"].get("sellerSku")):
            return {"orderItemId": item["orderItemId"], "quantity": quantity}
    raise NothingToWrite(f"with.items: order {order['orderId']} has no item {name}")
