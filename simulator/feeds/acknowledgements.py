"""Acknowledgement feeds: what they ask for, read from XML and from tab-separated text."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from simulator.feeds.flat import Row, read_rows
from simulator.feeds.messages import WRONG_MESSAGE, Fault, Message
from simulator.feeds.requests import Acknowledgement, NamedItem
from simulator.feeds.xml import item_code, read_messages, text

STATUS_CODES: Final = {"Success": False, "Failure": True}
ORDER: Final = "order-id"
REASON: Final = "cancellation-reason-code"
ITEM: Final = "amazon-order-item-code"


def read_acknowledgements(contents: bytes) -> list[Message]:
    """Return the messages of an XML document. Raises Fault if it cannot be used as a whole."""
    return read_messages(contents, "OrderAcknowledgement", _acknowledgement)


def read_flat_acknowledgements(contents: bytes) -> list[Message]:
    """Return the cancellations of a document, the rows of an order as one, orders as they first appear.

    Raises Fault if the document cannot be used as a whole.
    """
    orders: dict[str, list[tuple[int, Row]]] = {}
    for number, row in read_rows(contents, (ORDER, REASON, ITEM)):
        orders.setdefault(row[ORDER] or f"row {number}", []).append((number, row))
    return [_message(rows) for rows in orders.values()]


def _acknowledgement(body: Element, order_id: str) -> Acknowledgement:
    status = text(body, "StatusCode")
    if status not in STATUS_CODES:
        raise Fault(WRONG_MESSAGE, "The StatusCode is neither Success nor Failure.", order_id=order_id)
    items = tuple(
        NamedItem(item_code(one, order_id), text(one, "CancelReason"), text(one, "Quantity"))
        for one in body.findall("Item")
    )
    return Acknowledgement(order_id, STATUS_CODES[status], items)


def _message(rows: Sequence[tuple[int, Row]]) -> Message:
    numbers = tuple(number for number, _ in rows)
    order_id = rows[0][1][ORDER]
    if not order_id:
        return Message(numbers, Fault(WRONG_MESSAGE, f"The record lacks {ORDER}."))
    for column in (REASON, ITEM):
        if not all(row[column] for _, row in rows):
            return Message(numbers, Fault(WRONG_MESSAGE, f"A record of the order lacks {column}.", order_id=order_id))
    items = tuple(NamedItem(row[ITEM], row[REASON]) for _, row in rows)
    return Message(numbers, Acknowledgement(order_id, is_cancellation=True, items=items))
