"""Acknowledgement feeds as tab-separated text: a row for each cancelled item, an order's rows together one request."""

from collections.abc import Sequence
from typing import Final

from simulator.feeds.messages import (
    UNREADABLE,
    WRONG_DOCUMENT,
    WRONG_MESSAGE,
    Acknowledgement,
    Fault,
    Message,
    NamedItem,
)

ORDER: Final = "order-id"
REASON: Final = "cancellation-reason-code"
ITEM: Final = "amazon-order-item-code"
COLUMNS: Final = (ORDER, REASON, ITEM)

Row = dict[str, str]


def read_flat_acknowledgements(contents: bytes) -> list[Message]:
    """Return the messages of a document, orders as they first appear. Raises Fault if it cannot be used as a whole.

    Records count from 1 at the row after the names of the columns; empty rows count but say nothing.
    """
    heads, *lines = _decode(contents).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    names = [name.strip().lower() for name in heads.split("\t")]
    if any(names.count(column) != 1 for column in COLUMNS):
        raise Fault(WRONG_DOCUMENT, f"The first row does not name the columns {', '.join(COLUMNS)}.")
    orders: dict[str, list[tuple[int, Row]]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            row = _row(names, line)
            orders.setdefault(row[ORDER] or f"row {number}", []).append((number, row))
    if not orders:
        raise Fault(WRONG_DOCUMENT, "The document has no records.")
    return [_message(rows) for rows in orders.values()]


def _decode(contents: bytes) -> str:
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault(UNREADABLE, "The document is not text in UTF-8.") from error


def _row(names: Sequence[str], line: str) -> Row:
    cells = [cell.strip() for cell in line.split("\t")]
    return dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))


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
