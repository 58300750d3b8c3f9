import dataclasses
from datetime import timedelta

import pytest

from domain import buyers
from domain.accounts.cursors import Fenced, StaleFence
from domain.accounts.cursors import take as take_cursor
from domain.accounts.records import SyncCursor, SyncRun
from domain.accounts.runs import begin_slice, open_run
from domain.amazon.facts import AmazonOrderStatus, Problem, UnreadableOrder
from domain.amazon.intake import Answered, Stored, store_page
from domain.amazon.orders import items_of
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.timeline import Event, EventKind
from tests.domain.amazon.conftest import CA, UPDATED, US, connect, item, order

SECOND = timedelta(seconds=1)


@pytest.fixture
def take_in(store, stores, now, sealer):
    """Store one answer about single orders, fetched at `now` plus some seconds."""

    async def store_orders(*orders, seconds=0, requested=(US,), known=None, at=now):
        return await store_page(
            fenced=None,
            account_id=store.account_id,
            stores=known or stores,
            requested_marketplaces=requested,
            page=Answered(orders=orders),
            fetched_at=now + timedelta(seconds=seconds),
            now=at,
            sealer=sealer,
        )

    return store_orders


async def kinds(number: str = order().amazon_order_id) -> list[EventKind]:
    found = await AmazonOrder.get(number=number)
    return [event.kind for event in await Event.filter(order_id=found.id).order_by("sequence")]


class TestTheGuard:
    async def test_an_order_is_stored_once(self, take_in):
        assert await take_in(order()) == Stored(created=1)
        assert await take_in(order(), seconds=5) == Stored(unchanged=1)
        assert await kinds() == [EventKind.SEEN]

    async def test_a_later_change_replaces_and_is_due_again(self, take_in, now):
        await take_in(order())
        await AmazonOrder.all().update(evaluate_due=None)
        shipped = order(updated_at=UPDATED + SECOND, status=AmazonOrderStatus.SHIPPED, raw_status="SHIPPED")

        assert await take_in(shipped, seconds=1) == Stored(updated=1)

        stored = await AmazonOrder.get()
        assert (stored.amazon_status, stored.display_status, stored.evaluate_due) == ("SHIPPED", "SHIPPED", now)
        assert stored.version == 2
        event = await Event.get(kind=EventKind.STATUS_CHANGED)
        assert (event.details["before"], event.details["after"]) == ("UNSHIPPED", "SHIPPED")

    async def test_a_new_word_that_is_not_known_either_is_told_as_amazon_says_it(self, take_in):
        long = "ON_THE_WAY_" * 10
        await take_in(order(status=AmazonOrderStatus.UNKNOWN, raw_status="ON_A_BOAT"))
        await take_in(order(updated_at=UPDATED + SECOND, status=AmazonOrderStatus.UNKNOWN, raw_status=long))
        await take_in(
            order(updated_at=UPDATED + 2 * SECOND, status=AmazonOrderStatus.UNKNOWN, raw_status=long, items=()),
        )

        told = await Event.filter(kind__in=(EventKind.STATUS_CHANGED, EventKind.CHANGED)).order_by("sequence")
        assert [event.message for event in told] == [
            f"Amazon's status changed from ON_A_BOAT to {long[:64]}.",
            "Amazon changed the order.",
        ]

    async def test_an_older_snapshot_changes_nothing(self, take_in):
        await take_in(order())
        late = order(updated_at=UPDATED - SECOND, status=AmazonOrderStatus.PENDING, raw_status="PENDING")

        assert await take_in(late, seconds=60) == Stored(unchanged=1)
        assert (await AmazonOrder.get()).amazon_status == "UNSHIPPED"

    async def test_two_changes_in_one_second_are_both_seen(self, take_in):
        await take_in(order())
        other = order(items=(item(quantity_ordered=3),))

        assert await take_in(other, seconds=1) == Stored(updated=1)
        assert (await AmazonItem.get()).quantity_ordered == 3
        assert await kinds() == [EventKind.SEEN, EventKind.CHANGED]

    async def test_another_answer_of_the_same_second_that_was_asked_for_earlier_stays_out(self, take_in):
        await take_in(order(), seconds=10)

        assert await take_in(order(items=(item(quantity_ordered=9),)), seconds=9) == Stored(unchanged=1)

    async def test_an_unchanged_answer_moves_the_request_time_so_that_an_older_one_stays_out(self, take_in):
        await take_in(order(), seconds=0)
        await take_in(order(), seconds=10)

        assert await take_in(order(items=(item(quantity_ordered=9),)), seconds=5) == Stored(unchanged=1)

    async def test_every_order_of_snapshots_ends_in_the_latest(self, take_in):
        snapshots = [
            order(updated_at=UPDATED + SECOND * age, items=(item(quantity_ordered=age + 1),)) for age in range(4)
        ]
        for sequence in ((2, 0, 3, 1), (3, 2, 1, 0), (0, 0, 3, 3, 1)):
            for second, age in enumerate(sequence):
                await take_in(snapshots[age], seconds=second)

        assert (await AmazonItem.get()).quantity_ordered == 4

    async def test_the_same_order_twice_on_a_page_is_the_newer_one(self, take_in):
        newer = order(updated_at=UPDATED + SECOND, status=AmazonOrderStatus.CANCELED, raw_status="CANCELLED")

        stored = await take_in(newer, order())

        assert (stored.created, stored.updated) == (1, 0)
        assert (await AmazonOrder.get()).amazon_status == "CANCELED"


class TestItems:
    async def test_that_vanish_are_kept_as_gone_and_may_come_back(self, take_in):
        await take_in(order(items=(item("1"), item("2"))))
        await take_in(order(updated_at=UPDATED + SECOND, items=(item("2"),)), seconds=1)
        stored = await AmazonOrder.get()
        assert [one.item_id for one in (await items_of([stored.id]))[stored.id]] == ["2"]
        assert len((await items_of([stored.id], with_gone=True))[stored.id]) == 2
        await take_in(order(updated_at=UPDATED + 2 * SECOND, items=(item("1"), item("2"))), seconds=2)

        assert [one.item_id for one in (await items_of([stored.id]))[stored.id]] == ["1", "2"]

    async def test_of_other_orders_on_the_page_stay(self, take_in):
        await take_in(order("902-0000000-0000001"), order("902-0000000-0000002", items=(item("7"),)))
        await take_in(order("902-0000000-0000001", updated_at=UPDATED + SECOND, items=()), seconds=1)

        assert await AmazonItem.filter(gone_at__isnull=True).values_list("item_id", flat=True) == ["7"]


class TestRouting:
    async def test_goes_by_the_orders_marketplace_and_skips_those_without_a_store(self, take_in, now, sealer, stores):
        canada = await connect(CA, now=now, sealer=sealer)
        both = {**stores, CA: canada}
        orders = (
            order("902-0000000-0000001"),
            order("902-0000000-0000002", marketplace_id=CA),
            order("902-0000000-0000003", marketplace_id="A1AM78C64UM0Y8"),
            order("902-0000000-0000004", marketplace_id=None),
        )

        stored = await take_in(*orders, requested=(US, CA), known=both)

        assert (stored.created, stored.skipped) == (2, 2)
        assert await AmazonOrder.filter(store_id=canada.id).values_list("number", flat=True) == ["902-0000000-0000002"]

    async def test_of_a_marketplace_without_a_store_is_skipped_whatever_was_asked_for(self, take_in):
        assert await take_in(order(marketplace_id="A1AM78C64UM0Y8"), requested=(US,)) == Stored(skipped=1)
        assert not await AmazonOrder.exists()

    async def test_goes_by_the_request_when_it_named_one_marketplace(self, take_in, store):
        await take_in(order(marketplace_id=None))

        assert (await AmazonOrder.get()).store_id == store.id


class TestBuyerData:
    async def read(self, sealer):
        stored = await AmazonOrder.get()
        return await buyers.read(owner=buyers.Owner.AMAZON_ORDER, owner_id=stored.id, sealer=sealer)

    async def test_is_sealed_and_dated_even_while_the_order_is_open(self, take_in, sealer, now):
        await take_in(order())
        record = await buyers.BuyerRecord.get()

        assert record.purge_at >= now + timedelta(days=30)
        assert b"Ada" not in record.sealed
        assert (await self.read(sealer))["address"]["city"] == "Springfield"

    async def test_that_amazon_withholds_later_is_not_wiped(self, take_in, sealer):
        await take_in(order())
        await take_in(order(updated_at=UPDATED + SECOND, buyer=None), seconds=1)
        await take_in(order(updated_at=UPDATED + 2 * SECOND, buyer=None, address=None), seconds=2)

        assert (await self.read(sealer))["buyer"]["name"] == "Ada"

    async def test_goes_thirty_days_after_the_order_ended_however_often_it_is_read(self, take_in, now):
        ended = order(status=AmazonOrderStatus.CANCELED, raw_status="CANCELLED")
        await take_in(ended)
        first = (await buyers.BuyerRecord.get()).purge_at
        again = dataclasses.replace(ended, service_level="STANDARD")
        later = timedelta(days=3)
        await take_in(again, seconds=later.total_seconds(), at=now + later)

        assert first == UPDATED + timedelta(days=30)
        assert (await buyers.BuyerRecord.get()).purge_at == first

    async def test_of_an_order_that_ended_long_ago_is_not_kept_at_all(self, take_in):
        old = UPDATED - timedelta(days=31)
        await take_in(order(updated_at=old, status=AmazonOrderStatus.SHIPPED, raw_status="SHIPPED"))

        assert not await buyers.BuyerRecord.exists()


class TestProgress:
    @pytest.fixture
    async def fenced(self, store, now):
        cursor = await SyncCursor.get()
        taken = await take_cursor(cursor_id=cursor.id, machine_ms=1, lease_ms=1000, now=now)
        assert taken is not None
        run = await open_run(cursor=taken, now=now)
        fenced = Fenced(taken.id, taken.fence, run.id)
        await begin_slice(fenced=fenced, lower=now, upper=now + timedelta(hours=1), now=now)
        return fenced

    async def page(self, fenced, stores, now, sealer, **parts):
        return await store_page(
            fenced=fenced,
            account_id=next(iter(stores.values())).account_id,
            stores=stores,
            requested_marketplaces=(US,),
            page=Answered(**parts),
            fetched_at=now,
            now=now,
            sealer=sealer,
        )

    async def test_moves_the_watermark_only_with_the_last_page_and_to_what_amazon_echoes(
        self, fenced, stores, now, sealer
    ):
        await self.page(fenced, stores, now, sealer, orders=(order(),), next_token="t")
        assert (await SyncCursor.get()).watermark == now
        assert (await SyncRun.get()).next_token == "t"
        echoed = now + timedelta(minutes=50)
        await self.page(fenced, stores, now, sealer, orders=(), last_updated_before=echoed)

        run = await SyncRun.get()
        assert (await SyncCursor.get()).watermark == echoed
        assert (run.pages, run.seen, run.created, run.next_token, run.slice_from) == (2, 1, 1, None, None)

    async def test_counts_what_could_not_be_read(self, fenced, stores, now, sealer):
        parked = UnreadableOrder(amazon_order_id=None, problem=Problem("order", None, "no"))
        await self.page(fenced, stores, now, sealer, orders=(order(), parked))

        run = await SyncRun.get()
        assert (run.seen, run.created, run.failed) == (2, 1, 1)

    async def test_is_refused_as_a_whole_to_whoever_lost_the_cursor(self, fenced, stores, now, sealer):
        await SyncCursor.all().update(fence=fenced.fence + 1)

        with pytest.raises(StaleFence):
            await self.page(fenced, stores, now, sealer, orders=(order(),))

        assert not await AmazonOrder.exists()
        assert not await Event.filter(kind=EventKind.SEEN).exists()
        assert (await SyncRun.get()).pages == 0
