"""Many orders in one request, each with its own answer: the frame of every mass action."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from domain.catalog.shelf import chunks
from domain.change import Change, change
from domain.errors import DomainError, IdempotencyKeyReused, InvalidInput
from domain.timeline import Actor

_TOGETHER: Final = 50  # orders that are changed in one transaction, so that others get their turn
_ORDERS: Final = ("input", "orders")


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRow:
    """What is asked for one order of many."""

    account_id: int
    order_id: int
    expected_version: int | None = None
    idempotency_key: str | None = None


Row = TypeVar("Row", bound=BulkRow)
Refusals = Mapping[int, DomainError]
Work = Callable[[Change, Mapping[int, Row]], Awaitable[Refusals]]
"""Does what rows ask for, by their places; what is refused leaves nothing behind and comes back with its reason."""


class _Undone(Exception):
    """All of the transaction is taken back."""


def one_by_one(act: Callable[[Change, Row], Awaitable[object]]) -> Work[Row]:
    """Return the work of doing one row after the other, each so that it may fail alone."""

    async def work(unit: Change, rows: Mapping[int, Row]) -> Refusals:
        refused = {}
        for at, row in rows.items():
            try:
                async with unit.savepoint():
                    await act(unit, row)
            except DomainError as refusal:
                refused[at] = refusal
        if len(refused) == len(rows):
            unit.quiet()
        return refused

    return work


async def bulk(
    rows: Sequence[Row | DomainError],
    *,
    work: Work[Row],
    all_or_nothing: bool,
    dry_run: bool,
    now: datetime,
    actor: Actor,
    place: tuple[str, ...] = _ORDERS,
) -> list[DomainError | None]:
    """Do what many rows ask for; returns for each row why it is refused, None if it is done.

    A row that could not even be read is given as its refusal. With `all_or_nothing` nothing is done unless every row
    can be. A dry run does everything and takes it back, so it says exactly what would be refused. `place` is where the
    rows stand in the input: each refusal names its row.
    """
    asked = {at: row for at, row in enumerate(rows) if not isinstance(row, DomainError)}
    refused = {at: row for at, row in enumerate(rows) if isinstance(row, DomainError)} | _twice(asked)
    left = sorted(asked.keys() - refused.keys())
    together = max(len(left), 1) if all_or_nothing and not dry_run else _TOGETHER
    is_undone = dry_run or (all_or_nothing and bool(refused))
    for part in chunks(left, together):
        wanted = {at: asked[at] for at in part}
        refused |= await _carry_out(wanted, work, is_undone, all_or_nothing, now=now, actor=actor)
    return [_placed(refused.get(at), (*place, str(at))) for at in range(len(rows))]


async def _carry_out(
    rows: Mapping[int, Row], work: Work[Row], is_undone: bool, all_or_nothing: bool, *, now: datetime, actor: Actor
) -> Refusals:
    refused: Refusals = {}
    with suppress(_Undone):
        async with change(now=now, actor=actor) as unit:
            refused = await work(unit, rows)
            _undo(is_undone or (all_or_nothing and bool(refused)))
    return refused


def _undo(is_undone: bool) -> None:
    if is_undone:
        raise _Undone


def _twice(asked: Mapping[int, Row]) -> dict[int, DomainError]:
    orders: set[int] = set()
    keys: set[tuple[int, str]] = set()
    found: dict[int, DomainError] = {}
    for at, row in asked.items():
        if row.order_id in orders:
            found[at] = InvalidInput("The same order is given twice.", path=("input", "orderId"))
        elif row.idempotency_key is not None and (row.account_id, row.idempotency_key) in keys:
            message = "Another row has the same idempotency key; every order needs one of its own."
            found[at] = IdempotencyKeyReused(message, path=("input", "idempotencyKey"))
        orders.add(row.order_id)
        keys.add((row.account_id, row.idempotency_key or ""))
    return found


def _placed(refusal: DomainError | None, place: tuple[str, ...]) -> DomainError | None:
    if refusal is not None:
        refusal.path = (*place, *refusal.path[1:])
    return refusal
