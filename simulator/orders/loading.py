"""Orders that are loaded as they are: checked against Amazon's model, then served verbatim."""

import msgspec

from simulator.instants import parse_time
from simulator.orders.documents import Document, pack
from simulator.orders.happened import Happened, Kind
from simulator.orders.item_model import Order
from simulator.refusing import refusal_of
from simulator.world import World


class NotAnOrder(ValueError):
    """A document breaks Amazon's model; ``field`` is the path of what is wrong."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class OrderOfAnother(ValueError):
    """The order id is taken by an order of another seller."""


def load_orders(world: World, *, seller: str, documents: list[Document], at: int) -> list[str]:
    """Take in or replace a seller's orders, all or none; return their ids.

    Raises NotAnOrder or OrderOfAnother.
    """
    for number, document in enumerate(documents):
        _check(document, f"orders[{number}]")
        known = world.book.get(document["orderId"])
        if known is not None and known.seller != seller:
            raise OrderOfAnother(f"the order {known.order_id} belongs to the seller {known.seller}")
    ids = [document["orderId"] for document in documents]
    if len(set(ids)) < len(ids):
        raise NotAnOrder("the same orderId is given twice", "orders")
    world.welcome(seller)
    for document in documents:
        known = world.book.get(document["orderId"])
        before, was_requested = (known.status, known.is_requested) if known else (None, False)
        awaited = known is not None and known.awaits_invoice
        order = world.book.load(seller=seller, document=document)
        order.awaits_invoice = False
        world.notes.forget(order.order_id)
        told = Happened(
            kind=Kind.LOADED, order=order, at=at, before=before, was_requested=was_requested, awaited_invoice=awaited
        )
        world.tell(told)
    return ids


def _check(document: Document, path: str) -> None:
    try:
        msgspec.convert(document, Order)
        pack(document)
    except msgspec.ValidationError as error:
        message, inside = refusal_of(error, Order)
        raise NotAnOrder(message, f"{path}.{inside}" if inside else path) from error
    except TypeError as error:
        raise NotAnOrder("holds a value that JSON cannot carry", path) from error
    for name in ("createdTime", "lastUpdatedTime"):
        if parse_time(document[name]) is None:
            raise NotAnOrder("not a date and time of ISO 8601", f"{path}.{name}")
