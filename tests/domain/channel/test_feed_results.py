from datetime import timedelta
from typing import Any

import pytest

from domain.amazon import feeds
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.feed_messages import cancellations_of
from domain.amazon.feed_report import FeedReport, MessageResult
from domain.amazon.feed_types import ACKNOWLEDGEMENT
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState, FeedState, FeedSubmission
from domain.channel import feed_results
from domain.channel.cancel import LINGER, cancel_order
from domain.channel.overdue import note_overdue
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.errors import MarketplaceRejected, MarketplaceThrottled, MarketplaceUnavailable
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, open_attention, told


async def ask(stage, order, *, key="c"):
    return await cancel_order(
        order_id=order.id,
        reason=CancelReason.NO_INVENTORY,
        note=None,
        restock=True,
        expected_version=None,
        idempotency_key=f"{key} {order.id}",
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )


async def post(stage):
    """Send what is to be canceled, up to the moment at which createFeed goes out."""
    stage.now += LINGER
    feed = await feeds.collect(
        account_id=stage.store.account_id, feed_type=ACKNOWLEDGEMENT, document_id="d", now=stage.now
    )
    assert feed is not None
    await feeds.posting(submission_id=feed.id, at=stage.now, now=stage.now)
    return feed.id


async def submit(stage, *, status="DONE"):
    feed_id = await post(stage)
    await feeds.submitted(submission_id=feed_id, feed_id="77", now=stage.now)
    await feeds.processed(submission_id=feed_id, status=status, result_document_id="r", now=stage.now)
    return feed_id


@pytest.fixture
async def orders(stage: Stage):
    """Three orders that somebody wants to cancel."""
    await stage.products({"sku": "MUG", "quantity": "9"})
    orders = [await stage.arrive() for _ in range(3)]
    for order in orders:
        await ask(stage, order)
    return orders


def named(message_id, *, is_error=True, words="It has shipped."):
    return MessageResult(message_id=message_id, is_error=is_error, code="18028", words=words)


async def states():
    return [command.state.value for command in await Command.all().order_by("id")]


async def apply(stage, feed_id, *results, **counts):
    report = FeedReport(results=results, **counts)
    await feed_results.apply_report(submission_id=feed_id, report=report, now=stage.now)


async def crowd(feed_id, message_ids):
    """Let a feed carry many more commands."""
    last = await Command.filter(submission_id=feed_id).order_by("-message_id").first()
    assert last is not None
    shared = {"account_id": last.account_id, "store_id": last.store_id, "order_id": last.order_id}
    await Command.bulk_create(
        [
            Command(
                **shared,
                order_seq=10 + message_id,
                kind=CommandKind.CANCEL,
                state=CommandState.SENT,
                submission_id=feed_id,
                message_id=message_id,
                created_at=last.created_at,
            )
            for message_id in message_ids
        ]
    )


class TestAReport:
    async def test_gives_each_command_its_own_result(self, stage, orders):
        feed_id = await submit(stage)
        await apply(stage, feed_id, named(2), named(3, is_error=False, words="Late."), processed=3, successful=2)

        assert await states() == ["ACCEPTED", "REFUSED", "ACCEPTED"]
        taken, refused, _ = await Command.all().order_by("id")
        assert (taken.accepted_at, taken.error_message, taken.due_at) == (stage.now, None, None)
        assert (refused.error_code, refused.error_message) == ("18028", "It has shipped.")
        assert (refused.submission_id, refused.message_id) == (feed_id, 2)
        (shown,) = await open_attention(orders[1])
        assert (shown.kind, shown.command_id) == (AttentionKind.COMMAND_REFUSED, refused.id)
        assert shown.message == "Amazon refused the cancellation. Amazon says: It has shipped."
        assert shown.facts["amazon_code"] == "18028"
        event = await Event.get(order_id=orders[2].id, kind="MARKETPLACE_ACCEPTED")
        assert event.message.endswith("Amazon remarks: Late.")
        assert (event.actor_kind, event.details["feed_id"]) == ("AMAZON", "77")
        assert (await told(orders[1]))[-2:] == ["MARKETPLACE_REJECTED", "ATTENTION_OPENED"]
        feed = await FeedSubmission.get()
        assert (feed.state, feed.finished_at, feed.due_at) == (FeedState.DONE, stage.now, None)

    async def test_lets_a_refused_order_go_on_and_shows_the_others_as_asked_for(self, stage, orders):
        feed_id = await submit(stage)
        await stage.evaluate()
        assert not await AmazonOrder.filter(evaluate_due__isnull=False).exists()
        await apply(stage, feed_id, named(1))

        shown = [order.display_status.value for order in await AmazonOrder.all().order_by("id")]
        assert shown == ["UNSHIPPED", "CANCEL_REQUESTED", "CANCEL_REQUESTED"]
        due = await AmazonOrder.filter(evaluate_due=stage.now).values_list("id", flat=True)
        assert due == [orders[0].id]

    async def test_that_does_not_speak_of_all_asks_a_person_about_the_rest(self, stage, orders):
        await apply(stage, await submit(stage), named(1), processed=2)

        assert await states() == ["REFUSED", "PARKED", "PARKED"]
        (shown,) = await open_attention(orders[1])
        assert shown.kind == AttentionKind.COMMAND_PARKED
        assert shown.message.endswith("Look into Seller Central whether the order is canceled there.")

    async def test_that_names_a_message_nobody_sent_asks_a_person(self, stage, orders):
        await apply(stage, await submit(stage), named(9))
        assert await states() == ["PARKED"] * 3

    async def test_of_another_feed_decides_nothing(self, stage, orders):
        await apply(stage, await submit(stage), named(1), processed=4)
        assert await states() == ["PARKED"] * 3

    async def test_of_a_feed_that_could_not_be_read_at_all_refuses_everything(self, stage, orders):
        await apply(stage, await submit(stage), named(None, words="Malformed."), processed=0, successful=0)
        assert await states() == ["REFUSED"] * 3
        assert (await Command.get(order_id=orders[0].id)).error_message == "Malformed."

    async def test_with_an_error_of_the_whole_and_no_counts_asks_a_person(self, stage, orders):
        await apply(stage, await submit(stage), named(1), named(None, words="Broken."))
        assert await states() == ["REFUSED", "PARKED", "PARKED"]

    async def test_of_a_feed_that_amazon_gave_up_decides_what_it_names(self, stage, orders):
        await apply(stage, await submit(stage, status="FATAL"), named(1), named(2, is_error=False))
        assert await states() == ["REFUSED", "ACCEPTED", "PARKED"]
        assert (await FeedSubmission.get()).state is FeedState.FAILED

    async def test_changes_nothing_that_the_facts_have_settled(self, stage, orders):
        feed_id = await submit(stage)
        await stage.change(orders[0], status="CANCELED")
        await stage.change(orders[1], status="SHIPPED")
        await apply(stage, feed_id, named(1), named(2), processed=3, successful=1)
        assert await states() == ["CONFIRMED", "REFUSED", "ACCEPTED"]

    async def test_comes_once(self, stage, orders):
        feed_id = await submit(stage)
        await apply(stage, feed_id)
        events = await Event.all().count()
        await apply(stage, feed_id, named(1))
        assert (await states(), await Event.all().count()) == (["ACCEPTED"] * 3, events)

    async def test_of_a_command_that_was_refused_before_closes_what_a_person_was_shown(self, stage, orders):
        await apply(stage, await submit(stage), named(1))
        stage.later(minutes=1)
        await Command.filter(state=CommandState.REFUSED).update(state=CommandState.QUEUED, due_at=stage.now)
        await apply(stage, await submit(stage))
        assert await states() == ["ACCEPTED"] * 3
        assert await open_attention(orders[0]) == []

    async def test_of_more_than_one_change_holds_is_applied_in_several(self, stage, orders):
        feed_id = await submit(stage)
        await crowd(feed_id, range(4, 1004))
        await FeedSubmission.all().update(messages=1003)
        await apply(stage, feed_id, named(1003), processed=1003, successful=1002)
        assert await Command.filter(state=CommandState.ACCEPTED).count() == 1002
        assert (await Command.get(message_id=1003)).state is CommandState.REFUSED
        assert (await FeedSubmission.get()).state is FeedState.DONE


class TestAnEndWithoutAReport:
    async def test_abandoned_commands_wait_for_the_next_feed(self, stage, orders):
        feed_id = await post(stage)
        later = stage.now + timedelta(minutes=3)
        error = MarketplaceUnavailable("Amazon answered 503.")
        await feed_results.abandon(submission_id=feed_id, error=error, retry_at=later, now=stage.now)

        assert await states() == ["QUEUED"] * 3
        command = await Command.get(order_id=orders[0].id)
        assert (command.due_at, command.submission_id, command.message_id) == (later, None, None)
        assert (command.error_code, command.error_retryable) == ("MARKETPLACE_UNAVAILABLE", True)
        assert (await told(orders[0]))[-1] == "MARKETPLACE_RETRIED"
        assert (await FeedSubmission.get()).state is FeedState.ABANDONED
        assert len(await feeds.waiting_lanes(now=later)) == 1

    async def test_abandoned_by_a_crash_they_carry_no_error(self, stage, orders):
        feed_id = await post(stage)
        await feed_results.abandon(submission_id=feed_id, error=None, retry_at=stage.now, now=stage.now)
        command = await Command.get(order_id=orders[0].id)
        assert (command.state, command.error_code, command.error_retryable) == (CommandState.QUEUED, None, False)

    @pytest.mark.parametrize(
        ("error", "state"),
        [
            (MarketplaceUnavailable("No.", amazon_code="Odd"), "PARKED"),
            (MarketplaceThrottled("Busy.", amazon_code="QuotaExceeded"), "QUEUED"),
            (None, "QUEUED"),
        ],
    )
    async def test_abandoned_too_often_a_person_has_to_look_unless_amazon_is_busy(self, stage, orders, error, state):
        await Command.all().update(attempts=19)
        feed_id = await post(stage)
        await feed_results.abandon(submission_id=feed_id, error=error, retry_at=stage.now, now=stage.now)
        assert await states() == [state] * 3

    async def test_refused_as_a_whole_each_is_refused_with_amazons_words(self, stage, orders):
        feed_id = await post(stage)
        error = MarketplaceRejected("No such type.", amazon_code="InvalidInput")
        await feed_results.refuse(submission_id=feed_id, error=error, now=stage.now)
        assert await states() == ["REFUSED"] * 3
        assert [row.message for row in await open_attention(orders[0])] == [
            "Amazon refused the cancellation. Amazon says: No such type."
        ]
        assert (await FeedSubmission.get()).state is FeedState.FAILED

    async def test_withdrawn_at_amazon_they_are_queued_again(self, stage, orders):
        feed_id = await post(stage)
        await feeds.submitted(submission_id=feed_id, feed_id="77", now=stage.now)
        feed = await FeedSubmission.get()
        await feeds.put_off(feed=feed, now=stage.now, why="Amazon does not come to an end.")
        await feed_results.give_back(submission_id=feed_id, status="CANCELLED", now=stage.now)
        assert await states() == ["QUEUED"] * 3
        feed = await FeedSubmission.get()
        assert (feed.state, feed.processing_status) == (FeedState.FAILED, "CANCELLED")

    async def test_parked_they_are_never_sent_again_by_themselves(self, stage, orders):
        feed_id = await post(stage)
        await feed_results.park(submission_id=feed_id, why="Amazon's answer was lost.", now=stage.now)
        assert await states() == ["PARKED"] * 3
        assert (await FeedSubmission.get()).state is FeedState.PARKED
        stage.later(days=9)
        assert await feeds.waiting_lanes(now=stage.now) == []
        await stage.change(orders[0], status="CANCELED")
        assert (await states())[0] == "CONFIRMED"
        assert not await Attention.filter(order_id=orders[0].id, state=AttentionState.OPEN).exists()

    async def test_parked_in_several_changes_they_are_all_parked(self, stage, orders):
        feed_id = await post(stage)
        await crowd(feed_id, range(4, 601))
        await feed_results.park(submission_id=feed_id, why="Amazon's answer was lost.", now=stage.now)
        assert await Command.filter(state=CommandState.PARKED).count() == 600
        assert (await FeedSubmission.get()).finished_at == stage.now

    async def test_what_was_stored_of_it_is_closed_the_same_way_after_a_restart(self, stage, orders):
        feed_id = await post(stage)
        await FeedSubmission.all().update(state=FeedState.PARKED, error_message="Lost.")
        await feed_results.abandon(submission_id=feed_id, error=None, retry_at=stage.now, now=stage.now)
        await feed_results.finish_closing(submission_id=feed_id, now=stage.now)
        assert await states() == ["PARKED"] * 3

    async def test_an_order_that_left_meanwhile_is_not_sent_again(self, stage, orders):
        feed_id = await post(stage)
        await stage.change(orders[0], status="PARTIALLY_SHIPPED")
        await feed_results.abandon(submission_id=feed_id, error=None, retry_at=stage.now, now=stage.now)
        await stage.evaluate()
        assert await states() == ["WITHDRAWN", "QUEUED", "QUEUED"]

    @pytest.mark.parametrize("ends", [feed_results.park, feed_results.refuse, feed_results.abandon])
    async def test_that_no_word_came_is_over_with_the_word(self, stage, orders, ends):
        feed_id = await post(stage)
        stage.later(hours=25)
        assert await note_overdue(now=stage.now) == 3
        rejected = MarketplaceRejected("It is not valid.", amazon_code="InvalidInput")
        given: dict[Any, dict[str, Any]] = {
            feed_results.park: {"why": "Amazon's answer was lost."},
            feed_results.refuse: {"error": rejected},
            feed_results.abandon: {"error": None, "retry_at": stage.now},
        }
        await ends(submission_id=feed_id, now=stage.now, **given[ends])
        shown = await Attention.filter(state=AttentionState.OPEN)
        kinds = {
            feed_results.park: [AttentionKind.COMMAND_PARKED] * 3,
            feed_results.refuse: [AttentionKind.COMMAND_REFUSED] * 3,
            feed_results.abandon: [],
        }
        assert [entry.kind for entry in shown] == kinds[ends]

    async def test_an_order_that_is_settled_before_the_feed_is_written_is_in_it_all_the_same(self, stage, orders):
        stage.now += LINGER
        feed = await feeds.collect(
            account_id=stage.store.account_id, feed_type=ACKNOWLEDGEMENT, document_id="d", now=stage.now
        )
        assert feed is not None
        await stage.change(orders[0], status="CANCELED")
        assert [one.message_id for one in await cancellations_of(feed)] == [1, 2, 3]
        await feeds.posting(submission_id=feed.id, at=stage.now, now=stage.now)
        await feeds.submitted(submission_id=feed.id, feed_id="77", now=stage.now)
        await feeds.processed(submission_id=feed.id, status="DONE", result_document_id="r", now=stage.now)
        await apply(stage, feed.id, named(1, words="It is canceled."), processed=3, successful=2, with_error=1)
        assert await states() == ["CONFIRMED", "ACCEPTED", "ACCEPTED"]
