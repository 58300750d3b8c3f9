"""How an order comes about: what the buyer wants, and the state that it is brought to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Final

from simulator.cast.catalog import Product, unlisted_product
from simulator.cast.sellers import FIRST_SELLER
from simulator.chance import chance
from simulator.instants import wire_time
from simulator.marketplaces import FIRST_MARKETPLACE, MARKETPLACES
from simulator.orders import lifecycle, progress
from simulator.orders.book import SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.drafting import Draft, Line, draft_order, draw_lines, draw_programs
from simulator.orders.happened import Happened, Kind

if TYPE_CHECKING:
    from simulator.world import World

BORN_AS: Final = frozenset({"PENDING_AVAILABILITY", "PENDING"})
CARRIERS: Final = {"US": "UPS", "CA": "Canada Post", "GB": "Royal Mail", "DE": "DHL", "JP": "Yamato Transport"}
CANCELLED_EARLY: Final = "Order created by mistake"
FIRST_PACKAGE: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedItem:
    """A product that the order must hold; the price is of one unit, in minor units."""

    sku: str
    quantity: int
    price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an order must be like; the rest is drawn by chance."""

    seller: str = FIRST_SELLER
    marketplace_id: str = FIRST_MARKETPLACE
    fulfilled_by: str = "MERCHANT"
    status: str = "PENDING"
    items: Sequence[WantedItem] = ()
    programs: Sequence[str] | None = None


class ImpossibleWish(ValueError):
    """No order can be like this; ``field`` names what stands against it."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def place_order(world: World, wish: Wish, *, at: int) -> str:
    """Place one order at a moment and bring it to the wanted status at once; return its id.

    Raises ImpossibleWish.
    """
    order = enter_order(world, wish, created=at, moved=at)
    progress.plan(world, order, at=at)
    if order.status in lifecycle.DISPATCHED and order.fulfilled_by == "MERCHANT":
        progress.plan_package(world, order, FIRST_PACKAGE, at=at)
    world.tell(Happened(kind=Kind.PLACED, order=order, at=at, before=None))
    return order.order_id


def enter_order(world: World, wish: Wish, *, created: int, moved: int) -> SimulatedOrder:
    """Put an order into the book, created at one moment and brought to its status at a later one.

    Nothing is planned to happen to it. Raises ImpossibleWish.
    """
    document, random = _draft(world, wish, created)
    _bring_to(document, wish.status, random, at=moved)
    document["lastUpdatedTime"] = document["createdTime"] if created == moved else wire_time(moved)
    order = SimulatedOrder(seller=wish.seller, document=document, is_verbatim=False)
    world.book.add(order)
    return order


def make_package(
    document: Document,
    random: Random,
    *,
    reference: str,
    at: int,
    quantities: Mapping[str, int] | None = None,
) -> lifecycle.Package:
    """Return a package of the given order items, or of everything that is still to be sent."""
    rest = {item["orderItemId"]: lifecycle.open_quantity(item) for item in document["orderItems"]}
    country = document.get("recipient", {}).get("deliveryAddress", {}).get("countryCode", "US")
    return lifecycle.Package(
        reference=reference,
        quantities=quantities or {item_id: units for item_id, units in rest.items() if units > 0},
        carrier=CARRIERS.get(country, "DHL"),
        tracking_number=f"SIM{random.randint(0, 10**12 - 1):012d}",
        shipped=at,
        shipping_method="Standard",
    )


def _draft(world: World, wish: Wish, created: int) -> tuple[Document, Random]:
    world.orders_drafted += 1
    random = chance(world.seed, "order", world.orders_drafted)
    marketplace = MARKETPLACES[wish.marketplace_id]
    programs = draw_programs(random, wish.fulfilled_by) if wish.programs is None else tuple(wish.programs)
    if wish.status == "PENDING_AVAILABILITY" and "PREORDER" not in programs:
        programs = (*programs, "PREORDER")
    draft = Draft(
        order_id=_new_order_id(world, random),
        created=created,
        status=wish.status if wish.status in BORN_AS else "PENDING",
        fulfilled_by=wish.fulfilled_by,
        marketplace=marketplace,
        buyer=random.choice(world.crowd.of(marketplace.country)),
        lines=_lines(world, wish, random),
        programs=programs,
    )
    return draft_order(draft, random), random


def _new_order_id(world: World, random: Random) -> str:
    while True:
        order_id = f"{random.randint(100, 299)}-{random.randint(0, 9_999_999):07d}-{random.randint(0, 9_999_999):07d}"
        if world.book.get(order_id) is None:
            return order_id


def _lines(world: World, wish: Wish, random: Random) -> tuple[Line, ...]:
    seller, currency = world.sellers[wish.seller], MARKETPLACES[wish.marketplace_id].currency
    units = 2 if wish.status == "PARTIALLY_SHIPPED" else 1
    if not wish.items:
        products = [one for one in seller.catalog if one.fulfilled_by == wish.fulfilled_by]
        return draw_lines(random, products, currency, units=units)
    if wish.status in lifecycle.DISPATCHED and sum(item.quantity for item in wish.items) < units:
        raise ImpossibleWish(f"an order that is {wish.status} has at least {units} units", "items")
    return tuple(_line(world, wish, item, number) for number, item in enumerate(wish.items))


def _line(world: World, wish: Wish, item: WantedItem, number: int) -> Line:
    product: Product | None = world.sellers[wish.seller].product(item.sku)
    if product is None and item.price is None:
        raise ImpossibleWish("not in the seller's catalog, so it needs a price", f"items[{number}].sku")
    product = product or unlisted_product(world.seed, wish.seller, item.sku, wish.fulfilled_by)
    currency = MARKETPLACES[wish.marketplace_id].currency
    return Line(product, item.quantity, product.price(currency) if item.price is None else item.price)


def _bring_to(document: Document, status: str, random: Random, *, at: int) -> None:
    if status == "CANCELLED":
        lifecycle.cancel(document, by="BUYER", reason=CANCELLED_EARLY)
    elif status == "UNFULFILLABLE":
        document["salesChannel"]["channelName"] = "NON_AMAZON"
        lifecycle.give_up(document)
    elif status not in BORN_AS:
        lifecycle.pay(document)
        if status in lifecycle.DISPATCHED:
            _dispatch(document, status, random, at=at)


def _dispatch(document: Document, status: str, random: Random, *, at: int) -> None:
    if document["fulfillment"]["fulfilledBy"] == "AMAZON":
        lifecycle.send_from_warehouse(document)
        return
    package = make_package(document, random, reference=FIRST_PACKAGE, at=at)
    if status == "PARTIALLY_SHIPPED":
        item_id = next(iter(package.quantities))
        alone = len(package.quantities) == 1
        part = {item_id: package.quantities[item_id] - 1 if alone else package.quantities[item_id]}
        package = replace(package, quantities=part)
    lifecycle.pack(document, package, at=at)
