"""Canceling many orders in one request, each with its own answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder
from domain.catalog.shelf import chunks
from domain.change import Change, change
from domain.channel.cancel import check_version, queue_cancel, request_of
from domain.channel.cancel_rules import cancel_refusal, checked_note
from domain.channel.standing import Standing, standings
from domain.errors import DomainError, IdempotencyKeyReused, InvalidInput, NotFound
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor

_TOGETHER: Final = 50  # orders that are canceled in one transaction, so that others get their turn


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """What is asked for one order of many; as the arguments of `cancel_order`."""

    account_id: int
    order_id: int
    reason: CancelReason
    note: str | None = None
    restock: bool = True
    expected_version: int | None = None
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class _Checked:
    """A request that can be carried out, or was before."""

    request: CancelRequest
    standing: Standing
    remembered: Mapping[str, Any]
    is_done: bool


_Rows = Mapping[int, CancelRequest]
_Answers = dict[int, _Checked | DomainError]


async def bulk_cancel(
    *,
    rows: Sequence[CancelRequest | DomainError],
    all_or_nothing: bool,
    dry_run: bool,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> list[DomainError | None]:
    """Ask Amazon to cancel many orders; returns for each row why it is refused, None if it is done.

    A row that could not even be read is given as its refusal. With `all_or_nothing` nothing is done unless every row
    can be; a dry run says what would be refused and writes nothing. Repeated rows answer as they did before.
    """
    asked = {at: row for at, row in enumerate(rows) if isinstance(row, CancelRequest)}
    answers: _Answers = {at: row for at, row in enumerate(rows) if isinstance(row, DomainError)}
    answers |= _twice(asked)
    left = {at: row for at, row in asked.items() if at not in answers}
    if dry_run:
        answers |= await _check(left, now=now, sealer=sealer)
    elif all_or_nothing:
        async with change(now=now, actor=actor) as unit:
            answers |= await _check(left, now=now, sealer=sealer)
            await _carry_out(unit, {} if _any_refused(answers) else answers)
    else:
        for part in chunks(sorted(left), _TOGETHER):
            async with change(now=now, actor=actor) as unit:
                checked = await _check({at: left[at] for at in part}, now=now, sealer=sealer)
                await _carry_out(unit, checked)
            answers |= checked
    return [_refusal(answers[at], at) for at in range(len(rows))]


def _twice(asked: _Rows) -> _Answers:
    orders: set[int] = set()
    keys: set[tuple[int, str]] = set()
    found: _Answers = {}
    for at, row in asked.items():
        key = (row.account_id, row.idempotency_key)
        if row.order_id in orders:
            found[at] = InvalidInput("The same order is given twice.", path=("input", "orderId"))
        elif key in keys:
            message = "Another row has the same idempotency key; every order needs one of its own."
            found[at] = IdempotencyKeyReused(message, path=("input", "idempotencyKey"))
        orders.add(row.order_id)
        keys.add(key)
    return found


async def _check(rows: _Rows, *, now: datetime, sealer: Sealer) -> _Answers:
    orders = await AmazonOrder.filter(id__in=[row.order_id for row in rows.values()]).select_for_update()
    known = await standings(orders)
    answers: _Answers = {}
    for at, row in rows.items():
        try:
            answers[at] = await _checked(row, known.get(row.order_id), now=now, sealer=sealer)
        except DomainError as refusal:
            answers[at] = refusal
    return answers


async def _checked(row: CancelRequest, standing: Standing | None, *, now: datetime, sealer: Sealer) -> _Checked:
    if standing is None:
        raise NotFound("There is no such order.", path=("input", "orderId"))
    key = request_of(standing.order, row.reason, row.note, row.restock, key=row.idempotency_key, sealer=sealer)
    if await remembered(**key, now=now) is not None:
        return _Checked(row, standing, key, is_done=True)
    check_version(standing.order, row.expected_version)
    checked_note(row.note)
    if refusal := cancel_refusal(standing):
        raise refusal
    return _Checked(row, standing, key, is_done=False)


async def _carry_out(unit: Change, answers: _Answers) -> None:
    new = [answer for answer in answers.values() if isinstance(answer, _Checked) and not answer.is_done]
    for one in new:
        row = one.request
        command = await queue_cancel(unit, one.standing, reason=row.reason, note=row.note, restock=row.restock)
        await remember(**one.remembered, result_id=command.id, now=unit.now)
    order_ids = [one.request.order_id for one in new]
    await unit.due(order_ids)
    await refresh_display(unit=unit, order_ids=order_ids)
    if not new:
        unit.quiet()


def _any_refused(answers: _Answers) -> bool:
    return any(isinstance(answer, DomainError) for answer in answers.values())


def _refusal(answer: _Checked | DomainError, at: int) -> DomainError | None:
    if isinstance(answer, _Checked):
        return None
    answer.path = ("input", "orders", str(at), *answer.path[1:])
    return answer
