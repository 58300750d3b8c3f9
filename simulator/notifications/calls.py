"""Notifications API v1: what its ten operations answer."""

from typing import Final

from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import WireError, invalid_input, json_answer, not_found
from simulator.notifications import sending
from simulator.notifications.bodies import CreateDestination, SendTestNotification, read_body
from simulator.notifications.destinations import ACCOUNT, REGION, SQS_ARN, Destination
from simulator.notifications.messages import sample_payload
from simulator.notifications.subscriptions import ORDER_CHANGE, PAYLOAD_VERSION, ChangeType

INVALID: Final = "Invalid input."
CONFLICT: Final = "The requested resource conflict with a resource in the server."
FORBIDDEN: Final = "The requested action is forbidden."


async def create_destination(call: Call) -> Response:
    """Create a destination of the application, and the queue that its ARN names.

    The words of the refusals are those that users report (amzn/selling-partner-api-docs issues 1310 and 1800).
    """
    body = await read_body(call, CreateDestination)
    sqs, bus = body.resource_specification.sqs, body.resource_specification.event_bridge
    if (sqs is None) is (bus is None):
        how = "without a resource type" if sqs is None else "with multiple resource types"
        raise invalid_input(INVALID, f"A destination cannot be created {how}")
    destination = Destination(destination_id="", client_id=call.client_id, name=body.name)
    if sqs is not None:
        destination.arn = _queue_arn(sqs.arn)
    elif bus is not None:
        if not ACCOUNT.fullmatch(bus.account_id) or not REGION.fullmatch(bus.region):
            raise invalid_input(INVALID, "The accountId or the region is not valid")
        destination.account_id, destination.region = bus.account_id, bus.region
    _add(call, destination)
    return json_answer({"payload": destination.show()})


async def get_destinations(call: Call) -> Response:
    """Answer all destinations of the application."""
    found = call.world.notifications.destinations_of(call.client_id)
    return json_answer({"payload": [destination.show() for destination in found]})


async def get_destination(call: Call) -> Response:
    """Answer one destination of the application."""
    return json_answer({"payload": _destination(call).show()})


async def delete_destination(call: Call) -> Response:
    """Delete a destination that no subscription uses; its queue stays."""
    destination, state = _destination(call), call.world.notifications.state
    if any(each.destination_id == destination.destination_id for each in state.subscriptions.values()):
        raise WireError(403, "Unauthorized", FORBIDDEN, "Destination has subscriptions")
    del state.destinations[destination.destination_id]
    state.pushes.pop(destination.destination_id, None)
    return json_answer({})


async def send_test_notification(call: Call) -> Response:
    """Send an invented notification to a queue of the application."""
    if call.request.path_params["notification_type"] != ORDER_CHANGE:
        raise invalid_input(INVALID, "Test notifications are sent for ORDER_CHANGE only")
    body = await read_body(call, SendTestNotification)
    test = body.test_notification
    if test.payload_version != PAYLOAD_VERSION:
        raise invalid_input(INVALID, "The payloadVersion is not supported")
    if not test.test_scenario:
        raise invalid_input(INVALID, "The testScenario is empty")
    hub = call.world.notifications
    destination = hub.destination(body.destination_id, client_id=call.client_id)
    if destination is None:
        raise not_found()
    if destination.arn is None:
        raise invalid_input(INVALID, "Test notifications are sent to SQS only")
    asked = test.test_scenario == ChangeType.REQUEST.value
    payload = sample_payload(ChangeType.REQUEST if asked else ChangeType.STATUS, at=call.now)
    destination_id = destination.destination_id
    sending.send_test(call.world, hub, payload, client_id=call.client_id, destination_id=destination_id, at=call.now)
    return json_answer({})


def _queue_arn(arn: str) -> str:
    found = SQS_ARN.fullmatch(arn)
    if found is None:  # FIFO queues end in .fifo, and are not supported
        raise invalid_input(INVALID, "The arn is not the one of a standard SQS queue")
    return arn


def _add(call: Call, destination: Destination) -> None:
    hub = call.world.notifications
    if any(each.resource() == destination.resource() for each in hub.destinations_of(call.client_id)):
        what = f"arn {destination.arn}" if destination.arn else f"account {destination.account_id}"
        details = f"A destination with {what} already exists for the application {call.client_id}"
        raise WireError(409, "Conflict", CONFLICT, details)
    destination.destination_id = hub.new_id("destination")
    hub.state.destinations[destination.destination_id] = destination
    if (found := SQS_ARN.fullmatch(destination.arn or "")) is not None:
        hub.add_queue(name=found[3], account=found[2], region=found[1], at=call.now)


def _destination(call: Call) -> Destination:
    destination_id = call.request.path_params["destination_id"]
    found = call.world.notifications.destination(destination_id, client_id=call.client_id)
    if found is None:
        raise not_found()
    return found
