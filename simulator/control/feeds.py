"""The control plane's side of feeds: let one get stuck, let Amazon give up on one, show them and the ledger."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from simulator.amounts import money
from simulator.control.bodies import Body, ControlError, Nothing, read_body
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.feeds import feeding
from simulator.feeds.calls import show_feed
from simulator.feeds.queue import Feed
from simulator.finances.charges import Parts
from simulator.instants import wire_time
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.lifecycle import DISPATCHED, NotAllowed
from simulator.world import World


class GiveUpFeed(Body):
    """After how many messages Amazon gives up; what they did stays done, and is reported."""

    messages: Annotated[int, Meta(ge=0)] = 0


async def act_on_feed(world: World, request: Request) -> Response:
    """Do something to a feed and answer it."""
    name = request.path_params["act"]
    if name not in ACTS:
        raise ControlError(404, "NOT_FOUND", "a feed can be " + ", ".join(ACTS))
    now = world.catch_up()
    feed = world.feeds.get(request.path_params["feed_id"])
    if feed is None:
        raise ControlError(404, "NOT_FOUND", "there is no such feed", "feedId")
    try:
        await ACTS[name](world, feed, request, now)
    except NotAllowed as error:
        raise ControlError(409, "CONFLICT", str(error)) from error
    return json_answer(feed_entry(feed))


async def show_ledger(world: World, request: Request) -> Response:
    """Answer what orders brought and what was paid back, order by order, or of the one that is asked for.

    Orders that nothing was charged for are left out.
    """
    world.catch_up()
    order_id = request.query_params.get("orderId")
    wanted = list(world.book) if order_id is None else [world.book.get(order_id)]
    entries = [_account_entry(world, order) for order in wanted if order is not None and order.status in DISPATCHED]
    return json_answer({"orders": [entry for entry in entries if entry["charges"]]})


def feed_entry(feed: Feed) -> Document:
    """Return a feed as the control plane shows it; its messages are counted once it has ended."""
    counts = feed.counts
    return {
        "seller": feed.seller,
        **show_feed(feed),
        "inputFeedDocumentId": feed.input_document_id,
        "isStuck": feed.is_stuck,
        "messages": None
        if counts is None
        else {"processed": counts.processed, "successful": counts.successful, "withError": counts.with_error},
    }


def _account_entry(world: World, order: SimulatedOrder) -> Document:
    account = world.ledger.account(order)
    return {
        "orderId": order.order_id,
        "seller": order.seller,
        "charges": [
            {
                "postedTime": wire_time(charge.posted),
                "items": [
                    {"orderItemId": item_id, "quantity": one.units, **_amounts(one.parts, account.currency)}
                    for item_id, one in charge.items.items()
                ],
            }
            for charge in account.charges
        ],
        "refunds": [
            {
                "postedTime": wire_time(refund.posted),
                "feedId": refund.feed_id,
                "messageId": refund.message,
                "items": [
                    {
                        "orderItemId": item.item_id,
                        "reason": item.reason,
                        "quantity": item.quantity,
                        **_amounts(item.parts, account.currency),
                    }
                    for item in refund.items
                ],
            }
            for refund in account.refunds
        ],
    }


def _amounts(parts: Parts, currency: str) -> Document:
    """Spell the components and their sum; deductions are negative."""
    return {
        "total": money(sum(parts.values()), currency),
        "components": [{"type": name, "amount": money(amount, currency)} for name, amount in parts.items()],
    }


async def _stick(world: World, feed: Feed, request: Request, now: int) -> None:
    await read_body(request, Nothing)
    feeding.stick(feed)


async def _give_up(world: World, feed: Feed, request: Request, now: int) -> None:
    body = await read_body(request, GiveUpFeed)
    feeding.fail(world, feed, messages=body.messages, at=now)


ACTS: dict[str, Callable[[World, Feed, Request, int], Awaitable[None]]] = {"stick": _stick, "fatal": _give_up}

CONTROLS: Final[tuple[Control, ...]] = (
    Control("POST", "/feeds/{feed_id}/{act}", act_on_feed),
    Control("GET", "/ledger", show_ledger),
)
