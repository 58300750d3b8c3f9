"""The control plane's side of notifications: show what was sent, send it again, push it to a URL."""

from typing import Annotated, Final

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from simulator.control.bodies import Body, ControlError, Nothing, read_body
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.notifications import sending
from simulator.notifications.pushing import is_local
from simulator.notifications.sqs_actions import url_of
from simulator.orders.documents import Document
from simulator.world import World

MOST_SHOWN: Final = 1_000


class PushTo(Body):
    """Where to push, by HTTP on this machine; null ends it. Without a destination: all that are not named."""

    url: Annotated[str, Meta(min_length=1, max_length=2_000)] | None
    destination_id: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


async def show_notifications(world: World, request: Request) -> Response:
    """Answer the latest notifications, or those about one order with their messages, and who gets them."""
    now = world.catch_up()
    state, order_id = world.notifications.state, request.query_params.get("orderId")
    made = [each for each in state.notifications.values() if order_id in (None, each.order_id)]
    queues = [(queue, *queue.count(now=now)) for queue in state.queues.values()]
    body: Document = {
        "notifications": [each.show(whole=order_id is not None) for each in made[-MOST_SHOWN:]],
        "destinations": [each.show() | {"clientId": each.client_id} for each in state.destinations.values()],
        "subscriptions": [
            {"seller": each.seller, "clientId": each.client_id, "notificationType": each.notification_type}
            | each.show()
            for each in state.subscriptions.values()
        ],
        "queues": [
            {"arn": queue.arn, "url": url_of(request, queue), "visible": visible, "hidden": hidden}
            for queue, visible, hidden in queues
        ],
        "pushes": _pushes(world),
    }
    return json_answer(body)


async def redeliver(world: World, request: Request) -> Response:
    """Deliver a notification once more, and answer it."""
    await read_body(request, Nothing)
    now = world.catch_up()
    found = world.notifications.state.notifications.get(request.path_params["notification_id"])
    if found is None:
        raise ControlError(404, "NOT_FOUND", "there is no such notification", "notificationId")
    sending.dispatch(world, world.notifications, found, at=now)
    return json_answer(found.show(whole=True))


async def push_to(world: World, request: Request) -> Response:
    """Push notifications to a URL instead of putting them into a queue, or end that; answer where all are pushed."""
    body = await read_body(request, PushTo)
    world.catch_up()
    state = world.notifications.state
    if body.destination_id is not None and body.destination_id not in state.destinations:
        raise ControlError(404, "NOT_FOUND", "there is no such destination", "destinationId")
    if body.url is None:
        state.pushes.pop(body.destination_id or "", None)
    elif is_local(body.url):
        state.pushes[body.destination_id or ""] = body.url
    else:
        raise ControlError(422, "INVALID", "not an http URL of this machine", "url")
    return json_answer({"pushes": _pushes(world)})


def _pushes(world: World) -> list[Document]:
    pushes = world.notifications.state.pushes.items()
    return [{"destinationId": destination_id or None, "url": url} for destination_id, url in pushes]


CONTROLS: Final[tuple[Control, ...]] = (
    Control("GET", "/notifications", show_notifications),
    Control("POST", "/notifications/{notification_id}/redeliver", redeliver),
    Control("POST", "/push", push_to),
)
