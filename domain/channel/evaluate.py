"""The one place where it is decided what becomes of an order, and where commerce orders are made."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tortoise.connection import get_connection

from domain.amazon.display import ImportState
from domain.amazon.orders import refresh_display
from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.attention import Concern, open_all, reconcile
from domain.channel.auto_create import create_missing
from domain.channel.canceled import write_off_canceled
from domain.channel.cases import Outcome
from domain.channel.concerns import concerns_of, is_put_aside
from domain.channel.decision_log import record_decisions
from domain.channel.due_orders import DueOrder, due_ids, load
from domain.channel.holding import hold
from domain.channel.import_order import import_orders
from domain.channel.listing_orders import mark_listings_of_orders
from domain.channel.part_canceled import settle_parts
from domain.channel.proofs import apply_proofs
from domain.channel.records import AttentionKind
from domain.channel.rulings import Ruling, judge
from domain.channel.settle import settle
from domain.errors import DomainError
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows
from domain.sealing import Sealer
from domain.timeline import SYSTEM

CHECK_AGAIN: Final = timedelta(minutes=5)
"""How long after a blocked order was looked at it is looked at again, unless all that blocks it was put aside.

So is a pending order that could not hold what it wants: somebody else may have let go of it.
"""

BATCH: Final = 40
"""So many orders are evaluated in one transaction; what one of them gives back the next batch finds.

Other writers wait that long: more would save a fifth of the time of each and make them wait more than twice as long.
"""

_LONGEST_WAIT: Final = timedelta(hours=1)
_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Evaluated:
    """What became of the orders of a batch; `settled` ones had their commerce order already."""

    evaluated: int = 0
    imported: int = 0
    blocked: int = 0
    waiting: int = 0
    skipped: int = 0
    settled: int = 0
    failed: int = 0


async def evaluate_batch(
    *,
    now: datetime,
    sealer: Sealer,
    limit: int = BATCH,
    only: Sequence[int] | None = None,
    stores: Collection[int] | None = None,
) -> Evaluated:
    """Evaluate the orders that are due, or only these, in one transaction; those that ship first come first.

    With `stores` only those of theirs that are due.

    If that fails, each order is evaluated alone, and one that fails again is parked for a person and a later attempt.
    """
    ids = list(only) if only is not None else await _due(now, limit, stores)
    result = Evaluated()
    if not ids:
        return result
    try:
        async with change(now=now, actor=SYSTEM) as unit:
            unit.quiet()
            return await _evaluate(unit, ids, sealer=sealer)
    except Exception as error:
        # Whatever it was, one order must not stop the others: the same orders again, each for itself.
        _log.warning("Evaluating %d orders together failed with %s; each is tried alone.", len(ids), _name(error))
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        for order_id in ids:
            await _evaluate_alone(unit, order_id, result, sealer=sealer)
    return result


async def _due(now: datetime, limit: int, stores: Collection[int] | None) -> list[int]:
    return await due_ids(get_connection("default"), now=to_text(now), limit=limit, stores=stores)


async def _evaluate_alone(unit: Change, order_id: int, result: Evaluated, *, sealer: Sealer) -> None:
    try:
        async with unit.savepoint():
            done = await _evaluate(unit, [order_id], sealer=sealer)
    except Exception as error:
        await _park(unit, order_id, error)
        result.evaluated += 1
        result.failed += 1
        return
    for name in Evaluated.__slots__:
        setattr(result, name, getattr(result, name) + getattr(done, name))


async def _evaluate(unit: Change, ids: Sequence[int], *, sealer: Sealer) -> Evaluated:
    due_orders = [due for due in await load(ids, sealer=sealer) if not due.is_leaving]
    done = await apply_proofs(unit, due_orders)
    await write_off_canceled(unit, due_orders)
    await settle_parts(unit, done)
    rulings = await judge([due for due in due_orders if due.commerce is None], now=unit.now)
    await record_decisions(unit, rulings)
    concerns = _concerns(due_orders, rulings)
    await reconcile(unit, concerns)
    await hold(unit, rulings)
    importable = [ruling.due for ruling in rulings if ruling.decision.outcome is Outcome.IMPORTED]
    await create_missing(unit, importable)
    await import_orders(unit, importable, sealer=sealer)
    await settle(unit, due_orders, just_imported={due.order.id for due in importable})
    aside = {due.order.id for due, found in concerns if is_put_aside(due, found)}
    await _store(unit, due_orders, rulings, aside=aside)
    await refresh_display(unit=unit, order_ids=[due.order.id for due in due_orders])
    await mark_listings_of_orders(unit, [due.order.id for due in due_orders])
    return _count(due_orders, rulings)


def _concerns(due_orders: Sequence[DueOrder], rulings: Sequence[Ruling]) -> list[tuple[DueOrder, list[Concern]]]:
    decisions = {ruling.due.order.id: ruling.decision for ruling in rulings}
    found = []
    for due in due_orders:
        decision = decisions.get(due.order.id)
        blockers, outcome = (decision.blockers, decision.outcome) if decision else ((), None)
        found.append((due, concerns_of(due, blockers=blockers, outcome=outcome)))
    return found


async def _store(
    unit: Change, due_orders: Sequence[DueOrder], rulings: Sequence[Ruling], *, aside: Collection[int]
) -> None:
    for ruling in rulings:
        ruling.due.order.import_state = ImportState(ruling.decision.outcome)
    again = to_text(unit.now + CHECK_AGAIN)
    lacking = {ruling.due.order.id for ruling in rulings if ruling.unheld}
    rows = [
        [
            due.order.id,
            due.order.import_state,
            again if _is_looked_at_again(due, lacking=lacking, aside=aside) else None,
            due.order.commerce_order_id,
            to_text(due.order.completed_at) if due.order.completed_at else None,
        ]
        for due in due_orders
    ]
    kinds = {"id": "integer", "state": "text", "due": "text", "commerce": "integer", "completed": "text"}
    await unit.connection.execute_query(
        "UPDATE amazon_order SET import_state = seen.state, evaluate_due = seen.due, evaluate_attempts = 0, "
        "commerce_order_id = seen.commerce, completed_at = seen.completed "
        f"FROM {json_rows(unit.connection, kinds)} seen WHERE amazon_order.id = seen.id",
        [encode_rows(rows)],
    )


def _is_looked_at_again(due: DueOrder, *, lacking: Collection[int], aside: Collection[int]) -> bool:
    """Whether time alone may bring what an order lacks; what a person put aside waits for a change."""
    is_blocked = due.order.import_state is ImportState.BLOCKED and due.order.id not in aside
    return is_blocked or due.order.id in lacking


def _count(due_orders: Sequence[DueOrder], rulings: Sequence[Ruling]) -> Evaluated:
    outcomes = [ruling.decision.outcome for ruling in rulings]
    return Evaluated(
        evaluated=len(due_orders),
        imported=outcomes.count(Outcome.IMPORTED),
        blocked=outcomes.count(Outcome.BLOCKED),
        waiting=outcomes.count(Outcome.WAITING),
        skipped=outcomes.count(Outcome.SKIPPED),
        settled=len(due_orders) - len(rulings),
    )


async def _park(unit: Change, order_id: int, error: Exception) -> None:
    order = await AmazonOrder.get(id=order_id)
    _log.error("Evaluating order %s failed with %s.", order.number, _name(error))
    attempts = order.evaluate_attempts + 1
    wait = min(timedelta(minutes=2 ** min(attempts - 1, 10)), _LONGEST_WAIT)
    await AmazonOrder.filter(id=order_id).update(evaluate_attempts=attempts, evaluate_due=unit.now + wait)
    await AmazonOrder.filter(id=order_id, commerce_order_id__isnull=True).update(import_state=ImportState.BLOCKED)
    # What an unexpected error says may quote buyer data: only refusals of our own are shown in their words.
    reason = error.message if isinstance(error, DomainError) else f"internal error {type(error).__name__}"
    concern = Concern(
        kind=AttentionKind.FAILED,
        about="evaluation",
        message=f"Cannot create sales order: {reason}",
        facts={"error": type(error).__name__},
    )
    await open_all(unit, [(order, concern)])
    await refresh_display(unit=unit, order_ids=[order_id])


def _name(error: Exception) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f" at {at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at is not None else ""
    return f"{type(error).__name__}{where}"
