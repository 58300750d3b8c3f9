"""The schema: all types joined, with limits, caches and coded errors."""

from typing import Any, Final

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError

from api.schema.blockers import DataBlocker, OutOfStockBlocker, ProductDisabledBlocker, ProductNotMatchedBlocker
from api.schema.coded_errors import coded
from api.schema.events import BlockerEvent, CommentEvent, GenericOrderEvent, StatusChangedEvent
from api.schema.limits import LIMITS
from api.schema.mutation import Mutation
from api.schema.one_operation import OneOperation
from api.schema.query import Query
from api.schema.scalars import SCALARS
from api.schema.user_errors import (
    ActionNotAllowedError,
    AmountTooLargeError,
    InputError,
    InsufficientStockError,
    MarketplaceError,
    StaleVersionError,
)

_KINDS: Final[tuple[type, ...]] = (
    ActionNotAllowedError,
    AmountTooLargeError,
    BlockerEvent,
    CommentEvent,
    DataBlocker,
    GenericOrderEvent,
    InputError,
    InsufficientStockError,
    MarketplaceError,
    OutOfStockBlocker,
    ProductDisabledBlocker,
    ProductNotMatchedBlocker,
    StaleVersionError,
    StatusChangedEvent,
)


class Schema(strawberry.Schema):
    """The schema, which logs defects once, where they are masked, and a client's mistakes not at all."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> Any:
        """Leave logging to `coded`, which tells a defect from a mistake."""

    async def execute(self, *args: Any, **named: Any) -> ExecutionResult:
        """Run a document; every error of the result has its code."""
        result = await super().execute(*args, **named)
        if result.errors:
            executed = not isinstance(result, PreExecutionError)
            request_id = named["context_value"].request_id
            result.errors = coded(result.errors, executed=executed, request_id=request_id)
        return result


schema: Final = Schema(
    query=Query,
    mutation=Mutation,
    types=_KINDS,
    extensions=[*LIMITS, OneOperation],
    config=StrawberryConfig(scalar_map=SCALARS),
)
