"""Notifications API v1: the five operations of subscriptions."""

from typing import Final

import msgspec
from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import WireError, invalid_input, json_answer, not_found
from simulator.marketplaces import MARKETPLACES
from simulator.notifications.bodies import CreateSubscription, read_body
from simulator.notifications.destinations import Destination
from simulator.notifications.expressions import WrongExpression, read_expression
from simulator.notifications.filters import EventFilter, ProcessingDirective
from simulator.notifications.subscriptions import (
    ORDER_CHANGE,
    PAYLOAD_VERSION,
    TO_EVENT_BRIDGE,
    TO_SQS,
    Subscription,
)
from simulator.orders.documents import Document
from simulator.parameters import read_one
from simulator.sealing import WrongToken, seal, unseal

INVALID: Final = "Invalid input."
STATE_CONFLICT: Final = "The resource specified conflicts with the current state."
FEWEST, MOST = 30, 100  # subscriptions of one page
PURPOSE: Final = "subscriptions"


class Place(msgspec.Struct, array_like=True):
    """Where a list of subscriptions stopped, and whose it is of what."""

    asked: tuple[str, str, str, str | None]
    number: int


async def create_subscription(call: Call) -> Response:
    """Subscribe the application to a type of notification about the seller."""
    kind = _notification_type(call)
    body = await read_body(call, CreateSubscription)
    if kind == ORDER_CHANGE and body.payload_version != PAYLOAD_VERSION:
        raise invalid_input(INVALID, f"The payloadVersion of {kind} is {PAYLOAD_VERSION}")
    hub = call.world.notifications
    destination = hub.destination(body.destination_id, client_id=call.client_id)
    if destination is None:
        raise not_found()
    _check_destination(kind, destination)
    directive = _directive(kind, body.processing_directive)
    _check_state(call, kind, body.payload_version, directive)
    subscription = Subscription(
        subscription_id=hub.new_id("subscription"),
        number=hub.state.made,
        client_id=call.client_id,
        seller=call.seller,
        notification_type=kind,
        payload_version=body.payload_version,
        destination_id=destination.destination_id,
        directive=directive,
    )
    hub.subscribe(subscription)
    return json_answer({"payload": subscription.show()})


async def get_subscription(call: Call) -> Response:
    """Answer the application's subscription to a type; without a version the latest one."""
    version = read_one(call.request.query_params, "payloadVersion")
    found = _own(call, _notification_type(call), version)
    if not found:
        raise not_found()
    latest = max(each.payload_version for each in found)
    return json_answer({"payload": next(each for each in found if each.payload_version == latest).show()})


async def get_subscriptions(call: Call) -> Response:
    """Answer a page of the application's subscriptions to a type, oldest first."""
    query = call.request.query_params
    kinds = {kind for text in query.getlist("notificationTypes") for kind in text.split(",")}
    if len(kinds) != 1 or not kinds <= TO_SQS | TO_EVENT_BRIDGE:
        raise invalid_input(INVALID, "notificationTypes must be one known type")
    version, limit = read_one(query, "payloadVersion"), _page_size(read_one(query, "pageSize"))
    [kind] = kinds
    place = Place((call.client_id, call.seller, kind, version), 0)
    if (token := read_one(query, "nextToken")) is not None:
        place = _continued(call.world.seed, token, place)
    found = [each for each in _own(call, kind, version) if each.number > place.number]
    page: Document = {"subscriptions": [each.show() for each in found[:limit]]}
    if len(found) > limit:
        following = Place(place.asked, found[limit - 1].number)
        page["nextToken"] = seal(call.world.seed, PURPOSE, msgspec.msgpack.encode(following))
    return json_answer({"payload": page})


async def get_subscription_by_id(call: Call) -> Response:
    """Answer one subscription of the application, whoever the seller is."""
    return json_answer({"payload": _by_id(call).show()})


async def delete_subscription_by_id(call: Call) -> Response:
    """Delete one subscription of the application, whoever the seller is."""
    call.world.notifications.unsubscribe(_by_id(call))
    return json_answer({})


def _notification_type(call: Call) -> str:
    kind: str = call.request.path_params["notification_type"]
    if kind not in TO_SQS | TO_EVENT_BRIDGE:
        raise invalid_input(INVALID, "There is no such notificationType")
    return kind


def _check_destination(kind: str, destination: Destination) -> None:
    if (kind in TO_SQS) is not (destination.arn is not None):
        wanted = "SQS" if kind in TO_SQS else "EventBridge"
        raise invalid_input(INVALID, f"{kind} is delivered to {wanted} only")


def _directive(kind: str, given: ProcessingDirective | None) -> ProcessingDirective | None:
    """Check the filters, and return them if there is one."""
    if given is None or given == ProcessingDirective():
        return None
    wanted, expression = given.event_filter, given.filter_expression
    if wanted is not None and expression is not None:
        raise invalid_input(INVALID, "eventFilter and filterExpression exclude each other")
    if wanted is not None:
        _check_filter(kind, wanted)
    if expression is not None:
        _check_expression(kind, expression)
    return given


def _check_filter(kind: str, wanted: EventFilter) -> None:
    if wanted.event_filter_type != kind:
        raise invalid_input(INVALID, f"The eventFilterType does not fit {kind}")
    is_about_orders = kind == ORDER_CHANGE
    if wanted.aggregation_settings is not None and is_about_orders:
        raise invalid_input(INVALID, "ORDER_CHANGE is not aggregated")
    if wanted.order_change_types is not None and not is_about_orders:
        raise invalid_input(INVALID, "orderChangeTypes are for ORDER_CHANGE")
    if not MARKETPLACES.keys() >= set(wanted.marketplace_ids or ()):
        raise invalid_input(INVALID, "There is no such marketplace")


def _check_expression(kind: str, expression: str) -> None:
    if kind in TO_EVENT_BRIDGE:
        raise invalid_input(INVALID, f"{kind} has no filterExpression")
    try:
        read_expression(expression)
    except WrongExpression as error:
        raise invalid_input(INVALID, f"The filterExpression is not supported: {error}") from error


def _check_state(call: Call, kind: str, version: str, directive: ProcessingDirective | None) -> None:
    """Refuse a second subscription of a type and version, unless both differ in their filter expressions."""
    expression = None if directive is None else directive.filter_expression
    for known in _own(call, kind, version):
        if expression is None or known.expression in (None, expression):
            details = f"Subscription already exist for notification type {kind}"
            raise WireError(409, "StateConflict", STATE_CONFLICT, details)


def _own(call: Call, kind: str, version: str | None) -> list[Subscription]:
    return [
        each
        for each in call.world.notifications.subscribers(call.seller)
        if each.client_id == call.client_id
        and each.notification_type == kind
        and version in (None, each.payload_version)
    ]


def _by_id(call: Call) -> Subscription:
    kind = _notification_type(call)
    found = call.world.notifications.state.subscriptions.get(call.request.path_params["subscription_id"])
    if found is None or found.client_id != call.client_id or found.notification_type != kind:
        raise not_found()
    return found


def _page_size(text: str | None) -> int:
    if text is None:
        return FEWEST
    if not (text.isascii() and text.isdigit() and len(text) < 4 and FEWEST <= int(text) <= MOST):
        raise invalid_input(INVALID, f"pageSize is from {FEWEST} to {MOST}")
    return int(text)


def _continued(seed: str, token: str, asked: Place) -> Place:
    try:
        place = msgspec.msgpack.decode(unseal(seed, PURPOSE, token), type=Place)
    except WrongToken as error:
        raise invalid_input(INVALID, "The nextToken is not valid") from error
    if place.asked != asked.asked:
        raise invalid_input(INVALID, "The nextToken belongs to another list")
    return place
