"""The envelope of a feed in XML, and how what it holds is written (Feeds API, XML feeds)."""

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

_UNKNOWN_MERCHANT: Final = "UNKNOWN"  # Amazon goes by the token; the element has to be there
_SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def envelope(*, merchant_id: str | None, message_type: str) -> Element:
    """Return the envelope of a feed with its header."""
    opened = Element("AmazonEnvelope", {_SCHEMA: "amzn-envelope.xsd"})
    header = SubElement(opened, "Header")
    add(header, "DocumentVersion", "1.01")
    add(header, "MerchantIdentifier", merchant_id or _UNKNOWN_MERCHANT)
    add(opened, "MessageType", message_type)
    return opened


def add(parent: Element, name: str, text: str) -> Element:
    """Add an element with a text, without the characters that XML forbids."""
    element = SubElement(parent, name)
    element.text = _NOT_XML.sub("", text)
    return element


def utf8(element: Element) -> bytes:
    """Write a document as UTF-8."""
    written: bytes = tostring(element, encoding="UTF-8", xml_declaration=True)
    return written
