"""Stock held for orders: reserved, given back, and deducted when it leaves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from domain.catalog.picking import Pick, Taking, pick
from domain.catalog.records import MoveReason, Reservation, ReservationState
from domain.catalog.shelf import Move, for_sale_of, move
from domain.change import Change, change
from domain.timeline import SYSTEM, EventKind, Subject

_ENDS: Final[Mapping[MoveReason, ReservationState]] = MappingProxyType(
    {
        MoveReason.RELEASED: ReservationState.RELEASED,
        MoveReason.EXPIRED: ReservationState.EXPIRED,
        MoveReason.SHIPPED: ReservationState.CONSUMED,
        MoveReason.WRITTEN_OFF: ReservationState.CONSUMED,
    }
)
"""What a reservation is once nothing of it is held any more, by why the last of it went."""

_LEAVES: Final = (MoveReason.SHIPPED, MoveReason.WRITTEN_OFF)

Chosen = Mapping[int, Mapping[str, int]]
"""How many goods of an item, by its id, are to be taken from which source."""

_NOWHERE: Final[Chosen] = MappingProxyType({})


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


async def reserve(unit: Change, claims: Sequence[Claim]) -> None:
    """Hold exactly what is claimed for these items, whatever was held for them before.

    Raises InsufficientStock, and then nothing is held that was not held before.
    """
    if not claims:
        return
    held = {row.item_id: row for row in await _active({claim.order_id for claim in claims})}
    await move(unit, [one for claim in claims for one in _moves(claim, held.get(claim.item_id))])
    await Reservation.bulk_create(
        [_held(claim, now=unit.now) for claim in claims],
        on_conflict=["item_id"],
        update_fields=["product_id", "quantity", "state", "reserved_at", "expires_at"],
    )


async def release(
    unit: Change,
    *,
    order_ids: Collection[int],
    quantities: Mapping[int, int] | None = None,
    expired: bool = False,
) -> set[int]:
    """Give back `quantities` by item id, or all that is held for these orders; returns the orders that let go."""
    reason = MoveReason.EXPIRED if expired else MoveReason.RELEASED
    return await _let_go(unit, order_ids, quantities, reason=reason)


async def deduct(
    unit: Change,
    *,
    order_ids: Collection[int],
    quantities: Mapping[int, int] | None = None,
    chosen: Chosen = _NOWHERE,
) -> set[int]:
    """Take held goods off the shelf: `quantities` by item id, or all that is held for these orders.

    They come from the `chosen` sources, and what is not chosen from the first sources where any lie. Never takes more
    than is held for an item. Returns the orders of which something left. Raises InsufficientStock for a chosen source
    where less lies.
    """
    return await _let_go(unit, order_ids, quantities, reason=MoveReason.SHIPPED, chosen=chosen)


async def write_off(
    unit: Change, *, order_ids: Collection[int], quantities: Mapping[int, int] | None = None
) -> set[int]:
    """Strike off the shelf `quantities` by item id, or all that is held for these orders, as it is not there.

    Returns the orders of which something was struck off.
    """
    return await _let_go(unit, order_ids, quantities, reason=MoveReason.WRITTEN_OFF)


async def expire_reservations(*, now: datetime, limit: int = 100) -> int:
    """Give back what was held for orders longer than their store allows; returns how many orders let go."""
    async with change(now=now, actor=SYSTEM) as unit:
        ended = Reservation.filter(state=ReservationState.ACTIVE, expires_at__lte=now)
        rows = await ended.order_by("expires_at", "id").limit(limit)
        subjects = {row.order_id: Subject(row.account_id, row.store_id, row.order_id) for row in rows}
        await release(unit, order_ids=list(subjects), expired=True)
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
    unit: Change,
    order_ids: Collection[int],
    quantities: Mapping[int, int] | None,
    *,
    reason: MoveReason,
    chosen: Chosen = _NOWHERE,
) -> set[int]:
    held = await _active(order_ids)
    freed = _of_held(held, quantities)
    changed = [row for row in held if freed[row.id]]
    if reason in _LEAVES:
        await move(unit, await _taken(changed, freed, reason, chosen))
    else:
        await move(unit, [_freed(row, freed[row.id], reason) for row in changed])
    for row in changed:
        row.quantity -= freed[row.id]
        if row.quantity == 0:
            row.state = _ENDS[reason]
    if changed:
        await Reservation.bulk_update(changed, fields=["quantity", "state"], batch_size=1000)
    return {row.order_id for row in changed}


async def _taken(
    rows: Sequence[Reservation], freed: Mapping[int, int], reason: MoveReason, chosen: Chosen
) -> list[Move]:
    """Return the moves of goods that leave, each from its source."""
    if not rows:
        return []
    takings = [
        Taking(
            item_id=row.item_id,
            product_id=row.product_id,
            quantity=freed[row.id],
            chosen=chosen.get(row.item_id, {}),
        )
        for row in rows
    ]
    by_item = {row.item_id: row for row in rows}
    picks = pick(takings, await for_sale_of(row.product_id for row in rows))
    return [_left(by_item[one.item_id], one, reason) for one in picks]


def _left(row: Reservation, picked: Pick, reason: MoveReason) -> Move:
    return Move(
        product_id=row.product_id,
        source=picked.source,
        reason=reason,
        on_hand=-picked.quantity,
        reserved=-picked.quantity,
        account_id=row.account_id,
        order_id=row.order_id,
        item_id=row.item_id,
    )


def _freed(row: Reservation, quantity: int, reason: MoveReason) -> Move:
    return Move(
        product_id=row.product_id,
        reason=reason,
        reserved=-quantity,
        account_id=row.account_id,
        order_id=row.order_id,
        item_id=row.item_id,
    )


def _moves(claim: Claim, before: Reservation | None) -> Iterable[Move]:
    """Return how the counts get from what is held for an item to what is claimed for it."""
    by = claim.quantity
    if before and before.product_id == claim.product_id:
        by -= before.quantity
    elif before:
        yield _freed(before, before.quantity, MoveReason.RELEASED)
    yield Move(
        product_id=claim.product_id,
        reason=MoveReason.RESERVED if by > 0 else MoveReason.RELEASED,
        reserved=by,
        account_id=claim.account_id,
        order_id=claim.order_id,
        item_id=claim.item_id,
    )


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
