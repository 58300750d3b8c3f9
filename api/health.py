"""Health: whether the process answers, and whether it is fit to be sent requests; Amazon is no part of either."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_PATIENCE_SECONDS: Final = 3


class Unfit(Exception):
    """A check that did not pass; the message says why."""


Check = Callable[[], Awaitable[None]]
"""Returns if all is well.

Raises Unfit otherwise.
"""


async def livez(_: Request) -> Response:
    """Answer."""
    return JSONResponse({"status": "ok"})


def readyz(checks: Mapping[str, Check]) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that answers 200 if every check passes, else 503; either way with each check's finding."""

    async def endpoint(_: Request) -> Response:
        found = dict(zip(checks, await asyncio.gather(*map(_finding, checks.values())), strict=True))
        is_fit = all(finding == "ok" for finding in found.values())
        answer = {"status": "ok" if is_fit else "unfit", "checks": found}
        return JSONResponse(answer, status_code=200 if is_fit else 503)

    return endpoint


async def _finding(check: Check) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await check()
    except Unfit as unfit:
        return str(unfit)
    except TimeoutError:
        return f"No answer within {_PATIENCE_SECONDS} s."
    return "ok"
