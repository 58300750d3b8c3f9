"""How much of each product is on offer: set by the seller, taken from by orders."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from simulator import agenda
from simulator.chance import chance, digest
from simulator.instants import SECOND
from simulator.listings.availability import LEAD_TIME, Fields, Offer
from simulator.orders.documents import Document, unpack
from simulator.orders.happened import Kind

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.cast.catalog import Product
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.happened import Happened
    from simulator.world import World

TAKES_EFFECT_AFTER: Final = 10 * SECOND
FIRST_QUANTITY: Final = (20, 120)
FIRST_LEAD_TIME: Final = (1, 5)  # days


@dataclass(slots=True, kw_only=True)
class Submission:
    """A patch that was accepted and has not taken effect yet."""

    seller: str
    sku: str
    patches: Sequence[tuple[str, Fields]]  # an operation and its fields


class Offers:
    """The offers of all sellers; the seed decides what each product starts with."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._offers: dict[tuple[str, str], Offer] = {}
        self._submissions: dict[str, Submission] = {}
        self._submitted = 0
        self._holding: set[str] = set()  # the orders that took units, until they are cancelled

    def of(self, seller: str, product: Product) -> Offer | None:
        """Return the offer of a seller's product; what Amazon's warehouses hold is none of the seller's."""
        if product.fulfilled_by != "MERCHANT":
            return None
        known = self._offers.get((seller, product.sku))
        return known if known is not None else self._first(seller, product.sku)

    def change(self, world: World, seller: str, sku: str, change: Callable[[Offer], None]) -> None:
        """Change the offer of a SKU; what is not listed is not counted."""
        product = world.sellers[seller].product(sku)
        offer = self.of(seller, product) if product else None
        if offer is not None:
            change(offer)
            self._offers[seller, sku] = offer

    def next_submission_id(self) -> str:
        """Return the id of the next submission, accepted or not."""
        self._submitted += 1
        return str(uuid.UUID(bytes=digest(self._seed, "submission", self._submitted)[:16], version=4))

    def submit(self, world: World, submission_id: str, submission: Submission, *, at: int) -> None:
        """Let patches take effect a little later."""
        self._submissions[submission_id] = submission
        world.agenda.put(due=at + TAKES_EFFECT_AFTER, kind=agenda.LISTING, subject=submission_id)

    def hear(self, world: World, happened: Happened) -> None:
        """Take from an offer what an order holds, or give back what it holds no more."""
        order = happened.order
        if order.fulfilled_by != "MERCHANT" and happened.kind is not Kind.LOADED:
            return
        if happened.kind is Kind.PLACED:
            self._take(world, order, at=happened.at)
        elif happened.kind is Kind.LOADED:
            self._holding.discard(order.order_id)  # what was loaded over it took nothing
        elif happened.kind is Kind.CHANGED and order.order_id in self._holding and happened.packed_before is not None:
            self._give_back(world, order, unpack(happened.packed_before), at=happened.at)

    def befall(self, world: World, timer: Timer) -> None:
        """Let a change of a listing take effect."""
        submission = self._submissions.pop(timer.subject)

        def apply(offer: Offer) -> None:
            for operation, fields in submission.patches:
                offer.apply(operation, fields, at=timer.due)

        self.change(world, submission.seller, submission.sku, apply)

    def keep(self) -> Any:
        """Return everything."""
        return {
            "offers": [[*key, msgspec.to_builtins(offer)] for key, offer in sorted(self._offers.items())],
            "submissions": msgspec.to_builtins(self._submissions),
            "submitted": self._submitted,
            "holding": sorted(self._holding),
        }

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self._offers = {(seller, sku): msgspec.convert(offer, Offer) for seller, sku, offer in kept["offers"]}
        self._submissions = msgspec.convert(kept["submissions"], dict[str, Submission])
        self._submitted = kept["submitted"]
        self._holding = set(kept["holding"])

    def _take(self, world: World, order: SimulatedOrder, *, at: int) -> None:
        """Take what was ordered, whether there is so much or not: Amazon does not refuse the buyer."""
        ordered = _ordered(order.read())
        self._holding.add(order.order_id)
        self._move(world, order, Counter({sku: -units for sku, units in ordered.items()}), at=at)
        if order.status == "CANCELLED":  # placed as one that was cancelled at once
            self._release(world, order, ordered, at=at)

    def _give_back(self, world: World, order: SimulatedOrder, before: Document, *, at: int) -> None:
        self._release(world, order, _held(before) - _held(order.read()), at=at)

    def _release(self, world: World, order: SimulatedOrder, units: Counter[str], *, at: int) -> None:
        if world.options.restocks_cancelled:
            self._move(world, order, units, at=at)
        if order.status == "CANCELLED":
            self._holding.discard(order.order_id)

    def _move(self, world: World, order: SimulatedOrder, units: Counter[str], *, at: int) -> None:
        for sku, number in units.items():
            self.change(world, order.seller, sku, partial(Offer.move, units=number, at=at))

    def _first(self, seller: str, sku: str) -> Offer:
        random = chance(self._seed, "offer", seller, sku)
        quantity, lead_time = random.randint(*FIRST_QUANTITY), random.randint(*FIRST_LEAD_TIME)
        return Offer(balance=quantity, others={LEAD_TIME: lead_time})


def _ordered(document: Document) -> Counter[str]:
    """Return how many units of each SKU were ordered."""
    units: Counter[str] = Counter()
    for item in document["orderItems"]:
        units[item["product"].get("sellerSku", "")] += item["quantityOrdered"]
    return units


def _held(document: Document) -> Counter[str]:
    """Return how many units of each SKU were sent or are still to be; a cancelled unit is neither."""
    units: Counter[str] = Counter()
    for item in document["orderItems"]:
        fulfillment = item.get("fulfillment", {})
        sent = fulfillment.get("quantityFulfilled", 0)
        units[item["product"].get("sellerSku", "")] += sent + fulfillment.get("quantityUnfulfilled", 0)
    return units
