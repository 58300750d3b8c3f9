"""The name of the request in hand: in the answer's header, in every log line, in a masked error."""

import re
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

HEADER: Final = b"x-request-id"
_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)


def name_request(given: str | None) -> str:
    """Name the request in hand as its sender did, if that is a plain word, else by a new name; return it."""
    name = given if given and _ACCEPTABLE.fullmatch(given) else uuid4().hex
    request_id.set(name)
    return name
