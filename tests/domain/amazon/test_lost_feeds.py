"""Finding the feed whose id was lost among those that Amazon lists, and never taking somebody else's for it."""

from datetime import timedelta

import pytest

from domain.accounts.records import Account
from domain.amazon.feed_types import ADJUSTMENT
from domain.amazon.lost_feeds import Found, ListedFeed, Missing, Unclear, recognise
from domain.amazon.records import FeedState, FeedSubmission
from tests.domain.amazon.conftest import CA, US, connect


async def sent(now, **values):
    account = await Account.filter(seller_id="SELLER").get()
    given = {"account_id": account.id, "feed_type": ADJUSTMENT, "marketplaces": US, "messages": 1}
    given |= {"created_at": now, "post_started_at": now, "finished_at": now}
    return await FeedSubmission.create(**given | values)


@pytest.fixture
async def lost(store, now):
    return await sent(now, state=FeedState.POSTED, finished_at=None)


def listed(name, now, *, seconds=0, places=(US,)):
    created = now + timedelta(seconds=seconds)
    return ListedFeed(feed_id=name, created_at=created, marketplaces=frozenset(places))


async def recognised(lost, *feeds, is_whole=True):
    return await recognise(lost, feeds, is_whole=is_whole)


async def test_the_only_feed_of_its_time_and_place_is_it(lost, now):
    await sent(now, feed_id="1", state=FeedState.DONE)
    assert await recognised(lost, listed("1", now, seconds=-3600), listed("2", now, seconds=1)) == Found("2")
    assert await recognised(lost, listed("2", now), listed("2", now)) == Found("2")  # on two pages


async def test_what_amazon_does_not_say_rules_nothing_out(lost):
    assert await recognised(lost, ListedFeed(feed_id="2")) == Found("2")


@pytest.mark.parametrize(
    ("seconds", "places"), [(-121, [US]), (301, [US]), (0, [CA]), (0, [US, CA])], ids=["early", "late", "ca", "both"]
)
async def test_a_feed_of_another_time_or_place_is_not_it(lost, now, seconds, places):
    assert await recognised(lost, listed("2", now, seconds=seconds, places=places)) == Missing()


async def test_nothing_listed_is_nothing_found(lost):
    assert await recognised(lost) == Missing()


async def test_of_two_nobody_knows_which_it_is(lost, now):
    answer = await recognised(lost, listed("3", now), listed("2", now, seconds=9))
    assert answer == Unclear("Amazon lists feeds that this one may be, or another of ours: 2, 3.")


@pytest.mark.parametrize("strange", [{"seconds": -80_000}, {"places": [CA]}])
async def test_where_another_program_sends_feeds_too_none_is_taken_for_ours(lost, now, strange):
    answer = await recognised(lost, listed("2", now), listed("9", now, **strange))
    assert isinstance(answer, Unclear)
    assert "Amazon lists feed 2" in answer.why
    assert "another program" in answer.why


async def test_where_not_all_of_the_list_was_read_none_is_taken_for_ours(lost, now):
    assert isinstance(await recognised(lost, listed("2", now), is_whole=False), Unclear)


async def test_a_feed_of_ours_that_was_never_found_speaks_of_nobody_else(lost, now):
    await sent(now - timedelta(hours=2), state=FeedState.PARKED)
    assert await recognised(lost, listed("2", now), listed("1", now, seconds=-7200)) == Found("2")
    assert isinstance(await recognised(lost, listed("2", now), listed("1", now, seconds=-3600)), Unclear)


async def test_a_feed_that_may_be_one_of_ours_that_was_given_up_before_is_not_taken_for_this_one(lost, now):
    await sent(now - timedelta(minutes=1), state=FeedState.PARKED)
    answer = await recognised(lost, listed("1", now, seconds=-30))
    assert answer == Unclear("Amazon lists feeds that this one may be, or another of ours: 1.")


@pytest.mark.parametrize("other", ["account", {"feed_type": "OTHER"}, {"state": FeedState.ABANDONED}], ids=str)
async def test_feeds_of_other_accounts_or_types_and_what_never_went_out_explain_nothing(lost, now, sealer, other):
    if other == "account":
        elsewhere = await connect(US, now=now, sealer=sealer, refresh_token="Atzr|other", seller_id="OTHER")
        other = {"account_id": elsewhere.account_id}
    await sent(now - timedelta(hours=2), **{"state": FeedState.PARKED} | other)
    assert isinstance(await recognised(lost, listed("2", now), listed("1", now, seconds=-7200)), Unclear)
