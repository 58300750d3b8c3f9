"""Access tokens: exchanged for a refresh token at Login with Amazon, kept until shortly before they expire."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import httpx2
import msgspec

from api.amazon.amazon_time import AmazonTime
from api.amazon.answers import answered, request_id, unreadable
from domain.accounts.regions import Region
from domain.errors import CredentialsRejected, MarketplaceRejected, MarketplaceThrottled, MarketplaceUnavailable

_MARGIN: Final = timedelta(seconds=60)
_CREDENTIALS: Final = frozenset(["invalid_grant", "invalid_client", "unauthorized_client"])


@dataclass(frozen=True, slots=True)
class Seller:
    """Whose orders a call is about: the refresh token of a seller in one region."""

    region: Region
    refresh_token: str = field(repr=False)


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: int = 3600


class _Denied(msgspec.Struct):
    error: str
    error_description: str | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str = field(repr=False)
    until: datetime  # Amazon time


class AccessTokens:
    """The access tokens of all sellers; concurrent callers share one refresh."""

    def __init__(
        self,
        *,
        http: httpx2.AsyncClient,
        time: AmazonTime,
        urls: Mapping[Region, str],
        client_id: str,
        client_secret: str,
        deadline: float,
    ) -> None:
        self._http = http
        self._time = time
        self._urls = urls
        self._client_id = client_id
        self._client_secret = client_secret
        self._deadline = deadline
        self._kept: dict[Seller, _Kept] = {}
        self._refreshing: dict[Seller, asyncio.Task[str]] = {}

    async def token(self, seller: Seller, *, refused: str | None = None) -> str:
        """Return an access token; a new one if the one at hand expires or is the one that Amazon has just refused.

        Raises CredentialsRejected, MarketplaceRejected or MarketplaceUnavailable.
        """
        kept = self._kept.get(seller)
        if kept and kept.token != refused and self._time.now(seller.region) < kept.until:
            return kept.token
        task = self._refreshing.get(seller)
        if task is None:
            task = self._refreshing[seller] = asyncio.create_task(self._refresh(seller))
            task.add_done_callback(lambda done: self._settled(seller, done))
        return await asyncio.shield(task)

    def _settled(self, seller: Seller, task: asyncio.Task[str]) -> None:
        self._refreshing.pop(seller, None)
        if not task.cancelled():
            task.exception()  # read, so that one without a waiting caller is not reported as lost

    async def _refresh(self, seller: Seller) -> str:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": seller.refresh_token,
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }
        response = await answered(self._http.post(self._urls[seller.region], data=form), deadline=self._deadline)
        at = self._time.observe(seller.region, response)
        if response.status_code != 200:
            raise _refusal(response)
        try:
            granted = msgspec.json.decode(response.content, type=_Granted, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unreadable(response) from None
        if not granted.access_token.isascii() or not granted.access_token.isprintable():
            raise unreadable(response)
        self._kept[seller] = _Kept(granted.access_token, at + timedelta(seconds=granted.expires_in) - _MARGIN)
        return granted.access_token


def _refusal(response: httpx2.Response) -> MarketplaceRejected | MarketplaceUnavailable:
    status, ident = response.status_code, request_id(response)
    if status == 429:
        return MarketplaceThrottled("Login with Amazon asks to wait.", request_id=ident)
    try:
        denied = msgspec.json.decode(response.content, type=_Denied)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return MarketplaceUnavailable(f"Login with Amazon answered {status}.", request_id=ident)
    if status >= 500:
        return MarketplaceUnavailable(f"Login with Amazon answered {status}.", amazon_code=denied.error[:100])
    if denied.error in _CREDENTIALS:
        return CredentialsRejected(
            f"Amazon does not accept the credentials ({denied.error}); connect the store with a new refresh token.",
            amazon_code=denied.error,
            request_id=ident,
        )
    return MarketplaceRejected(
        f"Login with Amazon refused ({denied.error[:100]}).", amazon_code=denied.error[:100], request_id=ident
    )
