"""Payment adjustment feeds: refunds and partial cancellations, read from XML and from tab-separated text."""

from typing import Final
from xml.etree.ElementTree import Element

from simulator.feeds.flat import Row, read_rows
from simulator.feeds.messages import WRONG_MESSAGE, Fault, Message
from simulator.feeds.requests import AdjustedItem, Adjustment, Component
from simulator.feeds.xml import item_code, read_messages, text

ACTION_TYPES: Final = {"Refund": False, "Cancel": True}
ORDER: Final = "order-id"
ITEM: Final = "order-item-id"
REASON: Final = "adjustment-reason-code"
CURRENCY: Final = "currency"
CANCELLED: Final = "quantity-cancelled"
COMPONENTS: Final = {
    "item-price-adj": "Principal",
    "item-tax-adj": "Tax",
    "shipping-price-adj": "Shipping",
    "shipping-tax-adj": "ShippingTax",
    "gift-wrap-price-adj": "GiftWrap",
    "gift-wrap-tax-adj": "GiftWrapTax",
}
PROMOTIONS: Final = ("item-promotion-adj", "ship-promotion-adj")
NO_PROMOTIONS: Final = "Adjustments of promotions are not supported; a discount lowers what Principal can refund."


def read_adjustments(contents: bytes) -> list[Message]:
    """Return the messages of an XML document. Raises Fault if it cannot be used as a whole."""
    return read_messages(contents, "OrderAdjustment", _adjustment)


def read_flat_adjustments(contents: bytes) -> list[Message]:
    """Return the adjustments of a document, each row one: a cancellation if it names how many, else a refund.

    Raises Fault if the document cannot be used as a whole.
    """
    return [_message(number, row) for number, row in read_rows(contents, (ORDER, ITEM, REASON, CURRENCY))]


def _adjustment(body: Element, order_id: str) -> Adjustment:
    """Read one message; without an ActionType, naming how many units are cancelled makes it a cancellation."""
    action = text(body, "ActionType")
    if action is not None and action not in ACTION_TYPES:
        raise Fault(WRONG_MESSAGE, "The ActionType is neither Refund nor Cancel.", order_id=order_id)
    items = tuple(_item(one, order_id) for one in body.findall("AdjustedItem"))
    if not items:
        raise Fault(WRONG_MESSAGE, "The message lacks an AdjustedItem.", order_id=order_id)
    cancels = any(item.cancelled is not None for item in items) if action is None else ACTION_TYPES[action]
    return Adjustment(order_id, cancels, items)


def _item(element: Element, order_id: str) -> AdjustedItem:
    code = item_code(element, order_id)
    if element.find("PromotionAdjustments") is not None:
        raise Fault(WRONG_MESSAGE, NO_PROMOTIONS, order_id=order_id, item_code=code)
    prices = element.findall("ItemPriceAdjustments")
    if any(one.find("Component") is None for one in prices):
        why = "ItemPriceAdjustments holds no Component around Type and Amount."
        raise Fault(WRONG_MESSAGE, why, order_id=order_id, item_code=code)
    return AdjustedItem(
        item_code=code,
        reason=text(element, "AdjustmentReason") or "",
        components=tuple(_component(one) for price in prices for one in price.findall("Component")),
        quantity=text(element, "Quantity"),
        cancelled=text(element, "QuantityCancelled"),
    )


def _component(element: Element) -> Component:
    amount = element.find("Amount")
    currency = "" if amount is None else amount.get("currency", "")
    return Component(text(element, "Type") or "", text(element, "Amount") or "", currency.strip())


def _message(number: int, row: Row) -> Message:
    for column in (ORDER, ITEM):
        if not row[column]:
            return Message((number,), Fault(WRONG_MESSAGE, f"The record lacks {column}.", order_id=row[ORDER]))
    if any(row.get(column) for column in PROMOTIONS):
        return Message((number,), Fault(WRONG_MESSAGE, NO_PROMOTIONS, order_id=row[ORDER], item_code=row[ITEM]))
    cancelled = row.get(CANCELLED) or None
    item = AdjustedItem(
        item_code=row[ITEM],
        reason=row[REASON],
        components=tuple(
            Component(kind, row[column], row[CURRENCY]) for column, kind in COMPONENTS.items() if row.get(column)
        ),
        cancelled=cancelled,
    )
    return Message((number,), Adjustment(row[ORDER], cancelled is not None, (item,)))
