"""Fulfilment feeds: the parcels that they tell of, read from XML and from tab-separated text."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from simulator.feeds.flat import Row, read_rows
from simulator.feeds.messages import WRONG_MESSAGE, Fault, Message
from simulator.feeds.requests import Fulfillment, ShippedItem
from simulator.feeds.xml import item_code, read_messages, text

ORDER: Final = "order-id"
ITEM: Final = "order-item-id"
QUANTITY: Final = "quantity"
DATE: Final = "ship-date"
CARRIER: Final = "carrier-code"
CARRIER_NAME: Final = "carrier-name"
TRACKING: Final = "tracking-number"
METHOD: Final = "ship-method"
OF_THE_PARCEL: Final = (ORDER, DATE, CARRIER, CARRIER_NAME, TRACKING, METHOD)


def read_fulfillments(contents: bytes) -> list[Message]:
    """Return the messages of an XML document. Raises Fault if it cannot be used as a whole."""
    return read_messages(contents, "OrderFulfillment", _fulfillment)


def read_flat_fulfillments(contents: bytes) -> list[Message]:
    """Return the parcels of a document: the rows that agree in all but the item are one parcel.

    Raises Fault if the document cannot be used as a whole.
    """
    parcels: dict[tuple[str, ...], list[tuple[int, Row]]] = {}
    for number, row in read_rows(contents, (ORDER, DATE)):
        key = tuple(row.get(column, "") for column in OF_THE_PARCEL)
        parcels.setdefault(key if row[ORDER] else (f"row {number}",), []).append((number, row))
    return [_message(rows) for rows in parcels.values()]


def _fulfillment(body: Element, order_id: str) -> Fulfillment:
    return Fulfillment(
        order_id=order_id,
        reference=text(body, "MerchantFulfillmentID"),
        shipped=text(body, "FulfillmentDate") or "",
        carrier_code=text(body, "FulfillmentData/CarrierCode") or "",
        carrier_name=text(body, "FulfillmentData/CarrierName") or "",
        shipping_method=text(body, "FulfillmentData/ShippingMethod") or None,
        tracking_number=text(body, "FulfillmentData/ShipperTrackingNumber") or "",
        items=tuple(_item(one, order_id) for one in body.findall("Item")),
    )


def _item(element: Element, order_id: str) -> ShippedItem:
    codes = tuple((one.text or "").strip() for one in element.findall("TransparencyCode"))
    return ShippedItem(item_code(element, order_id), text(element, "Quantity"), codes)


def _message(rows: Sequence[tuple[int, Row]]) -> Message:
    numbers = tuple(number for number, _ in rows)
    parcel = rows[0][1]
    order_id = parcel[ORDER]
    if not order_id:
        return Message(numbers, Fault(WRONG_MESSAGE, f"The record lacks {ORDER}."))
    named = [row for _, row in rows if row.get(ITEM)]
    if named and len(named) < len(rows):
        why = f"One record of the parcel names an {ITEM} and another does not."
        return Message(numbers, Fault(WRONG_MESSAGE, why, order_id=order_id))
    if not named and (len(rows) > 1 or parcel.get(QUANTITY)):
        why = f"A record without an {ITEM} is the whole parcel and has no quantity."
        return Message(numbers, Fault(WRONG_MESSAGE, why, order_id=order_id))
    return Message(numbers, _parcel(parcel, named))


def _parcel(parcel: Row, named: Sequence[Row]) -> Fulfillment:
    return Fulfillment(
        order_id=parcel[ORDER],
        shipped=parcel[DATE],
        carrier_code=parcel.get(CARRIER, ""),
        carrier_name=parcel.get(CARRIER_NAME, ""),
        shipping_method=parcel.get(METHOD) or None,
        tracking_number=parcel.get(TRACKING, ""),
        items=tuple(ShippedItem(row[ITEM], row.get(QUANTITY) or None) for row in named),
    )
