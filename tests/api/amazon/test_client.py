import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from api.amazon.access_token import Seller
from api.amazon.client import INCLUDED_DATA, AmazonClient, SearchRequest
from domain.accounts.regions import Region
from domain.amazon.commands import PackageConfirmation
from domain.errors import CredentialsRejected, MarketplaceRejected, MarketplaceThrottled, MarketplaceUnavailable

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SELLER = Seller(Region.EU, "Atzr|secret-token")
ASKED = SearchRequest(
    marketplace_ids=("A1PA6795UKMFR9", "A13V1IB3VIYZZH"),
    updated_after=START - timedelta(hours=1),
    updated_before=START,
    token="a+b/c==",
)
EMPTY: dict[str, object] = {"orders": []}


class StillClock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


class Amazon:
    """What answers: a token for each refresh, and what the test says for everything else."""

    def __init__(self) -> None:
        self.refreshes = 0
        self.requests: list[httpx2.Request] = []
        self.token_answer: Callable[[], httpx2.Response] | None = None
        self.replies: list[httpx2.Response | Exception] = []
        self.pause = 0.0

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(self.pause)
        if request.url.path == "/auth/o2/token":
            self.refreshes += 1
            if self.token_answer:
                return self.token_answer()
            body = {"access_token": f"Atza|{self.refreshes}", "expires_in": 3600}
            return httpx2.Response(200, json=body, headers={"date": "Mon, 02 Mar 2026 09:00:00 GMT"})
        self.requests.append(request)
        reply = self.replies.pop(0) if self.replies else httpx2.Response(200, json=EMPTY)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def client(amazon: Amazon, clock: StillClock) -> AsyncIterator[AmazonClient]:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(amazon)) as http:
        yield AmazonClient(http=http, clock=clock, client_id="id", client_secret="hush", deadline=0.5)


def refusal(status: int, code: str = "InvalidInput", message: str | None = "No.") -> httpx2.Response:
    body = {"errors": [{"code": code, "message": message, "details": ""}]}
    return httpx2.Response(status, json=body, headers={"x-amzn-RequestId": "req-1"})


class TestAccessTokens:
    async def test_many_callers_share_one_refresh(self, client, amazon):
        amazon.pause = 0.01

        await asyncio.gather(*(client.search_orders(SELLER, ASKED) for _ in range(20)))

        assert amazon.refreshes == 1

    async def test_a_token_is_kept_until_a_minute_before_it_expires(self, client, amazon, clock):
        await client.search_orders(SELLER, ASKED)
        clock.at = START + timedelta(seconds=3539)
        await client.search_orders(SELLER, ASKED)
        assert amazon.refreshes == 1
        clock.at = START + timedelta(seconds=3540)
        await client.search_orders(SELLER, ASKED)

        assert amazon.refreshes == 2

    async def test_a_refused_token_is_refreshed_once_and_the_call_repeated(self, client, amazon):
        amazon.replies = [refusal(403, "Unauthorized")]
        await client.search_orders(SELLER, ASKED)

        assert [request.headers["x-amz-access-token"] for request in amazon.requests] == ["Atza|1", "Atza|2"]

    async def test_many_callers_with_the_same_refused_token_share_one_refresh(self, client, amazon):
        await client.search_orders(SELLER, ASKED)
        amazon.pause = 0.01
        amazon.replies = [refusal(403, "Unauthorized") for _ in range(5)]

        await asyncio.gather(*(client.search_orders(SELLER, ASKED) for _ in range(5)))

        assert amazon.refreshes == 2

    async def test_a_refusal_that_stays_is_not_tried_for_ever(self, client, amazon):
        amazon.replies = [refusal(403, "Unauthorized"), refusal(403, "Unauthorized")]

        with pytest.raises(MarketplaceRejected) as refused:
            await client.search_orders(SELLER, ASKED)

        assert not isinstance(refused.value, CredentialsRejected)
        assert (refused.value.amazon_code, refused.value.request_id) == ("Unauthorized", "req-1")

    @pytest.mark.parametrize(("status", "error"), [(400, "invalid_grant"), (401, "invalid_client")])
    async def test_rejected_credentials_are_told_from_a_wait(self, client, amazon, status, error):
        amazon.token_answer = lambda: httpx2.Response(status, json={"error": error, "error_description": "revoked"})

        with pytest.raises(CredentialsRejected) as refused:
            await client.search_orders(SELLER, ASKED)

        assert "secret-token" not in str(refused.value)
        assert "hush" not in repr(SELLER)

    @pytest.mark.parametrize("status", [429, 500, 503])
    async def test_a_token_endpoint_that_is_down_is_a_wait(self, client, amazon, status):
        amazon.token_answer = lambda: httpx2.Response(status, text="<html>")

        with pytest.raises(MarketplaceUnavailable):
            await client.search_orders(SELLER, ASKED)

    async def test_a_caller_that_gives_up_does_not_take_the_others_along(self, client, amazon):
        amazon.pause = 0.02
        first = asyncio.create_task(client.search_orders(SELLER, ASKED))
        second = asyncio.create_task(client.search_orders(SELLER, ASKED))
        await asyncio.sleep(0.01)
        first.cancel()

        assert (await second).orders == ()
        assert amazon.refreshes == 1


class TestWhatIsAsked:
    async def test_a_search_carries_every_parameter_and_an_untouched_token(self, client, amazon):
        await client.search_orders(SELLER, ASKED)

        request = amazon.requests[0]
        assert request.url.host == "sellingpartnerapi-eu.amazon.com"
        assert b"paginationToken=a%2Bb%2Fc%3D%3D" in request.url.query
        assert dict(request.url.params) == {
            "marketplaceIds": "A1PA6795UKMFR9,A13V1IB3VIYZZH",
            "lastUpdatedAfter": "2026-03-02T08:00:00.000Z",
            "lastUpdatedBefore": "2026-03-02T09:00:00.000Z",
            "maxResultsPerPage": "100",
            "includedData": INCLUDED_DATA,
            "paginationToken": "a+b/c==",
        }

    async def test_a_confirmation_leaves_out_what_is_not_known(self, client, amazon):
        amazon.replies = [httpx2.Response(204, headers={"x-amzn-RequestId": "req-9"})]
        package = PackageConfirmation(
            carrier_code="UPS", tracking_number="1Z", shipped_at=START, items=(("item-1", 2),)
        )

        found = await client.confirm_shipment(
            SELLER, number="902-1", marketplace_id="M", reference="77", package=package
        )

        assert found == "req-9"
        assert b"carrierName" not in amazon.requests[0].content
        assert b'"packageReferenceId":"77"' in amazon.requests[0].content

    async def test_a_confirmation_that_a_proxy_answers_is_not_taken_for_amazons_yes(self, client, amazon):
        amazon.replies = [httpx2.Response(200, text="<html>Sign in</html>")]
        package = PackageConfirmation(carrier_code="UPS", tracking_number="1Z", shipped_at=START, items=(("i", 1),))

        with pytest.raises(MarketplaceUnavailable):
            await client.confirm_shipment(SELLER, number="902-1", marketplace_id="M", reference="77", package=package)


class TestWhatIsAnswered:
    @pytest.mark.parametrize(
        "reply",
        [
            httpx2.Response(200, text="<html>Sign in</html>"),
            httpx2.Response(200, text='{"orders": [{"orderId": "90'),
            httpx2.Response(200, json={"payload": {}}),
            httpx2.Response(200, content=b"\xff\xfe"),
            httpx2.Response(204),
            httpx2.Response(302, headers={"location": "https://elsewhere.example/"}),
            httpx2.Response(400, text="<html>Proxy</html>"),
            httpx2.Response(500, json={"errors": [{"code": "InternalFailure", "message": "Oh."}]}),
            httpx2.Response(503),
            httpx2.ReadTimeout("slow"),
            httpx2.RemoteProtocolError("gone"),
        ],
    )
    async def test_what_nobody_can_read_is_a_wait(self, client, amazon, reply):
        amazon.replies = [reply]

        with pytest.raises(MarketplaceUnavailable):
            await client.search_orders(SELLER, ASKED)

    async def test_an_answer_that_takes_too_long_is_a_wait(self, client, amazon):
        await client.search_orders(SELLER, ASKED)
        amazon.pause = 5

        with pytest.raises(MarketplaceUnavailable, match="within"):
            await client.search_orders(SELLER, ASKED)

    async def test_a_refusal_without_a_message_is_still_one(self, client, amazon):
        amazon.replies = [refusal(400, message=None)]

        with pytest.raises(MarketplaceRejected) as refused:
            await client.search_orders(SELLER, ASKED)

        assert refused.value.amazon_code == "InvalidInput"

    async def test_a_throttle_without_any_header_is_one(self, client, amazon):
        amazon.replies = [httpx2.Response(429, text="")]

        with pytest.raises(MarketplaceThrottled) as throttled:
            await client.search_orders(SELLER, ASKED)

        assert throttled.value.retry_after is None

    async def test_a_page_tells_how_to_read_on_and_the_rate(self, client, amazon):
        body = {"orders": [], "pagination": {"nextToken": "x="}, "lastUpdatedBefore": "2026-03-02T08:59:00Z"}
        amazon.replies = [httpx2.Response(200, json=body, headers={"x-amzn-RateLimit-Limit": "0.01"})]

        page = await client.search_orders(SELLER, ASKED)

        assert (page.next_token, page.rate) == ("x=", 0.01)
        assert page.last_updated_before == START - timedelta(minutes=1)

    async def test_amazons_time_is_the_date_of_its_last_answer(self, client, amazon, clock):
        headers = {"date": "Mon, 02 Mar 2026 10:00:00 GMT"}
        amazon.replies = [httpx2.Response(200, json=EMPTY, headers=headers)]
        await client.search_orders(SELLER, ASKED)
        clock.at = START + timedelta(seconds=30)

        assert client.amazon_now(Region.EU) == START + timedelta(hours=1, seconds=30)
        assert client.amazon_now(Region.NA) == clock.at

    async def test_verifying_tells_the_marketplaces(self, client, amazon):
        body = {
            "payload": [
                {
                    "marketplace": {"id": "A1PA6795UKMFR9", "name": "Amazon.de"},
                    "participation": {"isParticipating": True, "hasSuspendedListings": False},
                    "storeName": "Demo",
                },
                {"marketplace": {"id": "A13V1IB3VIYZZH"}, "participation": {"isParticipating": False}},
            ]
        }
        amazon.replies = [httpx2.Response(200, json=body)]

        verified = await client.verify(region=Region.EU, refresh_token="Atzr|x")

        assert [(one.marketplace_id, one.is_participating) for one in verified.participations] == [
            ("A1PA6795UKMFR9", True),
            ("A13V1IB3VIYZZH", False),
        ]
