"""Canceling many orders in one request."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from api.schema.bulk import Choice, ErrorPolicy, answer_for_each
from api.schema.canceling import CancelOrderInput
from api.schema.context import Info
from api.schema.ids import NodeId
from api.schema.retrying import BulkOrdersPayload
from api.schema.shipping import USER
from domain.channel.bulk_cancel import CancelRequest, bulk_cancel
from domain.errors import DomainError


@strawberry.input(description="Which orders are canceled.")
class BulkCancelInput:
    """Cancellations."""

    orders: list[CancelOrderInput] = strawberry.field(description="The cancellations, at most 500, each order once.")
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_FAILED_ROWS, description="What becomes of them if some are refused."
    )
    dry_run: bool = strawberry.field(default=False, description="Say only what would be refused; nothing is stored.")


BulkInput = Annotated[BulkCancelInput, strawberry.argument(description="Which orders, and why.")]


async def request_cancellations(info: Info, input: BulkInput) -> BulkOrdersPayload:
    """Ask Amazon to cancel many orders."""
    service = info.context.service
    choice = Choice([row.order_id for row in input.orders], input.error_policy, input.dry_run)

    def request(at: int, order: NodeId) -> CancelRequest:
        row = input.orders[at]
        return CancelRequest(
            account_id=order.account_id,
            order_id=order.row_id,
            reason=row.reason,
            note=row.note,
            restock=row.restock,
            expected_version=row.expected_version,
            idempotency_key=row.idempotency_key,
        )

    async def act(rows: Sequence[CancelRequest | DomainError]) -> list[DomainError | None]:
        return await bulk_cancel(
            rows=rows,
            all_or_nothing=choice.all_or_nothing,
            dry_run=choice.dry_run,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
        )

    return await answer_for_each(info, choice, request=request, act=act)
