"""Canceling many orders in one request, each with its own answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder
from domain.change import Change
from domain.channel.bulk import BulkRow, Refusals, bulk
from domain.channel.cancel import check_version, queue_cancel, request_of
from domain.channel.cancel_rules import cancel_refusal, checked_note
from domain.channel.standing import Standing, standings
from domain.errors import DomainError, NotFound
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest(BulkRow):
    """What is asked for one order of many; as the arguments of `cancel_order`."""

    reason: CancelReason
    note: str | None = None
    restock: bool = True


@dataclass(frozen=True, slots=True)
class _Checked:
    """A request that can be carried out, or was before."""

    request: CancelRequest
    standing: Standing
    remembered: Mapping[str, Any]
    is_done: bool


async def bulk_cancel(
    *,
    rows: Sequence[CancelRequest | DomainError],
    all_or_nothing: bool,
    dry_run: bool,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> list[DomainError | None]:
    """Ask Amazon to cancel many orders; returns for each row why it is refused, None if it is done, as `bulk` says.

    Repeated rows answer as they did before.
    """

    async def cancel_some(unit: Change, wanted: Mapping[int, CancelRequest]) -> Refusals:
        checked, refused = await _check(wanted, now=now, sealer=sealer)
        await _carry_out(unit, [one for one in checked if not one.is_done])
        return refused

    return await bulk(rows, work=cancel_some, all_or_nothing=all_or_nothing, dry_run=dry_run, now=now, actor=actor)


async def _check(
    rows: Mapping[int, CancelRequest], *, now: datetime, sealer: Sealer
) -> tuple[list[_Checked], dict[int, DomainError]]:
    orders = await AmazonOrder.filter(id__in=[row.order_id for row in rows.values()]).select_for_update()
    known = await standings(orders)
    checked: list[_Checked] = []
    refused: dict[int, DomainError] = {}
    for at, row in rows.items():
        try:
            checked.append(await _checked(row, known.get(row.order_id), now=now, sealer=sealer))
        except DomainError as refusal:
            refused[at] = refusal
    return checked, refused


async def _checked(row: CancelRequest, standing: Standing | None, *, now: datetime, sealer: Sealer) -> _Checked:
    if standing is None:
        raise NotFound("There is no such order.", path=("input", "orderId"))
    key = request_of(standing.order, row.reason, row.note, row.restock, key=row.idempotency_key or "", sealer=sealer)
    if await remembered(**key, now=now) is not None:
        return _Checked(row, standing, key, is_done=True)
    check_version(standing.order, row.expected_version)
    checked_note(row.note)
    if refusal := cancel_refusal(standing):
        raise refusal
    return _Checked(row, standing, key, is_done=False)


async def _carry_out(unit: Change, wanted: Sequence[_Checked]) -> None:
    for one in wanted:
        row = one.request
        command = await queue_cancel(unit, one.standing, reason=row.reason, note=row.note, restock=row.restock)
        await remember(**one.remembered, result_id=command.id, now=unit.now)
    order_ids = [one.request.order_id for one in wanted]
    await unit.due(order_ids)
    await refresh_display(unit=unit, order_ids=order_ids)
    if not wanted:
        unit.quiet()
