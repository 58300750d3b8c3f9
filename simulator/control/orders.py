"""The control plane's side of orders: place, load, act, look."""

from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from simulator.cast.sellers import Seller
from simulator.control.acts import ACTS
from simulator.control.bodies import ControlError, LoadOrders, PlaceOrders, read_body
from simulator.control.controls import Control
from simulator.control.feeds import feed_entry
from simulator.control.wishes import wish_of
from simulator.envelopes import json_answer
from simulator.instants import wire_time
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.lifecycle import NotAllowed
from simulator.orders.loading import NotAnOrder, OrderOfAnother, load_orders
from simulator.orders.placing import ImpossibleWish, place_order
from simulator.world import World


async def place(world: World, request: Request) -> Response:
    """Place orders and answer their ids."""
    body = await read_body(request, PlaceOrders)
    now = world.catch_up()
    wish = wish_of(world, body)
    is_new = body.seller not in world.sellers
    world.welcome(body.seller)
    try:
        ids = [place_order(world, wish, at=now) for _ in range(body.count)]
    except ImpossibleWish as error:
        if is_new:
            del world.sellers[body.seller]
        raise ControlError(422, "INVALID", str(error), error.field) from error
    return json_answer({"orderIds": ids}, 201)


async def load(world: World, request: Request) -> Response:
    """Load orders as they are and answer their ids."""
    body = await read_body(request, LoadOrders)
    now = world.catch_up()
    try:
        return json_answer({"orderIds": load_orders(world, seller=body.seller, documents=body.orders, at=now)})
    except NotAnOrder as error:
        raise ControlError(422, "INVALID", str(error), error.field) from error
    except OrderOfAnother as error:
        raise ControlError(409, "CONFLICT", str(error)) from error


async def act(world: World, request: Request) -> Response:
    """Do something to an order and answer it."""
    name = request.path_params["act"]
    if name not in ACTS:
        raise ControlError(404, "NOT_FOUND", "an order can be " + ", ".join(ACTS))
    now = world.catch_up()
    order = world.book.get(request.path_params["order_id"])
    if order is None:
        raise ControlError(404, "NOT_FOUND", "there is no such order", "orderId")
    try:
        await ACTS[name](world, order, request, now)
    except NotAllowed as error:
        raise ControlError(409, "CONFLICT", str(error)) from error
    return Response(_entry(world, order), media_type="application/json")


async def show_state(world: World, request: Request) -> Response:
    """Answer the world: its time, seed and sellers, all feeds, and all orders or the one that is asked for."""
    now = world.catch_up()
    order_id = request.query_params.get("orderId")
    wanted = list(world.book) if order_id is None else [world.book.get(order_id)]
    orders = b",".join(_entry(world, order) for order in wanted if order is not None)
    head = {
        "now": wire_time(now),
        "rate": world.clock.rate,
        "seed": world.seed,
        "sellers": [_seller(seller) for seller in world.sellers.values()],
    }
    feeds = orjson.dumps([feed_entry(feed) for feed in world.feeds])
    body = orjson.dumps(head)[:-1] + b',"orders":[' + orders + b'],"feeds":' + feeds + b"}"
    return Response(body, media_type="application/json")


def _entry(world: World, order: SimulatedOrder) -> bytes:
    head = {
        "seller": order.seller,
        "fulfillmentStatus": order.status,
        "isDelivered": order.is_delivered,
        "isReturned": order.is_returned,
        "returned": world.notes.returned(order.order_id),
        "awaitsInvoice": order.awaits_invoice,
    }
    return orjson.dumps(head)[:-1] + b',"order":' + order.packed + b"}"


def _seller(seller: Seller) -> Document:
    return {
        "name": seller.name,
        "isRevoked": seller.is_revoked,
        "catalog": [
            {
                "sku": product.sku,
                "asin": product.asin,
                "title": product.title,
                "fulfilledBy": product.fulfilled_by,
            }
            for product in seller.catalog
        ],
    }


CONTROLS: Final[tuple[Control, ...]] = (
    Control("POST", "/orders", place),
    Control("PUT", "/orders", load),
    Control("POST", "/orders/{order_id}/{act}", act),
    Control("GET", "/state", show_state),
)
