"""How Amazon's answers look: bodies, and the refusals in Amazon's own words."""

from typing import Final

import orjson
from starlette.responses import Response

from simulator.orders.documents import Document

NOT_VALID: Final = "The input you have submitted is not valid. Please check your input and try again."
TOO_FRESH: Final = (
    "The input you have submitted is not valid. Note that the error may be due to a systematic delay in data"
    " retrieval. The most updated data is 2 minutes after an order is created or last updated."
)
WRONG_PAGE: Final = (
    "The paginationToken you have submitted is not valid. All parameters must match the original request"
    " except maxResultsPerPage."
)
DENIED: Final = "Access to requested resource is denied."
NO_TOKEN: Final = "Access token is missing in the request header."
BAD_TOKEN: Final = "The access token you provided is revoked, malformed or invalid."


class WireError(Exception):
    """A refusal that is answered to the caller as Amazon would."""

    def __init__(self, status: int, code: str, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


def invalid_input(message: str = NOT_VALID, details: str | None = None) -> WireError:
    """Return the refusal of a request that is wrong."""
    return WireError(400, "InvalidInput", message, details)


def unauthorized(details: str) -> WireError:
    """Return the refusal of a caller without the right token."""
    return WireError(403, "Unauthorized", DENIED, details)


def not_found(message: str = "Resource not found.") -> WireError:
    """Return the refusal of a request for something that is not there."""
    return WireError(404, "NotFound", message)


def quota_exceeded() -> WireError:
    """Return the refusal of a request too many."""
    return WireError(429, "QuotaExceeded", "You exceeded your quota for the requested resource.", "")


def malformed_order_id(order_id: str) -> WireError:
    """Return the refusal of an order id that is not in 3-7-7 format."""
    return invalid_input(f"OrderId: {order_id} is invalid, should be in 3-7-7 format.")


def json_answer(body: Document, status: int = 200) -> Response:
    """Answer with a JSON body."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def error_answer(error: WireError) -> Response:
    """Answer with Amazon's list of errors, of which there is one."""
    entry = {"code": error.code, "message": error.message}
    if error.details is not None:
        entry["details"] = error.details
    return json_answer({"errors": [entry]}, error.status)
