"""Whether the tracking of what left can be changed, and of which parcels."""

from collections.abc import Sequence
from typing import Final

from domain.amazon.commands import OF_PACKAGES
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import Command, CommandKind, CommandState
from domain.channel.command_choices import FAILED, why_not_again
from domain.channel.permitted import ORDER_ID, Path, commerce_refusal, not_allowed
from domain.channel.standing import Standing
from domain.commerce.permissions import OrderAction
from domain.errors import ActionNotAllowed

PACKAGE_ID: Final[Path] = ("input", "packageId")

_ACTION: Final = OrderAction.TRACK.value
_ALIVE: Final = (
    AmazonOrderStatus.UNSHIPPED,
    AmazonOrderStatus.PARTIALLY_SHIPPED,
    AmazonOrderStatus.SHIPPED,
    AmazonOrderStatus.INVOICE_UNCONFIRMED,
)
_NOT_FROM_HERE: Final = (
    "No parcel of it was told to Amazon from here: what was shipped elsewhere, or whose confirmation was given up, is "
    "tracked where it was shipped."
)


def track_refusal(standing: Standing) -> ActionNotAllowed | None:
    """Return why the tracking of no parcel of an order can be changed now, None if that of one can."""
    if refused := commerce_refusal(standing, OrderAction.TRACK):
        return refused
    order, newest = standing.order, newest_messages(standing.commands)
    reasons = [_why_not(message, standing) for message in newest.values()]
    checks = (
        (order.fulfillment_channel is FulfillmentChannel.AMAZON, "Amazon sends the goods of this order."),
        (order.amazon_status not in _ALIVE, f"Amazon says the order is {order.amazon_status.value}."),
        (not newest, _NOT_FROM_HERE),
        (None not in reasons, reasons[0] if reasons else None),
    )
    because = next((reason for stops, reason in checks if stops), None)
    return not_allowed(order, _ACTION, because, path=ORDER_ID) if because else None


def parcel_refusal(reference: str, standing: Standing) -> ActionNotAllowed | None:
    """Return why the tracking of one parcel cannot be changed now, None if it can; of an order where one can."""
    message = newest_messages(standing.commands).get(reference)
    because = _NOT_FROM_HERE if message is None else _why_not(message, standing)
    return not_allowed(standing.order, _ACTION, because, path=PACKAGE_ID) if because else None


def newest_messages(commands: Sequence[Command]) -> dict[str, Command]:
    """Return what tells Amazon last of each package, by its reference; nothing of what is no longer told."""
    told = (one for one in commands if one.kind in OF_PACKAGES and one.state is not CommandState.WITHDRAWN)
    return {command.package_reference or "": command for command in told}


def is_rewritten(message: Command) -> bool:
    """Return whether what is not at Amazon yet is said otherwise, rather than told again behind it.

    What may have reached Amazon already is left as it was sent: Amazon's facts are held against it.
    """
    if message.state is CommandState.REFUSED:
        return True
    if message.kind is CommandKind.UPDATE_TRACKING:
        return message.state in (CommandState.QUEUED, CommandState.HELD, *FAILED)
    return message.state in (CommandState.QUEUED, CommandState.HELD) and not message.in_doubt


def _why_not(message: Command, standing: Standing) -> str | None:
    if message.state not in FAILED:
        return None
    if message.kind is CommandKind.CONFIRM_SHIPMENT and message.state is not CommandState.REFUSED:
        return (
            f"It is not clear whether Amazon knows package {message.package_reference}: settle that first, with "
            "retryCommand or giveUpCommand."
        )
    return why_not_again(message, standing)
