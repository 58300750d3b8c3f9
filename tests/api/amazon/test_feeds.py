import gzip
import json
from datetime import UTC, datetime

import httpx2
import pytest

from api.amazon.access_token import Seller
from api.amazon.client import AmazonClient
from api.amazon.feeds import Feed, Feeds, Place
from domain.accounts.regions import Region
from domain.amazon.lost_feeds import ListedFeed
from domain.errors import (
    CredentialsRejected,
    MarketplaceRejected,
    MarketplaceThrottled,
    MarketplaceUnavailable,
    MarketplaceUnreached,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SELLER = Seller(Region.EU, "Atzr|token")
URL = "https://documents.example.org/a%2Fb?X-Signature=abc%3D"
PLACE = Place(feed_document_id="d1", url=URL)


class StillClock:
    def now(self):
        return START


class Amazon:
    """Answers each call with what the test has laid out for it."""

    def __init__(self):
        self.requests: list[httpx2.Request] = []
        self.replies: list[httpx2.Response | Exception] = []
        self.tokens: list[httpx2.Response | Exception] = []

    async def __call__(self, request):
        if request.url.path == "/auth/o2/token":
            reply = self.tokens.pop(0) if self.tokens else httpx2.Response(200, json={"access_token": "Atza|1"})
        else:
            self.requests.append(request)
            reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def amazon():
    return Amazon()


@pytest.fixture
async def feeds(amazon):
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(amazon)) as http:
        client = AmazonClient(http=http, clock=StillClock(), client_id="id", client_secret="hush", deadline=0.5)
        yield client.feeds


async def create(feeds: Feeds) -> str:
    return await feeds.create_feed(SELLER, feed_type="TYPE", marketplace_ids=["A", "B"], document_id="d1")


class TestDocuments:
    async def test_a_place_is_asked_for_and_used_with_the_same_content_type_and_nothing_of_ours(self, feeds, amazon):
        amazon.replies = [
            httpx2.Response(201, json={"feedDocumentId": "d1", "url": URL, "more": 1}),
            httpx2.Response(200),
        ]
        place = await feeds.create_feed_document(SELLER)
        await feeds.upload(place, b"<feed/>")

        asked, put = amazon.requests
        assert (asked.method, asked.url.path) == ("POST", "/feeds/2021-06-30/documents")
        assert (put.method, str(put.url), put.content) == ("PUT", URL, b"<feed/>")
        assert json.loads(asked.content) == {"contentType": put.headers["content-type"]}
        assert not [name for name in put.headers if name.startswith("x-amz")]
        assert "authorization" not in put.headers

    @pytest.mark.parametrize("status", [301, 400, 403, 412, 500, 503])
    async def test_a_place_that_takes_nothing_is_unavailable(self, feeds, amazon, status):
        amazon.replies = [httpx2.Response(status, text="<Error/>", headers={"location": "https://example.org"})]
        with pytest.raises(MarketplaceUnavailable, match=str(status)):
            await feeds.upload(PLACE, b"")
        assert len(amazon.requests) == 1

    async def test_a_document_is_found_and_got_without_a_token(self, feeds, amazon):
        amazon.replies = [
            httpx2.Response(200, json={"feedDocumentId": "d/1", "url": URL}),
            httpx2.Response(200, content=b"<report/>"),
        ]
        place = await feeds.get_feed_document(SELLER, "d/1")
        assert await feeds.download(place) == b"<report/>"

        assert amazon.requests[0].url.raw_path == b"/feeds/2021-06-30/documents/d%2F1"
        assert "x-amz-access-token" not in amazon.requests[1].headers

    async def test_a_packed_document_is_unpacked(self, feeds, amazon):
        packed = gzip.compress(b"<report/>" * 1000)
        amazon.replies = [httpx2.Response(200, content=packed)]
        assert await feeds.download(PLACE) == b"<report/>" * 1000

    async def test_a_document_that_was_unpacked_on_the_way_is_taken_as_it_is(self, feeds, amazon):
        headers = {"content-encoding": "gzip"}
        amazon.replies = [httpx2.Response(200, content=gzip.compress(b"<report/>"), headers=headers)]
        assert await feeds.download(PLACE) == b"<report/>"

    @pytest.mark.parametrize("content", [b"\x1f\x8b", b"\x1f\x8bnothing", gzip.compress(b"x" * 999, mtime=0)[:-9]])
    async def test_a_broken_package_is_unavailable(self, feeds, amazon, content):
        amazon.replies = [httpx2.Response(200, content=content)]
        with pytest.raises(MarketplaceUnavailable, match="unpacked"):
            await feeds.download(PLACE)

    @pytest.mark.parametrize("content", [b"x" * (32 * 2**20 + 1), gzip.compress(bytes(64 * 2**20 + 1), 1)])
    async def test_what_no_report_can_be_is_not_read_to_its_end(self, feeds, amazon, content):
        amazon.replies = [httpx2.Response(200, content=content)]
        with pytest.raises(MarketplaceUnavailable, match="too large"):
            await feeds.download(PLACE)

    @pytest.mark.parametrize("reply", [httpx2.Response(403, text="<Error/>"), httpx2.ReadError("reset")])
    async def test_a_document_that_cannot_be_got_is_unavailable(self, feeds, amazon, reply):
        amazon.replies = [reply]
        with pytest.raises(MarketplaceUnavailable):
            await feeds.download(PLACE)

    @pytest.mark.parametrize(
        "url", ["", "file:///etc/passwd", "ftp://example.org/x", "//example.org", "https://", "http://a:b/"]
    )
    async def test_a_place_that_is_no_web_address_is_never_gone_to(self, feeds, amazon, url):
        place = Place(feed_document_id="d1", url=url)
        with pytest.raises(MarketplaceUnavailable, match="no web address"):
            await feeds.upload(place, b"")
        with pytest.raises(MarketplaceUnavailable, match="no web address"):
            await feeds.download(place)
        assert amazon.requests == []


class TestCreatingAFeed:
    async def test_returns_amazons_id(self, feeds, amazon):
        amazon.replies = [httpx2.Response(202, json={"feedId": "3485934"})]
        assert await create(feeds) == "3485934"
        (asked,) = amazon.requests
        assert json.loads(asked.content) == {
            "feedType": "TYPE",
            "marketplaceIds": ["A", "B"],
            "inputFeedDocumentId": "d1",
        }

    @pytest.mark.parametrize(
        "reply",
        [
            httpx2.Response(202, json={"feedId": ""}),
            httpx2.Response(202, json={"feedId": "9" * 65}),
            httpx2.Response(202, json={}),
            httpx2.Response(200, text="<html>a proxy</html>"),
            httpx2.Response(500, json={"errors": [{"code": "InternalFailure", "message": "x"}]}),
            httpx2.Response(302, headers={"location": "https://example.org"}),
            httpx2.ReadError("reset"),
            httpx2.WriteError("reset"),
            httpx2.ReadTimeout("slow"),
        ],
    )
    async def test_without_an_answer_nobody_knows_whether_amazon_has_it(self, feeds, amazon, reply):
        amazon.replies = [reply]
        with pytest.raises(MarketplaceUnavailable) as caught:
            await create(feeds)
        assert type(caught.value) is MarketplaceUnavailable

    @pytest.mark.parametrize("error", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("no"), httpx2.PoolTimeout("")])
    async def test_that_never_left_cannot_have_had_an_effect(self, feeds, amazon, error):
        amazon.replies = [error]
        with pytest.raises(MarketplaceUnreached):
            await create(feeds)

    @pytest.mark.parametrize("reply", [httpx2.Response(503, text=""), httpx2.ReadError("reset")])
    async def test_without_a_token_never_left_either(self, feeds, amazon, reply):
        amazon.tokens = [reply]
        with pytest.raises(MarketplaceUnreached):
            await create(feeds)
        assert amazon.requests == []

    async def test_says_what_amazon_says(self, feeds, amazon):
        body = {"errors": [{"code": "InvalidInput", "message": "No such type."}]}
        amazon.replies = [httpx2.Response(400, json=body), httpx2.Response(429, json=body)]
        with pytest.raises(MarketplaceRejected, match="No such type"):
            await create(feeds)
        with pytest.raises(MarketplaceThrottled):
            await create(feeds)
        amazon.tokens = [httpx2.Response(400, json={"error": "invalid_grant"})]
        amazon.replies = [httpx2.Response(403, json=body)]
        with pytest.raises(CredentialsRejected):
            await create(feeds)


class TestLookingAtFeeds:
    async def test_one_feed(self, feeds, amazon):
        told = {"feedId": "1", "processingStatus": "DONE", "resultFeedDocumentId": "r1", "feedType": "x"}
        amazon.replies = [httpx2.Response(200, json=told)]
        assert await feeds.get_feed(SELLER, "1") == Feed("1", "DONE", "r1")

    async def test_the_feeds_of_a_type_since_a_moment_page_by_page(self, feeds, amazon):
        told = {"feedId": "1", "createdTime": "2026-03-02T09:00:00Z", "marketplaceIds": ["A", "B"], "feedType": "TYPE"}
        listed = [told, {"feedId": "2", "createdTime": "soon", "marketplaceIds": []}, {"feedId": "3"}]
        amazon.replies = [
            httpx2.Response(200, json={"feeds": listed, "nextToken": "t"}),
            httpx2.Response(200, json={"feeds": [], "nextToken": ""}),
        ]
        first = await feeds.list_feeds(SELLER, feed_type="TYPE", created_since=START)
        second = await feeds.list_feeds(SELLER, feed_type="TYPE", created_since=START, next_token=first.next_token)

        assert (second.feeds, second.next_token) == ((), None)
        assert first.feeds == (
            ListedFeed(feed_id="1", created_at=START, marketplaces=frozenset(["A", "B"])),
            ListedFeed(feed_id="2"),
            ListedFeed(feed_id="3"),
        )
        assert dict(amazon.requests[0].url.params) == {
            "feedTypes": "TYPE",
            "createdSince": "2026-03-02T09:00:00.000Z",
            "pageSize": "100",
        }
        assert dict(amazon.requests[1].url.params) == {"nextToken": "t"}

    async def test_a_list_with_an_id_that_cannot_be_one_is_unreadable(self, feeds, amazon):
        amazon.replies = [httpx2.Response(200, json={"feeds": [{"feedId": ""}]})]
        with pytest.raises(MarketplaceUnavailable):
            await feeds.list_feeds(SELLER, feed_type="TYPE", created_since=START)
