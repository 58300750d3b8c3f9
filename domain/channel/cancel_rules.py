"""Whether an order can be canceled here, and what may be said about it."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import Command, CommandKind, CommandState
from domain.channel.leaving import leaving_refusal
from domain.channel.standing import Standing
from domain.commerce.lifecycle import CommerceOrderState
from domain.errors import ActionNotAllowed, InvalidInput
from domain.plain_text import is_plain

LONGEST_NOTE: Final = 500

CANCELS: Final = (CommandKind.CANCEL, CommandKind.PARTIAL_CANCEL)
"""What takes something off an order at Amazon."""

_STATUS: Final[Mapping[AmazonOrderStatus, str]] = MappingProxyType(
    {
        AmazonOrderStatus.PENDING: "Amazon still checks the payment: until the order is UNSHIPPED it can be canceled "
        "in Seller Central only.",
        AmazonOrderStatus.PENDING_AVAILABILITY: "The order is for something that is not available yet: until it is "
        "UNSHIPPED it can be canceled in Seller Central only.",
        AmazonOrderStatus.PARTIALLY_SHIPPED: "Some of the order has shipped, and only a whole order is canceled at "
        "once: cancel the rest with cancelRest.",
        AmazonOrderStatus.SHIPPED: "The order has shipped: returns and exchanges are handled in Seller Central.",
        AmazonOrderStatus.INVOICE_UNCONFIRMED: "The order has shipped: returns and exchanges are handled in Seller "
        "Central.",
        AmazonOrderStatus.UNFULFILLABLE: "The order came from another channel and Amazon cannot send it: cancel it "
        "where it was placed.",
        AmazonOrderStatus.UNKNOWN: "Amazon's status of the order is not known here: read it again with syncNow, or "
        "cancel it in Seller Central.",
    }
)

_SHIPPING: Final[Mapping[CommandState, str]] = MappingProxyType(
    {
        CommandState.QUEUED: "Its goods have left: Amazon is about to be told of the shipment.",
        CommandState.HELD: "Its goods have left: Amazon is told of the shipment as soon as messages are sent again.",
        CommandState.SENT: "Its goods have left, and Amazon was told: wait until it shows the shipment.",
        CommandState.ACCEPTED: "Its goods have left, and Amazon took note: wait until it shows the shipment.",
        CommandState.CONFIRMED: "Its goods have left, and Amazon knows the package.",
        CommandState.WITHDRAWN: "A shipment of it is recorded here, although Amazon is not told of it: cancel the "
        "order in Seller Central if its goods have not left.",
    }
)
_SHIPPING_FAILED: Final = (
    "Its goods have left, but Amazon did not take the confirmation: repeat it with retryCommand, or finish the order "
    "in Seller Central."
)

_CANCELING: Final[Mapping[CommandState, str]] = MappingProxyType(
    {
        CommandState.QUEUED: "A cancellation waits to be sent; giveUpCommand withdraws it.",
        CommandState.HELD: "A cancellation is kept back; giveUpCommand withdraws it.",
        CommandState.SENT: "Amazon was asked to cancel the order; wait for its answer.",
        CommandState.ACCEPTED: "Amazon was asked to cancel the order and agreed; wait until it shows it as canceled.",
        CommandState.PARKED: "It is not clear whether a cancellation reached Amazon: look into Seller Central, then "
        "repeat it with retryCommand or drop it with giveUpCommand.",
    }
)

_CANCELING_PART: Final[Mapping[CommandState, str]] = MappingProxyType(
    {
        CommandState.QUEUED: "The cancellation of a part waits to be sent; giveUpCommand withdraws it.",
        CommandState.HELD: "The cancellation of a part is kept back; giveUpCommand withdraws it.",
        CommandState.SENT: "Amazon was asked to cancel a part of the order; wait for its answer.",
        CommandState.ACCEPTED: "Amazon was asked to cancel a part of the order and agreed; wait until it shows that.",
        CommandState.PARKED: "It is not clear whether Amazon canceled a part of the order: look into Seller Central, "
        "then repeat it with retryCommand or drop it with giveUpCommand.",
    }
)

COMMERCE_STOPS: Final[Mapping[CommerceOrderState, str]] = MappingProxyType(
    {
        CommerceOrderState.ON_HOLD: "The commerce order is on hold: lift the hold first.",
        CommerceOrderState.PAYMENT_REVIEW: "The payment of the commerce order is under review: finish that first.",
    }
    | dict.fromkeys(
        (CommerceOrderState.COMPLETE, CommerceOrderState.CLOSED, CommerceOrderState.CANCELED),
        "The commerce order has ended already: cancel the Amazon order in Seller Central.",
    )
)
"""Why an order is not canceled while its commerce order stands like this."""


def cancel_refusal(standing: Standing) -> ActionNotAllowed | None:
    """Return why an order cannot be canceled here now, None if it can, whether or not it was imported.

    Source: the guide's page "Cancel an unshipped order": only what Amazon calls Unshipped, and always the whole order.
    """
    if standing.is_leaving:
        return leaving_refusal(standing.order, action="CANCEL")
    because = next(filter(None, _reasons(standing)), None)
    if because is None:
        return None
    status = standing.order.amazon_status.value
    return ActionNotAllowed(because, action="CANCEL", current_status=status, path=("input", "orderId"))


def open_cancel(commands: Sequence[Command]) -> str | None:
    """Return where the cancellation of an order or a part stands that is asked for and not settled, in words."""
    words = {CommandKind.CANCEL: _CANCELING, CommandKind.PARTIAL_CANCEL: _CANCELING_PART}
    return next((words[one.kind][one.state] for one in commands if one.kind in words and one.state in _CANCELING), None)


def checked_note(note: str | None, *, path: tuple[str, ...] = ("input", "note")) -> str | None:
    """Return a note without the blanks around it, None if nothing is left.

    Raises InvalidInput for one that is too long, and for control characters.
    """
    text = (note or "").strip()
    if len(text) > LONGEST_NOTE:
        raise InvalidInput(f"At most {LONGEST_NOTE} characters, please.", path=path)
    if not is_plain(text, lines=True):
        raise InvalidInput("A text without control characters, please.", path=path)
    return text or None


def _reasons(standing: Standing) -> Iterator[str | None]:
    order = standing.order
    if order.amazon_status is AmazonOrderStatus.CANCELED:
        yield "The order is canceled already."
    if order.fulfillment_channel is FulfillmentChannel.AMAZON:
        yield "Amazon sends the goods of this order: it can be canceled in Seller Central only."
    yield _STATUS.get(order.amazon_status)
    if order.fulfillment_channel is None:
        yield "Amazon does not say yet who sends the goods of this order: read it again with syncNow."
    yield _shipment(standing.commands)
    yield open_cancel(standing.commands)
    yield COMMERCE_STOPS.get(standing.commerce.state) if standing.commerce else None
    if not standing.ordered:
        yield "No items of this order are known: read it again with syncNow."


def _shipment(commands: Sequence[Command]) -> str | None:
    last = next((one for one in reversed(commands) if one.kind is CommandKind.CONFIRM_SHIPMENT), None)
    return _SHIPPING.get(last.state, _SHIPPING_FAILED) if last else None
