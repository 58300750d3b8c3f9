import gzip
from typing import Any

import pytest

from simulator.faults.rules import Effect
from simulator.world import World
from tests.simulator.playing import Amazon
from tests.simulator.reports.asking import (
    A_MONTH_AGO,
    AMERICAN,
    BY_LAST_UPDATE,
    BY_ORDER_DATE,
    DOCUMENTS,
    GERMAN,
    REPORTS,
    ask,
    create,
    download,
    finished,
    read,
    report,
    rows,
    specification,
)
from tests.simulator.submitting import envelope, processed, submit
from tests.simulator.submitting import feed as feed_of

UNKNOWN = "10000000000"


class TestLife:
    async def test_a_report_waits_is_worked_on_and_is_done(self, amazon: Amazon) -> None:
        await amazon.place(fulfillmentStatus="UNSHIPPED")
        report_id = await create(amazon)
        seen = []
        for _ in range(3):
            seen.append(await report(amazon, report_id))
            await amazon.advance(30)

        assert [one["processingStatus"] for one in seen] == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
        assert [("processingStartTime" in one, "reportDocumentId" in one) for one in seen] == [
            (False, False),
            (True, False),
            (True, True),
        ]
        assert seen[2] == {
            "reportId": report_id,
            "reportType": BY_LAST_UPDATE,
            "marketplaceIds": [AMERICAN],
            "dataStartTime": "2026-10-05T00:00:00.000Z",
            "dataEndTime": "2026-11-02T09:00:00.000Z",
            "createdTime": "2026-11-02T09:00:00.000Z",
            "processingStatus": "DONE",
            "processingStartTime": "2026-11-02T09:00:15.000Z",
            "processingEndTime": "2026-11-02T09:01:00.000Z",
            "reportDocumentId": seen[2]["reportDocumentId"],
        }

    async def test_without_data_a_report_is_cancelled(self, amazon: Amazon) -> None:
        await amazon.place(fulfillmentStatus="PENDING")

        done = await finished(amazon)

        assert (done["processingStatus"], "reportDocumentId" in done) == ("CANCELLED", False)

    async def test_a_report_is_cancelled_while_it_waits_and_not_later(self, amazon: Amazon) -> None:
        await amazon.place(fulfillmentStatus="UNSHIPPED")
        waiting, started = await create(amazon), await create(amazon)

        assert (await ask(amazon, "DELETE", f"{REPORTS}/{waiting}")).status_code == 200
        assert (await ask(amazon, "DELETE", f"{REPORTS}/{waiting}")).status_code == 400
        await amazon.advance(15)
        assert (await ask(amazon, "DELETE", f"{REPORTS}/{started}")).status_code == 400
        await amazon.advance(60)
        assert [(await report(amazon, one))["processingStatus"] for one in (waiting, started)] == ["CANCELLED", "DONE"]

    async def test_a_report_shows_orders_as_they_are_when_it_ends(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        by_date, by_update = await create(amazon, BY_ORDER_DATE), await create(amazon)
        await amazon.advance(30)
        await amazon.sim("POST", f"/orders/{order_id}/cancel", {"by": "SELLER"})
        await amazon.advance(30)

        document_id = (await report(amazon, by_date))["reportDocumentId"]
        assert {row["order-status"] for row in read(await download(amazon, document_id))} == {"Canceled"}
        # A later update moves an order out of the time that the other one covers.
        assert (await report(amazon, by_update))["processingStatus"] == "CANCELLED"

    @pytest.mark.parametrize(("effect", "status"), [(Effect.FEED_STUCK, "IN_PROGRESS"), (Effect.FEED_FATAL, "FATAL")])
    async def test_a_fault_lets_a_report_hang_or_fail(
        self, amazon: Amazon, world: World, effect: Effect, status: str
    ) -> None:
        await amazon.place(fulfillmentStatus="UNSHIPPED", programs=[])
        world.faults.plan(effect, operations=(BY_LAST_UPDATE,))
        report_id, other = await create(amazon), await create(amazon, BY_ORDER_DATE)
        await amazon.advance(600)

        assert (await report(amazon, report_id))["processingStatus"] == status
        assert (await report(amazon, other))["processingStatus"] == "DONE"


class TestCreating:
    @pytest.mark.parametrize(
        "changes",
        [
            {"reportType": None},
            {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA"},
            {"reportType": 1},
            {"marketplaceIds": None},
            {"marketplaceIds": []},
            {"marketplaceIds": ["NOWHERE"]},
            {"marketplaceIds": AMERICAN},
            {"marketplaceIds": [AMERICAN] * 26},
            {"dataStartTime": "yesterday"},
            {"dataStartTime": 1},
            {"dataStartTime": "2026-11-02T09:00:00.001Z"},
            {"dataEndTime": "2026-11-02T09:00:00.001Z"},
            {"dataEndTime": "2026-10-04T23:59:59Z"},
            {"dataStartTime": "2026-10-03T08:59:59Z"},
            {"reportOptions": {"a": 1}},
            {"reportOptions": []},
        ],
        ids=repr,
    )
    async def test_a_wrong_specification_is_refused(self, amazon: Amazon, changes: dict[str, Any]) -> None:
        answer = await ask(amazon, "POST", REPORTS, specification(**changes))

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "InvalidInput"

    async def test_a_report_covers_thirty_days_and_no_more(self, amazon: Amazon) -> None:
        await create(amazon, dataStartTime="2026-10-03T09:00:00Z")

    async def test_without_times_a_report_covers_this_moment(self, amazon: Amazon) -> None:
        await amazon.place(fulfillmentStatus="UNSHIPPED")
        found = await rows(amazon, dataStartTime=None)
        await amazon.advance(1)

        assert found
        assert await rows(amazon, BY_ORDER_DATE, dataStartTime=None) == []

    async def test_keys_that_amazon_does_not_know_are_ignored(self, amazon: Amazon) -> None:
        await create(amazon, path="/x", MarketplaceIds="y", reportOptions={"custom": "true"})

    async def test_the_same_seed_gives_the_same_ids(self, amazon: Amazon) -> None:
        first = [await create(amazon), await create(amazon)]
        await amazon.sim("POST", "/reset", {})
        await amazon.log_in()
        amazon.world.quotas.is_enabled = False

        assert [await create(amazon), await create(amazon)] == first
        assert int(first[1]) == int(first[0]) + 1


class TestFinding:
    async def test_reports_are_listed_page_after_page_newest_first(self, amazon: Amazon) -> None:
        ids = [await create(amazon, kind) for kind in (BY_ORDER_DATE, BY_LAST_UPDATE, BY_ORDER_DATE)]
        query = {"reportTypes": f"{BY_ORDER_DATE},{BY_LAST_UPDATE}", "pageSize": "2"}

        page = (await ask(amazon, "GET", REPORTS, **query)).json()
        following = (await ask(amazon, "GET", REPORTS, nextToken=page["nextToken"])).json()

        assert [one["reportId"] for one in page["reports"] + following["reports"]] == ids[::-1]
        assert "nextToken" not in following

    async def test_filters_are_applied(self, amazon: Amazon) -> None:
        german = await create(amazon, marketplaceIds=[GERMAN])
        await amazon.advance(60)
        waiting = await create(amazon)

        async def found(**query: str) -> list[str]:
            listed = (await ask(amazon, "GET", REPORTS, reportTypes=BY_LAST_UPDATE, **query)).json()["reports"]
            return [one["reportId"] for one in listed]

        assert await found() == [waiting, german]
        assert await found(processingStatuses="CANCELLED,DONE") == [german]
        assert await found(marketplaceIds=AMERICAN) == [waiting]
        assert await found(createdSince="2026-11-02T09:00:30Z") == [waiting]
        assert await found(createdUntil="2026-11-02T09:00:30Z") == [german]

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"nextToken": "+/+/"},
            {"reportTypes": BY_LAST_UPDATE, "nextToken": "+/+/"},
            {"reportTypes": BY_LAST_UPDATE, "processingStatuses": "BAD_VALUE,IN_PROGRESS"},
            {"reportTypes": BY_LAST_UPDATE, "pageSize": "101"},
            {"reportTypes": BY_LAST_UPDATE, "createdSince": A_MONTH_AGO, "createdUntil": "2026-10-01T00:00:00Z"},
        ],
        ids=repr,
    )
    async def test_a_wrong_list_is_refused(self, amazon: Amazon, query: dict[str, str]) -> None:
        assert (await ask(amazon, "GET", REPORTS, **query)).status_code == 400

    async def test_a_token_of_a_list_of_feeds_is_none_of_reports(self, amazon: Amazon) -> None:
        await submit(amazon, b"<a/>")
        await submit(amazon, b"<a/>")
        query = {"feedTypes": "POST_ORDER_ACKNOWLEDGEMENT_DATA", "pageSize": "1"}
        token = (await ask(amazon, "GET", "/feeds/2021-06-30/feeds", **query)).json()["nextToken"]

        assert (await ask(amazon, "GET", REPORTS, nextToken=token)).status_code == 400

    async def test_the_next_page_is_for_the_seller_who_asked_for_the_first(self, amazon: Amazon) -> None:
        for _ in range(2):
            await create(amazon)
        query = {"reportTypes": BY_LAST_UPDATE, "pageSize": "1"}
        token = (await ask(amazon, "GET", REPORTS, **query)).json()["nextToken"]
        await amazon.log_in("other")

        assert (await ask(amazon, "GET", REPORTS, nextToken=token)).status_code == 400

    async def test_reports_of_others_and_old_ones_are_not_found(self, amazon: Amazon) -> None:
        report_id = await create(amazon)
        assert (await ask(amazon, "GET", f"{REPORTS}/{UNKNOWN}")).status_code == 404
        assert (await ask(amazon, "GET", f"{REPORTS}/badReportId1")).status_code == 400
        await amazon.log_in("other")
        for method in ("GET", "DELETE"):
            assert (await ask(amazon, method, f"{REPORTS}/{report_id}")).status_code == 404
        assert (await ask(amazon, "GET", REPORTS, reportTypes=BY_LAST_UPDATE)).json() == {"reports": []}
        await amazon.advance(90 * 86_400 + 1)
        await amazon.log_in("demo")
        assert (await ask(amazon, "GET", f"{REPORTS}/{report_id}")).status_code == 404


class TestDocument:
    async def document(self, amazon: Amazon, count: int = 1) -> str:
        await amazon.place(count=count, fulfillmentStatus="UNSHIPPED")
        document_id: str = (await finished(amazon))["reportDocumentId"]
        return document_id

    async def test_a_large_report_is_compressed(self, amazon: Amazon) -> None:
        answer = (await ask(amazon, "GET", f"{DOCUMENTS}/{await self.document(amazon, 100)}")).json()
        raw = await amazon.http.get(answer["url"])

        assert answer["compressionAlgorithm"] == "GZIP"
        assert raw.headers["content-type"] == "text/tab-separated-values; charset=UTF-8"
        assert len({row["amazon-order-id"] for row in read(gzip.decompress(raw.content))}) == 100

    async def test_a_client_may_have_it_decompressed_on_the_way(self, amazon: Amazon) -> None:
        path = f"{DOCUMENTS}/{await self.document(amazon, 100)}"
        answer = (await ask(amazon, "GET", path, enableContentEncodingUrlHeader="true")).json()

        assert len(read((await amazon.http.get(answer["url"])).content)) >= 100

    async def test_the_url_lives_five_minutes_and_the_document_28_days(self, amazon: Amazon) -> None:
        document_id = await self.document(amazon)
        answer = (await ask(amazon, "GET", f"{DOCUMENTS}/{document_id}")).json()
        assert set(answer) == {"reportDocumentId", "url"}
        await amazon.advance(5 * 60)
        assert (await amazon.http.get(answer["url"])).status_code == 403
        await amazon.advance(28 * 86_400)
        await amazon.log_in()
        assert (await ask(amazon, "GET", f"{DOCUMENTS}/{document_id}")).status_code == 404

    async def test_a_url_that_was_changed_is_worth_nothing(self, amazon: Amazon) -> None:
        answer = (await ask(amazon, "GET", f"{DOCUMENTS}/{await self.document(amazon)}")).json()

        assert (await amazon.http.get(answer["url"][:-1])).status_code == 403
        assert (await amazon.http.put(answer["url"], content=b"x")).status_code == 403

    async def test_documents_of_others_and_of_feeds_are_not_found(self, amazon: Amazon) -> None:
        document_id = await self.document(amazon)
        feed_id = await submit(amazon, envelope())
        await amazon.advance(60)
        result_id = (await feed_of(amazon, feed_id)).get("resultFeedDocumentId")
        assert await processed(amazon, envelope())
        assert (await ask(amazon, "GET", f"{DOCUMENTS}/{result_id}")).status_code == 404
        assert (await ask(amazon, "GET", f"/feeds/2021-06-30/documents/{document_id}")).status_code == 404
        assert (await ask(amazon, "GET", f"{DOCUMENTS}/badDocumentId1")).status_code == 400
        await amazon.log_in("other")
        assert (await ask(amazon, "GET", f"{DOCUMENTS}/{document_id}")).status_code == 404
