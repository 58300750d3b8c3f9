"""Holding many orders back, or letting them go again, in one request."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final

import strawberry

from api.schema.bulk import Choice, ChosenOrderInput, ErrorPolicy, answer_for_each
from api.schema.context import Info
from api.schema.ids import NodeId
from api.schema.optional import Optionals, optional
from api.schema.retrying import BulkOrdersPayload
from api.schema.shipping import USER
from domain.channel.bulk import BulkRow
from domain.channel.bulk_hold import bulk_hold, bulk_unhold
from domain.commerce.workflow_records import HoldReason
from domain.errors import DomainError

_CHOSEN: Final = "The orders, at most 500, each once."
_NOTE: Final = "A remark for the timeline of each, at most 500 characters. Write no buyer data into it."
_POLICY: Final = "What becomes of them if some are refused."
_DRY_RUN: Final = "Say only what would be refused; nothing is stored."


@strawberry.input(description="Which orders are held back, and why.")
class BulkHoldInput(Optionals):
    """Holds."""

    orders: list[ChosenOrderInput] = strawberry.field(description=_CHOSEN)
    reason: HoldReason = strawberry.field(description="Why, for all of them.")
    note: str | None = optional(_NOTE)
    until: datetime | None = optional("When the holds end by themselves; left out, they last until they are lifted.")
    error_policy: ErrorPolicy = strawberry.field(default=ErrorPolicy.REJECT_FAILED_ROWS, description=_POLICY)
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)


@strawberry.input(description="Of which orders the hold is lifted.")
class BulkUnholdInput(Optionals):
    """Lifted holds."""

    orders: list[ChosenOrderInput] = strawberry.field(description=_CHOSEN)
    note: str | None = optional(_NOTE)
    error_policy: ErrorPolicy = strawberry.field(default=ErrorPolicy.REJECT_FAILED_ROWS, description=_POLICY)
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)


HoldInputs = Annotated[BulkHoldInput, strawberry.argument(description="Which orders, and why.")]
UnholdInputs = Annotated[BulkUnholdInput, strawberry.argument(description="Which orders.")]


async def hold_orders(info: Info, input: HoldInputs) -> BulkOrdersPayload:
    """Put many orders on hold."""
    choice = _choice(input)

    async def act(rows: Sequence[BulkRow | DomainError]) -> list[DomainError | None]:
        return await bulk_hold(
            rows,
            reason=input.reason,
            note=input.note,
            until=input.until,
            all_or_nothing=choice.all_or_nothing,
            dry_run=choice.dry_run,
            now=info.context.service.clock.now(),
            actor=USER,
        )

    return await answer_for_each(info, choice, request=_requests(input), act=act)


async def unhold_orders(info: Info, input: UnholdInputs) -> BulkOrdersPayload:
    """Lift the holds of many orders."""
    choice = _choice(input)

    async def act(rows: Sequence[BulkRow | DomainError]) -> list[DomainError | None]:
        return await bulk_unhold(
            rows,
            note=input.note,
            all_or_nothing=choice.all_or_nothing,
            dry_run=choice.dry_run,
            now=info.context.service.clock.now(),
            actor=USER,
        )

    return await answer_for_each(info, choice, request=_requests(input), act=act)


def _choice(input: BulkHoldInput | BulkUnholdInput) -> Choice:
    return Choice([row.order_id for row in input.orders], input.error_policy, input.dry_run)


def _requests(input: BulkHoldInput | BulkUnholdInput) -> Callable[[int, NodeId], BulkRow]:
    def request(at: int, order: NodeId) -> BulkRow:
        expected = input.orders[at].expected_version
        return BulkRow(account_id=order.account_id, order_id=order.row_id, expected_version=expected)

    return request
