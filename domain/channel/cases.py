"""An order as the import matrix sees it, and what can become of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.accounts.order_settings import OrderSettings
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.blockers import Blocker, Flaw, LineState


class Outcome(StrEnum):
    """What becomes of an order."""

    IMPORTED = "IMPORTED"
    WAITING = "WAITING"
    BLOCKED = "BLOCKED"
    SKIPPED = "SKIPPED"


class StockAction(StrEnum):
    """What the decision asks of the stock."""

    NONE = "NONE"  # nothing new is held
    KEEP = "KEEP"  # leave a reservation as it is
    RELEASE = "RELEASE"
    RESERVE_IF_POSSIBLE = "RESERVE_IF_POSSIBLE"  # a pending order: all lines or none
    RESERVE = "RESERVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """An Amazon order as the decision sees it; flaws are found by `domain.channel.checks`."""

    status: AmazonOrderStatus
    raw_status: str | None
    fulfillment_channel: FulfillmentChannel | None
    purchased_at: datetime
    lines: tuple[LineState, ...]
    cancel_open: bool = False
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the rows look at; `lines` are those that still ask for something."""

    order: OrderState
    settings: OrderSettings
    cutoff_at: datetime
    lines: tuple[LineState, ...]
    blockers: tuple[Blocker, ...]

    @property
    def status(self) -> AmazonOrderStatus:
        """What Amazon says; an unconfirmed invoice means that the goods have left."""
        unconfirmed = self.order.status is AmazonOrderStatus.INVOICE_UNCONFIRMED
        return AmazonOrderStatus.SHIPPED if unconfirmed else self.order.status

    @property
    def by_merchant(self) -> bool:
        """Whether the merchant sends the goods."""
        return self.order.fulfillment_channel is FulfillmentChannel.MERCHANT

    @property
    def by_amazon(self) -> bool:
        """Whether Amazon sends the goods."""
        return self.order.fulfillment_channel is FulfillmentChannel.AMAZON

    @property
    def is_unclear(self) -> bool:
        """Whether the answer hangs on a word that Amazon did not say or that we do not know.

        Who sends the goods decides nothing about a pre-order, and everything about the others: an order that Amazon
        sends must neither be made nor take stock before it has shipped.
        """
        sender_matters = self.status is not AmazonOrderStatus.PENDING_AVAILABILITY
        return self.status is AmazonOrderStatus.UNKNOWN or (sender_matters and self.order.fulfillment_channel is None)

    @property
    def is_to_ship(self) -> bool:
        """Whether some of it still has to be sent."""
        return self.status in (AmazonOrderStatus.UNSHIPPED, AmazonOrderStatus.PARTIALLY_SHIPPED)

    @property
    def is_shipped(self) -> bool:
        """Whether all of it has left."""
        return self.status is AmazonOrderStatus.SHIPPED

    @property
    def is_pending(self) -> bool:
        """Whether Amazon still verifies the payment."""
        return self.status is AmazonOrderStatus.PENDING
