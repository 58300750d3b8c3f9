"""How large a request may be, and in which words a larger one is refused."""

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

LARGEST_BODY: Final = 1_000_000
"""Bytes of a request; documents are far smaller, files are not taken."""


def too_large() -> Response:
    """Return the refusal, in the form of a GraphQL error."""
    message = f"The request is too large: its body may have {LARGEST_BODY} bytes. Split it, e.g. ask for fewer orders."
    error = {"message": message, "extensions": {"code": "BAD_REQUEST"}}
    return JSONResponse({"errors": [error]}, status_code=413)


def says_too_large(headers: Headers) -> bool:
    """Tell whether a request says itself that it is too large."""
    length = headers.get("content-length", "")
    return length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > LARGEST_BODY)
