"""Actions of SQS about whole queues: create, find, look at, change and delete them."""

import re
from typing import Annotated, Any, Final

from msgspec import Meta, field

from simulator.instants import SECOND
from simulator.notifications.queues import Queue
from simulator.notifications.sqs_actions import Action, Asked, Body, Names, OfQueue, find_queue, queue_url
from simulator.notifications.sqs_errors import SqsError

ACCOUNT: Final = "000000000000"  # of queues that are not created with a destination
REGION: Final = "us-east-1"
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
SCOPE: Final = re.compile(r"Credential=[^/,]+/\d{8}/([a-z]{2,4}(?:-[a-z]+)+-\d)/sqs/", re.ASCII)
BOUNDS: Final = {  # seconds, "Amazon SQS API Reference", SetQueueAttributes
    "VisibilityTimeout": ("visibility_timeout", 0, 43_200),
    "MessageRetentionPeriod": ("retention", 60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": ("wait", 0, 20),
}
WITHOUT_EFFECT: Final = frozenset(
    {
        "Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds",
        "SqsManagedSseEnabled", "DelaySeconds", "MaximumMessageSize",
    }
)  # fmt: skip
LARGEST: Final = 1_048_576  # bytes of a message

Attributes = Annotated[dict[str, str], Meta(max_length=30)]


class Create(Body):
    """The queue to create."""

    queue_name: str
    attributes: Attributes = field(default_factory=dict)


class Find(Body):
    """The queue to find."""

    queue_name: str
    owner: str | None = field(name="QueueOwnerAWSAccountId", default=None)


class List(Body):
    """The queues to list."""

    queue_name_prefix: str = ""


class Look(OfQueue):
    """What to tell of a queue."""

    attribute_names: Names = field(default_factory=list)


class Change(OfQueue):
    """What to change about a queue."""

    attributes: Attributes


def _create(asked: Asked, body: Create) -> dict[str, Any]:
    if not NAME.fullmatch(body.queue_name):
        message = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length."
        raise SqsError("InvalidParameterValue", message)
    wanted = _read(body.attributes)
    known = next((each for each in asked.hub.state.queues.values() if each.name == body.queue_name), None)
    if known is not None:
        if any(getattr(known, name) != value for name, value in wanted.items()):
            raise SqsError("QueueNameExists", "A queue already exists with the same name and other attributes.")
        return {"QueueUrl": queue_url(asked, known)}
    scope = SCOPE.search(asked.request.headers.get("authorization", ""))
    region = scope[1] if scope else REGION
    queue = asked.hub.add_queue(name=body.queue_name, account=ACCOUNT, region=region, at=asked.now)
    _set(queue, wanted)
    return {"QueueUrl": queue_url(asked, queue)}


def _find(asked: Asked, body: Find) -> dict[str, Any]:
    for queue in asked.hub.state.queues.values():
        if queue.name == body.queue_name and body.owner in (None, queue.account):
            return {"QueueUrl": queue_url(asked, queue)}
    raise SqsError("QueueDoesNotExist", "The specified queue does not exist.")


def _list(asked: Asked, body: List) -> dict[str, Any]:
    found = [each for each in asked.hub.state.queues.values() if each.name.startswith(body.queue_name_prefix)]
    return {"QueueUrls": [queue_url(asked, each) for each in found]} if found else {}


def _look(asked: Asked, body: Look) -> dict[str, Any]:
    queue = find_queue(asked, body.queue_url)
    visible, hidden = queue.count(now=asked.now)
    known = {
        "QueueArn": queue.arn,
        "ApproximateNumberOfMessages": visible,
        "ApproximateNumberOfMessagesNotVisible": hidden,
        "ApproximateNumberOfMessagesDelayed": 0,
        "CreatedTimestamp": queue.created // SECOND,
        "LastModifiedTimestamp": queue.created // SECOND,
        "VisibilityTimeout": queue.visibility_timeout,
        "MaximumMessageSize": LARGEST,
        "MessageRetentionPeriod": queue.retention,
        "DelaySeconds": 0,
        "ReceiveMessageWaitTimeSeconds": queue.wait,
    }
    unknown = set(body.attribute_names) - known.keys() - WITHOUT_EFFECT - {"All"}
    if unknown:
        raise SqsError("InvalidAttributeName", "Unknown Attribute.")
    is_all = "All" in body.attribute_names
    chosen = {name: str(value) for name, value in known.items() if is_all or name in body.attribute_names}
    return {"Attributes": chosen} if chosen else {}


def _change(asked: Asked, body: Change) -> None:
    _set(find_queue(asked, body.queue_url), _read(body.attributes))


def _delete(asked: Asked, body: OfQueue) -> None:
    del asked.hub.state.queues[find_queue(asked, body.queue_url).key]


def _read(attributes: dict[str, str]) -> dict[str, int]:
    """Return the attributes that have an effect; some others that SQS has are taken and forgotten."""
    read: dict[str, int] = {}
    for name, text in attributes.items():
        if name in WITHOUT_EFFECT:
            continue
        if name not in BOUNDS:
            raise SqsError("InvalidAttributeName", "Unknown Attribute.")
        kept_as, least, most = BOUNDS[name]
        if not (text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most):
            raise SqsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
        read[kept_as] = int(text)
    return read


def _set(queue: Queue, attributes: dict[str, int]) -> None:
    for name, value in attributes.items():
        setattr(queue, name, value)


ABOUT_QUEUES: Final[dict[str, Action]] = {
    "CreateQueue": Action(Create, _create),
    "GetQueueUrl": Action(Find, _find),
    "ListQueues": Action(List, _list),
    "GetQueueAttributes": Action(Look, _look),
    "SetQueueAttributes": Action(Change, _change),
    "DeleteQueue": Action(OfQueue, _delete),
}
