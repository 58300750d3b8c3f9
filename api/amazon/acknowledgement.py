"""The feed that cancels orders, in XML: one message an order (Feeds API, OrderAcknowledgement)."""

import re
from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from domain.amazon.feeds import Cancellation

_CANCEL: Final = "Failure"  # Amazon's word for an order that the seller does not fulfil
_UNKNOWN_MERCHANT: Final = "UNKNOWN"  # Amazon goes by the token; the element has to be there
_SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def acknowledgement(*, merchant_id: str | None, cancellations: Iterable[Cancellation]) -> bytes:
    """Write the feed that cancels these orders, UTF-8."""
    envelope = Element("AmazonEnvelope", {_SCHEMA: "amzn-envelope.xsd"})
    header = SubElement(envelope, "Header")
    _add(header, "DocumentVersion", "1.01")
    _add(header, "MerchantIdentifier", merchant_id or _UNKNOWN_MERCHANT)
    _add(envelope, "MessageType", "OrderAcknowledgement")
    for cancellation in cancellations:
        _message(envelope, cancellation)
    written: bytes = tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return written


def _message(envelope: Element, cancellation: Cancellation) -> None:
    message = SubElement(envelope, "Message")
    _add(message, "MessageID", str(cancellation.message_id))
    order = SubElement(message, "OrderAcknowledgement")
    _add(order, "AmazonOrderID", cancellation.number)
    _add(order, "StatusCode", _CANCEL)
    for item_id, quantity in cancellation.items:
        item = SubElement(order, "Item")
        _add(item, "AmazonOrderItemCode", item_id)
        _add(item, "CancelReason", cancellation.reason)
        _add(item, "Quantity", str(quantity))


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NOT_XML.sub("", text)
