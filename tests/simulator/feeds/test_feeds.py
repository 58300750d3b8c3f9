import json
from typing import Any

import pytest

from simulator.world import World
from tests.simulator.playing import INVALID, Amazon
from tests.simulator.submitting import (
    ACKNOWLEDGEMENT,
    AMERICAN,
    DOCUMENTS,
    FEEDS,
    FLAT,
    ask,
    envelope,
    feed,
    message,
    new_document,
    rows,
    specification,
    submit,
    uploaded,
)

CANADIAN = "A2EUQ1WTGCTBG2"
UNKNOWN = message("902-0000000-0000000")


class TestCreatingFeeds:
    async def test_a_feed_waits_in_the_queue_as_it_was_asked_for(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN), marketplaceIds=[AMERICAN, CANADIAN, AMERICAN])
        assert await feed(amazon, feed_id) == {
            "feedId": feed_id,
            "feedType": ACKNOWLEDGEMENT,
            "marketplaceIds": [AMERICAN, CANADIAN],
            "createdTime": "2026-11-02T09:00:00.000Z",
            "processingStatus": "IN_QUEUE",
        }

    @pytest.mark.parametrize(
        "change",
        [
            {"feedType": "POST_ORDER_FULFILMENT_DATA"},
            {"feedType": "post_order_acknowledgement_data"},
            {"feedType": None},
            {"marketplaceIds": []},
            {"marketplaceIds": ["NOWHERE"]},
            {"marketplaceIds": [AMERICAN, ""]},
            {"marketplaceIds": [AMERICAN] * 26},
            {"marketplaceIds": AMERICAN},
            {"inputFeedDocumentId": "00000000-0000-4000-8000-000000000000"},
            {"inputFeedDocumentId": ""},
            {"inputFeedDocumentId": 1},
            {"feedOptions": []},
            {"feedOptions": None},
            {"feedOptions": {"option": 1}},
        ],
    )
    async def test_a_wrong_feed_is_refused_and_leaves_the_document_unused(
        self, amazon: Amazon, change: dict[str, Any]
    ) -> None:
        document_id = await uploaded(amazon, envelope(UNKNOWN))
        answer = await ask(amazon, "POST", FEEDS, specification(document_id) | change)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")
        assert (await amazon.sim("GET", "/state")).json()["feeds"] == []
        assert (await ask(amazon, "POST", FEEDS, specification(document_id))).status_code == 202

    async def test_keys_that_amazon_does_not_know_are_ignored(self, amazon: Amazon) -> None:
        extra: dict[str, Any] = {"path": FEEDS, "MarketplaceIds": ["x"], "feedOptions": {"a": "b"}}
        assert await submit(amazon, envelope(UNKNOWN), **extra)

    @pytest.mark.parametrize("name", ["feedType", "marketplaceIds", "inputFeedDocumentId"])
    async def test_what_is_required_is_asked_for(self, amazon: Amazon, name: str) -> None:
        body = specification(await uploaded(amazon, envelope(UNKNOWN)))
        del body[name]
        answer = await ask(amazon, "POST", FEEDS, body)
        assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, INVALID)

    async def test_a_document_is_used_once(self, amazon: Amazon) -> None:
        document_id = await uploaded(amazon, envelope(UNKNOWN))
        assert (await ask(amazon, "POST", FEEDS, specification(document_id))).status_code == 202
        again = await ask(amazon, "POST", FEEDS, specification(document_id))
        assert again.status_code == 400
        assert "already" in again.json()["errors"][0]["details"]

    async def test_a_document_without_contents_is_refused(self, amazon: Amazon) -> None:
        document_id = (await new_document(amazon))["feedDocumentId"]
        answer = await ask(amazon, "POST", FEEDS, specification(document_id))
        assert answer.status_code == 400
        assert "uploaded" in answer.json()["errors"][0]["details"]

    async def test_a_document_of_another_seller_is_refused_like_none(self, amazon: Amazon) -> None:
        document_id = await uploaded(amazon, envelope(UNKNOWN))
        await amazon.log_in("other")
        foreign = await ask(amazon, "POST", FEEDS, specification(document_id))
        missing = await ask(amazon, "POST", FEEDS, specification("00000000-0000-4000-8000-000000000000"))
        assert foreign.status_code == 400
        assert foreign.json() == missing.json()

    async def test_a_report_is_no_document_to_process(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        await amazon.advance(60)
        report_id = (await feed(amazon, feed_id))["resultFeedDocumentId"]
        assert (await ask(amazon, "POST", FEEDS, specification(report_id))).status_code == 400

    async def test_a_document_id_lives_for_two_days(self, amazon: Amazon) -> None:
        first, second = [await uploaded(amazon, envelope(UNKNOWN)) for _ in range(2)]
        await amazon.advance(2 * 86_400 - 1)
        await amazon.log_in()
        assert (await ask(amazon, "POST", FEEDS, specification(first))).status_code == 202
        await amazon.advance(1)
        assert (await ask(amazon, "POST", FEEDS, specification(second))).status_code == 400

    @pytest.mark.parametrize("body", [None, [], "x", {}, {"contentType": ""}, {"contentType": 1}])
    async def test_a_document_needs_a_content_type(self, amazon: Amazon, body: Any) -> None:
        assert (await ask(amazon, "POST", DOCUMENTS, body)).status_code == 400

    @pytest.mark.parametrize("content_type", [" text/xml", "text/xml ", "text/xml\r\nx-a: b", "text/ümläut", "x" * 201])
    async def test_a_content_type_is_one_that_a_header_can_carry(self, amazon: Amazon, content_type: str) -> None:
        assert (await ask(amazon, "POST", DOCUMENTS, {"contentType": content_type})).status_code == 400


class TestReadingFeeds:
    @pytest.mark.parametrize("feed_id", ["50000000000", "1"])
    async def test_an_unknown_feed_is_not_found(self, amazon: Amazon, feed_id: str) -> None:
        for method in ("GET", "DELETE"):
            assert (await ask(amazon, method, f"{FEEDS}/{feed_id}")).status_code == 404

    @pytest.mark.parametrize("feed_id", ["badFeedId1", "-1", "1" * 21, "１２"])
    async def test_what_is_no_feed_id_is_refused(self, amazon: Amazon, feed_id: str) -> None:
        for method in ("GET", "DELETE"):
            assert (await ask(amazon, method, f"{FEEDS}/{feed_id}")).status_code == 400

    async def test_a_feed_of_another_seller_is_not_found(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        await amazon.log_in("other")
        for method in ("GET", "DELETE"):
            assert (await ask(amazon, method, f"{FEEDS}/{feed_id}")).status_code == 404
        assert (await ask(amazon, "GET", FEEDS, feedTypes=ACKNOWLEDGEMENT)).json() == {"feeds": []}

    async def test_a_feed_is_known_for_90_days_and_its_report_for_28(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        await amazon.advance(60)
        report_id = (await feed(amazon, feed_id))["resultFeedDocumentId"]
        await amazon.advance(28 * 86_400 - 1)
        await amazon.log_in()
        assert (await ask(amazon, "GET", f"{DOCUMENTS}/{report_id}")).status_code == 200
        await amazon.advance(1)
        assert (await ask(amazon, "GET", f"{DOCUMENTS}/{report_id}")).status_code == 404
        await amazon.advance(62 * 86_400 - 60)
        await amazon.log_in()
        assert (await feed(amazon, feed_id))["resultFeedDocumentId"] == report_id
        await amazon.advance(1)
        assert (await ask(amazon, "GET", f"{FEEDS}/{feed_id}")).status_code == 404
        assert (await ask(amazon, "GET", FEEDS, feedTypes=ACKNOWLEDGEMENT)).json() == {"feeds": []}


class TestCancellingFeeds:
    async def test_a_feed_in_the_queue_is_cancelled_and_never_processed(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        feed_id = await submit(amazon, envelope(message(order_id)))
        await amazon.advance(14)
        answer = await ask(amazon, "DELETE", f"{FEEDS}/{feed_id}")
        assert (answer.status_code, answer.content) == (200, b"")
        await amazon.advance(300)
        assert (await feed(amazon, feed_id))["processingStatus"] == "CANCELLED"
        assert await amazon.status(order_id) == "UNSHIPPED"

    async def test_a_feed_that_was_started_ended_or_cancelled_is_not_cancelled(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        for seconds in (15, 45):
            await amazon.advance(seconds)
            assert (await ask(amazon, "DELETE", f"{FEEDS}/{feed_id}")).status_code == 400
        assert (await feed(amazon, feed_id))["processingStatus"] == "DONE"
        other = await submit(amazon, envelope(UNKNOWN))
        assert (await ask(amazon, "DELETE", f"{FEEDS}/{other}")).status_code == 200
        assert (await ask(amazon, "DELETE", f"{FEEDS}/{other}")).status_code == 400


class TestControllingFeeds:
    async def test_a_stuck_feed_never_ends(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        feed_id = await submit(amazon, envelope(message(order_id)))
        answer = await amazon.sim("POST", f"/feeds/{feed_id}/stick", {})
        assert (answer.status_code, answer.json()["isStuck"]) == (200, True)
        await amazon.advance(7 * 86_400)
        await amazon.log_in()
        shown = await feed(amazon, feed_id)
        assert (shown["processingStatus"], "processingEndTime" in shown) == ("IN_PROGRESS", False)
        assert await amazon.status(order_id) == "UNSHIPPED"

    async def test_a_fatal_feed_ends_at_once_and_did_nothing(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        feed_id = await submit(amazon, envelope(message(order_id)))
        await amazon.advance(5)
        answer = await amazon.sim("POST", f"/feeds/{feed_id}/fatal", {})
        assert (answer.status_code, answer.json()["processingStatus"]) == (200, "FATAL")
        await amazon.advance(300)
        shown = await feed(amazon, feed_id)
        assert (shown["processingStatus"], "resultFeedDocumentId" in shown) == ("FATAL", False)
        assert shown["processingEndTime"] == "2026-11-02T09:00:05.000Z"
        assert await amazon.status(order_id) == "UNSHIPPED"

    @pytest.mark.parametrize("is_flat", [False, True])
    async def test_a_feed_may_be_fatal_after_some_of_its_messages(self, amazon: Amazon, is_flat: bool) -> None:
        first, second = await amazon.place(
            count=2, fulfillmentStatus="UNSHIPPED", items=[{"sku": "LAMP-DESK-LED", "quantity": 1}]
        )
        if is_flat:
            codes = [(await amazon.order(one))["orderItems"][0]["orderItemId"] for one in (first, second)]
            contents = rows((first, "NoInventory", codes[0]), (second, "NoInventory", codes[1]))
        else:
            contents = envelope(message(first), message(second, number=2))
        feed_id = await submit(amazon, contents, FLAT if is_flat else ACKNOWLEDGEMENT)
        answer = await amazon.sim("POST", f"/feeds/{feed_id}/fatal", {"messages": 1})
        assert answer.json()["messages"] == {"processed": 1, "successful": 1, "withError": 0}
        assert "resultFeedDocumentId" in await feed(amazon, feed_id)
        assert [await amazon.status(one) for one in (first, second)] == ["CANCELLED", "UNSHIPPED"]

    async def test_a_feed_that_has_ended_stays_as_it_is(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        await amazon.advance(60)
        for act in ("stick", "fatal"):
            answer = await amazon.sim("POST", f"/feeds/{feed_id}/{act}", {})
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
        assert (await feed(amazon, feed_id))["processingStatus"] == "DONE"

    async def test_unknown_feeds_acts_and_bodies_are_refused(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        assert (await amazon.sim("POST", "/feeds/1/stick", {})).status_code == 404
        assert (await amazon.sim("POST", f"/feeds/{feed_id}/explode", {})).status_code == 404
        assert (await amazon.sim("POST", f"/feeds/{feed_id}/stick", {"x": 1})).status_code == 422
        for body in ({"messages": -1}, {"messages": "1"}, {"x": 1}):
            assert (await amazon.sim("POST", f"/feeds/{feed_id}/fatal", body)).status_code == 422
        assert (await feed(amazon, feed_id))["processingStatus"] == "IN_QUEUE"


class TestTheWorldKnowsItsFeeds:
    async def test_the_state_shows_each_feed_with_its_seller_times_and_counts(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        [waiting] = (await amazon.sim("GET", "/state")).json()["feeds"]
        assert (waiting["seller"], waiting["feedId"], waiting["messages"]) == ("demo", feed_id, None)
        await amazon.advance(60)
        [done] = (await amazon.sim("GET", "/state?orderId=none")).json()["feeds"]
        assert done["processingStatus"] == "DONE"
        assert done["messages"] == {"processed": 1, "successful": 0, "withError": 1}

    async def test_the_journal_names_each_operation_and_keeps_no_signature(self, amazon: Amazon) -> None:
        await submit(amazon, envelope(UNKNOWN))
        entries = (await amazon.sim("GET", "/journal")).json()["requests"]
        names = [(one["operation"], one["status"], one["seller"]) for one in entries][-3:]
        assert names == [
            ("createFeedDocument", 201, "demo"),
            ("uploadDocument", 200, "demo"),
            ("createFeed", 202, "demo"),
        ]
        assert "signature" not in json.dumps(entries)

    async def test_a_reset_forgets_feeds_and_documents(self, amazon: Amazon, world: World) -> None:
        await submit(amazon, envelope(UNKNOWN))
        document = await new_document(amazon)
        await amazon.sim("POST", "/reset", {})
        await amazon.log_in()
        world.quotas.is_enabled = False
        assert (await amazon.sim("GET", "/state")).json()["feeds"] == []
        assert (await amazon.http.put(document["url"], content=b"x")).status_code == 404
        await amazon.advance(60)
        assert await submit(amazon, envelope(UNKNOWN))
