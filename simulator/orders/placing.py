"""How an order comes about: what the buyer wants, and the state that it is brought to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Final

from simulator.cast.catalog import Product, unlisted_product
from simulator.cast.sellers import FIRST_SELLER
from simulator.chance import chance
from simulator.instants import wire_time
from simulator.marketplaces import FIRST_MARKETPLACE, MARKETPLACES
from simulator.orders import lifecycle, progress
from simulator.orders.book import SimulatedOrder
from simulator.orders.bringing import BORN_AS, FIRST_PACKAGE, bring_to
from simulator.orders.documents import Document
from simulator.orders.drafting import Details, Draft, draft_order, draw_programs
from simulator.orders.happened import Happened, Kind
from simulator.orders.item_drafting import NO_EXTRAS, Extras, Line, draw_lines

if TYPE_CHECKING:
    from simulator.orders.notes import PlannedPayment
    from simulator.world import World

PREORDER: Final = "PREORDER"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedItem:
    """A product that the order must hold; the price is of one unit, in minor units."""

    sku: str
    quantity: int
    price: int | None = None
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an order must be like; the rest is drawn by chance."""

    seller: str = FIRST_SELLER
    marketplace_id: str = FIRST_MARKETPLACE
    fulfilled_by: str = "MERCHANT"
    status: str = "PENDING"
    items: Sequence[WantedItem] = ()
    programs: Sequence[str] | None = None
    details: Details = field(default_factory=Details)
    payment: PlannedPayment | None = None
    awaits_invoice: bool = False


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
    if wish.payment is not None:
        world.notes.payments[order.order_id] = wish.payment
    order.awaits_invoice = wish.awaits_invoice
    progress.plan(world, order, at=at)
    if order.status in lifecycle.DISPATCHED and order.fulfilled_by == "MERCHANT":
        progress.plan_package(world, order, FIRST_PACKAGE, at=at)
    world.tell(Happened(kind=Kind.PLACED, order=order, at=at, before=None))
    return order.order_id


def enter_order(
    world: World, wish: Wish, *, created: int, moved: int, settle: Callable[[Document], int | None] | None = None
) -> SimulatedOrder:
    """Put an order into the book, created at one moment and brought to its status at a later one.

    Nothing is planned to happen to it. ``settle`` may change it further, and returns the time of its last update if
    that is another. Raises ImpossibleWish.
    """
    document, random = _draft(world, wish, created)
    shows_detail = world.options.shows_detailed_status
    bring_to(document, wish.status, random, created=created, at=moved, shows_detail=shows_detail)
    settled = None if settle is None else settle(document)
    document["lastUpdatedTime"] = wire_time(moved if settled is None else settled)
    order = SimulatedOrder(seller=wish.seller, document=document, is_verbatim=False)
    world.book.add(order)
    return order


def _draft(world: World, wish: Wish, created: int) -> tuple[Document, Random]:
    world.orders_drafted += 1
    random = chance(world.seed, "order", world.orders_drafted)
    marketplace = MARKETPLACES[wish.marketplace_id]
    programs = draw_programs(random, wish.fulfilled_by) if wish.programs is None else tuple(wish.programs)
    if wish.status == "PENDING_AVAILABILITY" and PREORDER not in programs:
        programs = (*programs, PREORDER)
    details = replace(wish.details, channel=lifecycle.OTHER_CHANNEL) if wish.status == "UNFULFILLABLE" else wish.details
    draft = Draft(
        order_id=_new_order_id(world, random),
        created=created,
        status=wish.status if wish.status in BORN_AS else "PENDING",
        fulfilled_by=wish.fulfilled_by,
        marketplace=marketplace,
        buyer=random.choice(world.crowd.of(marketplace.country)),
        lines=_lines(world, wish, random),
        programs=programs,
        details=details,
    )
    return draft_order(draft, random, chance(world.seed, "variety", world.orders_drafted)), random


def _new_order_id(world: World, random: Random) -> str:
    while True:
        order_id = f"{random.randint(100, 299)}-{random.randint(0, 9_999_999):07d}-{random.randint(0, 9_999_999):07d}"
        if world.book.get(order_id) is None:
            return order_id


def _lines(world: World, wish: Wish, random: Random) -> tuple[Line, ...]:
    seller, currency = world.sellers[wish.seller], MARKETPLACES[wish.marketplace_id].currency
    units = 2 if wish.status == "PARTIALLY_SHIPPED" else 1
    items = wish.items or _items_to_replace(wish.details.original)
    if not items:
        products = [one for one in seller.catalog if one.fulfilled_by == wish.fulfilled_by]
        return draw_lines(random, products, currency, units=units)
    if wish.status in lifecycle.DISPATCHED and sum(item.quantity for item in items) < units:
        raise ImpossibleWish(f"an order that is {wish.status} has at least {units} units", "items")
    return tuple(_line(world, wish, item, number) for number, item in enumerate(items))


def _items_to_replace(original: Document | None) -> list[WantedItem]:
    """Return what a replacement sends once more: all that the first order held under a SKU."""
    items = (original or {}).get("orderItems", [])
    return [
        WantedItem(sku=item["product"]["sellerSku"], quantity=item["quantityOrdered"], price=0)
        for item in items
        if item["product"].get("sellerSku") and item["quantityOrdered"] > 0
    ]


def _line(world: World, wish: Wish, item: WantedItem, number: int) -> Line:
    product: Product | None = world.sellers[wish.seller].product(item.sku)
    price = 0 if wish.details.original is not None else item.price
    if product is None and price is None:
        raise ImpossibleWish("not in the seller's catalog, so it needs a price", f"items[{number}].sku")
    product = product or unlisted_product(world.seed, wish.seller, item.sku, wish.fulfilled_by)
    currency = MARKETPLACES[wish.marketplace_id].currency
    unit_price = product.price(currency) if price is None else price
    _check_discount(item, unit_price, number)
    return Line(product, item.quantity, unit_price, item.extras)


def _check_discount(item: WantedItem, unit_price: int, number: int) -> None:
    charges = item.extras.charges
    if charges.get("discount", 0) > unit_price * item.quantity:
        raise ImpossibleWish("more than the line costs", f"items[{number}].discount")
    if charges.get("shipping_discount", 0) > charges.get("shipping", 0):
        raise ImpossibleWish("more than the shipping costs", f"items[{number}].shippingDiscount")
