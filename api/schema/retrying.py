"""Trying imports again."""

from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.ids import NodeId, typed_id
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.evaluate import evaluate_batch
from domain.channel.retry import retry_import
from domain.errors import DomainError, InvalidInput, LimitExceeded, NotFound

MOST_ORDERS = 100
AT_ONCE = 20


@strawberry.type(description="What became of one order of many.")
class BulkOrderResult:
    """One answer of many."""

    index: int = strawberry.field(description="Its place among what was asked for, from 0.")
    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now; null if it is unknown."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


@strawberry.type(description="What became of many orders: `results[i]` answers the i-th one.")
class BulkOrdersPayload:
    """The answer to what is done with many orders."""

    results: list[BulkOrderResult] = strawberry.field(default_factory=list, description="An answer for each order.")
    succeeded: int = strawberry.field(default=0, description="For how many it is done.")
    failed: int = strawberry.field(default=0, description="For how many it is not.")
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="What is wrong with the request as a whole; then nothing was done."
    )


OrderIds = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of `AmazonOrder`s, at most 100.")]


async def retry_imports(info: Info, order_ids: OrderIds) -> BulkOrdersPayload:
    """Evaluate orders again: the first 20 at once, the others in the background."""
    if len(order_ids) > MOST_ORDERS:
        raise LimitExceeded(f"At most {MOST_ORDERS} orders at a time.", path=("orderIds",))
    service, now = info.context.service, info.context.service.clock.now()
    asked = [_read(text, at) for at, text in enumerate(order_ids)]
    known = await _orders([one for one in asked if isinstance(one, NodeId)])
    row_ids = [order.id for order in known.values()]
    answers = await retry_import(order_ids=row_ids, now=now, actor=USER)
    accepted = [row_id for row_id, refusal in answers.items() if refusal is None]
    await evaluate_batch(now=now, sealer=service.sealer, only=accepted[:AT_ONCE])
    if len(accepted) > AT_ONCE:
        service.wake()
    orders = await _orders([one for one in asked if isinstance(one, NodeId)])
    results = [_result(at, one, orders, answers) for at, one in enumerate(asked)]
    failed = sum(bool(result.errors) for result in results)
    return BulkOrdersPayload(results=results, succeeded=len(results) - failed, failed=failed)


def _read(text: str, at: int) -> NodeId | InvalidInput:
    try:
        return typed_id(text, "AmazonOrder", path=("orderIds", str(at)))
    except InvalidInput as malformed:
        return malformed


async def _orders(wanted: list[NodeId]) -> dict[NodeId, AmazonOrderRecord]:
    with reading():
        found = await AmazonOrderRecord.filter(id__in={one.row_id for one in wanted})
    by_id = {NodeId("AmazonOrder", order.account_id, order.id): order for order in found}
    return {one: by_id[one] for one in wanted if one in by_id}


def _result(
    at: int,
    asked: NodeId | InvalidInput,
    orders: dict[NodeId, AmazonOrderRecord],
    answers: dict[int, DomainError | None],
) -> BulkOrderResult:
    path = ("orderIds", str(at))
    if isinstance(asked, InvalidInput):
        return BulkOrderResult(index=at, errors=[user_error(asked)])
    if asked not in orders:
        return BulkOrderResult(index=at, errors=[user_error(NotFound("There is no such order.", path=path))])
    refusal = answers[asked.row_id]
    if refusal is not None:
        refusal.path = path
    return BulkOrderResult(index=at, order=orders[asked], errors=[user_error(refusal)] if refusal else [])
