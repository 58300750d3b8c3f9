import asyncio
from collections import Counter
from datetime import timedelta

import httpx2
import pytest

from domain.accounts.budgets import SEARCH_ORDERS, drain
from domain.accounts.cursors import StaleFence, release_leases, take, update_fenced
from domain.accounts.records import JobState, Store, SyncCursor, SyncRun
from domain.accounts.stores import pause_store, resume_store
from domain.accounts.sync_requests import request_sync
from domain.amazon.commands import enqueue
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import change
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.timeline import SYSTEM, Event, EventKind
from tests.api.wire_between import operation_of

US, CANADA, MEXICO = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8"
ALL = f"{MEXICO},{CANADA},{US}"


async def shops(bench, *marketplaces, **wish):
    return [await bench.connect(marketplace_id=marketplace_id, **wish) for marketplace_id in marketplaces]


async def go_on(bench, *, passes=1):
    for _ in range(passes):
        await bench.pass_by(minutes=5)
        while await bench.sync():
            pass


async def sold_in():
    places = dict(await Store.all().values_list("id", "marketplace_id"))
    return {order.number: places[order.store_id] for order in await AmazonOrder.all()}


async def place_everywhere(bench, count=2):
    return {
        number: marketplace_id
        for marketplace_id in (US, CANADA, MEXICO)
        for number in await bench.place(count=count, marketplaceId=marketplace_id)
    }


async def names_no_marketplace(request, forward):
    response = await forward(request)
    orders = (await response.aread() and response.json())["orders"]
    for order in orders:
        del order["salesChannel"]["marketplaceId"]
    answer = {**response.json(), "orders": orders}
    return httpx2.Response(200, json=answer, headers={"date": response.headers["date"]}, request=request)


class TestStoresOfAnAccount:
    async def test_end_with_one_cursor_and_one_search_an_interval_and_keep_their_orders_apart(self, bench):
        await shops(bench, US, CANADA, MEXICO)
        placed = await place_everywhere(bench)
        await go_on(bench)
        assert await sold_in() == placed

        cursor = await SyncCursor.get()
        assert cursor.marketplaces == ALL
        before = len(bench.wire.made("searchOrders"))
        placed |= await place_everywhere(bench)
        await go_on(bench, passes=4)

        searches = bench.wire.made("searchOrders")[before:]
        assert [search["marketplaceIds"] for search in searches] == [ALL] * 4
        assert await sold_in() == placed
        assert Counter(await Event.filter(kind=EventKind.SEEN).values_list("store_id", flat=True)) == {1: 4, 2: 4, 3: 4}
        assert {store.last_synced_at for store in await Store.all()} == {bench.clock.now()}

    async def test_of_which_one_is_far_behind_join_when_it_has_caught_up(self, bench):
        await shops(bench, US, CANADA)
        await bench.connect(marketplace_id=MEXICO, import_from=bench.clock.now() - timedelta(days=300))
        placed = await place_everywhere(bench)
        bench.with_limits(page_size=1)
        at = bench.clock.now()
        await drain(account_id=1, operation=SEARCH_ORDERS, at=at, jitter=0, now=at)

        for _ in range(60):
            await bench.pass_by(minutes=3)
            await bench.sync()
            if await SyncCursor.all().count() == 1 and len(await sold_in()) == 6:
                break

        assert (await SyncCursor.get()).marketplaces == ALL
        assert await sold_in() == placed

    async def test_have_the_orders_whose_facts_they_await_asked_for_in_every_joint_pass(self, bench):
        await shops(bench, US, CANADA)
        placed = [*await bench.place(), *await bench.place(marketplaceId=CANADA)]
        await go_on(bench)
        async with change(now=bench.clock.now(), actor=SYSTEM) as unit:
            unit.quiet()
            for order in await AmazonOrder.all():
                await enqueue(unit=unit, order=order, kind=CommandKind.CONFIRM_SHIPMENT, payload={})
        await Command.all().update(state=CommandState.ACCEPTED)
        await go_on(bench)

        asked = [call.url.path.rsplit("/", 1)[1] for call in bench.wire.calls if operation_of(call) == "getOrder"]
        assert sorted(asked) == sorted(placed)

    async def test_of_other_accounts_stay_apart(self, bench):
        await bench.connect("demo")
        await bench.connect("other")
        await go_on(bench, passes=2)

        assert await SyncCursor.all().count() == 2

    async def test_give_the_same_pass_to_whoever_asks_for_one_of_them(self, bench):
        first, second = await shops(bench, US, CANADA)
        await go_on(bench)
        now = bench.clock.now()

        asked = await request_sync(store_id=second.id, now=now, actor=SYSTEM)
        again = await request_sync(store_id=first.id, now=now, actor=SYSTEM)
        await bench.sync()

        assert again.id == asked.id
        run = await SyncRun.get(id=asked.id)
        assert (run.state, run.marketplaces) == (JobState.SUCCEEDED, f"{CANADA},{US}")

    async def test_asked_for_one_by_one_before_they_were_ever_read_each_get_their_pass(self, bench):
        stores = await shops(bench, US, CANADA, MEXICO)
        await bench.pass_by(minutes=5)
        asked = [await request_sync(store_id=store.id, now=bench.clock.now(), actor=SYSTEM) for store in stores]
        while await bench.sync():
            pass

        assert [(await SyncRun.get(id=run.id)).state for run in asked] == [JobState.SUCCEEDED] * 3
        assert await SyncCursor.all().count() == 1

    async def test_leave_no_use_to_the_fence_of_a_cursor_that_was_joined(self, bench):
        await shops(bench, US, CANADA)
        theirs = await SyncCursor.get(marketplaces=CANADA)
        held = await take(cursor_id=theirs.id, machine_ms=1, lease_ms=1, now=bench.clock.now())
        assert held is not None
        await release_leases(now=bench.clock.now())
        await go_on(bench)

        assert await SyncCursor.all().count() == 1
        with pytest.raises(StaleFence):
            await update_fenced(theirs.id, held.fence)

    async def test_never_join_a_cursor_that_somebody_holds(self, bench):
        await shops(bench, US, CANADA)
        await take(
            cursor_id=(await SyncCursor.get(marketplaces=CANADA)).id,
            machine_ms=bench.machine[0],
            lease_ms=1000,
            now=bench.clock.now(),
        )
        await go_on(bench)

        assert await SyncCursor.all().count() == 2


class TestOrdersWithoutAMarketplace:
    async def test_are_parked_until_somebody_says_whose_they_are_and_known_from_then_on(self, bench):
        stores = await shops(bench, US, CANADA)
        await go_on(bench)
        (number,) = await bench.place(marketplaceId=CANADA)
        bench.wire.happens("searchOrders", names_no_marketplace)
        await go_on(bench)
        entry = await Attention.get(kind=AttentionKind.UNREADABLE)
        assert entry.facts["number"] == number
        assert await sold_in() == {}
        assert (await bench.last_run()).state is JobState.PARTIALLY_SUCCEEDED

        await request_sync(store_id=stores[1].id, amazon_order_id=number, now=bench.clock.now(), actor=SYSTEM)
        await bench.sync()
        assert await sold_in() == {number: CANADA}
        assert (await Attention.get(id=entry.id)).state is AttentionState.RESOLVED
        await bench.control(f"/orders/{number}/cancel", {"by": "SELLER"})
        bench.wire.happens("searchOrders", names_no_marketplace)
        await go_on(bench)

        assert await sold_in() == {number: CANADA}
        assert (await AmazonOrder.get()).amazon_status == "CANCELED"


class TestAPausedStore:
    async def test_is_not_searched_for_and_loses_nothing(self, bench):
        _, canadian, _ = await shops(bench, US, CANADA, MEXICO)
        await go_on(bench)
        placed = await place_everywhere(bench)
        await pause_store(store_id=canadian.id, now=bench.clock.now(), actor=SYSTEM)
        before = len(bench.wire.made("searchOrders"))
        await go_on(bench, passes=30)
        meanwhile = [search["marketplaceIds"] for search in bench.wire.made("searchOrders")[before:]]
        assert meanwhile == [f"{MEXICO},{US}"] * 30
        assert CANADA not in (await sold_in()).values()
        placed |= await place_everywhere(bench)

        await resume_store(store_id=canadian.id, now=bench.clock.now(), actor=SYSTEM)
        await go_on(bench, passes=2)

        assert await sold_in() == placed
        assert (await SyncCursor.get()).marketplaces == ALL

    async def test_in_the_middle_of_a_slice_lets_it_be_read_to_its_end_with_the_same_parameters(self, bench):
        american, _ = await shops(bench, US, CANADA)
        await go_on(bench)
        placed = dict.fromkeys(await bench.place(count=5), US)
        placed |= dict.fromkeys(await bench.place(count=5, marketplaceId=CANADA), CANADA)
        bench.with_limits(page_size=3)

        async def pauses(request, forward):
            await pause_store(store_id=american.id, now=bench.clock.now(), actor=SYSTEM)
            return await forward(request)

        before = len(bench.wire.made("searchOrders"))
        bench.wire.happens("searchOrders", pauses)
        await go_on(bench)
        assert {search["marketplaceIds"] for search in bench.wire.made("searchOrders")[before:]} == {f"{CANADA},{US}"}
        assert (await bench.last_run()).state is JobState.SUCCEEDED
        assert (await Store.get(id=american.id)).next_sync_at is None
        assert {cursor.marketplaces for cursor in await SyncCursor.all()} == {US, CANADA}
        await resume_store(store_id=american.id, now=bench.clock.now(), actor=SYSTEM)
        await go_on(bench, passes=2)

        assert await sold_in() == placed
        assert await Event.filter(kind=EventKind.SEEN).count() == 10
        assert await SyncCursor.all().count() == 1


class TestAnInterruption:
    async def test_of_a_joint_pass_after_any_page_loses_nothing(self, bench):
        await shops(bench, US, CANADA, MEXICO)
        await go_on(bench)
        placed = await place_everywhere(bench, count=3)
        bench.with_limits(page_size=2)
        await bench.pass_by(minutes=5)

        async def kills(request, forward):
            await forward(request)
            raise asyncio.CancelledError

        async def passes(request, forward):
            return await forward(request)

        for _ in range(4):
            bench.wire.happens("searchOrders", passes, kills)
            await asyncio.wait([asyncio.create_task(bench.sync())])
            bench.wire.happenings.clear()
            await release_leases(now=bench.clock.now())
        while await bench.sync():
            pass

        assert await sold_in() == placed
        assert await Event.filter(kind=EventKind.SEEN).count() == 9
        assert (await bench.last_run()).state is JobState.SUCCEEDED
