"""Buyers' requests to cancel: shown while the order can still be canceled, and never carried out by themselves."""

from typing import Final

from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import CommandKind
from domain.channel.attention import Concern
from domain.channel.cancel_rules import open_cancel
from domain.channel.cases import Outcome
from domain.channel.due_orders import DueOrder
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.commerce.orders import quantities

_OVER: Final = (
    AmazonOrderStatus.CANCELED,
    AmazonOrderStatus.SHIPPED,
    AmazonOrderStatus.INVOICE_UNCONFIRMED,
    AmazonOrderStatus.UNFULFILLABLE,
)


def buyer_requests(due: DueOrder, outcome: Outcome | None) -> list[Concern]:
    """Return what to look at because the buyer asks to cancel; nothing once that is under way or too late.

    `outcome` is what was decided just now, None for an order that is imported. An order that is only looked at here is
    no concern, unless somebody was told of its request or asked for the cancellation before that.
    """
    asked_at = due.order.cancel_requested_at
    if asked_at is None or _is_over(due) or (outcome is Outcome.SKIPPED and not _was_told(due)):
        return []
    if open_cancel(due.commands) and not _was_put_aside(due):
        return []
    return [
        Concern(
            kind=AttentionKind.BUYER_CANCELLATION,
            about="request",
            message="The buyer asks to cancel the order: cancel it, or ship it all the same.",
        )
    ]


def _is_over(due: DueOrder) -> bool:
    if due.order.amazon_status in _OVER or due.order.fulfillment_channel is FulfillmentChannel.AMAZON:
        return True
    return bool(due.lines) and not any(quantities(line).to_ship for line in due.lines)


def _was_told(due: DueOrder) -> bool:
    return bool(_told(due)) or any(command.kind is CommandKind.CANCEL for command in due.commands)


def _was_put_aside(due: DueOrder) -> bool:
    return any(row.state is AttentionState.DISMISSED for row in _told(due))


def _told(due: DueOrder) -> list[Attention]:
    return [row for row in due.attention if row.kind is AttentionKind.BUYER_CANCELLATION]
