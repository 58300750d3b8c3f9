"""What an answer of Amazon's means: a body, a wait, or a never."""

import asyncio
from collections.abc import Awaitable
from typing import Final, NoReturn, TypeVar

import httpx2
import msgspec

from domain.errors import MarketplaceRejected, MarketplaceThrottled, MarketplaceUnavailable, MarketplaceUnreached

_Answer = TypeVar("_Answer")
_Shape = TypeVar("_Shape")
_SHOWN: Final = 300  # characters of Amazon's own words that go into an error


class _Error(msgspec.Struct):
    code: str | None = None
    message: str | None = None


class _Errors(msgspec.Struct):
    errors: list[_Error]


async def answered(sending: Awaitable[_Answer], *, deadline: float) -> _Answer:
    """Wait for an answer, at most `deadline` seconds in all.

    Raises MarketplaceUnreached when nothing could be sent, and MarketplaceUnavailable when no answer comes: whether the
    request had an effect is then unknown.
    """
    try:
        async with asyncio.timeout(deadline):
            return await sending
    except TimeoutError:
        raise MarketplaceUnavailable(f"Amazon did not answer within {deadline:g} s.") from None
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise MarketplaceUnreached(f"Amazon could not be reached ({type(error).__name__}).") from None
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise MarketplaceUnavailable(f"Amazon could not be reached ({type(error).__name__}).") from None


def request_id(response: httpx2.Response) -> str | None:
    """Return the id that Amazon's support asks for."""
    return response.headers.get("x-amzn-requestid")


def rate(response: httpx2.Response) -> float | None:
    """Return the requests a second that Amazon says it allows; it often says nothing."""
    return _positive(response.headers.get("x-amzn-ratelimit-limit"))


def refuse(response: httpx2.Response) -> NoReturn:
    """Raise what an answer other than a success means.

    Raises MarketplaceThrottled for 429; MarketplaceUnavailable for 5xx, redirects and anything that Amazon's API itself
    cannot have written, such as a proxy's page; MarketplaceRejected otherwise.
    """
    status, ident = response.status_code, request_id(response)
    if status == 429:
        raise MarketplaceThrottled(
            "Amazon's quota for this operation is spent.",
            amazon_code="QuotaExceeded",
            request_id=ident,
            retry_after=_positive(response.headers.get("retry-after")),
        )
    told = _told(response)
    if status >= 500 or status < 400 or status == 408 or told is None:
        code = told.code if told else None
        raise MarketplaceUnavailable(f"Amazon answered {status}.", amazon_code=code, request_id=ident)
    words = f": {told.message[:_SHOWN]}" if told.message else "."
    raise MarketplaceRejected(f"Amazon refused ({status}){words}", amazon_code=told.code, request_id=ident)


def unreadable(response: httpx2.Response) -> MarketplaceUnavailable:
    """Return the error for a success whose body nobody can read."""
    return MarketplaceUnavailable("Amazon's answer could not be read.", request_id=request_id(response))


def read(response: httpx2.Response, shape: type[_Shape]) -> _Shape:
    """Read the body of a success.

    Raises MarketplaceUnavailable if it has another shape.
    """
    try:
        return msgspec.json.decode(response.content, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise unreadable(response) from None


def _told(response: httpx2.Response) -> _Error | None:
    if not response.content.strip():
        return _Error(code=str(response.status_code))
    try:
        errors = msgspec.json.decode(response.content, type=_Errors, strict=False).errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return errors[0] if errors else _Error(code=str(response.status_code))


def _positive(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < 1e6 else None
