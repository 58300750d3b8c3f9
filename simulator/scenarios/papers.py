"""What the client writes to Amazon about an order: shipment confirmations, feeds of cancellations and adjustments."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from simulator.instants import wire_time
from simulator.orders.documents import Document

CANCEL_FEED: Final = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADJUST_FEED: Final = "POST_PAYMENT_ADJUSTMENT_DATA"
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


def adjustments(
    order: Document, *, refund: Mapping[str, str], cancel: Mapping[str, int], reason: str, seller: str
) -> bytes:
    """Return the adjustment feed that refunds amounts of items, or cancels units of them that are still to be sent."""
    if bool(refund) == bool(cancel):
        raise NothingToWrite("with: give refund or cancel, one of them")
    changes = {name: _principal(order, amount) for name, amount in refund.items()}
    changes |= {name: f"<QuantityCancelled>{units}</QuantityCancelled>" for name, units in cancel.items()}
    items = "".join(
        f"<AdjustedItem><AmazonOrderItemCode>{escape(_item(order, name, 1)['orderItemId'])}</AmazonOrderItemCode>"
        f"<AdjustmentReason>{escape(reason)}</AdjustmentReason>{change}</AdjustedItem>"
        for name, change in changes.items()
    )
    action = f"<ActionType>{'Refund' if refund else 'Cancel'}</ActionType>"
    about = f"<AmazonOrderID>{escape(order['orderId'])}</AmazonOrderID>{action}{items}"
    return _envelope("OrderAdjustment", [about], seller)


def cancellations(orders: Sequence[Document], *, reason: str, seller: str) -> bytes:
    """Return the acknowledgement feed that cancels each order as a whole."""
    return _envelope("OrderAcknowledgement", [_canceled(order, reason) for order in orders], seller)


def _envelope(kind: str, bodies: Sequence[str], seller: str) -> bytes:
    header = f"<DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>{escape(seller)}</MerchantIdentifier>"
    messages = "".join(
        f"<Message><MessageID>{number}</MessageID><{kind}>{body}</{kind}></Message>"
        for number, body in enumerate(bodies, start=1)
    )
    head = f"<Header>{header}</Header><MessageType>{kind}</MessageType>"
    return f"<AmazonEnvelope>{head}{messages}</AmazonEnvelope>".encode()


def _canceled(order: Document, reason: str) -> str:
    items = "".join(
        f"<Item><AmazonOrderItemCode>{escape(item['orderItemId'])}</AmazonOrderItemCode>"
        f"<CancelReason>{escape(reason)}</CancelReason><Quantity>{item['quantityOrdered']}</Quantity></Item>"
        for item in order["orderItems"]
    )
    return f"<AmazonOrderID>{escape(order['orderId'])}</AmazonOrderID><StatusCode>Failure</StatusCode>{items}"


def _principal(order: Document, amount: str) -> str:
    currency = order.get("proceeds", {}).get("grandTotal", {}).get("currencyCode", "")
    component = f'<Component><Type>Principal</Type><Amount currency="{currency}">{amount}</Amount></Component>'
    return f"<ItemPriceAdjustments>{component}</ItemPriceAdjustments>"


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
