"""What the operations of the Notifications API accept; keys that Amazon does not know are ignored."""

from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from simulator.calls import Call
from simulator.envelopes import invalid_input
from simulator.notifications.filters import Part, ProcessingDirective

LONGEST_NAME: Final = 256

Text = Annotated[str, Meta(min_length=1, max_length=1_000)]
Version = Annotated[str, Meta(min_length=1, max_length=20)]


class SqsResource(Part):
    """The queue of a destination."""

    arn: Text


class EventBridgeResource(Part):
    """The bus of a destination."""

    account_id: Text
    region: Text


class ResourceSpecification(Part):
    """One of the two that a destination can be."""

    sqs: SqsResource | None = None
    event_bridge: EventBridgeResource | None = None


class CreateDestination(Part):
    """The body of createDestination."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    resource_specification: ResourceSpecification


class CreateSubscription(Part):
    """The body of createSubscription."""

    payload_version: Version
    destination_id: Text
    processing_directive: ProcessingDirective | None = None


class TestNotification(Part):
    """What to send, and in which version; a scenario is a type of change, or any other word."""

    payload_version: Version
    test_scenario: Annotated[str, Meta(max_length=200)] | None = None


class SendTestNotification(Part):
    """The body of sendTestNotification."""

    destination_id: Text
    test_notification: TestNotification


AnyBody = TypeVar("AnyBody", bound=Part)


async def read_body(call: Call, kind: type[AnyBody]) -> AnyBody:
    """Read and check the body of a call. Raises WireError."""
    try:
        return msgspec.json.decode(await call.request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_input() from error
