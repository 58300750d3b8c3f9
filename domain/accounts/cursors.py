"""Who reads on where: a cursor is taken with a fence and a lease, and every later write has to carry the fence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import F, Q

from domain.accounts.records import Account, AccountState, CursorKind, Store, StoreState, SyncCursor
from domain.change import change
from domain.timeline import SYSTEM


class StaleFence(RuntimeError):
    """Somebody else has taken the cursor since; what was about to be written is dropped."""


@dataclass(frozen=True, slots=True)
class Fenced:
    """A taken cursor and the run it reads for."""

    cursor_id: int
    fence: int
    run_id: int


async def due_cursors(*, now: datetime, machine_ms: int, limit: int) -> list[SyncCursor]:
    """Return the cursors that want to read and that nobody holds, longest due first.

    Stores that are paused, and accounts whose credentials Amazon rejects, are left alone.
    """
    rejected = await Account.filter(state=AccountState.CREDENTIALS_REJECTED).values_list("id", flat=True)
    stores = Store.filter(state=StoreState.ACTIVE, next_sync_at__lte=now).exclude(account_id__in=list(rejected))
    scheduled = await _reading_for(await stores.order_by("next_sync_at", "id").limit(limit))
    paused = await Store.exclude(state=StoreState.ACTIVE).values_list("id", flat=True)
    found = (
        SyncCursor.filter(Q(due_at__lte=now) | Q(id__in=scheduled))
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms))
        .exclude(account_id__in=list(rejected))
        .exclude(store_id__in=list(paused))
    )
    return await found.order_by("due_at", "id").limit(limit)


async def _reading_for(stores: Sequence[Store]) -> list[int]:
    """Return the live cursors of stores; one may read for several."""
    wanted = {(store.account_id, store.marketplace_id) for store in stores}
    live = SyncCursor.filter(account_id__in=list({store.account_id for store in stores}), kind=CursorKind.LIVE)
    return [
        cursor.id
        for cursor in await live
        if any((cursor.account_id, marketplace_id) in wanted for marketplace_id in cursor.marketplaces.split(","))
    ]


async def take(*, cursor_id: int, machine_ms: int, lease_ms: int, now: datetime) -> SyncCursor | None:
    """Take a cursor: a new fence and a lease; None if somebody else holds it."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        free = SyncCursor.filter(id=cursor_id).filter(Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms))
        if not await free.update(fence=F("fence") + 1, lease_until=machine_ms + lease_ms):
            return None
        return await SyncCursor.get(id=cursor_id)


async def renew(*, cursor_id: int, fence: int, machine_ms: int, lease_ms: int, now: datetime) -> None:
    """Hold a taken cursor for longer.

    Raises StaleFence.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await update_fenced(cursor_id, fence, lease_until=machine_ms + lease_ms)


async def update_fenced(cursor_id: int, fence: int, **values: object) -> None:
    """Write to a cursor inside the caller's change, if the fence is still the caller's.

    Raises StaleFence.
    """
    if not await SyncCursor.filter(id=cursor_id, fence=fence).update(**(values or {"fence": fence})):
        raise StaleFence(f"Cursor {cursor_id} was taken by somebody else after fence {fence}.")


async def release_leases(*, now: datetime) -> None:
    """Free every cursor that a worker left in the middle; for the one that has just taken the worker's role."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await SyncCursor.filter(lease_until__isnull=False).update(lease_until=None)
