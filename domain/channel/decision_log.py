"""Decisions kept: the latest one per order, and a line in the timeline whenever it is another one."""

from collections.abc import Sequence
from typing import Any, Final

from domain.change import Change
from domain.channel.adopt import tell_adoption
from domain.channel.cases import Outcome
from domain.channel.decision import RULES_VERSION, Decision, Step
from domain.channel.records import DecisionRecord
from domain.channel.rulings import Ruling
from domain.timeline import EventKind

_REPLACED: Final = (
    *("outcome", "code", "row", "summary"),
    *("rules_version", "settings_version", "steps", "evaluated_at"),
)


async def record_decisions(unit: Change, rulings: Sequence[Ruling]) -> None:
    """Keep each order's decision, and tell those that differ from the one before.

    The first one of an order that another system made tells that too, unless its import does.
    """
    for ruling in rulings:
        if _is_adopted_for_later(ruling):
            tell_adoption(unit, ruling.due.order, ruling.due.adopted_as or "")
        if _is_news(ruling):
            decision = ruling.decision
            unit.event(
                ruling.due.order.subject,
                EventKind.DECISION,
                f"{decision.outcome.value.capitalize()}: {decision.summary}",
                outcome=decision.outcome,
                code=decision.code,
                row=decision.row,
            )
    await DecisionRecord.bulk_create(
        [_record(unit, ruling) for ruling in rulings],
        on_conflict=["order_id"],
        update_fields=_REPLACED,
    )


def _is_adopted_for_later(ruling: Ruling) -> bool:
    due = ruling.due
    return due.adopted_as is not None and due.decision is None and ruling.decision.outcome is not Outcome.IMPORTED


def _is_news(ruling: Ruling) -> bool:
    before = ruling.due.decision
    return before is None or (before.outcome, before.code, before.summary) != _gist(ruling.decision)


def _gist(decision: Decision) -> tuple[str, str, str]:
    return decision.outcome, decision.code, decision.summary


def _record(unit: Change, ruling: Ruling) -> DecisionRecord:
    decision = ruling.decision
    return DecisionRecord(
        order_id=ruling.due.order.id,
        account_id=ruling.due.order.account_id,
        store_id=ruling.due.order.store_id,
        outcome=decision.outcome,
        code=decision.code,
        row=decision.row,
        summary=decision.summary,
        rules_version=RULES_VERSION,
        settings_version=ruling.due.settings_version,
        steps=[_step(step) for step in decision.steps],
        evaluated_at=unit.now,
    )


def _step(step: Step) -> dict[str, Any]:
    inputs = [list(pair) for pair in step.inputs]
    return {"rule": step.rule, "passed": step.passed, "because": step.because, "inputs": inputs}
