"""Standard queues as SQS has them: messages hide when received, and come again unless they are deleted."""

import heapq
from typing import Final

import msgspec

from simulator.instants import DAY, SECOND

VISIBILITY_TIMEOUT: Final = 30  # seconds; Amazon's defaults ("Amazon SQS API Reference", CreateQueue)
RETENTION: Final = 4 * DAY // SECOND


class Message(msgspec.Struct, kw_only=True):
    """A message in a queue; ``turn`` counts how often its next appearance was set."""

    message_id: str
    number: int
    body: str
    sent: int
    visible: int
    turn: int = 0
    received: int = 0
    first_received: int | None = None


class Queue(msgspec.Struct, kw_only=True):
    """A queue in virtual time. Spans are in seconds, moments in milliseconds."""

    name: str
    account: str
    region: str
    created: int
    visibility_timeout: int = VISIBILITY_TIMEOUT
    retention: int = RETENTION
    wait: int = 0
    purged: int | None = None
    messages: dict[str, Message] = msgspec.field(default_factory=dict)
    numbered: int = 0
    # A heap of (moment of appearance, number, turn, message id); entries of an earlier turn are passed over.
    appearances: list[tuple[int, int, int, str]] = msgspec.field(default_factory=list)

    @property
    def arn(self) -> str:
        """The queue's Amazon Resource Name."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.name}"

    @property
    def key(self) -> str:
        """What the queue is kept under, which is also the end of its URL."""
        return f"{self.account}/{self.name}"

    def put(self, body: str, *, message_id: str, at: int) -> None:
        """Take in a message."""
        self.numbered += 1
        message = Message(message_id=message_id, number=self.numbered, body=body, sent=at, visible=at)
        self.messages[message_id] = message
        self._appear(message, at=at)

    def receive(self, *, most: int, hidden_for: int, now: int) -> list[Message]:
        """Hand out up to so many messages that are visible, and hide them for so many seconds."""
        taken: list[Message] = []
        while self.appearances and self.appearances[0][0] <= now and len(taken) < most:
            _, _, turn, message_id = heapq.heappop(self.appearances)
            message = self.messages.get(message_id)
            if message is None or message.turn != turn:
                continue
            if message.sent + self.retention * SECOND <= now:
                del self.messages[message_id]
                continue
            message.received += 1
            message.first_received = now if message.first_received is None else message.first_received
            taken.append(message)
        for message in taken:
            self._appear(message, at=now + hidden_for * SECOND)
        return taken

    def delete(self, message_id: str, *, received: int) -> None:
        """Forget a message, unless it has been received again since."""
        message = self.messages.get(message_id)
        if message is not None and message.received == received:
            del self.messages[message_id]

    def hide(self, message_id: str, *, received: int, hidden_for: int, now: int) -> bool:
        """Set when a received message appears again, and say whether it was still hidden."""
        message = self.messages.get(message_id)
        if message is None or message.received != received or message.visible <= now:
            return False
        self._appear(message, at=now + hidden_for * SECOND)
        return True

    def purge(self, *, now: int) -> None:
        """Forget all messages."""
        self.messages.clear()
        self.appearances.clear()
        self.purged = now

    def count(self, *, now: int) -> tuple[int, int]:
        """Return how many messages can be received, and how many are hidden."""
        kept = [each for each in self.messages.values() if each.sent + self.retention * SECOND > now]
        hidden = sum(each.visible > now for each in kept)
        return len(kept) - hidden, hidden

    def _appear(self, message: Message, *, at: int) -> None:
        message.turn += 1
        message.visible = at
        heapq.heappush(self.appearances, (at, message.number, message.turn, message.message_id))
