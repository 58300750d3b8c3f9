"""What the messages of a feed say, read from the commands that it carries."""

from dataclasses import dataclass

from domain.amazon.cancel_reasons import ADJUSTMENT_REASONS, FEED_REASONS, CancelReason
from domain.amazon.records import AmazonOrder, Command, CommandKind, FeedSubmission
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """One message of an acknowledgement feed; `reason` is Amazon's word, `items` are order item ids and quantities."""

    message_id: int
    number: str
    reason: str
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedItem:
    """An item of an adjustment: amounts by component that are paid back, or how many units are canceled."""

    item_id: str
    components: tuple[tuple[str, Money], ...] = ()
    canceled: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One message of a payment adjustment feed: a refund, or the cancellation of a part; `reason` is Amazon's word."""

    message_id: int
    number: str
    is_cancellation: bool
    reason: str
    items: tuple[AdjustedItem, ...]


async def cancellations_of(feed: FeedSubmission) -> list[Cancellation]:
    """Return the messages of an acknowledgement feed in their order.

    Also of orders that Amazon's facts settled meanwhile: its report accounts for as many messages as were chosen.
    """
    return [
        Cancellation(
            message_id=command.message_id or 0,
            number=number,
            reason=FEED_REASONS[CancelReason(command.payload["reason"])],
            items=tuple((item_id, quantity) for item_id, quantity in command.payload["items"]),
        )
        for command, number in await _commands_of(feed)
    ]


async def adjustments_of(feed: FeedSubmission) -> list[Adjustment]:
    """Return the messages of a payment adjustment feed in their order, also of what is settled meanwhile."""
    return [_adjustment(command, number) for command, number in await _commands_of(feed)]


def _adjustment(command: Command, number: str) -> Adjustment:
    payload, is_cancellation = command.payload, command.kind is CommandKind.PARTIAL_CANCEL
    reason = ADJUSTMENT_REASONS[CancelReason(payload["reason"])] if is_cancellation else payload["reason"]
    items = [
        AdjustedItem(item_id=item_id, canceled=what)
        if is_cancellation
        else AdjustedItem(
            item_id=item_id, components=tuple((name, Money(minor, payload["currency"])) for name, minor in what)
        )
        for item_id, what in payload["items"]
    ]
    return Adjustment(
        message_id=command.message_id or 0,
        number=number,
        is_cancellation=is_cancellation,
        reason=reason,
        items=tuple(items),
    )


async def _commands_of(feed: FeedSubmission) -> list[tuple[Command, str]]:
    """Return the commands of a feed, each with the number of its order."""
    commands = await Command.filter(submission_id=feed.id).order_by("message_id")
    orders = AmazonOrder.filter(id__in=[command.order_id for command in commands])
    numbers = dict(await orders.values_list("id", "number"))
    return [(command, numbers[command.order_id]) for command in commands]
