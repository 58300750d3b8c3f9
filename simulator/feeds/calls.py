"""Feeds API 2021-06-30: documents to upload, feeds to create, look at and cancel, reports to download."""

import re
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import invalid_input, json_answer, not_found
from simulator.feeds import feeding
from simulator.feeds.queue import Feed, FeedType
from simulator.instants import wire_time
from simulator.marketplaces import MARKETPLACES
from simulator.orders.documents import Document
from simulator.orders.lifecycle import NotAllowed
from simulator.queued import LISTED_FOR, find_listed, next_token, read_listing
from simulator.storage.documents import Purpose, StoredDocument
from simulator.storage.downloads import answer_download
from simulator.storage.urls import document_url

MOST_MARKETPLACES: Final = 25
FEED_ID: Final = re.compile(r"[0-9]{1,20}")
KINDS: Final = "feedTypes"
FEED_DOCUMENTS: Final = frozenset({Purpose.FEED_INPUT, Purpose.FEED_RESULT})

ContentType = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]([ -~]*[!-~])?\Z")]


class CreateFeedDocument(msgspec.Struct, rename="camel"):
    """The body of createFeedDocument; keys that Amazon does not know are ignored."""

    content_type: ContentType


class CreateFeed(msgspec.Struct, rename="camel"):
    """The body of createFeed; keys that Amazon does not know are ignored."""

    feed_type: str
    marketplace_ids: Annotated[list[str], Meta(min_length=1, max_length=MOST_MARKETPLACES)]
    input_feed_document_id: str
    feed_options: dict[str, str] | UnsetType = UNSET


AnyBody = TypeVar("AnyBody", bound=msgspec.Struct)


async def create_feed_document(call: Call) -> Response:
    """Make room for a document, and answer where to upload it."""
    body = await _read_body(call, CreateFeedDocument)
    document = call.world.documents.expect(seller=call.seller, content_type=body.content_type, at=call.now)
    url = document_url(call.world, call.request, document.document_id, method="PUT", now=call.now)
    return json_answer({"feedDocumentId": document.document_id, "url": url}, 201)


async def create_feed(call: Call) -> Response:
    """Queue a feed of an uploaded document."""
    body = await _read_body(call, CreateFeed)
    if body.feed_type not in set(FeedType):
        raise invalid_input(details="The feedType is not supported.")
    if not MARKETPLACES.keys() >= set(body.marketplace_ids):
        raise invalid_input(details="The seller does not take part in a marketplace of marketplaceIds.")
    feed = call.world.feeds.add(
        FeedType(body.feed_type),
        _input_document(call, body.input_feed_document_id),
        marketplace_ids=tuple(dict.fromkeys(body.marketplace_ids)),
        at=call.now,
    )
    feeding.plan(call.world, feed)
    return json_answer({"feedId": feed.feed_id}, 202)


async def get_feeds(call: Call) -> Response:
    """Answer a page of the seller's feeds, newest first."""
    world, seller, now = call.world, call.seller, call.now
    listing = read_listing(world.seed, call.request.query_params, kinds=KINDS, seller=seller, now=now)
    feeds, has_more = find_listed(world.feeds.newest_first(), listing, seller=seller, now=now)
    page: Document = {"feeds": [show_feed(feed) for feed in feeds]}
    if has_more:
        page["nextToken"] = next_token(world.seed, listing, kinds=KINDS, seller=seller, last=feeds[-1])
    return json_answer(page)


async def get_feed(call: Call) -> Response:
    """Answer one feed of the seller."""
    return json_answer(show_feed(_feed(call)))


async def cancel_feed(call: Call) -> Response:
    """Take a feed of the seller out of the queue."""
    try:
        feeding.cancel(_feed(call))
    except NotAllowed as error:
        raise invalid_input(details=str(error)) from error
    return Response()


async def get_feed_document(call: Call) -> Response:
    """Answer where to download a document of the seller: a report, or what was uploaded."""
    return answer_download(call, id_name="feedDocumentId", purposes=FEED_DOCUMENTS)


def show_feed(feed: Feed) -> Document:
    """Return the feed as Amazon's answers carry it."""
    shown: Document = {
        "feedId": feed.feed_id,
        "feedType": feed.feed_type,
        "marketplaceIds": feed.marketplace_ids,
        "createdTime": wire_time(feed.created),
        "processingStatus": feed.status,
    }
    if feed.started is not None:
        shown["processingStartTime"] = wire_time(feed.started)
    if feed.ended is not None:
        shown["processingEndTime"] = wire_time(feed.ended)
    if feed.result_document_id is not None:
        shown["resultFeedDocumentId"] = feed.result_document_id
    return shown


def _feed(call: Call) -> Feed:
    feed = call.world.feeds.get(_well_formed(call, "feed_id", FEED_ID))
    if feed is None or feed.seller != call.seller or feed.created < call.now - LISTED_FOR:
        raise not_found()
    return feed


def _well_formed(call: Call, name: str, shape: re.Pattern[str]) -> str:
    given: str = call.request.path_params[name]
    if not shape.fullmatch(given):
        raise invalid_input()
    return given


def _input_document(call: Call, document_id: str) -> StoredDocument:
    document = call.world.documents.find(document_id, now=call.now)
    if document is None or document.seller != call.seller or not document.is_input:
        raise invalid_input(details="There is no such inputFeedDocumentId, or its time is over.")
    if document.contents is None:
        raise invalid_input(details="Nothing was uploaded to the document.")
    if document.is_used:
        raise invalid_input(details="A feed was created from the document already.")
    return document


async def _read_body(call: Call, kind: type[AnyBody]) -> AnyBody:
    try:
        return msgspec.json.decode(await call.request.body(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_input() from error
