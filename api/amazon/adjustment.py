"""The feed that pays back and cancels parts of orders, in XML: one message an order (Feeds API, OrderAdjustment)."""

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from api.amazon.envelope import add, envelope, utf8
from domain.amazon.feed_messages import AdjustedItem, Adjustment

_REFUND: Final = "Refund"
_CANCEL: Final = "Cancel"


def adjustment(*, merchant_id: str | None, adjustments: Iterable[Adjustment]) -> bytes:
    """Write the feed with these adjustments, UTF-8.

    A refund names no Quantity: Amazon would not multiply by it (selling-partner-api-models issue 4405).
    """
    feed = envelope(merchant_id=merchant_id, message_type="OrderAdjustment")
    for one in adjustments:
        message = SubElement(feed, "Message")
        add(message, "MessageID", str(one.message_id))
        order = SubElement(message, "OrderAdjustment")
        add(order, "AmazonOrderID", one.number)
        add(order, "ActionType", _CANCEL if one.is_cancellation else _REFUND)
        for item in one.items:
            _item(order, item, reason=one.reason)
    return utf8(feed)


def _item(order: Element, item: AdjustedItem, *, reason: str) -> None:
    adjusted = SubElement(order, "AdjustedItem")
    add(adjusted, "AmazonOrderItemCode", item.item_id)
    add(adjusted, "AdjustmentReason", reason)
    if item.components:
        # Amazon refuses components without this element around them (selling-partner-api C# issues 582 and 688).
        prices = SubElement(adjusted, "ItemPriceAdjustments")
        for name, money in item.components:
            component = SubElement(prices, "Component")
            add(component, "Type", name)
            add(component, "Amount", f"{money.amount:f}").set("currency", money.currency)
    if item.canceled is not None:
        add(adjusted, "QuantityCancelled", str(item.canceled))
