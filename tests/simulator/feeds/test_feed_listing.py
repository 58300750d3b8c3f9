from typing import Any

import pytest

from tests.simulator.playing import Amazon
from tests.simulator.submitting import ACKNOWLEDGEMENT, AMERICAN, FEEDS, FLAT, ask, envelope, message, submit

CANADIAN = "A2EUQ1WTGCTBG2"
UNKNOWN = envelope(message("902-0000000-0000000"))
BOTH = f"{ACKNOWLEDGEMENT},{FLAT}"


async def listed(amazon: Amazon, **query: Any) -> list[str]:
    """List feeds and return their ids; everything is on one page."""
    answer = await ask(amazon, "GET", FEEDS, **{"feedTypes": ACKNOWLEDGEMENT, "pageSize": 100} | query)
    assert answer.status_code == 200, answer.text
    assert "nextToken" not in answer.json()
    return [feed["feedId"] for feed in answer.json()["feeds"]]


class TestListingFeeds:
    async def test_feeds_are_listed_newest_first_and_as_one_by_one(self, amazon: Amazon) -> None:
        ids = [await submit(amazon, UNKNOWN) for _ in range(3)]
        await amazon.advance(60)
        answer = await ask(amazon, "GET", FEEDS, feedTypes=ACKNOWLEDGEMENT)
        assert [feed["feedId"] for feed in answer.json()["feeds"]] == ids[::-1]
        for feed in answer.json()["feeds"]:
            assert (await ask(amazon, "GET", f"{FEEDS}/{feed['feedId']}")).json() == feed

    async def test_the_list_is_filtered_by_type_marketplace_and_status(self, amazon: Amazon) -> None:
        american = await submit(amazon, UNKNOWN)
        await amazon.advance(60)
        both = await submit(amazon, UNKNOWN, marketplaceIds=[CANADIAN, AMERICAN])
        flat = await submit(amazon, b"x", FLAT, marketplaceIds=[CANADIAN])
        await amazon.advance(15)
        cancelled = await submit(amazon, UNKNOWN)
        await ask(amazon, "DELETE", f"{FEEDS}/{cancelled}")
        assert await listed(amazon) == [cancelled, both, american]
        assert await listed(amazon, feedTypes=FLAT) == [flat]
        assert await listed(amazon, feedTypes="POST_PRODUCT_DATA") == []
        assert await listed(amazon, feedTypes=BOTH) == [cancelled, flat, both, american]
        assert await listed(amazon, feedTypes=BOTH, marketplaceIds=CANADIAN) == [flat, both]
        assert await listed(amazon, marketplaceIds=f"{AMERICAN},{CANADIAN}") == [cancelled, both, american]
        assert await listed(amazon, processingStatuses="DONE") == [american]
        assert await listed(amazon, processingStatuses="CANCELLED,IN_PROGRESS") == [cancelled, both]
        assert await listed(amazon, processingStatuses=["CANCELLED", "DONE"]) == [cancelled, american]
        assert await listed(amazon, feedTypes=BOTH, MarketplaceIds="nonsense", processingStatuses="IN_QUEUE") == []

    async def test_the_list_is_filtered_by_time_of_creation_both_bounds_included(self, amazon: Amazon) -> None:
        ids = []
        for _ in range(3):
            ids.append(await submit(amazon, UNKNOWN))
            await amazon.advance(10)
        at = ["2026-11-02T09:00:00Z", "2026-11-02T10:00:10+01:00", "2026-11-02T09:00:20.000Z"]
        assert await listed(amazon, createdSince=at[1]) == ids[:0:-1]
        assert await listed(amazon, createdUntil=at[1]) == ids[1::-1]
        assert await listed(amazon, createdSince=at[1], createdUntil=at[1]) == [ids[1]]
        assert await listed(amazon, createdSince="2026-11-02T09:00:20.001Z") == []
        assert await listed(amazon, createdSince="2020-01-01T00:00:00Z", createdUntil=at[2]) == ids[::-1]

    async def test_pages_together_are_the_list(self, amazon: Amazon) -> None:
        ids = [await submit(amazon, UNKNOWN) for _ in range(13)]
        await submit(amazon, b"x", FLAT)
        query: dict[str, Any] = {"feedTypes": ACKNOWLEDGEMENT, "pageSize": 4}
        found: list[str] = []
        sizes: list[int] = []
        while query:
            page = (await ask(amazon, "GET", FEEDS, **query)).json()
            found += [feed["feedId"] for feed in page["feeds"]]
            sizes.append(len(page["feeds"]))
            found_again = [feed["feedId"] for feed in (await ask(amazon, "GET", FEEDS, **query)).json()["feeds"]]
            assert found_again == found[-len(found_again) :]
            await submit(amazon, UNKNOWN)  # a new feed does not move the pages that follow
            query = {"nextToken": page["nextToken"]} if "nextToken" in page else {}
        assert (found, sizes) == (ids[::-1], [4, 4, 4, 1])

    async def test_a_page_has_ten_feeds_if_nothing_else_is_asked_for(self, amazon: Amazon) -> None:
        for _ in range(10):
            await submit(amazon, UNKNOWN)
        page = (await ask(amazon, "GET", FEEDS, feedTypes=ACKNOWLEDGEMENT)).json()
        assert (len(page["feeds"]), "nextToken" in page) == (10, False)
        await submit(amazon, UNKNOWN)
        page = (await ask(amazon, "GET", FEEDS, feedTypes=ACKNOWLEDGEMENT)).json()
        assert (len(page["feeds"]), "nextToken" in page) == (10, True)

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"pageSize": 10},
            {"feedTypes": ""},
            {"feedTypes": f"{ACKNOWLEDGEMENT},"},
            {"feedTypes": ",".join([ACKNOWLEDGEMENT] * 11)},
            {"marketplaceIds": "NOWHERE"},
            {"marketplaceIds": ",".join([AMERICAN] * 11)},
            {"marketplaceIds": ""},
            {"pageSize": 0},
            {"pageSize": 101},
            {"pageSize": "ten"},
            {"processingStatuses": "BAD_VALUE,DONE"},
            {"processingStatuses": "done"},
            {"createdSince": "yesterday"},
            {"createdUntil": ""},
            {"createdSince": "2026-11-02T09:00:00Z", "createdUntil": "2026-11-02T08:59:59Z"},
            {"createdSince": "2026-11-02T09:00:01Z"},
            {"nextToken": "nonsense"},
            {"nextToken": ""},
        ],
    )
    async def test_a_wrong_list_is_refused(self, amazon: Amazon, query: dict[str, Any]) -> None:
        needs_type = query and "feedTypes" not in query and "nextToken" not in query and query != {"pageSize": 10}
        given = {"feedTypes": ACKNOWLEDGEMENT} if needs_type else {}
        answer = await ask(amazon, "GET", FEEDS, **given | query)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")

    async def test_the_token_of_a_page_comes_alone_and_only_from_its_seller(self, amazon: Amazon) -> None:
        for _ in range(2):
            await submit(amazon, UNKNOWN)
        page = (await ask(amazon, "GET", FEEDS, feedTypes=ACKNOWLEDGEMENT, pageSize=1)).json()
        token = page["nextToken"]
        assert (await ask(amazon, "GET", FEEDS, nextToken=token)).status_code == 200
        for name, value in (("feedTypes", ACKNOWLEDGEMENT), ("pageSize", 1), ("processingStatuses", "DONE")):
            assert (await ask(amazon, "GET", FEEDS, **{"nextToken": token, name: value})).status_code == 400
        assert (await ask(amazon, "GET", FEEDS, nextToken=token[:-4])).status_code == 400
        await amazon.log_in("other")
        assert (await ask(amazon, "GET", FEEDS, nextToken=token)).status_code == 400
