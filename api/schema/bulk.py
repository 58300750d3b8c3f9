"""Mass actions: many orders in one request, a result for each; the frame of their mutations."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

import strawberry

from api.schema.canceling import orders_of
from api.schema.context import Info
from api.schema.enums import described
from api.schema.ids import NodeId, typed_id
from api.schema.optional import Optionals, optional
from api.schema.retrying import BulkOrderResult, BulkOrdersPayload
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.bulk import BulkRow
from domain.errors import DomainError, InvalidInput, LimitExceeded, NotFound, RequiredInput

MOST_ORDERS: Final = 500

Row = TypeVar("Row", bound=BulkRow)


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


@strawberry.input(description="An order out of many that something is done with.")
class ChosenOrderInput(Optionals):
    """A chosen order."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    expected_version: int | None = optional(
        "The version of the order that you saw; if it has another, nothing is done."
    )


@dataclass(frozen=True)
class Choice:
    """What a mass action was asked for: an id for each row, and how to take refusals."""

    order_ids: Sequence[str]
    policy: ErrorPolicy
    dry_run: bool

    @property
    def all_or_nothing(self) -> bool:
        """Whether nothing is done unless every row can be."""
        return self.policy is ErrorPolicy.REJECT_EVERYTHING


async def answer_for_each(
    info: Info,
    choice: Choice,
    *,
    request: Callable[[int, NodeId], Row],
    act: Callable[[Sequence[Row | DomainError]], Awaitable[list[DomainError | None]]],
) -> BulkOrdersPayload:
    """Make a request of each row whose order is known, act on all of them, and answer each row at its place.

    `request` may refuse a row. Raises RequiredInput for no row at all, LimitExceeded for more than 500.
    """
    if not choice.order_ids:
        raise RequiredInput("Name at least one order.", path=("input", "orders"))
    if len(choice.order_ids) > MOST_ORDERS:
        raise LimitExceeded(f"At most {MOST_ORDERS} orders at a time.", path=("input", "orders"))
    asked = [_read(text) for text in choice.order_ids]
    known = await orders_of([one for one in asked if isinstance(one, NodeId)])
    refusals = await act([_request(at, one, known, request) for at, one in enumerate(asked)])
    orders = await orders_of(list(known))
    payload = _answer(refusals, [orders.get(one) if isinstance(one, NodeId) else None for one in asked], choice)
    if payload.succeeded and not choice.dry_run:
        info.context.service.wake()
    return payload


def _read(text: str) -> NodeId | InvalidInput:
    try:
        return typed_id(text, "AmazonOrder", path=("input", "orderId"))
    except InvalidInput as malformed:
        return malformed


def _request(
    at: int,
    asked: NodeId | InvalidInput,
    known: dict[NodeId, AmazonOrderRecord],
    request: Callable[[int, NodeId], Row],
) -> Row | DomainError:
    if isinstance(asked, InvalidInput):
        return asked
    if asked not in known:
        return NotFound("There is no such order.", path=("input", "orderId"))
    try:
        return request(at, asked)
    except DomainError as refusal:
        return refusal


def _answer(
    refusals: list[DomainError | None], orders: list[AmazonOrderRecord | None], choice: Choice
) -> BulkOrdersPayload:
    refused = sum(refusal is not None for refusal in refusals)
    stopped = bool(refused) and choice.all_or_nothing
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
