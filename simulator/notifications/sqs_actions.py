"""What each action of SQS does: bodies as the JSON protocol has them, answers too."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from starlette.requests import Request

from simulator.instants import MINUTE, SECOND
from simulator.notifications.hub import Notifications
from simulator.notifications.queues import Message, Queue
from simulator.notifications.sqs_errors import SqsError
from simulator.sealing import WrongToken, seal, unseal
from simulator.storage.urls import base_url
from simulator.world import World

PURPOSE: Final = "receipts"
HIDDEN_AT_MOST: Final = 43_200
MOST_ENTRIES: Final = 10

Seconds = Annotated[int, Meta(ge=0, le=HIDDEN_AT_MOST)]
Names = Annotated[list[str], Meta(max_length=50)]


@dataclass(frozen=True, slots=True)
class Asked:
    """One look at one request: the world, and the time of the look."""

    world: World
    request: Request
    now: int

    @property
    def hub(self) -> Notifications:
        """The queues, and all else about notifications."""
        return self.world.notifications


class Body(msgspec.Struct, rename="pascal"):
    """What an action is given; unknown keys are ignored."""


class OfQueue(Body):
    """What names a queue and nothing else."""

    queue_url: str


class Receive(OfQueue):
    """How many messages to hand out, for how long to hide them, and how long to wait for the first."""

    attribute_names: Names = msgspec.field(default_factory=list)
    message_system_attribute_names: Names = msgspec.field(default_factory=list)
    max_number_of_messages: Annotated[int, Meta(ge=1, le=10)] = 1
    visibility_timeout: Seconds | None = None
    wait_time_seconds: Annotated[int, Meta(ge=0, le=20)] | None = None


class Delete(OfQueue):
    """The message to delete."""

    receipt_handle: str


class Entry(Body):
    """One of several messages to delete."""

    id: str
    receipt_handle: str


class DeleteBatch(OfQueue):
    """The messages to delete."""

    entries: Annotated[list[Entry], Meta(max_length=1_000)]


class ChangeVisibility(Delete):
    """When a message appears again, in seconds from now."""

    visibility_timeout: Seconds


class Receipt(msgspec.Struct, array_like=True):
    """What a receipt handle stands for."""

    queue: str
    message_id: str
    received: int


@dataclass(frozen=True, slots=True)
class Action:
    """What an action is given, what it answers, and for how many real seconds it waits for an answer with content."""

    body: type[Body]
    answer: Callable[[Asked, Any], dict[str, Any] | None]
    wait: Callable[[Asked, Any], int] = lambda asked, body: 0


def find_queue(asked: Asked, url: str) -> Queue:
    """Return the queue that a URL ends in. Raises SqsError."""
    queue = asked.hub.state.queues.get("/".join(url.rstrip("/").split("/")[-2:]))
    if queue is None:
        raise SqsError("QueueDoesNotExist", "The specified queue does not exist.")
    return queue


def url_of(request: Request, queue: Queue) -> str:
    """Return where a queue is reached by whoever asks here."""
    return f"{base_url(request)}/_sqs/{queue.key}"


def queue_url(asked: Asked, queue: Queue) -> str:
    """Return where a queue is reached."""
    return url_of(asked.request, queue)


def _receive(asked: Asked, body: Receive) -> dict[str, Any]:
    queue = find_queue(asked, body.queue_url)
    hidden_for = queue.visibility_timeout if body.visibility_timeout is None else body.visibility_timeout
    wanted = {*body.attribute_names, *body.message_system_attribute_names}
    messages = queue.receive(most=body.max_number_of_messages, hidden_for=hidden_for, now=asked.now)
    return {"Messages": [_shown(asked, queue, each, wanted) for each in messages]} if messages else {}


def _waits(asked: Asked, body: Receive) -> int:
    given = body.wait_time_seconds
    return find_queue(asked, body.queue_url).wait if given is None else given


def _shown(asked: Asked, queue: Queue, message: Message, wanted: set[str]) -> dict[str, Any]:
    receipt = Receipt(queue.key, message.message_id, message.received)
    attributes = {
        "SenderId": "437568002678",  # the account of the Selling Partner API, which queues must let in
        "SentTimestamp": str(message.sent),
        "ApproximateReceiveCount": str(message.received),
        "ApproximateFirstReceiveTimestamp": str(message.first_received),
    }
    shown = {
        "MessageId": message.message_id,
        "ReceiptHandle": seal(asked.world.seed, PURPOSE, msgspec.msgpack.encode(receipt)),
        "MD5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
        "Body": message.body,
    }
    chosen = {name: value for name, value in attributes.items() if name in wanted or "All" in wanted}
    return shown | ({"Attributes": chosen} if chosen else {})


def _delete(asked: Asked, body: Delete) -> None:
    queue = find_queue(asked, body.queue_url)
    receipt = _receipt(asked, queue, body.receipt_handle)
    queue.delete(receipt.message_id, received=receipt.received)


def _delete_batch(asked: Asked, body: DeleteBatch) -> dict[str, Any]:
    find_queue(asked, body.queue_url)
    ids = [entry.id for entry in body.entries]
    if not ids:
        raise SqsError("EmptyBatchRequest", "There should be at least one entry in the request.")
    if len(ids) > MOST_ENTRIES:
        raise SqsError("TooManyEntriesInBatchRequest", f"The most entries of a request are {MOST_ENTRIES}.")
    if len(set(ids)) < len(ids):
        raise SqsError("BatchEntryIdsNotDistinct", "The ids of the entries are not distinct.")
    successful, failed = [], []
    for entry in body.entries:
        try:
            _delete(asked, Delete(body.queue_url, entry.receipt_handle))
            successful.append({"Id": entry.id})
        except SqsError as error:
            failed.append({"Id": entry.id, "SenderFault": True, "Code": error.code, "Message": error.message})
    answer: dict[str, Any] = {"Successful": successful, "Failed": failed}
    return {name: entries for name, entries in answer.items() if entries}


def _change_visibility(asked: Asked, body: ChangeVisibility) -> None:
    queue = find_queue(asked, body.queue_url)
    receipt = _receipt(asked, queue, body.receipt_handle)
    hidden_for = body.visibility_timeout
    if not queue.hide(receipt.message_id, received=receipt.received, hidden_for=hidden_for, now=asked.now):
        raise SqsError("MessageNotInflight", "The specified message is not in flight.")


def _purge(asked: Asked, body: OfQueue) -> None:
    queue = find_queue(asked, body.queue_url)
    if queue.purged is not None and 0 <= asked.now - queue.purged < MINUTE:
        message = f"Only one PurgeQueue operation on {queue.name} is allowed every {MINUTE // SECOND} seconds."
        raise SqsError("PurgeQueueInProgress", message)
    queue.purge(now=asked.now)


def _receipt(asked: Asked, queue: Queue, handle: str) -> Receipt:
    try:
        receipt = msgspec.msgpack.decode(unseal(asked.world.seed, PURPOSE, handle), type=Receipt)
    except WrongToken as error:
        raise SqsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.") from error
    if receipt.queue != queue.key:
        raise SqsError("ReceiptHandleIsInvalid", "The input receipt handle is not of this queue.")
    return receipt


ABOUT_MESSAGES: Final[dict[str, Action]] = {
    "ReceiveMessage": Action(Receive, _receive, _waits),
    "DeleteMessage": Action(Delete, _delete),
    "DeleteMessageBatch": Action(DeleteBatch, _delete_batch),
    "ChangeMessageVisibility": Action(ChangeVisibility, _change_visibility),
    "PurgeQueue": Action(OfQueue, _purge),
}
