"""The feed that cancels orders, in XML: one message an order (Feeds API, OrderAcknowledgement)."""

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from api.amazon.envelope import add, envelope, utf8
from domain.amazon.feed_messages import Cancellation

_CANCEL: Final = "Failure"  # Amazon's word for an order that the seller does not fulfil


def acknowledgement(*, merchant_id: str | None, cancellations: Iterable[Cancellation]) -> bytes:
    """Write the feed that cancels these orders, UTF-8."""
    feed = envelope(merchant_id=merchant_id, message_type="OrderAcknowledgement")
    for cancellation in cancellations:
        _message(feed, cancellation)
    return utf8(feed)


def _message(feed: Element, cancellation: Cancellation) -> None:
    message = SubElement(feed, "Message")
    add(message, "MessageID", str(cancellation.message_id))
    order = SubElement(message, "OrderAcknowledgement")
    add(order, "AmazonOrderID", cancellation.number)
    add(order, "StatusCode", _CANCEL)
    for item_id, quantity in cancellation.items:
        item = SubElement(order, "Item")
        add(item, "AmazonOrderItemCode", item_id)
        add(item, "CancelReason", cancellation.reason)
        add(item, "Quantity", str(quantity))
