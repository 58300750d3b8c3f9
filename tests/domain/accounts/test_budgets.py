from datetime import timedelta

import pytest

from domain.accounts.budgets import CONFIRM_SHIPMENT, GET_ORDER, PLANS, SEARCH_ORDERS, drain, learn_rate, take
from domain.accounts.records import Account, ApiBudget
from domain.accounts.regions import Region

JITTER = 0.25


@pytest.fixture
async def account_id(database, now):
    account = await Account.create(region=Region.EU, fingerprint="f", credentials=b"c", created_at=now)
    return account.id


async def granted(account_id, operation, *, at, now, tries):
    waits = [await take(account_id=account_id, operation=operation, at=at, now=now) for _ in range(tries)]
    return waits.count(0.0)


async def test_a_bucket_grants_its_burst_and_then_one_for_each_refill(account_id, now):
    assert await granted(account_id, SEARCH_ORDERS, at=now, now=now, tries=25) == 20
    wait = await take(account_id=account_id, operation=SEARCH_ORDERS, at=now, now=now)
    assert wait == pytest.approx(1 / 0.0056)
    assert await granted(account_id, SEARCH_ORDERS, at=now + timedelta(seconds=178), now=now, tries=1) == 0
    assert await granted(account_id, SEARCH_ORDERS, at=now + timedelta(seconds=179), now=now, tries=5) == 1


async def test_a_bucket_never_grants_more_than_burst_and_rate_times_time(account_id, now):
    total = 0
    for second in range(120):
        total += await granted(account_id, CONFIRM_SHIPMENT, at=now + timedelta(seconds=second), now=now, tries=4)
        assert total <= PLANS[CONFIRM_SHIPMENT].burst + PLANS[CONFIRM_SHIPMENT].rate * second


async def test_a_refusal_empties_the_bucket_for_a_refill_and_the_jitter(account_id, now):
    wait = await drain(account_id=account_id, operation=GET_ORDER, at=now, jitter=JITTER, now=now)

    assert wait == 2 + JITTER
    assert await granted(account_id, GET_ORDER, at=now + timedelta(seconds=2.2), now=now, tries=1) == 0
    assert await granted(account_id, GET_ORDER, at=now + timedelta(seconds=2.26), now=now, tries=2) == 1


async def test_a_rate_that_amazon_tells_is_kept(account_id, now):
    await granted(account_id, SEARCH_ORDERS, at=now, now=now, tries=20)
    await learn_rate(account_id=account_id, operation=SEARCH_ORDERS, rate=0.5, at=now, now=now)

    assert await granted(account_id, SEARCH_ORDERS, at=now + timedelta(seconds=10), now=now, tries=9) == 5


async def test_a_clock_that_was_set_back_blocks_no_longer_than_a_refill(account_id, now):
    await granted(account_id, SEARCH_ORDERS, at=now, now=now, tries=20)
    back = now - timedelta(days=400)
    await take(account_id=account_id, operation=SEARCH_ORDERS, at=back, now=now)

    assert await granted(account_id, SEARCH_ORDERS, at=back + timedelta(seconds=180), now=now, tries=3) == 1


async def test_accounts_and_operations_have_buckets_of_their_own(account_id, now):
    other = await Account.create(region=Region.EU, fingerprint="g", credentials=b"c", created_at=now)
    await granted(account_id, SEARCH_ORDERS, at=now, now=now, tries=20)

    assert await granted(other.id, SEARCH_ORDERS, at=now, now=now, tries=1) == 1
    assert await granted(account_id, GET_ORDER, at=now, now=now, tries=1) == 1


async def test_the_rate_we_know_already_changes_nothing(account_id, now):
    await take(account_id=account_id, operation=GET_ORDER, at=now, now=now)
    before = await ApiBudget.get(account_id=account_id).values()
    later = now + timedelta(seconds=1)
    await learn_rate(account_id=account_id, operation=GET_ORDER, rate=PLANS[GET_ORDER].rate, at=later, now=later)
    assert await ApiBudget.get(account_id=account_id).values() == before
