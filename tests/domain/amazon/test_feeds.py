from datetime import timedelta

import pytest

from domain.accounts.records import Account, AccountState, Store, StoreState
from domain.amazon import feeds
from domain.amazon.commands import enqueue
from domain.amazon.feed_messages import Cancellation, cancellations_of
from domain.amazon.feed_types import ACKNOWLEDGEMENT
from domain.amazon.intake import Answered, store_page
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState, FeedState, FeedSubmission
from domain.change import change
from domain.timeline import SYSTEM, Event
from tests.domain.amazon.conftest import CA, US, connect, order

LATER = timedelta(seconds=10)


async def seen(store, count, *, now, sealer, first=1, **facts):
    orders = [order(f"902-0000000-{number:07d}", **facts) for number in range(first, first + count)]
    await store_page(
        fenced=None,
        account_id=store.account_id,
        stores={store.marketplace_id: store},
        requested_marketplaces=(store.marketplace_id,),
        page=Answered(orders=orders),
        fetched_at=now,
        now=now,
        sealer=sealer,
    )
    return await AmazonOrder.filter(store_id=store.id).order_by("number")


async def queue(to, now, kind=CommandKind.CANCEL):
    payload = {"reason": "NO_INVENTORY", "items": [["1", 2]], "restock": True, "note": None}
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await enqueue(unit=unit, order=to, kind=kind, payload=payload)


@pytest.fixture
async def orders(store, now, sealer):
    return await seen(store, 3, now=now, sealer=sealer)


@pytest.fixture
async def queued(orders, now):
    return [await queue(each, now) for each in orders]


async def collect(now, **arguments):
    account = await Account.get(seller_id="SELLER")
    return await feeds.collect(
        **{"account_id": account.id, "feed_type": ACKNOWLEDGEMENT, "document_id": "d1", "now": now} | arguments
    )


class TestCollecting:
    async def test_takes_what_is_due_into_one_feed_and_numbers_it(self, queued, now):
        await Command.filter(id=queued[1].id).update(due_at=now + LATER)
        feed = await collect(now)

        assert (feed.state, feed.messages, feed.marketplaces, feed.document_id) == (FeedState.COLLECTED, 2, US, "d1")
        sent = await Command.filter(submission_id=feed.id).order_by("message_id")
        assert [command.id for command in sent] == [queued[0].id, queued[2].id]
        assert [(each.message_id, each.state, each.attempts, each.due_at, each.sent_at) for each in sent] == [
            (1, CommandState.SENT, 1, None, now),
            (2, CommandState.SENT, 1, None, now),
        ]
        assert (await Command.get(id=queued[1].id)).state is CommandState.QUEUED
        events = await Event.filter(kind="MARKETPLACE_SENT").order_by("order_id")
        assert [event.message for event in events] == ["Sent to Amazon: the cancellation."] * 2

    async def test_says_that_it_is_not_the_first_time(self, queued, now):
        await Command.all().update(attempts=4)
        feed = await collect(now)
        assert feed.attempts == 5
        assert await Event.filter(kind="MARKETPLACE_RETRIED", message__contains="Sent again").count() == 3

    async def test_is_nothing_without_anything_to_send(self, orders, now):
        assert await collect(now) is None
        assert await FeedSubmission.all().count() == 0

    async def test_waits_while_a_feed_is_open(self, queued, now):
        await Command.filter(id=queued[2].id).update(due_at=now + LATER)
        first = await collect(now)
        assert await feeds.waiting_lanes(now=now + LATER) == []
        assert await collect(now + LATER) is None
        await FeedSubmission.filter(id=first.id).update(finished_at=now)
        assert (await collect(now + LATER)).messages == 1

    async def test_waits_for_what_was_asked_before_of_the_same_order(self, orders, now):
        await queue(orders[0], now, kind=CommandKind.CONFIRM_SHIPMENT)
        await queue(orders[0], now)
        assert await collect(now) is None

    @pytest.mark.parametrize("status", ["SHIPPED", "PARTIALLY_SHIPPED", "CANCELED", "PENDING"])
    async def test_leaves_out_what_amazon_has_decided(self, queued, now, status):
        await AmazonOrder.all().update(amazon_status=status)
        assert await feeds.waiting_lanes(now=now) == []
        assert await collect(now) is None

    async def test_leaves_out_paused_stores_and_rejected_accounts(self, queued, now):
        await Store.all().update(state=StoreState.INACTIVE)
        assert await collect(now) is None
        await Store.all().update(state=StoreState.ACTIVE)
        await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)
        assert await collect(now) is None

    async def test_joins_the_stores_of_an_account(self, queued, now, sealer):
        canada = await connect(CA, now=now, sealer=sealer)
        (far,) = await seen(canada, 1, now=now, sealer=sealer, first=9, marketplace_id=CA)
        await queue(far, now)
        feed = await collect(now)
        assert (feed.marketplaces, feed.messages) == (f"{CA},{US}", 4)

    async def test_keeps_accounts_apart(self, queued, now, sealer):
        other = await connect(US, now=now, sealer=sealer, refresh_token="Atzr|other", seller_id="OTHER")
        await queue((await seen(other, 1, now=now, sealer=sealer))[0], now)
        lanes = await feeds.waiting_lanes(now=now)
        assert sorted(lane.account_id for lane in lanes) == sorted(
            {other.account_id, (await Account.get(seller_id="SELLER")).id}
        )
        assert (await collect(now, account_id=other.account_id)).messages == 1

    async def test_gives_the_messages_in_amazons_words(self, queued, orders, now):
        assert await cancellations_of(await collect(now)) == [
            Cancellation(message_id=at, number=each.number, reason="NoInventory", items=(("1", 2),))
            for at, each in enumerate(orders, start=1)
        ]


class TestTheLifeOfAFeed:
    async def test_every_step_is_stored_once(self, queued, now):
        feed = await collect(now)
        assert await feeds.posting(submission_id=feed.id, at=now - LATER, now=now)
        assert not await feeds.posting(submission_id=feed.id, at=now, now=now)
        posted = await FeedSubmission.get()
        assert (posted.state, posted.post_started_at, posted.attempts) == (FeedState.POSTED, now - LATER, 0)
        assert posted.due_at == now + timedelta(seconds=30)

        assert await feeds.submitted(submission_id=feed.id, feed_id="77", now=now)
        assert not await feeds.submitted(submission_id=feed.id, feed_id="78", now=now)
        assert await feeds.processed(submission_id=feed.id, status="DONE", result_document_id="r1", now=now)
        done = await FeedSubmission.get()
        assert (done.state, done.feed_id) == (FeedState.SUBMITTED, "77")
        assert (done.processing_status, done.result_document_id, done.due_at) == ("DONE", "r1", now)

    async def test_a_closed_feed_moves_no_more(self, queued, now):
        feed = await collect(now)
        await FeedSubmission.all().update(finished_at=now)
        assert not await feeds.posting(submission_id=feed.id, at=now, now=now)

    async def test_looks_that_bring_nothing_come_twice_as_late_up_to_five_minutes(self, queued, now):
        feed = await collect(now)
        pauses = []
        for _ in range(5):
            await feeds.put_off(feed=feed, now=now, why="Nothing." * 100)
            feed = await FeedSubmission.get()
            pauses.append((feed.due_at - now).total_seconds())
        assert pauses == [120, 240, 300, 300, 300]
        assert (feed.attempts, len(feed.error_message)) == (6, 300)

    async def test_a_pause_that_was_asked_for_is_no_look_in_vain(self, queued, now):
        feed = await collect(now)
        await feeds.put_off(feed=feed, now=now, pause=timedelta(seconds=7))
        kept = await FeedSubmission.get()
        assert (kept.attempts, kept.due_at, kept.error_message) == (1, now + timedelta(seconds=7), None)

    async def test_sending_is_put_off_for_all_that_is_due(self, queued, now):
        await feeds.put_off_sending(
            account_id=queued[0].account_id, feed_type=ACKNOWLEDGEMENT, until=now + LATER, now=now
        )
        assert await feeds.waiting_lanes(now=now) == []
        assert len(await feeds.waiting_lanes(now=now + LATER)) == 1

    async def test_results_matter_as_long_as_a_command_waits_for_them(self, queued, now):
        feed = await collect(now)
        assert await feeds.awaits_results(feed.id)
        await Command.all().update(state=CommandState.CONFIRMED)
        assert not await feeds.awaits_results(feed.id)


class TestWhatIsDue:
    async def test_a_feed_that_asks_amazon_waits_for_its_time_and_its_account(self, queued, now):
        feed = await collect(now)
        assert [each.id for each in await feeds.due_feeds(now=now)] == [feed.id]
        await feeds.posting(submission_id=feed.id, at=now, now=now)
        assert await feeds.due_feeds(now=now) == []
        assert len(await feeds.due_feeds(now=now + timedelta(seconds=30))) == 1
        await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)
        assert await feeds.due_feeds(now=now + timedelta(seconds=30)) == []

    async def test_a_feed_that_only_has_to_be_closed_waits_for_nothing(self, queued, now):
        feed = await collect(now)
        await FeedSubmission.all().update(state=FeedState.ABANDONED, due_at=now + timedelta(hours=1))
        await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)
        assert [each.id for each in await feeds.due_feeds(now=now)] == [feed.id]
        await FeedSubmission.all().update(finished_at=now)
        assert await feeds.due_feeds(now=now) == []
