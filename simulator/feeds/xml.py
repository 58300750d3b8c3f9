"""Acknowledgement feeds in XML, read without trust: entities, DTDs and broken text never get past the parser."""

from collections import Counter
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from simulator.feeds.messages import (
    REPEATED_MESSAGE,
    UNREADABLE,
    WRONG_DOCUMENT,
    WRONG_MESSAGE,
    Acknowledgement,
    Fault,
    Message,
    NamedItem,
)

ENVELOPE: Final = "AmazonEnvelope"
MESSAGE_TYPE: Final = "OrderAcknowledgement"
STATUS_CODES: Final = {"Success": False, "Failure": True}
LONGEST_NUMBER: Final = 18


def read_acknowledgements(contents: bytes) -> list[Message]:
    """Return the messages of a document. Raises Fault if the document as a whole cannot be used."""
    messages = [(_message_id(element), element) for element in _envelope(contents).findall("Message")]
    if not messages:
        raise Fault(WRONG_DOCUMENT, "The document has no Message.")
    used = Counter(number for number, _ in messages)
    return [Message((number,), _asks(element, is_repeated=used[number] > 1)) for number, element in messages]


def _envelope(contents: bytes) -> Element:
    try:
        root: Element = fromstring(contents, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise Fault(UNREADABLE, "XML Parsing Fatal Error: the document is not well-formed or not safe.") from error
    if root.tag != ENVELOPE:
        raise Fault(WRONG_DOCUMENT, f"The root of the document is not {ENVELOPE}.")
    for path in ("Header/DocumentVersion", "Header/MerchantIdentifier"):
        if not _text(root, path):
            raise Fault(WRONG_DOCUMENT, f"The document lacks {path}.")
    if _text(root, "MessageType") != MESSAGE_TYPE:
        raise Fault(WRONG_DOCUMENT, f"The MessageType is not {MESSAGE_TYPE}.")
    return root


def _message_id(element: Element) -> int:
    text = _text(element, "MessageID") or ""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise Fault(WRONG_DOCUMENT, "A Message lacks a MessageID that is a number.")
    return int(text)


def _asks(message: Element, *, is_repeated: bool) -> Acknowledgement | Fault:
    if is_repeated:
        return Fault(REPEATED_MESSAGE, "The MessageID is used more than once in the document.")
    try:
        return _acknowledgement(message)
    except Fault as fault:
        return fault


def _acknowledgement(message: Element) -> Acknowledgement:
    bodies = message.findall(MESSAGE_TYPE)
    if len(bodies) != 1:
        raise Fault(WRONG_MESSAGE, f"The message does not hold one {MESSAGE_TYPE}.")
    order_id = _text(bodies[0], "AmazonOrderID")
    if not order_id:
        raise Fault(WRONG_MESSAGE, "The message lacks an AmazonOrderID.")
    status = _text(bodies[0], "StatusCode")
    if status not in STATUS_CODES:
        raise Fault(WRONG_MESSAGE, "The StatusCode is neither Success nor Failure.", order_id=order_id)
    items = tuple(_item(element, order_id) for element in bodies[0].findall("Item"))
    return Acknowledgement(order_id, STATUS_CODES[status], items)


def _item(element: Element, order_id: str) -> NamedItem:
    item_code = _text(element, "AmazonOrderItemCode")
    if not item_code:
        raise Fault(WRONG_MESSAGE, "An Item lacks an AmazonOrderItemCode.", order_id=order_id)
    return NamedItem(item_code, _text(element, "CancelReason"), _text(element, "Quantity"))


def _text(element: Element, path: str) -> str | None:
    found = element.findtext(path)
    return None if found is None else found.strip()
