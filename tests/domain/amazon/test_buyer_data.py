from dataclasses import replace
from datetime import timedelta

import pytest

from domain.amazon.buyer_data import while_open
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.intake import Answered, store_page
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner, read
from tests.domain.amazon.conftest import UPDATED, US, order

KEPT = timedelta(days=30)


@pytest.fixture
def take_in(store, stores, sealer):
    async def take(*, now, **facts):
        await store_page(
            fenced=None,
            account_id=store.account_id,
            stores=stores,
            requested_marketplaces=(US,),
            page=Answered(orders=[replace(order(), **facts)]),
            fetched_at=now,
            now=now,
            sealer=sealer,
        )
        return (await AmazonOrder.get()).id

    return take


async def purge_dates():
    return await BuyerRecord.all().values_list("purge_at", flat=True)


@pytest.mark.parametrize(
    "status", [AmazonOrderStatus.CANCELED, AmazonOrderStatus.SHIPPED, AmazonOrderStatus.UNFULFILLABLE]
)
async def test_what_amazon_withholds_once_an_order_has_ended_goes_at_its_time(take_in, sealer, status):
    order_id = await take_in(now=UPDATED)
    ended = UPDATED + timedelta(days=2)
    await take_in(now=ended, status=status, updated_at=ended, buyer=None, address=None)

    assert await purge_dates() == [ended + KEPT]
    kept = await read(owner=Owner.AMAZON_ORDER, owner_id=order_id, sealer=sealer)
    assert kept is not None
    assert kept["buyer"]["name"] == "Ada"


@pytest.mark.parametrize("withheld", [{}, {"buyer": None, "address": None}])
async def test_what_is_past_its_time_when_we_hear_of_it_goes_at_the_next_occasion(take_in, withheld):
    await take_in(now=UPDATED)
    shipped = UPDATED + timedelta(days=1)
    heard = shipped + timedelta(days=40)
    await take_in(now=heard, status=AmazonOrderStatus.SHIPPED, updated_at=shipped, **withheld)
    assert await purge_dates() == [shipped + KEPT]


async def test_what_would_have_to_go_at_once_is_not_kept(take_in):
    await take_in(now=UPDATED + timedelta(days=40), status=AmazonOrderStatus.SHIPPED)
    assert await purge_dates() == []


async def test_what_an_order_that_never_ends_says_goes_a_while_after_it_was_last_heard_of(take_in):
    await take_in(now=UPDATED, latest_ship_at=None)
    assert await purge_dates() == [UPDATED + KEPT]
    later = UPDATED + timedelta(days=2)
    await take_in(now=later, updated_at=later, latest_ship_at=None, buyer=None, address=None)
    assert await purge_dates() == [later + KEPT]


async def test_an_order_that_has_to_ship_later_keeps_its_address_until_a_while_after_that(take_in):
    ships = UPDATED + timedelta(days=9)
    await take_in(now=UPDATED, latest_ship_at=ships)
    assert await purge_dates() == [ships + KEPT]


@pytest.mark.parametrize(("retention", "kept"), [(1, KEPT), (30, KEPT), (45, timedelta(days=45))])
def test_an_open_order_may_ship_late_however_short_buyer_data_is_kept(retention, kept):
    def ends(ship_by):
        return while_open(ship_by, retention=timedelta(days=retention), amazon_now=UPDATED, now=UPDATED)

    assert ends(None) == ends(UPDATED - timedelta(days=9)) == UPDATED + kept
