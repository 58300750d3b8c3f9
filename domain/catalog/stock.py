"""Stock held for orders: reserved, given back, and deducted when it leaves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.catalog.records import Reservation, ReservationState
from domain.catalog.shelf import Move, move
from domain.change import change
from domain.timeline import SYSTEM, EventKind, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Stock to be held for one item of an order, for ever or until a time."""

    account_id: int
    store_id: int
    order_id: int
    item_id: int
    product_id: int
    quantity: int
    expires_at: datetime | None = None


async def reserve(connection: BaseDBAsyncClient, claims: Sequence[Claim], *, now: datetime) -> None:
    """Hold exactly what is claimed for these items, whatever was held for them before.

    Raises InsufficientStock, and then nothing is held that was not held before.
    """
    if not claims:
        return
    held = {row.item_id: row for row in await _active({claim.order_id for claim in claims})}
    promised: defaultdict[int, int] = defaultdict(int)
    for claim in claims:
        promised[claim.product_id] += claim.quantity
        if before := held.get(claim.item_id):
            promised[before.product_id] -= before.quantity
    await move(connection, {product_id: Move(reserved=by) for product_id, by in promised.items()})
    await Reservation.bulk_create(
        [_held(claim, now=now) for claim in claims],
        on_conflict=["item_id"],
        update_fields=["product_id", "quantity", "state", "reserved_at", "expires_at"],
    )


async def release(
    connection: BaseDBAsyncClient,
    *,
    order_ids: Collection[int],
    quantities: Mapping[int, int] | None = None,
    state: ReservationState = ReservationState.RELEASED,
) -> set[int]:
    """Give back `quantities` by item id, or all that is held for these orders; returns the orders that let go."""
    held = await _active(order_ids)
    freed = _of_held(held, quantities)
    await _let_go(connection, freed, held, leaves=False, state=state)
    return {row.order_id for row in held if freed[row.id]}


async def deduct(
    connection: BaseDBAsyncClient, *, order_ids: Collection[int], quantities: Mapping[int, int] | None = None
) -> set[int]:
    """Take held goods off the shelf: `quantities` by item id, or all that is held for these orders.

    Never takes more than is held for an item. Returns the orders of which something left.
    """
    held = await _active(order_ids)
    leaving = _of_held(held, quantities)
    await _let_go(connection, leaving, held, leaves=True, state=ReservationState.CONSUMED)
    return {row.order_id for row in held if leaving[row.id]}


async def expire_reservations(*, now: datetime, limit: int = 100) -> int:
    """Give back what was held for orders longer than their store allows; returns how many orders let go."""
    async with change(now=now, actor=SYSTEM) as unit:
        ended = Reservation.filter(state=ReservationState.ACTIVE, expires_at__lte=now)
        rows = await ended.order_by("expires_at", "id").limit(limit)
        subjects = {row.order_id: Subject(row.account_id, row.store_id, row.order_id) for row in rows}
        await release(unit.connection, order_ids=list(subjects), state=ReservationState.EXPIRED)
        for subject in subjects.values():
            unit.event(subject, EventKind.STOCK_RELEASED, "Inventory released: its reservation ran out.", expired=True)
        if not subjects:
            unit.quiet()
    return len(subjects)


async def _active(order_ids: Collection[int]) -> list[Reservation]:
    return await Reservation.filter(order_id__in=list(order_ids), state=ReservationState.ACTIVE).order_by("id")


def _of_held(held: Iterable[Reservation], quantities: Mapping[int, int] | None) -> dict[int, int]:
    if quantities is None:
        return {row.id: row.quantity for row in held}
    return {row.id: min(quantities.get(row.item_id, 0), row.quantity) for row in held}


async def _let_go(
    connection: BaseDBAsyncClient,
    quantities: Mapping[int, int],
    held: Iterable[Reservation],
    *,
    leaves: bool,
    state: ReservationState,
) -> None:
    freed: defaultdict[int, int] = defaultdict(int)
    changed = [row for row in held if quantities[row.id]]
    for row in changed:
        freed[row.product_id] += quantities[row.id]
        row.quantity -= quantities[row.id]
        if row.quantity == 0:
            row.state = state
    if not changed:
        return
    moves = {product_id: Move(reserved=-by, on_hand=-by if leaves else 0) for product_id, by in freed.items()}
    await move(connection, moves)
    await Reservation.bulk_update(changed, fields=["quantity", "state"], batch_size=1000)


def _held(claim: Claim, *, now: datetime) -> Reservation:
    return Reservation(
        account_id=claim.account_id,
        store_id=claim.store_id,
        order_id=claim.order_id,
        item_id=claim.item_id,
        product_id=claim.product_id,
        quantity=claim.quantity,
        state=ReservationState.ACTIVE,
        reserved_at=now,
        expires_at=claim.expires_at,
    )
