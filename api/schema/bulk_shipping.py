"""Shipping many orders in one request."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from api.schema.bulk import Choice, ErrorPolicy, answer_for_each
from api.schema.context import Info
from api.schema.ids import NodeId
from api.schema.retrying import BulkOrdersPayload
from api.schema.shipping import USER, ShipOrderInput, as_sent, note_of, packages_of, source_choices
from domain.channel.bulk_ship import ShipRequest, bulk_ship
from domain.errors import DomainError

_ROW = 3  # so many words of a path lead to a row


@strawberry.input(description="Which orders are shipped.")
class BulkShipInput:
    """Shipments."""

    orders: list[ShipOrderInput] = strawberry.field(description="The shipments, at most 500, each order once.")
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_FAILED_ROWS, description="What becomes of them if some are refused."
    )
    dry_run: bool = strawberry.field(default=False, description="Say only what would be refused; nothing is stored.")


ShipInputs = Annotated[BulkShipInput, strawberry.argument(description="Which orders, and how they are sent.")]


async def ship_orders(info: Info, input: ShipInputs) -> BulkOrdersPayload:
    """Record many shipments, and queue their confirmations to Amazon."""
    service = info.context.service
    choice = Choice([row.order_id for row in input.orders], input.error_policy, input.dry_run)

    def request(at: int, order: NodeId) -> ShipRequest:
        row = input.orders[at]
        return ShipRequest(
            account_id=order.account_id,
            order_id=order.row_id,
            packages=packages_of(row),
            shipped_at=row.shipped_at,
            expected_version=row.expected_version,
            idempotency_key=row.idempotency_key,
            note=note_of(row, service),
            sources=source_choices(row.sources),
        )

    async def act(rows: Sequence[ShipRequest | DomainError]) -> list[DomainError | None]:
        unread = {at for at, row in enumerate(rows) if isinstance(row, DomainError)}
        refusals = await bulk_ship(
            rows,
            all_or_nothing=choice.all_or_nothing,
            dry_run=choice.dry_run,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
            new_reference=service.new_reference,
        )
        for at, refusal in enumerate(refusals):
            if refusal is not None and at not in unread:
                row, inside = refusal.path[:_ROW], as_sent(("input", *refusal.path[_ROW:]))
                refusal.path = (*row, *inside[1:])
        return refusals

    return await answer_for_each(info, choice, request=request, act=act)
