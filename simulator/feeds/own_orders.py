"""The order that a message is about, and the items of it that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.feeds.messages import (
    NOT_THE_SELLERS_TO_SHIP,
    REPEATED_ITEM,
    UNKNOWN_ITEM,
    UNKNOWN_ORDER,
    WRONG_QUANTITY,
    Fault,
)
from simulator.orders.search import is_served

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.orders.book import SimulatedOrder
    from simulator.orders.documents import Document
    from simulator.world import World

LONGEST_QUANTITY: Final = 9


def find_own(world: World, seller: str, order_id: str, *, at: int) -> SimulatedOrder:
    """Return the order, which the seller ships. Raises Fault if it is none of the seller's, or Amazon ships it."""
    order = world.book.get(order_id)
    if order is None or order.seller != seller or not is_served(order, now=at):
        raise Fault(UNKNOWN_ORDER, "The AmazonOrderID is not an order of this seller.", order_id=order_id)
    if order.fulfilled_by == "AMAZON":
        message = "The order is fulfilled by Amazon; the seller neither ships nor cancels it."
        raise Fault(NOT_THE_SELLERS_TO_SHIP, message, order_id=order_id)
    return order


def items_of(order_id: str, document: Document, codes: Iterable[str]) -> dict[str, Document]:
    """Return the items of an order that are named, by code. Raises Fault if one is unknown, or named twice."""
    known = {item["orderItemId"]: item for item in document["orderItems"]}
    named: dict[str, Document] = {}
    for code in codes:
        if code not in known:
            message = "The AmazonOrderItemCode is not an item of the order."
            raise Fault(UNKNOWN_ITEM, message, order_id=order_id, item_code=code)
        if code in named:
            message = "The AmazonOrderItemCode is named more than once."
            raise Fault(REPEATED_ITEM, message, order_id=order_id, item_code=code)
        named[code] = known[code]
    return named


def read_quantity(text: str, *, order_id: str, item_code: str, name: str = "Quantity") -> int:
    """Return a number of units, at least one. Raises Fault."""
    digits = text.lstrip("0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_QUANTITY):
        message = f"The {name} is not a whole number of units."
        raise Fault(WRONG_QUANTITY, message, order_id=order_id, item_code=item_code)
    return int(digits)
