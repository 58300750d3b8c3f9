"""Feeds in XML, read without trust: entities, DTDs and broken text never get past the parser."""

from collections import Counter
from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from simulator.feeds.messages import REPEATED_MESSAGE, UNREADABLE, WRONG_DOCUMENT, WRONG_MESSAGE, Fault, Message
from simulator.feeds.requests import Request

ENVELOPE: Final = "AmazonEnvelope"
LONGEST_NUMBER: Final = 18

ReadBody = Callable[[Element, str], Request]


def read_messages(contents: bytes, message_type: str, read: ReadBody) -> list[Message]:
    """Return the messages of a document, each read by the function that knows its type and is given its order id.

    Raises Fault if the document as a whole cannot be used.
    """
    envelope = _envelope(contents, message_type)
    messages = [(_message_id(element), element) for element in envelope.findall("Message")]
    if not messages:
        raise Fault(WRONG_DOCUMENT, "The document has no Message.")
    used = Counter(number for number, _ in messages)

    def asks(number: int, message: Element) -> Request | Fault:
        if used[number] > 1:
            return Fault(REPEATED_MESSAGE, "The MessageID is used more than once in the document.")
        try:
            body = _body(message, message_type)
            return read(body, _order_id(body))
        except Fault as fault:
            return fault

    return [Message((number,), asks(number, element)) for number, element in messages]


def text(element: Element, path: str) -> str | None:
    """Return the text at a path without blanks around it, or nothing if the element is not there."""
    found = element.findtext(path)
    return None if found is None else found.strip()


def item_code(element: Element, order_id: str) -> str:
    """Return the code of an item. Raises Fault if it has none."""
    code = text(element, "AmazonOrderItemCode")
    if not code:
        kind = element.tag
        raise Fault(WRONG_MESSAGE, f"An {kind} lacks an AmazonOrderItemCode.", order_id=order_id)
    return code


def _envelope(contents: bytes, message_type: str) -> Element:
    try:
        root: Element = fromstring(contents, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise Fault(UNREADABLE, "XML Parsing Fatal Error: the document is not well-formed or not safe.") from error
    if root.tag != ENVELOPE:
        raise Fault(WRONG_DOCUMENT, f"The root of the document is not {ENVELOPE}.")
    for path in ("Header/DocumentVersion", "Header/MerchantIdentifier"):
        if not text(root, path):
            raise Fault(WRONG_DOCUMENT, f"The document lacks {path}.")
    if text(root, "MessageType") != message_type:
        raise Fault(WRONG_DOCUMENT, f"The MessageType is not {message_type}.")
    return root


def _message_id(element: Element) -> int:
    found = text(element, "MessageID") or ""
    if not (found.isascii() and found.isdigit() and len(found) <= LONGEST_NUMBER):
        raise Fault(WRONG_DOCUMENT, "A Message lacks a MessageID that is a number.")
    return int(found)


def _body(message: Element, message_type: str) -> Element:
    bodies = message.findall(message_type)
    if len(bodies) != 1:
        raise Fault(WRONG_MESSAGE, f"The message does not hold one {message_type}.")
    return bodies[0]


def _order_id(body: Element) -> str:
    order_id = text(body, "AmazonOrderID")
    if not order_id:
        raise Fault(WRONG_MESSAGE, "The message lacks an AmazonOrderID.")
    return order_id
