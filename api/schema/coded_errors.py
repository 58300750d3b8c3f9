"""Top-level errors: each has a code; a defect is masked, logged once, and named by its request."""

import logging
from collections.abc import Sequence
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import StrawberryInputCoercionError
from tortoise.exceptions import ValidationError

from api.schema.discretion import without_values
from domain.errors import InvalidInput, LimitExceeded, RequiredInput

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT: Final = "BAD_USER_INPUT"
INTERNAL_SERVER_ERROR: Final = "INTERNAL_SERVER_ERROR"

_MISTAKES: Final = (InvalidInput, RequiredInput, LimitExceeded)
_log = logging.getLogger("orderlane.graphql")


def coded(errors: Sequence[GraphQLError], *, executed: bool, request_id: str) -> list[GraphQLError]:
    """Give every error its code, and mask the unexpected ones; `executed` is whether the document was run at all."""
    return [_coded(error, executed, request_id) for error in errors]


def _coded(error: GraphQLError, executed: bool, request_id: str) -> GraphQLError:
    cause = error.original_error
    if isinstance(cause, _MISTAKES):
        return _again(error, cause.message, {"code": BAD_USER_INPUT, "argument": list(cause.path)})
    code = _code_while_running(error) if executed else _code_before(error)
    if code == INTERNAL_SERVER_ERROR:
        return _masked(error, request_id)
    message = "The document nests too deep." if isinstance(cause, RecursionError) else without_values(error.message)
    return _again(error, message, {"code": code})


def _code_before(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError) or isinstance(error.original_error, RecursionError):
        return PARSE_FAILED
    return VALIDATION_FAILED if error.nodes or error.original_error is None else INTERNAL_SERVER_ERROR


def _code_while_running(error: GraphQLError) -> str:
    if error.path is None or isinstance(error.original_error, StrawberryInputCoercionError):
        return BAD_USER_INPUT  # a variable, or a value made of one, that cannot be taken
    if isinstance(error.original_error or error, GraphQLError) and error.message.startswith("Argument '"):
        return BAD_USER_INPUT  # an argument made of variables, one of which is null where nothing may be
    return INTERNAL_SERVER_ERROR


def _masked(error: GraphQLError, request_id: str) -> GraphQLError:
    cause = _bare(error, error.original_error or error)
    place = ".".join(str(part) for part in error.path or ("the document",))
    _log.error(
        "A request failed at %s (request %s).", place, request_id, exc_info=cause, extra={"request_id": request_id}
    )
    message = f"Something went wrong on our side. Name request {request_id} when you report it."
    return _again(error, message, {"code": INTERNAL_SERVER_ERROR, "requestId": request_id})


def _bare(error: GraphQLError, cause: Exception) -> Exception:
    """Return the cause without what it quotes: the document, or what was to be stored, where secrets may stand."""
    if isinstance(cause, GraphQLError):
        return GraphQLError(without_values(error.message)).with_traceback(error.__traceback__)
    if isinstance(cause, ValidationError):
        return ValidationError("a value does not fit its column").with_traceback(cause.__traceback__)
    return cause


def _again(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
