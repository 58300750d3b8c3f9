"""What stands in each column of a file."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import orjson

from api.exporting import beside
from api.exporting.beside import Ask, Found
from api.exporting.cells import Cell, amount
from api.schema.list_columns import AmazonOrderColumn, CommerceOrderColumn

_Fill: TypeAlias = Callable[[Any, Found], Cell]


class Column(NamedTuple):
    """How a cell is made of an order, as it is stored, and of what stands beside it; `reads` names what of the order.

    Times are written as they are stored.
    """

    fill: _Fill
    ask: Ask | None = None
    reads: tuple[str, ...] = ("id",)


def _plain(name: str) -> Column:
    return Column(lambda order, _: order[name], reads=(name,))


def _amount(name: str, currency: str = "currency") -> Column:
    return Column(lambda order, _: amount(order[name], order[currency]), reads=(name, currency))


def _count(place: int, ask: Ask) -> Column:
    return Column(lambda order, counts: counts[order["id"]][place] if order["id"] in counts else 0, ask)


def _of_buyer(part: str, name: str, ask: Ask) -> Column:
    return Column(lambda order, buyers: ((buyers.get(order["id"]) or {}).get(part) or {}).get(name), ask)


_STORE: Final = Column(lambda order, names: names.get(order["store_id"]), beside.store_names, ("store_id",))
_C, _A = CommerceOrderColumn, AmazonOrderColumn

OF_AMAZON: Final[Mapping[str, Column]] = {
    _A.PURCHASED_AT: _plain("purchased_at"),
    _A.AMAZON_ORDER_ID: _plain("number"),
    _A.DISPLAY_STATUS: _plain("display_status"),
    _A.TOTAL: _amount("total_minor"),
    _A.CURRENCY: _plain("currency"),
    _A.NOTE: Column(lambda order, notes: notes.get(order["id"]), beside.notes),
    _A.STORE: _STORE,
    _A.COMMERCE_NUMBER: Column(lambda order, numbers: numbers.get(order["id"]), beside.commerce_numbers),
    _A.STATUS: _plain("amazon_status"),
    _A.IMPORT_OUTCOME: _plain("import_state"),
    _A.FULFILLMENT_CHANNEL: _plain("fulfillment_channel"),
    _A.ITEMS_ORDERED: _count(0, beside.item_counts),
    _A.ITEMS_SHIPPED: _count(1, beside.item_counts),
    _A.ITEMS_UNSHIPPED: _count(2, beside.item_counts),
    _A.RESERVED: Column(lambda order, held: order["id"] in held, beside.reserved),
    _A.LATEST_SHIP_AT: _plain("latest_ship_at"),
    _A.LAST_UPDATED_AT: _plain("updated_at"),
    _A.IS_PRIME: Column(lambda order, _: "PRIME" in orjson.loads(order["programs"]), reads=("programs",)),
    _A.BUYER_NAME: _of_buyer("buyer", "name", beside.amazon_buyers),
}

OF_COMMERCE: Final[Mapping[str, Column]] = {
    _C.NUMBER: _plain("number"),
    _C.STORE_VIEW: _plain("store_view"),
    _C.PURCHASED_AT: _plain("purchased_at"),
    _C.CREATED_AT: _plain("created_at"),
    _C.STATE: _plain("state"),
    _C.STATUS: _plain("status"),
    _C.TOTAL: _amount("total_minor"),
    _C.CURRENCY: _plain("currency"),
    _C.SUBTOTAL: _amount("subtotal_minor"),
    _C.SHIPPING: _amount("shipping_minor"),
    _C.TAX: _amount("tax_minor"),
    _C.DISCOUNT: _amount("discount_minor"),
    _C.TOTAL_PAID: _amount("paid_minor"),
    _C.TOTAL_REFUNDED: _amount("refunded_minor"),
    _C.BASE_TOTAL: _amount("base_total_minor", "base_currency"),
    _C.BASE_CURRENCY: _plain("base_currency"),
    _C.BASE_RATE: _plain("base_rate"),
    _C.AMAZON_ORDER_ID: _plain("channel_number"),
    _C.STORE: _STORE,
    _C.IS_GUEST: Column(lambda order, _: order["customer_id"] is None, reads=("customer_id",)),
    _C.ITEMS_ORDERED: _count(0, beside.line_counts),
    _C.ITEMS_SHIPPED: _count(1, beside.line_counts),
    _C.UPDATED_AT: _plain("updated_at"),
    _C.COMPLETED_AT: _plain("completed_at"),
    _C.BILL_TO_NAME: _of_buyer("buyer", "name", beside.commerce_buyers),
    _C.SHIP_TO_NAME: _of_buyer("address", "name", beside.commerce_buyers),
    _C.CUSTOMER_EMAIL: Column(
        lambda order, emails: emails.get(order["id"]), beside.commerce_emails, ("channel_order_id", "channel_number")
    ),
}
