"""Shipping many orders in one request, each with its own answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.change import Change
from domain.channel.bulk import BulkRow, bulk, one_by_one
from domain.channel.ship import PackageRequest, ShipmentNote, SourceChoice, ship_in
from domain.errors import DomainError
from domain.sealing import Sealer
from domain.timeline import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipRequest(BulkRow):
    """What is asked for one order of many; as the arguments of `ship_order`."""

    packages: Sequence[PackageRequest]
    shipped_at: datetime | None = None
    note: ShipmentNote | None = None
    sources: Sequence[SourceChoice] = ()


async def bulk_ship(
    rows: Sequence[ShipRequest | DomainError],
    *,
    all_or_nothing: bool,
    dry_run: bool,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
    new_reference: Callable[[], str],
) -> list[DomainError | None]:
    """Record that packages of many orders left; returns for each row why it is refused, as `bulk` says.

    Repeated rows answer as they did before.
    """

    async def ship(unit: Change, row: ShipRequest) -> None:
        await ship_in(
            unit,
            order_id=row.order_id,
            packages=row.packages,
            shipped_at=row.shipped_at,
            expected_version=row.expected_version,
            idempotency_key=row.idempotency_key or "",
            sealer=sealer,
            new_reference=new_reference,
            note=row.note,
            sources=row.sources,
        )

    return await bulk(rows, work=one_by_one(ship), all_or_nothing=all_or_nothing, dry_run=dry_run, now=now, actor=actor)
