"""Writing fulfilment and adjustment feeds, in XML and as tab-separated text."""

from typing import Any

from tests.simulator.playing import Amazon
from tests.simulator.submitting import Report, envelope, processed

FULFILLMENT = "POST_ORDER_FULFILLMENT_DATA"
FLAT_FULFILLMENT = "POST_FLAT_FILE_FULFILLMENT_DATA"
ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"
FLAT_ADJUSTMENT = "POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA"
SHIPPED = "2026-11-02T08:00:00Z"
CARRIER = "<CarrierCode>UPS</CarrierCode>"
TRACKING = "<ShipperTrackingNumber>1Z999</ShipperTrackingNumber>"
MESSAGE_TYPES = {FULFILLMENT: "OrderFulfillment", ADJUSTMENT: "OrderAdjustment"}
FULFILLMENT_COLUMNS = (
    "order-id", "order-item-id", "quantity", "ship-date", "carrier-code", "carrier-name", "tracking-number",
    "ship-method",
)  # fmt: skip
ADJUSTMENT_COLUMNS = (
    "order-id", "order-item-id", "adjustment-reason-code", "currency", "item-price-adj", "item-tax-adj",
    "shipping-price-adj", "shipping-tax-adj", "gift-wrap-price-adj", "gift-wrap-tax-adj", "quantity-cancelled",
)  # fmt: skip


def document(feed_type: str, *messages: str) -> bytes:
    """An XML document of a feed type."""
    return envelope(*messages, kind=f"<MessageType>{MESSAGE_TYPES[feed_type]}</MessageType>")


def table(columns: tuple[str, ...], *records: dict[str, str]) -> bytes:
    """A tab-separated document; what a record does not say is empty."""
    lines = [columns, *(tuple(record.get(column, "") for column in columns) for record in records)]
    return "\n".join("\t".join(line) for line in lines).encode()


def shipped_item(code: str, quantity: int | str | None = None, *codes: str) -> str:
    how_many = "" if quantity is None else f"<Quantity>{quantity}</Quantity>"
    transparency = "".join(f"<TransparencyCode>{one}</TransparencyCode>" for one in codes)
    return f"<Item><AmazonOrderItemCode>{code}</AmazonOrderItemCode>{how_many}{transparency}</Item>"


def fulfillment(
    order_id: str,
    *items: str,
    number: int = 1,
    reference: str | None = None,
    shipped: str = SHIPPED,
    carrier: str = CARRIER,
    tracking: str = TRACKING,
) -> str:
    """A message that tells of a parcel."""
    own = "" if reference is None else f"<MerchantFulfillmentID>{reference}</MerchantFulfillmentID>"
    head = f"<AmazonOrderID>{order_id}</AmazonOrderID>{own}<FulfillmentDate>{shipped}</FulfillmentDate>"
    how = f"<FulfillmentData>{carrier}<ShippingMethod>Ground</ShippingMethod>{tracking}</FulfillmentData>"
    body = f"<OrderFulfillment>{head}{how}{''.join(items)}</OrderFulfillment>"
    return f"<Message><MessageID>{number}</MessageID>{body}</Message>"


def component(kind: str, amount: str, currency: str = "USD") -> str:
    return f'<Component><Type>{kind}</Type><Amount currency="{currency}">{amount}</Amount></Component>'


def adjusted(
    code: str,
    *components: str,
    reason: str = "CustomerReturn",
    quantity: int | str | None = None,
    cancelled: int | str | None = None,
) -> str:
    """An item of an adjustment."""
    prices = f"<ItemPriceAdjustments>{''.join(components)}</ItemPriceAdjustments>" if components else ""
    gone = "" if cancelled is None else f"<QuantityCancelled>{cancelled}</QuantityCancelled>"
    how_many = "" if quantity is None else f"<Quantity>{quantity}</Quantity>"
    named = f"<AmazonOrderItemCode>{code}</AmazonOrderItemCode><AdjustmentReason>{reason}</AdjustmentReason>"
    return f"<AdjustedItem>{named}{prices}{gone}{how_many}</AdjustedItem>"


def adjustment(order_id: str, *items: str, number: int = 1, action: str | None = "Refund") -> str:
    """A message that refunds, or cancels units."""
    what = "" if action is None else f"<ActionType>{action}</ActionType>"
    body = f"<AmazonOrderID>{order_id}</AmazonOrderID>{what}{''.join(items)}"
    return f"<Message><MessageID>{number}</MessageID><OrderAdjustment>{body}</OrderAdjustment></Message>"


def cancelled(order_id: str, code: str, units: int | str, *, number: int = 1) -> str:
    """A message that cancels units of an item."""
    item = adjusted(code, reason="NoInventory", cancelled=units)
    return adjustment(order_id, item, number=number, action="Cancel")


async def report_on(amazon: Amazon, feed_type: str, *messages: str) -> Report:
    """Submit messages of a type and return the report on them."""
    return Report(await processed(amazon, document(feed_type, *messages), feed_type))


def codes(order: dict[str, Any]) -> list[str]:
    """The ids of an order's items."""
    return [one["orderItemId"] for one in order["orderItems"]]


def quantities(order: dict[str, Any]) -> list[tuple[int, int, int]]:
    """What was ordered, sent and is open of each item."""
    return [
        (one["quantityOrdered"], one["fulfillment"]["quantityFulfilled"], one["fulfillment"]["quantityUnfulfilled"])
        for one in order["orderItems"]
    ]


async def ledger(amazon: Amazon, order_id: str) -> dict[str, Any]:
    """The ledger's entry of an order."""
    [entry] = (await amazon.sim("GET", f"/ledger?orderId={order_id}")).json()["orders"]
    found: dict[str, Any] = entry
    return found


def refunded(entry: dict[str, Any]) -> list[dict[str, str]]:
    """The components of each refunded item, one after the other."""
    return [
        {one["type"]: one["amount"]["amount"] for one in item["components"]}
        for refund in entry["refunds"]
        for item in refund["items"]
    ]
