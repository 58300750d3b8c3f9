"""Holding many orders back, or letting them go again, in one request."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final

from domain.amazon.records import AmazonOrder
from domain.change import Change
from domain.channel.bulk import BulkRow, bulk, one_by_one
from domain.channel.hold import hold_in, unhold_in
from domain.channel.requested import locked_order
from domain.commerce.workflow_records import HoldReason
from domain.errors import DomainError
from domain.timeline import Actor

_OF_A_ROW: Final = ("orderId", "expectedVersion")


async def bulk_hold(
    rows: Sequence[BulkRow | DomainError],
    *,
    reason: HoldReason,
    note: str | None,
    until: datetime | None,
    all_or_nothing: bool,
    dry_run: bool,
    now: datetime,
    actor: Actor,
) -> list[DomainError | None]:
    """Put many orders on hold for the same reason; returns for each row why it is refused, as `bulk` says."""

    async def hold(unit: Change, order: AmazonOrder) -> None:
        await hold_in(unit, order, reason=reason, note=note, until=until)

    work = one_by_one(_on_locked(hold))
    return await bulk(rows, work=work, all_or_nothing=all_or_nothing, dry_run=dry_run, now=now, actor=actor)


async def bulk_unhold(
    rows: Sequence[BulkRow | DomainError],
    *,
    note: str | None,
    all_or_nothing: bool,
    dry_run: bool,
    now: datetime,
    actor: Actor,
) -> list[DomainError | None]:
    """Lift the holds of many orders; returns for each row why it is refused, as `bulk` says."""

    async def unhold(unit: Change, order: AmazonOrder) -> None:
        await unhold_in(unit, order, note=note)

    work = one_by_one(_on_locked(unhold))
    return await bulk(rows, work=work, all_or_nothing=all_or_nothing, dry_run=dry_run, now=now, actor=actor)


def _on_locked(act: Callable[[Change, AmazonOrder], Awaitable[None]]) -> Callable[[Change, BulkRow], Awaitable[Any]]:
    """Let an act have its order as the row's author saw it; what a refusal says of all rows names the row alone."""

    async def on_row(unit: Change, row: BulkRow) -> None:
        try:
            await act(unit, await locked_order(row.order_id, row.expected_version))
        except DomainError as refusal:
            refusal.path = ("input", *(name for name in refusal.path[-1:] if name in _OF_A_ROW))
            raise

    return on_row
