import httpx2
import pytest

from api.worker.sweep import feeds_due, sweep_once
from domain.accounts.records import Account, AccountState, ApiBudget
from domain.amazon.records import AmazonOrder, Command, FeedState, FeedSubmission
from domain.channel.command_choices import retry_command
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.timeline import SYSTEM, Event, EventKind
from tests.api.wire_between import answers, loses_the_answer, never_arrives, operation_of, refuses
from tests.api.worker.feeding import cancel, carried, feeds_at_amazon, let_pass, over, received, states, statuses
from tests.counted import IS_THOROUGH

MANY = 100 if IS_THOROUGH else 30


async def loses_the_request(request, forward):
    raise httpx2.ReadError("connection reset", request=request)


@pytest.fixture
async def canceling(bench):
    """Three orders whose cancellation is asked for, and Amazon is not told yet."""
    bench.numbers = await received(bench, 3)
    await cancel(bench, *bench.numbers)
    return bench


class TestACancellation:
    async def test_is_sent_in_a_feed_accepted_by_its_report_and_confirmed_by_the_fact(self, canceling):
        await let_pass(canceling, seconds=11)
        assert await states() == {"SENT": 3}
        assert {order.display_status for order in await AmazonOrder.all()} == {"CANCEL_REQUESTED"}
        await let_pass(canceling, seconds=100)
        assert await states() == {"ACCEPTED": 3}
        await over(canceling, minutes=10)

        assert await states() == {"CONFIRMED": 3}
        assert set((await statuses(canceling)).values()) == {"CANCELLED"}
        assert {order.display_status for order in await AmazonOrder.all()} == {"CANCELED"}
        feed = await FeedSubmission.get()
        assert (feed.state, feed.messages) == (FeedState.DONE, 3)
        kinds = await Event.filter(kind=EventKind.MARKETPLACE_ACCEPTED).values_list("message", flat=True)
        assert len(kinds) == 3

    async def test_goes_out_without_a_word_of_who_we_are_to_where_amazon_said(self, canceling):
        await let_pass(canceling, seconds=11)

        (upload,) = [call for call in canceling.wire.calls if operation_of(call) == "upload"]
        assert upload.headers["content-type"] == "text/xml; charset=UTF-8"
        assert "x-amz-access-token" not in upload.headers

    async def test_waits_for_others_that_can_go_with_it(self, canceling):
        await let_pass(canceling, seconds=9)

        assert await states() == {"QUEUED": 3}
        assert not canceling.wire.made("createFeedDocument")

    async def test_of_an_order_that_shipped_meanwhile_is_refused_with_amazons_words_alone(self, canceling):
        shipped = canceling.numbers[0]
        await canceling.control(f"/orders/{shipped}/ship")
        await let_pass(canceling, seconds=11)
        await let_pass(canceling, seconds=100)

        assert await states() == {"ACCEPTED": 2, "REFUSED": 1}
        command = await Command.get(state="REFUSED")
        entry = await Attention.get(kind=AttentionKind.COMMAND_REFUSED)
        assert (await AmazonOrder.get(id=command.order_id)).number == shipped
        assert entry.command_id == command.id
        assert "shipped" in command.error_message
        assert command.error_message in entry.message
        await over(canceling, minutes=10)
        assert await states() == {"CONFIRMED": 2, "REFUSED": 1}

    async def test_waits_for_the_feed_before_it(self, bench):
        numbers = await received(bench, 4)
        await cancel(bench, *numbers[:2])
        await let_pass(bench, seconds=11)
        await cancel(bench, *numbers[2:])
        await let_pass(bench, seconds=11)
        assert await states() == {"SENT": 2, "QUEUED": 2}
        await over(bench, minutes=12)

        assert await states() == {"CONFIRMED": 4}
        assert await FeedSubmission.all().order_by("id").values_list("messages", flat=True) == [2, 2]

    async def test_many_cost_one_feed_where_the_quota_is_spent_and_each_has_its_own_result(self, bench):
        numbers = await received(bench, MANY)
        await ApiBudget.create(
            account_id=(await Account.get()).id,
            operation="createFeed",
            rate=0.0083,
            burst=15,
            tokens=0.0,
            tokens_at=bench.clock.now(),
        )
        for first in range(0, MANY, 10):
            await cancel(bench, *numbers[first : first + 10])
            await let_pass(bench, seconds=11)
        assert await states() == {"QUEUED": MANY}
        await bench.control(f"/orders/{numbers[7]}/ship")
        await over(bench, minutes=4)

        assert (await feeds_at_amazon(bench))[0]["messages"] == {
            "processed": MANY,
            "successful": MANY - 1,
            "withError": 1,
        }
        assert len(canceled := await carried(bench)) == MANY
        assert set(canceled.values()) == {1}
        assert len(await feeds_at_amazon(bench)) == 1
        refused = await Command.get(state="REFUSED")
        assert (await AmazonOrder.get(id=refused.order_id)).number == numbers[7]
        await over(bench, minutes=20)
        assert await states() == {"CONFIRMED": MANY - 1, "REFUSED": 1}


class TestALostAnswerToCreateFeed:
    async def test_after_its_effect_is_found_in_the_list_and_sends_nothing_twice(self, canceling):
        canceling.wire.happens("createFeed", loses_the_answer)
        await let_pass(canceling, seconds=11)
        assert (await FeedSubmission.get()).state is FeedState.POSTED
        assert await states() == {"SENT": 3}
        await over(canceling, minutes=10)

        assert await states() == {"CONFIRMED": 3}
        assert set((await carried(canceling)).values()) == {1}
        assert len(canceling.wire.made("createFeed")) == 1

    async def test_before_its_effect_asks_a_person_after_an_hour_and_sends_nothing_again(self, canceling):
        canceling.wire.happens("createFeed", loses_the_request)
        await let_pass(canceling, seconds=11)
        await over(canceling, minutes=55, at_once=5)
        assert await states() == {"SENT": 3}
        await over(canceling, minutes=15)

        assert await states() == {"PARKED": 3}
        assert len(canceling.wire.made("createFeed")) == 1
        assert await Attention.filter(kind=AttentionKind.COMMAND_PARKED, state=AttentionState.OPEN).count() == 3
        feed = await FeedSubmission.get()
        assert feed.state is FeedState.PARKED
        assert feed.finished_at is not None

    async def test_that_a_person_retries_goes_out_in_another_feed(self, canceling):
        canceling.wire.happens("createFeed", loses_the_request)
        await let_pass(canceling, seconds=11)
        await over(canceling, minutes=70, at_once=5)
        now = canceling.clock.now()
        for command in await Command.filter(state="PARKED"):
            await retry_command(command_id=command.id, now=now, actor=SYSTEM)
        await over(canceling, minutes=12)

        assert await states() == {"CONFIRMED": 3}
        assert await FeedSubmission.all().order_by("id").values_list("state", flat=True) == ["PARKED", "DONE"]

    async def test_with_several_feeds_that_it_may_be_asks_a_person_at_once(self, canceling):
        async def twice(request, forward):
            await loses_the_answer(request, forward)

        canceling.wire.happens("createFeed", twice)
        listed = [{"feedId": name, "feedType": "x", "createdTime": "x"} for name in ("1", "2")]
        canceling.wire.happens("getFeeds", answers(200, {"feeds": listed}))
        await let_pass(canceling, seconds=11)
        await over(canceling, minutes=2)

        assert await states() == {"PARKED": 3}

    async def test_reads_every_page_of_the_list_and_passes_our_earlier_feeds_by(self, bench):
        numbers = await received(bench, 2)
        await cancel(bench, numbers[0])
        await over(bench, minutes=3)
        known = (await FeedSubmission.get()).feed_id
        await cancel(bench, numbers[1])
        bench.wire.happens("createFeed", loses_the_answer)
        page = {"feeds": [{"feedId": known, "createdTime": "x"}], "nextToken": "more"}
        bench.wire.happens("getFeeds", answers(200, page), answers(200, {"feeds": [{"feedId": "77"}]}))
        await over(bench, minutes=2, at_once=1)

        assert [sorted(query) for query in bench.wire.made("getFeeds")] == [
            ["createdSince", "feedTypes", "pageSize"],
            ["nextToken"],
        ]
        assert await FeedSubmission.all().order_by("id").values_list("feed_id", flat=True) == [known, "77"]

    async def test_that_never_went_out_is_simply_sent_again(self, canceling):
        canceling.wire.happens("createFeed", never_arrives)
        await over(canceling, minutes=12)

        assert await states() == {"CONFIRMED": 3}
        assert set((await carried(canceling)).values()) == {1}
        assert await FeedSubmission.all().order_by("id").values_list("state", flat=True) == ["ABANDONED", "DONE"]


class TestARefusal:
    async def test_of_the_feed_refuses_each_with_amazons_words(self, canceling):
        canceling.wire.happens("createFeed", refuses(400, "InvalidInput", "No such type."))
        await let_pass(canceling, seconds=11)

        assert await states() == {"REFUSED": 3}
        assert {row.error_code for row in await Command.all()} == {"InvalidInput"}
        assert (await FeedSubmission.get()).state is FeedState.FAILED
        assert not await AmazonOrder.filter(display_status="CANCEL_REQUESTED").exists()

    async def test_of_the_document_refuses_each_too(self, canceling):
        canceling.wire.happens("createFeedDocument", refuses(400, "InvalidInput"))
        await let_pass(canceling, seconds=11)

        assert await states() == {"REFUSED": 3}

    @pytest.mark.parametrize("operation", ["createFeedDocument", "createFeed"])
    async def test_for_being_too_busy_lets_them_wait(self, canceling, operation):
        canceling.wire.happens(operation, answers(429, text=""))
        await let_pass(canceling, seconds=11)
        assert await states() == {"QUEUED": 3}
        assert len(canceling.wire.made(operation)) == 1
        await over(canceling, minutes=15)

        assert await states() == {"CONFIRMED": 3}
        assert set((await carried(canceling)).values()) == {1}

    @pytest.mark.parametrize("operation", ["createFeedDocument", "upload"])
    async def test_to_answer_at_all_before_anything_is_posted_sends_them_later(self, canceling, operation):
        canceling.wire.happens(operation, answers(503, text=""), loses_the_answer)
        await over(canceling, minutes=20)

        assert await states() == {"CONFIRMED": 3}
        assert set((await carried(canceling)).values()) == {1}

    async def test_of_the_credentials_lets_them_wait_until_the_store_is_connected_again(self, canceling):
        await canceling.control("/sellers/demo/revoke")
        await canceling.pass_by(hours=2)
        await feeds_due(canceling.worker)
        assert (await Account.get()).state is AccountState.CREDENTIALS_REJECTED
        assert await states() == {"QUEUED": 3}
        assert not await feeds_due(canceling.worker)
        assert not canceling.wire.made("createFeedDocument")

    async def test_of_the_credentials_at_the_last_moment_lets_them_wait_too(self, canceling):
        canceling.wire.happens("createFeed", refuses(403, "Unauthorized"))
        denied = answers(400, {"error": "invalid_grant"})
        await canceling.pass_by(seconds=11)
        canceling.wire.happens("token", denied)
        await feeds_due(canceling.worker)

        assert (await Account.get()).state is AccountState.CREDENTIALS_REJECTED
        assert await states() == {"QUEUED": 3}


class TestTheEndOfAFeed:
    async def submitted(self, bench):
        await let_pass(bench, seconds=11)
        (feed,) = await feeds_at_amazon(bench)
        return feed["feedId"]

    async def test_that_was_withdrawn_at_amazon_sends_them_again(self, canceling):
        await self.submitted(canceling)
        canceling.wire.happens("getFeed", answers(200, {"feedId": "1", "processingStatus": "CANCELLED"}))
        await let_pass(canceling, seconds=31)

        assert await FeedSubmission.all().order_by("id").values_list("state", flat=True) == ["FAILED", "SUBMITTED"]
        await over(canceling, minutes=15)
        assert await states() == {"CONFIRMED": 3}

    async def test_that_amazon_gave_up_parks_what_it_does_not_name(self, canceling):
        shipped = canceling.numbers[0]
        await canceling.control(f"/orders/{shipped}/ship")
        feed_id = await self.submitted(canceling)
        await canceling.control(f"/feeds/{feed_id}/fatal", {"messages": 2})
        await let_pass(canceling, seconds=60)

        assert await states() == {"REFUSED": 1, "PARKED": 2}
        assert (await FeedSubmission.get()).state is FeedState.FAILED
        await over(canceling, minutes=10)
        assert await states() == {"REFUSED": 1, "PARKED": 1, "CONFIRMED": 1}

    async def test_that_amazon_gave_up_without_a_report_parks_all(self, canceling):
        feed_id = await self.submitted(canceling)
        await canceling.control(f"/feeds/{feed_id}/fatal")
        await let_pass(canceling, seconds=60)

        assert await states() == {"PARKED": 3}

    async def test_that_never_comes_parks_them_after_six_hours_and_frees_the_lane(self, canceling):
        feed_id = await self.submitted(canceling)
        await canceling.control(f"/feeds/{feed_id}/stick")
        for _ in range(23):
            await let_pass(canceling, minutes=15)
        assert await states() == {"SENT": 3}
        assert 70 > len(canceling.wire.made("getFeed")) > 20
        for _ in range(2):
            await let_pass(canceling, minutes=15)

        assert await states() == {"PARKED": 3}
        assert (await FeedSubmission.get()).finished_at is not None

    @pytest.mark.parametrize(
        "happening", [answers(200, text="<broken"), answers(200, text="<a/>"), answers(200, text="\x1f\x8bnothing")]
    )
    async def test_whose_report_cannot_be_read_is_read_again_and_then_parked(self, canceling, happening):
        await self.submitted(canceling)
        canceling.wire.happens("download", *[happening] * 5)
        looks = 0
        while await FeedSubmission.filter(finished_at__isnull=True).exists():
            assert await states() == {"SENT": 3}
            await canceling.pass_by(minutes=1)
            looks += await feeds_due(canceling.worker)

        assert looks < 10
        assert await states() == {"PARKED": 3}
        assert (await FeedSubmission.get()).state is FeedState.PARKED
        await over(canceling, minutes=10)
        assert await states() == {"CONFIRMED": 3}

    async def test_whose_orders_are_all_seen_canceled_needs_no_report_any_more(self, canceling):
        await self.submitted(canceling)
        canceling.wire.happens("download", *[answers(200, text="?")] * 50)
        await over(canceling, minutes=15)

        assert await states() == {"CONFIRMED": 3}
        assert (await FeedSubmission.get()).finished_at is not None

    async def test_whose_report_is_unreadable_only_once_is_read_the_next_time(self, canceling):
        await self.submitted(canceling)
        canceling.wire.happens("download", answers(200, text=""), answers(503, text=""), loses_the_answer)
        await over(canceling, minutes=20)

        assert await states() == {"CONFIRMED": 3}
        assert (await FeedSubmission.get()).state is FeedState.DONE

    async def test_is_asked_for_again_while_amazon_answers_badly(self, canceling):
        await self.submitted(canceling)
        canceling.wire.happens(
            "getFeed", answers(500, text=""), refuses(404, "NotFound"), answers(429, text=""), answers(200, text="?")
        )
        canceling.wire.happens("getFeedDocument", answers(429, text=""), refuses(404, "NotFound"))
        await over(canceling, minutes=30, at_once=5)

        assert await states() == {"CONFIRMED": 3}
        assert (await FeedSubmission.get()).state is FeedState.DONE

    async def test_waits_for_the_quota_of_looking(self, canceling):
        await self.submitted(canceling)
        await ApiBudget.filter(operation="getFeed").delete()
        await ApiBudget.create(
            account_id=(await Account.get()).id,
            operation="getFeed",
            rate=0.001,
            burst=15,
            tokens=0.0,
            tokens_at=canceling.clock.now(),
        )
        await let_pass(canceling, minutes=2)
        assert not canceling.wire.made("getFeed")
        await over(canceling, minutes=30, at_once=5)

        assert await states() == {"CONFIRMED": 3}

    async def test_without_a_place_for_its_report_is_looked_at_until_there_is_one(self, canceling):
        await self.submitted(canceling)
        canceling.wire.happens("getFeed", answers(200, {"feedId": "1", "processingStatus": "DONE"}))
        await let_pass(canceling, seconds=31)
        assert await states() == {"SENT": 3}
        await over(canceling, minutes=15)

        assert await states() == {"CONFIRMED": 3}

    async def test_of_a_rejected_account_waits_for_it(self, canceling):
        await self.submitted(canceling)
        canceling.wire.happens("getFeed", refuses(403, "Unauthorized"))
        canceling.wire.happens("token", answers(400, {"error": "invalid_grant"}))
        await canceling.pass_by(seconds=31)
        await feeds_due(canceling.worker)
        assert (await Account.get()).state is AccountState.CREDENTIALS_REJECTED
        assert not await feeds_due(canceling.worker)
        await Account.all().update(state=AccountState.ACTIVE)
        await over(canceling, minutes=15)

        assert await states() == {"CONFIRMED": 3}


class TestAPlaceThatIsNoWebAddress:
    @pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://amazon.test/x", "//amazon.test", "http://", "::"])
    async def test_is_never_gone_to(self, canceling, url):
        canceling.wire.happens("createFeedDocument", answers(201, {"feedDocumentId": "d", "url": url}))
        await canceling.pass_by(seconds=11)
        await sweep_once(canceling.worker)

        assert not [call for call in canceling.wire.calls if operation_of(call) == "upload"]
        assert await states() == {"QUEUED": 3}
        await over(canceling, minutes=12)
        assert await states() == {"CONFIRMED": 3}
