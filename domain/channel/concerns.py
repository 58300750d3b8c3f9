"""All that an evaluation finds for a person to look at about one order."""

from collections.abc import Sequence

from domain.amazon.facts import AmazonOrderStatus
from domain.channel.attention import Concern, blocker_concern
from domain.channel.blockers import Blocker
from domain.channel.cases import Outcome
from domain.channel.conflicts import conflicts
from domain.channel.due_orders import DueOrder
from domain.channel.records import AttentionKind, AttentionState
from domain.channel.requests import buyer_requests


def concerns_of(due: DueOrder, *, blockers: Sequence[Blocker], outcome: Outcome | None) -> list[Concern]:
    """Return what a person should look at; `outcome` is what was decided just now, None for an imported order."""
    found = conflicts(due) + [blocker_concern(due, blocker) for blocker in blockers]
    return found + _unknown_status(due) + buyer_requests(due, outcome)


def is_put_aside(due: DueOrder, concerns: Sequence[Concern]) -> bool:
    """Return whether a person dismissed all that blocks an order, once what is open is in line with these concerns."""
    dismissed = {row.subject for row in due.attention if row.state is AttentionState.DISMISSED}
    blocking = {concern.subject(due.order) for concern in concerns if concern.kind is AttentionKind.BLOCKER}
    return bool(blocking) and blocking <= dismissed


def _unknown_status(due: DueOrder) -> list[Concern]:
    if due.order.amazon_status is not AmazonOrderStatus.UNKNOWN:
        return []
    word = due.order.raw_status
    said = f"Amazon's status {word!r} is not known here" if word else "Amazon gives no status for it"
    message = f"{said}; the order is left as it is until Amazon gives one that is known."
    return [Concern(kind=AttentionKind.UNKNOWN_STATUS, about="status", message=message, facts={"raw_status": word})]
