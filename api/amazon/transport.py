"""How every call goes out: with the seller's token, at most so long, and with Amazon's time learned from its answer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import httpx2

from api.amazon import answers
from api.amazon.access_token import AccessTokens, Seller
from api.amazon.amazon_time import AmazonTime
from api.amazon.troubles import Troubles, operation_of
from domain.accounts.regions import Region
from domain.errors import MarketplaceThrottled, MarketplaceUnavailable, MarketplaceUnreached

_LOG: Final = logging.getLogger(__name__)
_HEADERS: Final = MappingProxyType(
    {
        "accept": "application/json",
        "content-type": "application/json",
        "user-agent": "Orderlane/0.1 (Language=Python)",  # without one Amazon may refuse
    }
)
_LARGEST: Final = 32 * 2**20
_WEB: Final = ("http", "https")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """What all operations share; `deadline` is in seconds."""

    http: httpx2.AsyncClient
    time: AmazonTime
    tokens: AccessTokens
    endpoints: Mapping[Region, str]
    troubles: Troubles
    deadline: float

    async def call(
        self,
        seller: Seller,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        marketplace_id: str | None = None,
    ) -> httpx2.Response:
        """Call an operation and return its success; a refused token is renewed once.

        A failure is kept for the log; `marketplace_id` says there whose it is. Raises CredentialsRejected,
        MarketplaceRejected, MarketplaceThrottled, MarketplaceUnreached or MarketplaceUnavailable.
        """
        with self.troubles.watching(seller, operation_of(method, path), marketplace_id):
            return await self._call(seller, method, path, query, body)

    async def _call(
        self, seller: Seller, method: str, path: str, query: Mapping[str, str] | None, body: bytes | None
    ) -> httpx2.Response:
        token = await self._token(seller)
        response = await self._send(seller, token, method, path, query, body)
        if response.status_code in (401, 403):
            token = await self._token(seller, refused=token)
            response = await self._send(seller, token, method, path, query, body)
        if not response.is_success:
            answers.refuse(response)
        return response

    async def put(self, url: str, content: bytes, *, content_type: str) -> None:
        """Put a document where Amazon said, with nothing that tells who we are: the address is the permission.

        Raises MarketplaceUnavailable.
        """
        with self.troubles.watching(None, "PUT document"):
            request = self._plain("PUT", url, content=content, headers={"content-type": content_type})
            response = await answers.answered(self.http.send(request, follow_redirects=False), deadline=self.deadline)
            if not response.is_success:
                raise MarketplaceUnavailable(f"The place that Amazon named took no document ({response.status_code}).")

    async def get(self, url: str) -> bytes:
        """Get a document from where Amazon said.

        Raises MarketplaceUnavailable, also for one larger than any that Amazon makes.
        """
        with self.troubles.watching(None, "GET document"):
            request = self._plain("GET", url)
            content, status = await answers.answered(self._receive(request), deadline=self.deadline)
            if not httpx2.codes.is_success(status):
                raise MarketplaceUnavailable(f"The place that Amazon named gave no document ({status}).")
            return content

    async def _receive(self, request: httpx2.Request) -> tuple[bytes, int]:
        content = bytearray()
        async with self._streamed(request) as response:
            async for part in response.aiter_bytes():
                content += part
                if len(content) > _LARGEST:
                    raise MarketplaceUnavailable("Amazon's document is too large to be read.")
            return bytes(content), response.status_code

    @asynccontextmanager
    async def _streamed(self, request: httpx2.Request) -> AsyncIterator[httpx2.Response]:
        response = await self.http.send(request, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            await response.aclose()

    def _plain(
        self, method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Request:
        try:
            address = httpx2.URL(url)
        except httpx2.InvalidURL:
            address = httpx2.URL()
        if address.scheme not in _WEB or not address.host:
            raise MarketplaceUnavailable("Amazon named a place for a document that is no web address.")
        return self.http.build_request(method, address, content=content, headers=headers)

    async def _token(self, seller: Seller, *, refused: str | None = None) -> str:
        try:
            return await self.tokens.token(seller, refused=refused)
        except MarketplaceThrottled:
            raise
        except MarketplaceUnavailable as error:
            code, ident = error.amazon_code, error.request_id
            raise MarketplaceUnreached(error.message, amazon_code=code, request_id=ident) from None

    async def _send(
        self, seller: Seller, token: str, method: str, path: str, query: Mapping[str, str] | None, body: bytes | None
    ) -> httpx2.Response:
        sending = self.http.request(
            method,
            self.endpoints[seller.region] + path,
            params=query,
            content=body,
            headers={**_HEADERS, "x-amz-access-token": token},
            follow_redirects=False,
        )
        machine_time = asyncio.get_running_loop().time
        began = machine_time()
        response = await answers.answered(sending, deadline=self.deadline)
        self.time.observe(seller.region, response)
        _tell(seller, operation_of(method, path), response, seconds=machine_time() - began)
        return response


def _tell(seller: Seller, operation: str, response: httpx2.Response, *, seconds: float) -> None:
    """Log an answer without what it was asked with: ids, and what it says of buyers, stay out."""
    _LOG.debug(
        "Amazon answered",
        extra={
            "operation": operation,
            "region": seller.region.value,
            "status": response.status_code,
            "seconds": round(seconds, 3),
            "amazon_request_id": answers.request_id(response),
        },
    )
