"""Filters of a subscription, as a client gives them and as they are shown."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

LONGEST_EXPRESSION: Final = 256


class Part(msgspec.Struct, rename="camel", omit_defaults=True):
    """A piece of a body; what is null counts as left out."""


class AggregationSettings(Part):
    """How long changes of one product's offers are gathered."""

    aggregation_time_period: Literal["FiveMinutes", "TenMinutes"]


class EventFilter(Part):
    """What of a notification type is wanted."""

    event_filter_type: Literal["ANY_OFFER_CHANGED", "ORDER_CHANGE", "SHIPMENT_TRACKING_MILESTONE_CHANGED"]
    aggregation_settings: AggregationSettings | None = None
    marketplace_ids: Annotated[list[str], Meta(min_length=1, max_length=50)] | None = None
    order_change_types: (
        Annotated[list[Literal["BuyerRequestedChange", "DeliveryTipChange", "OrderStatusChange"]], Meta(min_length=1)]
        | None
    ) = None


class ProcessingDirective(Part):
    """Filters of a subscription; the two exclude each other."""

    event_filter: EventFilter | None = None
    filter_expression: Annotated[str, Meta(min_length=1, max_length=LONGEST_EXPRESSION)] | None = None

    def show(self) -> dict[str, Any]:
        """Return the filters as Amazon's answers carry them."""
        shown: dict[str, Any] = msgspec.to_builtins(self)
        return shown
