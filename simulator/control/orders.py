"""The control plane's side of orders: place, load, act, look."""

from typing import Final

import orjson
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from simulator.amounts import parse_amount
from simulator.cast.sellers import Seller
from simulator.control.bodies import (
    CancelOrder,
    ControlError,
    LoadOrders,
    Nothing,
    PlacedItem,
    PlaceOrders,
    RequestCancel,
    ShipOrder,
    read_body,
)
from simulator.control.controls import Control
from simulator.control.feeds import feed_entry
from simulator.envelopes import json_answer
from simulator.instants import wire_time
from simulator.marketplaces import MARKETPLACES
from simulator.orders import acting
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.lifecycle import NotAllowed
from simulator.orders.loading import NotAnOrder, OrderOfAnother, load_orders
from simulator.orders.placing import ImpossibleWish, WantedItem, Wish, place_order
from simulator.world import World


async def place(world: World, request: Request) -> Response:
    """Place orders and answer their ids."""
    body = await read_body(request, PlaceOrders)
    wish = _wish(body)
    world.welcome(body.seller)
    now = world.catch_up()
    try:
        ids = [place_order(world, wish, at=now) for _ in range(body.count)]
    except ImpossibleWish as error:
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
    return Response(_entry(order), media_type="application/json")


async def show_state(world: World, request: Request) -> Response:
    """Answer the world: its time, seed and sellers, all feeds, and all orders or the one that is asked for."""
    now = world.catch_up()
    order_id = request.query_params.get("orderId")
    wanted = list(world.book) if order_id is None else [world.book.get(order_id)]
    orders = b",".join(_entry(order) for order in wanted if order is not None)
    head = {
        "now": wire_time(now),
        "rate": world.clock.rate,
        "seed": world.seed,
        "sellers": [_seller(seller) for seller in world.sellers.values()],
    }
    feeds = orjson.dumps([feed_entry(feed) for feed in world.feeds])
    body = orjson.dumps(head)[:-1] + b',"orders":[' + orders + b'],"feeds":' + feeds + b"}"
    return Response(body, media_type="application/json")


async def _pay(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    await read_body(request, Nothing)
    acting.pay(world, order, at=now)


async def _cancel(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    body = await read_body(request, CancelOrder)
    acting.cancel(world, order, by=body.by, reason=body.reason, at=now)


async def _request_cancel(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    body = await read_body(request, RequestCancel)
    acting.request_cancel(world, order, reason=body.reason, at=now)


async def _ship(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    items = (await read_body(request, ShipOrder)).items
    quantities = None if items is UNSET else {item.order_item_id: item.quantity for item in items}
    if items is not UNSET and quantities is not None and len(quantities) < len(items):
        raise ControlError(422, "INVALID", "the same orderItemId is given twice", "items")
    acting.ship(world, order, quantities=quantities, at=now)


async def _deliver(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    await read_body(request, Nothing)
    acting.deliver(world, order, at=now)


async def _return(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    await read_body(request, Nothing)
    acting.take_back(order)


ACTS = {
    "pay": _pay,
    "cancel": _cancel,
    "request-cancel": _request_cancel,
    "ship": _ship,
    "deliver": _deliver,
    "return": _return,
}


def _wish(body: PlaceOrders) -> Wish:
    if body.marketplace_id not in MARKETPLACES:
        raise ControlError(422, "INVALID", "there is no such marketplace", "marketplaceId")
    by_amazon_only, by_merchant_only = {"UNFULFILLABLE"}, {"PARTIALLY_SHIPPED"}
    refused = by_merchant_only if body.fulfilled_by == "AMAZON" else by_amazon_only
    if body.fulfillment_status in refused:
        message = f"no order fulfilled by {body.fulfilled_by} is {body.fulfillment_status}"
        raise ControlError(422, "INVALID", message, "fulfillmentStatus")
    currency = MARKETPLACES[body.marketplace_id].currency
    items = [] if body.items is UNSET else body.items
    return Wish(
        seller=body.seller,
        marketplace_id=body.marketplace_id,
        fulfilled_by=body.fulfilled_by,
        status=body.fulfillment_status,
        items=[_wanted(item, currency, number) for number, item in enumerate(items)],
        programs=None if body.programs is UNSET else body.programs,
    )


def _wanted(item: PlacedItem, currency: str, number: int) -> WantedItem:
    if item.price is None:
        return WantedItem(sku=item.sku, quantity=item.quantity)
    price = parse_amount(item.price, currency)
    if price is None:
        message = f"not an amount of {currency} as a decimal string"
        raise ControlError(422, "INVALID", message, f"items[{number}].price")
    return WantedItem(sku=item.sku, quantity=item.quantity, price=price)


def _entry(order: SimulatedOrder) -> bytes:
    head = {
        "seller": order.seller,
        "fulfillmentStatus": order.status,
        "isDelivered": order.is_delivered,
        "isReturned": order.is_returned,
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
