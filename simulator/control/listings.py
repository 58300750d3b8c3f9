"""The control plane's side of listings: how much of each product there is, and how much there shall be."""

from functools import partial
from typing import Annotated, Final

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from simulator.cast.catalog import Product
from simulator.control.bodies import Body, ControlError, Name, read_body
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.listings.availability import Offer
from simulator.listings.patching import MOST_UNITS
from simulator.orders.documents import Document
from simulator.world import World


class SetListing(Body):
    """The quantity of a product, in all marketplaces and at once."""

    sku: Annotated[str, Meta(min_length=1, max_length=100)]
    quantity: Annotated[int, Meta(ge=0, le=MOST_UNITS)]
    seller: Name = "demo"


async def show_listings(world: World, request: Request) -> Response:
    """Answer the listings of one seller, or of all."""
    world.catch_up()
    name = request.query_params.get("seller")
    if name is not None and name not in world.sellers:
        raise ControlError(404, "NOT_FOUND", "there is no such seller", "seller")
    sellers = [seller for seller in world.sellers.values() if name in (None, seller.name)]
    listings = [_entry(world, seller.name, product) for seller in sellers for product in seller.catalog]
    return json_answer({"listings": listings})


async def set_listing(world: World, request: Request) -> Response:
    """Set the quantity of a product and answer its listing."""
    body = await read_body(request, SetListing)
    now = world.catch_up()
    product = world.welcome(body.seller).product(body.sku)
    if product is None:
        raise ControlError(404, "NOT_FOUND", "the seller lists no such product", "sku")
    if product.fulfilled_by != "MERCHANT":
        raise ControlError(409, "CONFLICT", "the product is fulfilled by Amazon, which counts it itself", "sku")
    world.offers.change(world, body.seller, body.sku, partial(Offer.set, quantity=body.quantity, at=now))
    return json_answer(_entry(world, body.seller, product))


def _entry(world: World, seller: str, product: Product) -> Document:
    offer = world.offers.of(seller, product)
    counted = {} if offer is None else {"quantity": offer.quantity, "oversold": offer.oversold}
    return {"seller": seller, "sku": product.sku, "fulfilledBy": product.fulfilled_by, **counted}


CONTROLS: Final[tuple[Control, ...]] = (
    Control("GET", "/listings", show_listings),
    Control("PUT", "/listings", set_listing),
)
