"""Orders that come in over time: a past to start from, and more ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias

from simulator import agenda
from simulator.cast.sellers import FIRST_SELLER
from simulator.chance import chance
from simulator.instants import DAY, HOUR, MINUTE, SECOND
from simulator.marketplaces import FIRST_MARKETPLACE
from simulator.orders import bringing, lifecycle, parcels, placing, progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.agenda import Timer
    from simulator.orders.documents import Document
    from simulator.world import World

    Travel: TypeAlias = Sequence[tuple[str, int]]

PAST: Final = timedelta(days=30)
SETTLED_AFTER: Final = 3 * DAY  # older merchant orders of the past have been shipped or cancelled
FATES: Final = (  # share of arriving orders, and within which time after the order
    (agenda.PAYMENT_FAILURE, 0.03, (10 * MINUTE, 19 * MINUTE)),
    (agenda.BUYER_CANCEL, 0.02, (2 * MINUTE, 15 * MINUTE)),
    (agenda.BUYER_REQUEST, 0.03, (1 * HOUR, 6 * HOUR)),
    (agenda.LOSS, 0.01, (36 * HOUR, 72 * HOUR)),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """Orders that keep coming to a seller, one in so many milliseconds."""

    every: int
    seller: str
    marketplace_ids: tuple[str, ...]


def seed_orders(
    world: World,
    *,
    count: int,
    over: timedelta = PAST,
    seller: str = FIRST_SELLER,
    marketplace_ids: Sequence[str] = (FIRST_MARKETPLACE,),
) -> list[str]:
    """Give a seller a past: orders spread over the time up to now, older ones mostly shipped."""
    now = world.catch_up()
    world.welcome(seller)
    world.journal.seeded += count
    random, travels = (chance(world.seed, about, seller, world.orders_drafted) for about in ("past", "travels"))
    span = over // timedelta(milliseconds=1)
    moments = (now - span + int((number + random.random()) * span / count) for number in range(count))
    return [_past_order(world, _draw(seller, random, marketplace_ids), random, travels, at, now) for at in moments]


def schedule_orders(
    world: World,
    *,
    count: int,
    over: timedelta,
    seller: str = FIRST_SELLER,
    marketplace_ids: Sequence[str] = (FIRST_MARKETPLACE,),
) -> None:
    """Let so many orders arrive from now on, spread over some virtual time."""
    now = world.catch_up()
    world.welcome(seller)
    random = chance(world.seed, "arrivals", seller, now, count)
    span = over // timedelta(milliseconds=1)
    for number in range(count):
        due = now + int((number + random.random()) * span / count)
        world.agenda.put(due=due, kind=agenda.ARRIVAL, subject=seller, detail=random.choice(marketplace_ids))


def keep_arriving(
    world: World,
    *,
    every: timedelta,
    seller: str = FIRST_SELLER,
    marketplace_ids: Sequence[str] = (FIRST_MARKETPLACE,),
) -> None:
    """Let orders arrive without end, on average one in each span of virtual time."""
    now = world.catch_up()
    world.welcome(seller)
    world.streams.append(Stream(every // timedelta(milliseconds=1), seller, tuple(marketplace_ids)))
    _await_next(world, len(world.streams) - 1, after=now)


def flow(world: World, timer: Timer) -> None:
    """Place the order of a stream that the timer announces, and wait for the next."""
    stream = world.streams[int(timer.subject)]
    random = chance(world.seed, "arrival", stream.seller, timer.number)
    _arrive(world, stream.seller, random.choice(stream.marketplace_ids), random, at=timer.due)
    _await_next(world, int(timer.subject), after=timer.due)


def arrive(world: World, timer: Timer) -> None:
    """Place the order that the timer announces."""
    random = chance(world.seed, "arrival", timer.subject, timer.number)
    _arrive(world, timer.subject, timer.detail, random, at=timer.due)


def _await_next(world: World, number: int, *, after: int) -> None:
    random = chance(world.seed, "stream", number, after)
    wait = max(1, int(world.streams[number].every * random.uniform(0.5, 1.5)))
    world.agenda.put(due=after + wait, kind=agenda.STREAM, subject=str(number))


def _arrive(world: World, seller: str, marketplace_id: str, random: Random, *, at: int) -> None:
    """Place an order with a fate of its own."""
    wish = _draw(seller, random, (marketplace_id,))
    order_id = placing.place_order(world, wish, at=at)
    for kind, share, span in FATES:
        if random.random() < share:
            world.agenda.put(due=at + random.randint(*span), kind=kind, subject=order_id)


def _draw(seller: str, random: Random, marketplace_ids: Sequence[str]) -> placing.Wish:
    party = "AMAZON" if random.random() < 0.2 else "MERCHANT"
    return placing.Wish(seller=seller, fulfilled_by=party, marketplace_id=random.choice(marketplace_ids))


def _past_order(world: World, wish: placing.Wish, random: Random, travels: Random, created: int, now: int) -> str:
    """Enter an order as it stands by now, with timers for nothing but what is still to come."""
    status, moved = _outcome(wish.fulfilled_by, random, created, now)
    wish = replace(wish, status=status)
    is_sent = status in lifecycle.DISPATCHED and world.options.moves_packages
    travel = _draw_travel(world, wish.fulfilled_by, travels, moved) if is_sent else ()
    order = placing.enter_order(
        world, wish, created=created, moved=moved, settle=lambda document: _carry(world, document, travel, now)
    )
    if status != "SHIPPED":
        progress.plan(world, order, at=moved)
    order.is_delivered = status == "SHIPPED" and any(kind == agenda.DELIVERY and due <= now for kind, due in travel)
    for kind, due in travel:
        if due > now:
            world.agenda.put(due=due, kind=kind, subject=order.order_id, detail=bringing.FIRST_PACKAGE)
    return order.order_id


def _draw_travel(world: World, fulfilled_by: str, random: Random, sent: int) -> Travel:
    """Draw when the parcel is in transit and when it arrives; Amazon's own parcels are not seen before they arrive."""
    seconds = world.options.delivery_takes
    takes = random.randint(*progress.DELIVERY_AFTER) if seconds is None else seconds * SECOND
    transit = random.randint(*progress.TRANSIT_AFTER) if seconds is None else takes // 2
    delivery = (agenda.DELIVERY, sent + takes)
    return (delivery,) if fulfilled_by == "AMAZON" else ((agenda.IN_TRANSIT, sent + transit), delivery)


def _carry(world: World, document: Document, travel: Travel, now: int) -> int | None:
    """Let the parcel of a past order be where it is by now; return when that last updated the order, if it did."""
    passed = [(kind, due) for kind, due in travel if due <= now]
    if not passed or "packages" not in document:
        return None
    kind, due = passed[-1]
    status = "DELIVERED" if kind == agenda.DELIVERY else "IN_TRANSIT"
    parcels.move(document, status, detail=parcels.DETAIL[status] if world.options.shows_detailed_status else None)
    return due if world.options.progress_updates else None


def _outcome(fulfilled_by: str, random: Random, created: int, now: int) -> tuple[str, int]:
    age = now - created
    if age <= progress.PAYMENT_TAKES[1]:
        return "PENDING", created
    if random.random() < 0.04:
        return "CANCELLED", created + min(age, 15 * MINUTE)
    if fulfilled_by == "AMAZON":
        is_sent = age > progress.WAREHOUSE_TAKES[1]
        return ("SHIPPED", created + 8 * HOUR) if is_sent else ("UNSHIPPED", created + 30 * MINUTE)
    if age > SETTLED_AFTER or random.random() < age / SETTLED_AFTER / 2:
        is_whole = random.random() < 0.95
        return ("SHIPPED" if is_whole else "PARTIALLY_SHIPPED"), created + min(age, random.randint(HOUR, DAY))
    return "UNSHIPPED", created + 30 * MINUTE
