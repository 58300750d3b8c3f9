"""Top-level errors: each has a code; a defect is masked, logged once, and named by its request."""

import logging
from collections.abc import Iterator
from typing import Any, Final

from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionResult

from domain.errors import InvalidInput, LimitExceeded, RequiredInput

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT: Final = "BAD_USER_INPUT"
INTERNAL_SERVER_ERROR: Final = "INTERNAL_SERVER_ERROR"

_log = logging.getLogger("orderlane.graphql")


class CodedErrors(SchemaExtension):
    """Give every top-level error its code, and mask the unexpected ones."""

    _executing = False

    def on_execute(self) -> Iterator[None]:
        """Note that the document was read and is valid."""
        self._executing = True
        yield

    def on_operation(self) -> Iterator[None]:
        """Rewrite the errors once everything is done."""
        yield
        result = self.execution_context.result
        if isinstance(result, (CoreResult, ExecutionResult)) and result.errors:
            result.errors = [self._coded(error) for error in result.errors]
        elif errors := self.execution_context.pre_execution_errors:
            errors[:] = [self._coded(error) for error in errors]

    def _coded(self, error: GraphQLError) -> GraphQLError:
        if (error.extensions or {}).get("code"):
            return error
        code = self._code_of(error)
        if code == INTERNAL_SERVER_ERROR:
            return self._masked(error)
        extensions: dict[str, Any] = {"code": code}
        if isinstance(error.original_error, (InvalidInput, RequiredInput, LimitExceeded)):
            extensions["argument"] = list(error.original_error.path)
        return _again(error, error.message, extensions)

    def _code_of(self, error: GraphQLError) -> str:
        if isinstance(error.original_error, (InvalidInput, RequiredInput, LimitExceeded)):
            return BAD_USER_INPUT
        if isinstance(error, GraphQLSyntaxError) or isinstance(error.original_error, RecursionError):
            return PARSE_FAILED
        if not self._executing:
            return INTERNAL_SERVER_ERROR if error.original_error else VALIDATION_FAILED
        if error.original_error is None and error.path is None:
            return BAD_USER_INPUT  # a variable that cannot be taken
        return INTERNAL_SERVER_ERROR

    def _masked(self, error: GraphQLError) -> GraphQLError:
        request_id = self.execution_context.context.request_id
        cause = error.original_error or error
        _log.error(
            "A request failed at %s (request %s).",
            _place(error),
            request_id,
            exc_info=cause,
            extra={"request_id": request_id},
        )
        message = f"Something went wrong on our side. Name request {request_id} when you report it."
        return _again(error, message, {"code": INTERNAL_SERVER_ERROR, "requestId": request_id})


def _again(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _place(error: GraphQLError) -> str:
    return ".".join(str(part) for part in error.path or ("the document",))
