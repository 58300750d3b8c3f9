"""The operations of Amazon's Feeds API v2021-06-30, and the documents that feeds are made of."""

import zlib
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from gzip import GzipFile
from io import BytesIO
from typing import Final
from urllib.parse import quote

import msgspec

from api.amazon import answers
from api.amazon.access_token import Seller
from api.amazon.transport import Transport
from domain.amazon.lost_feeds import ListedFeed
from domain.amazon.translation import instant
from domain.errors import InvalidInput, MarketplaceUnavailable
from domain.instant import to_text

XML: Final = "text/xml; charset=UTF-8"
"""The content type of a feed in XML; the upload has to repeat it to the letter."""

_FEEDS: Final = "/feeds/2021-06-30/feeds"
_DOCUMENTS: Final = "/feeds/2021-06-30/documents"
_LARGEST: Final = 64 * 2**20
_GZIP: Final = b"\x1f\x8b"


class Feed(msgspec.Struct, rename="camel"):
    """A feed as Amazon tells of it; `processing_status` is Amazon's word."""

    feed_id: str
    processing_status: str | None = None
    result_feed_document_id: str | None = None


class Place(msgspec.Struct, rename="camel"):
    """Where a document is put or got; the address is good for five minutes."""

    feed_document_id: str
    url: str


class _Created(msgspec.Struct, rename="camel"):
    feed_id: str


class _ListedFeed(msgspec.Struct, rename="camel"):
    feed_id: str
    created_time: str | None = None
    marketplace_ids: list[str] | None = None


class _Listed(msgspec.Struct, rename="camel"):
    feeds: list[_ListedFeed]
    next_token: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of feeds; with `next_token` there are more."""

    feeds: tuple[ListedFeed, ...]
    next_token: str | None


class Feeds:
    """Sends feeds and reads what became of them; raises the same as every operation of the client."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create_feed_document(self, seller: Seller, *, content_type: str = XML) -> Place:
        """Ask for a place where a feed can be put."""
        body = msgspec.json.encode({"contentType": content_type})
        return answers.read(await self._transport.call(seller, "POST", _DOCUMENTS, body=body), Place)

    async def upload(self, place: Place, content: bytes, *, content_type: str = XML) -> None:
        """Put a feed there."""
        await self._transport.put(place.url, content, content_type=content_type)

    async def create_feed(
        self, seller: Seller, *, feed_type: str, marketplace_ids: Sequence[str], document_id: str
    ) -> str:
        """Hand a feed over and return Amazon's id for it.

        After MarketplaceUnavailable nobody knows whether Amazon has it; after MarketplaceUnreached it has not.
        """
        given = {
            "feedType": feed_type,
            "marketplaceIds": list(marketplace_ids),
            "inputFeedDocumentId": document_id,
        }
        response = await self._transport.call(seller, "POST", _FEEDS, body=msgspec.json.encode(given))
        feed_id = answers.read(response, _Created).feed_id
        if not _is_id(feed_id):
            raise answers.unreadable(response)
        return feed_id

    async def get_feed(self, seller: Seller, feed_id: str) -> Feed:
        """Ask how far a feed is."""
        return answers.read(await self._transport.call(seller, "GET", f"{_FEEDS}/{quote(feed_id, safe='')}"), Feed)

    async def list_feeds(
        self, seller: Seller, *, feed_type: str, created_since: datetime, next_token: str | None = None
    ) -> Listing:
        """Ask for a page of the feeds of a type since an instant, Amazon's time; a token stands for the whole query."""
        query = {"feedTypes": feed_type, "createdSince": to_text(created_since), "pageSize": "100"}
        if next_token is not None:
            query = {"nextToken": next_token}
        response = await self._transport.call(seller, "GET", _FEEDS, query=query)
        listed = answers.read(response, _Listed)
        if not all(_is_id(feed.feed_id) for feed in listed.feeds):
            raise answers.unreadable(response)
        return Listing(tuple(map(_read_listed, listed.feeds)), listed.next_token or None)

    async def get_feed_document(self, seller: Seller, document_id: str) -> Place:
        """Ask where a document is."""
        path = f"{_DOCUMENTS}/{quote(document_id, safe='')}"
        return answers.read(await self._transport.call(seller, "GET", path), Place)

    async def download(self, place: Place) -> bytes:
        """Get a document, unpacked if it is packed: on the way it may have been unpacked whatever Amazon says of it."""
        content = await self._transport.get(place.url)
        return await to_thread(_unpacked, content) if content.startswith(_GZIP) else content


def _read_listed(feed: _ListedFeed) -> ListedFeed:
    try:
        created_at = instant(feed.created_time or "", at="createdTime")
    except InvalidInput:
        created_at = None
    marketplaces = frozenset(feed.marketplace_ids) if feed.marketplace_ids else None
    return ListedFeed(feed_id=feed.feed_id, created_at=created_at, marketplaces=marketplaces)


def _is_id(feed_id: str) -> bool:
    return 0 < len(feed_id) <= 64 and feed_id.isprintable()


def _unpacked(content: bytes) -> bytes:
    try:
        plain = GzipFile(fileobj=BytesIO(content)).read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise MarketplaceUnavailable("Amazon's document could not be unpacked.") from None
    if len(plain) > _LARGEST:
        raise MarketplaceUnavailable("Amazon's document is too large to be read.")
    return plain
