"""Who wants to be told of what: an application's subscriptions with a seller, and their filters."""

from enum import StrEnum
from typing import Final

import msgspec

from simulator.notifications.expressions import read_expression
from simulator.notifications.filters import ProcessingDirective
from simulator.orders.documents import Document

ORDER_CHANGE: Final = "ORDER_CHANGE"
PAYLOAD_VERSION: Final = "1.0"  # of ORDER_CHANGE, the only one there is

# "Create and Filter Notification Subscriptions" lists the types; the last six go to EventBridge alone.
TO_SQS: Final = frozenset(
    {
        "ACCOUNT_STATUS_CHANGED", "ANY_OFFER_CHANGED", "B2B_ANY_OFFER_CHANGED", "DETAIL_PAGE_TRAFFIC_EVENT",
        "EXTERNAL_FULFILLMENT_SHIPMENT_STATUS_CHANGE", "FBA_INVENTORY_AVAILABILITY_CHANGES",
        "FBA_OUTBOUND_SHIPMENT_STATUS", "FEED_PROCESSING_FINISHED", "FEE_PROMOTION", "FULFILLMENT_ORDER_STATUS",
        "ITEM_INVENTORY_EVENT_CHANGE", "ITEM_SALES_EVENT_CHANGE", ORDER_CHANGE, "PRICING_HEALTH",
        "REPORT_PROCESSING_FINISHED", "TRANSACTION_UPDATE",
    }
)  # fmt: skip
TO_EVENT_BRIDGE: Final = frozenset(
    {
        "LISTINGS_ITEM_ISSUES_CHANGE", "LISTINGS_ITEM_MFN_QUANTITY_CHANGE", "LISTINGS_ITEM_STATUS_CHANGE",
        "PRODUCT_TYPE_DEFINITIONS_CHANGE", "BRANDED_ITEM_CONTENT_CHANGE", "ITEM_PRODUCT_TYPE_CHANGE",
    }
)  # fmt: skip


class ChangeType(StrEnum):
    """What changed about an order. Tips are of store pickups, which no order here is."""

    STATUS = "OrderStatusChange"
    REQUEST = "BuyerRequestedChange"
    TIP = "DeliveryTipChange"


class Subscription(msgspec.Struct, kw_only=True):
    """A wish of one application to be told of one seller's changes."""

    subscription_id: str
    number: int
    client_id: str
    seller: str
    notification_type: str
    payload_version: str
    destination_id: str
    directive: ProcessingDirective | None = None

    @property
    def expression(self) -> str | None:
        """The filterExpression, if there is one."""
        return None if self.directive is None else self.directive.filter_expression

    def wants(self, change_type: str, payload: Document) -> bool:
        """Say whether a notification with this payload passes the filters."""
        if self.expression is not None:
            return read_expression(self.expression).holds(payload)
        wanted = None if self.directive is None else self.directive.event_filter
        if wanted is None:
            return True
        marketplace_id = payload["OrderChangeNotification"]["Summary"]["MarketplaceId"]
        is_type = wanted.order_change_types is None or change_type in wanted.order_change_types
        return is_type and (wanted.marketplace_ids is None or marketplace_id in wanted.marketplace_ids)

    def show(self) -> Document:
        """Return the subscription as Amazon's answers carry it."""
        shown: Document = {
            "subscriptionId": self.subscription_id,
            "payloadVersion": self.payload_version,
            "destinationId": self.destination_id,
        }
        return shown if self.directive is None else shown | {"processingDirective": self.directive.show()}
