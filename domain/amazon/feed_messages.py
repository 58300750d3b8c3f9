"""What the messages of a feed say, read from the commands that it carries."""

from dataclasses import dataclass

from domain.amazon.cancel_reasons import FEED_REASONS, CancelReason
from domain.amazon.records import AmazonOrder, Command, FeedSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """One message of an acknowledgement feed; `reason` is Amazon's word, `items` are order item ids and quantities."""

    message_id: int
    number: str
    reason: str
    items: tuple[tuple[str, int], ...]


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


async def _commands_of(feed: FeedSubmission) -> list[tuple[Command, str]]:
    """Return the commands of a feed, each with the number of its order."""
    commands = await Command.filter(submission_id=feed.id).order_by("message_id")
    orders = AmazonOrder.filter(id__in=[command.order_id for command in commands])
    numbers = dict(await orders.values_list("id", "number"))
    return [(command, numbers[command.order_id]) for command in commands]
