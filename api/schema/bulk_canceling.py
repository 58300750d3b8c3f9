"""Canceling many orders in one request."""

from enum import StrEnum
from typing import Annotated, Final

import strawberry

from api.schema.canceling import CancelOrderInput, orders_of
from api.schema.context import Info
from api.schema.enums import described
from api.schema.ids import NodeId, typed_id
from api.schema.retrying import BulkOrderResult, BulkOrdersPayload
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.bulk_cancel import CancelRequest, bulk_cancel
from domain.errors import DomainError, InvalidInput, LimitExceeded, NotFound, RequiredInput

MOST_ORDERS: Final = 500


class ErrorPolicy(StrEnum):
    """What becomes of a list of which some rows are refused."""

    REJECT_EVERYTHING = "REJECT_EVERYTHING"
    REJECT_FAILED_ROWS = "REJECT_FAILED_ROWS"


described(
    ErrorPolicy,
    description="What becomes of a list of which some rows are refused.",
    values={
        "REJECT_EVERYTHING": "Nothing is done unless every row can be.",
        "REJECT_FAILED_ROWS": "The other rows are done.",
    },
)


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
    if not input.orders:
        raise RequiredInput("Name at least one order.", path=("input", "orders"))
    if len(input.orders) > MOST_ORDERS:
        raise LimitExceeded(f"At most {MOST_ORDERS} orders at a time.", path=("input", "orders"))
    service = info.context.service
    asked = [_read(row) for row in input.orders]
    known = await orders_of([one for one in asked if isinstance(one, NodeId)])
    refusals = await bulk_cancel(
        rows=[_request(row, one, known) for row, one in zip(input.orders, asked, strict=True)],
        all_or_nothing=input.error_policy is ErrorPolicy.REJECT_EVERYTHING,
        dry_run=input.dry_run,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
    )
    orders = await orders_of(list(known))
    payload = _answer(refusals, [orders.get(one) if isinstance(one, NodeId) else None for one in asked], input)
    if payload.succeeded and not input.dry_run:
        service.wake()
    return payload


def _answer(
    refusals: list[DomainError | None], orders: list[AmazonOrderRecord | None], input: BulkCancelInput
) -> BulkOrdersPayload:
    refused = sum(refusal is not None for refusal in refusals)
    stopped = bool(refused) and input.error_policy is ErrorPolicy.REJECT_EVERYTHING
    results = [
        BulkOrderResult(index=at, order=order, errors=_errors(at, refusal, stopped=stopped))
        for at, (order, refusal) in enumerate(zip(orders, refusals, strict=True))
    ]
    failed = len(results) if stopped else refused
    whole = InvalidInput(
        f"{refused} of {len(results)} rows are refused, so nothing was done.", path=("input", "orders")
    )
    return BulkOrdersPayload(
        results=results,
        succeeded=len(results) - failed,
        failed=failed,
        errors=[user_error(whole)] if stopped else [],
    )


def _errors(at: int, refusal: DomainError | None, *, stopped: bool) -> list[UserError]:
    if refusal is None and stopped:
        refusal = InvalidInput("Not done, as other rows are refused.", path=("input", "orders", str(at)))
    return [user_error(refusal)] if refusal else []


def _read(row: CancelOrderInput) -> NodeId | InvalidInput:
    try:
        return typed_id(row.order_id, "AmazonOrder", path=("input", "orderId"))
    except InvalidInput as malformed:
        return malformed


def _request(
    row: CancelOrderInput, asked: NodeId | InvalidInput, known: dict[NodeId, AmazonOrderRecord]
) -> CancelRequest | DomainError:
    if isinstance(asked, InvalidInput):
        return asked
    if asked not in known:
        return NotFound("There is no such order.", path=("input", "orderId"))
    return CancelRequest(
        account_id=asked.account_id,
        order_id=asked.row_id,
        reason=row.reason,
        note=row.note,
        restock=row.restock,
        expected_version=row.expected_version,
        idempotency_key=row.idempotency_key,
    )
