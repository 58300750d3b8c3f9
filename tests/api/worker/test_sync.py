import asyncio
from datetime import timedelta

from domain.accounts.budgets import SEARCH_ORDERS, drain
from domain.accounts.cursors import release_leases
from domain.accounts.records import Account, AccountState, JobState, Store, SyncCursor, SyncRun
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.buyers import Owner, read
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.instant import to_text
from domain.timeline import Event, EventKind
from simulator.clock import SimulatedClock
from tests.api.wire_between import answers, cuts_the_answer, loses_the_answer, never_arrives, refuses

MEXICO = "A1AM78C64UM0Y8"


async def numbers() -> set[str]:
    return {order.number for order in await AmazonOrder.all()}


class TestAPass:
    async def test_brings_every_order_in_with_items_buyer_and_event(self, bench):
        store = await bench.connect()
        placed = await bench.place(count=7)
        await bench.pass_by(minutes=4)

        await bench.sync()

        assert await numbers() == set(placed)
        order = await AmazonOrder.get(number=placed[0])
        assert order.evaluate_due is not None
        assert await AmazonItem.filter(order_id=order.id).count() > 0
        kept = await read(owner=Owner.AMAZON_ORDER, owner_id=order.id, sealer=bench.sealer)
        assert kept is not None
        assert kept["address"]["city"]
        assert await Event.filter(order_id=order.id, kind=EventKind.SEEN).count() == 1
        run = await bench.last_run()
        assert (run.state, run.created, run.failed) == (JobState.SUCCEEDED, 7, 0)
        store = await Store.get(id=store.id)
        assert store.next_sync_at == bench.clock.now() + timedelta(seconds=300)
        assert store.last_synced_at == bench.clock.now()

    async def test_follows_a_connection_as_soon_as_its_moment_has_settled(self, bench):
        store = await bench.connect()
        placed = await bench.place()
        await bench.sync()
        store = await Store.get(id=store.id)
        assert store.next_sync_at == bench.clock.now() + timedelta(seconds=210)
        assert bench.wire.made("searchOrders") == []
        await bench.pass_by(seconds=210)

        await bench.sync()

        assert await numbers() == set(placed)
        assert (await Store.get(id=store.id)).next_sync_at == bench.clock.now() + timedelta(seconds=300)

    async def test_reads_page_by_page_with_the_same_parameters(self, bench):
        await bench.connect()
        placed = await bench.place(count=7)
        bench.with_limits(page_size=3)
        await bench.pass_by(minutes=4)

        await bench.sync()

        calls = bench.wire.made("searchOrders")
        assert await numbers() == set(placed)
        assert len(calls) == 3
        assert len({(call["lastUpdatedAfter"], call["lastUpdatedBefore"]) for call in calls}) == 1
        assert "paginationToken" not in calls[0]

    async def test_moves_the_watermark_to_the_upper_bound_and_reads_the_overlap_again(self, bench):
        await bench.connect()
        await bench.pass_by(minutes=10)
        await bench.sync()
        upper = (await SyncCursor.get()).watermark
        assert upper == bench.clock.now() - timedelta(minutes=3)
        await bench.pass_by(minutes=5)

        await bench.sync()

        assert bench.wire.made("searchOrders")[-1]["lastUpdatedAfter"] == to_text(upper - timedelta(minutes=10))

    async def test_sees_a_change_once_and_nothing_twice(self, bench):
        await bench.connect()
        (number,) = await bench.place()
        await bench.pass_by(minutes=4)
        await bench.sync()
        order = await AmazonOrder.get(number=number)
        await bench.control(f"/orders/{number}/cancel", {"by": "SELLER"})
        for _ in range(3):
            await bench.pass_by(minutes=5)
            await bench.sync()

        told = await Event.filter(order_id=order.id).order_by("sequence").values_list("kind", flat=True)

        assert told == [EventKind.SEEN, EventKind.STATUS_CHANGED]
        assert (await AmazonOrder.get(number=number)).amazon_status == "CANCELED"

    async def test_follows_an_amazon_whose_clock_jumped_ahead(self, bench):
        ours = SimulatedClock(monotonic=lambda: 0.0, start=bench.clock.now())
        bench.keep_time_by(ours)
        await bench.connect()
        await bench.sync()
        placed = await bench.place(count=2)
        ours.advance(300)
        await bench.control("/clock", {"advance": 1800})

        await bench.sync()
        ours.advance(300)
        await bench.sync()

        assert await numbers() == set(placed)
        first, *_, last = (call["lastUpdatedBefore"] for call in bench.wire.made("searchOrders"))
        assert (first, last) == ("2026-03-02T09:02:00.000Z", "2026-03-02T09:27:00.000Z")

    async def test_two_workers_never_read_for_the_same_cursor(self, bench):
        await bench.connect()
        await bench.place(count=3)
        await bench.pass_by(minutes=4)

        await asyncio.gather(bench.sync(), bench.sync(), bench.sync())

        assert len(bench.wire.made("searchOrders")) == 1
        assert await SyncRun.all().count() == 1


class TestTheGoalOfAPass:
    async def test_is_fixed_with_its_first_page_so_that_passes_with_spent_quota_end(self, bench):
        await bench.connect(import_from=bench.clock.now() - timedelta(days=90))
        await bench.connect(marketplace_id=MEXICO, import_from=bench.clock.now() - timedelta(days=30))
        account = await Account.get()
        begun = bench.clock.now()
        await drain(account_id=account.id, operation=SEARCH_ORDERS, at=begun, jitter=0, now=begun)

        for _ in range(60):
            await bench.pass_by(minutes=3)
            await bench.sync()
            first = await SyncRun.filter(finished_at__isnull=False)
            if {run.store_id for run in first} == {1, 2}:
                break

        assert [run.state for run in first[:2]] == [JobState.SUCCEEDED] * 2
        assert all(store.last_synced_at for store in await Store.all())
        assert len(bench.wire.made("searchOrders")) <= 14

    async def test_is_where_amazon_says_that_it_ends_if_that_is_earlier(self, bench):
        await bench.connect(import_from=bench.clock.now() - timedelta(hours=5))

        def echoes(bound):
            return answers(200, text=f'{{"orders": [], "lastUpdatedBefore": "{bound}"}}')

        bench.wire.happens("searchOrders", echoes("2026-03-02T08:56:59Z"))
        await bench.sync()
        bench.wire.happens("searchOrders", echoes("2026-03-02T08:00:00Z"))
        await bench.pass_by(minutes=5)
        await bench.sync()

        assert len(bench.wire.made("searchOrders")) == 2
        assert [run.state for run in await SyncRun.all()] == [JobState.SUCCEEDED] * 2
        assert to_text((await SyncCursor.get()).watermark) == "2026-03-02T08:56:59.000Z"


class TestWhatAmazonSays:
    async def test_a_throttled_page_is_asked_for_again_only_when_the_quota_is_back(self, bench):
        await bench.connect()
        placed = await bench.place(count=7)
        bench.with_limits(page_size=3)
        await bench.pass_by(minutes=4)
        bench.wire.happens("searchOrders", refuses(429, "QuotaExceeded"))

        await bench.sync()
        for _ in range(20):
            await bench.pass_by(seconds=5)
            await bench.sync()
        assert len(bench.wire.made("searchOrders")) == 1
        run = await bench.last_run()
        assert (run.state, run.throttled) == (JobState.RUNNING, 1)
        for _ in range(40):
            await bench.pass_by(seconds=30)
            await bench.sync()

        assert await numbers() == set(placed)

    async def test_an_outage_in_the_middle_keeps_token_and_pages(self, bench):
        await bench.connect()
        placed = await bench.place(count=7)
        bench.with_limits(page_size=3)
        await bench.pass_by(minutes=4)

        async def passes(request, forward):
            return await forward(request)

        bench.wire.happens("searchOrders", passes, refuses(503, "ServiceUnavailable"))
        await bench.sync()
        run = await bench.last_run()
        assert run.state is JobState.RUNNING
        assert run.pages == 1
        assert run.next_token
        await bench.pass_by(seconds=10)
        await bench.sync()

        calls = bench.wire.made("searchOrders")
        assert await numbers() == set(placed)
        assert calls[2]["paginationToken"] == run.next_token
        assert len({call["lastUpdatedBefore"] for call in calls}) == 1
        assert (await bench.last_run()).state is JobState.SUCCEEDED

    async def test_every_kind_of_no_answer_is_waited_out(self, bench):
        await bench.connect()
        placed = await bench.place(count=2)
        await bench.pass_by(minutes=4)
        bench.wire.happens(
            "searchOrders",
            answers(200, text="<html>Maintenance</html>"),
            cuts_the_answer,
            never_arrives,
            loses_the_answer,
            answers(502, text="Bad gateway"),
        )
        pauses = []
        for _ in range(6):
            await bench.sync()
            cursor = await SyncCursor.get()
            if cursor.due_at:
                pauses.append((cursor.due_at - bench.clock.now()).total_seconds())
                bench.clock.advance(pauses[-1])

        assert pauses == [2, 4, 8, 16, 32]
        assert await numbers() == set(placed)

    async def test_a_refused_page_token_starts_the_window_again(self, bench):
        await bench.connect()
        placed = await bench.place(count=7)
        bench.with_limits(page_size=3)
        await bench.pass_by(minutes=4)

        async def passes(request, forward):
            return await forward(request)

        bench.wire.happens("searchOrders", passes, refuses(400, "InvalidInput", None))
        await bench.sync()

        assert await numbers() == set(placed)
        assert "paginationToken" not in bench.wire.made("searchOrders")[2]
        assert (await bench.last_run()).state is JobState.SUCCEEDED

    async def test_a_token_older_than_a_day_is_not_sent(self, bench):
        await bench.connect()
        placed = await bench.place(count=4)
        bench.with_limits(page_size=3)
        await bench.pass_by(minutes=4)

        async def passes(request, forward):
            return await forward(request)

        bench.wire.happens("searchOrders", passes, refuses(503, "ServiceUnavailable"))
        await bench.sync()
        old = (await bench.last_run()).next_token
        await bench.pass_by(hours=25)
        await bench.sync()

        assert await numbers() == set(placed)
        assert old not in [call.get("paginationToken") for call in bench.wire.made("searchOrders")[2:]]

    async def test_a_refusal_fails_the_pass_visibly_and_the_next_one_works(self, bench):
        await bench.connect()
        placed = await bench.place()
        await bench.pass_by(minutes=4)
        bench.wire.happens("searchOrders", refuses(403, "Unauthorized"), refuses(403, "Unauthorized"))
        await bench.sync()
        run = await bench.last_run()
        assert (run.state, run.error_code) == (JobState.FAILED, "Unauthorized")
        assert await numbers() == set()
        await bench.pass_by(minutes=5)

        await bench.sync()

        assert await numbers() == set(placed)

    async def test_an_unreadable_order_is_parked_alone_and_healed_later(self, bench, caplog):
        await bench.connect()
        placed = await bench.place(count=3)
        await bench.pass_by(minutes=4)

        async def spoils_one(request, forward):
            response = await forward(request)
            text = (
                (await response.aread())
                .decode()
                .replace(f'"orderId":"{placed[1]}"', f'"orderId":"{placed[1]}","orderItems":5', 1)
            )
            cut = text.replace(f'"orderId": "{placed[1]}"', f'"orderId": "{placed[1]}", "createdTime": 7', 1)
            return type(response)(200, text=cut, headers={"date": response.headers["date"]}, request=request)

        bench.wire.happens("searchOrders", spoils_one)
        await bench.sync()
        assert await numbers() == set(placed) - {placed[1]}
        entry = await Attention.get(kind=AttentionKind.UNREADABLE)
        assert placed[1] in entry.message
        assert (await bench.last_run()).state is JobState.PARTIALLY_SUCCEEDED
        warned = [record.getMessage() for record in caplog.records if "could not be read" in record.getMessage()]
        assert warned == ["orders of a page could not be read: 1 of 3"]
        await bench.pass_by(minutes=5)
        await bench.sync()

        assert await numbers() == set(placed)
        assert (await Attention.get(id=entry.id)).state is AttentionState.RESOLVED


class TestCredentials:
    async def test_a_revoked_token_stops_its_account_only_until_it_is_connected_again(self, bench):
        await bench.connect("demo")
        await bench.connect("other")
        await bench.control("/sellers/demo/revoke")
        theirs = await bench.place(seller="other")
        await bench.pass_by(minutes=70)
        await bench.sync()
        assert (await Account.get(seller_id="demo")).state is AccountState.CREDENTIALS_REJECTED
        assert await numbers() == set(theirs)
        tokens = len(bench.wire.made("token"))
        await bench.pass_by(minutes=20)
        await bench.sync()

        assert len(bench.wire.made("token")) == tokens
        entry = await Attention.get(kind=AttentionKind.CREDENTIALS)
        assert (entry.state, entry.subject) == (AttentionState.OPEN, "CREDENTIALS:1")
        failed = await SyncRun.filter(state=JobState.FAILED)
        assert [run.error_code for run in failed] == ["invalid_grant"]


class TestAnInterruption:
    async def test_a_pass_killed_after_any_page_ends_the_same(self, bench):
        await bench.connect()
        placed = await bench.place(count=9)
        bench.with_limits(page_size=2)
        await bench.pass_by(minutes=4)

        async def kills(request, forward):
            await forward(request)
            raise asyncio.CancelledError

        async def passes(request, forward):
            return await forward(request)

        for _ in range(4):
            bench.wire.happens("searchOrders", passes, kills)
            task = asyncio.create_task(bench.sync())
            await asyncio.wait([task])
            bench.wire.happenings.clear()
            await release_leases(now=bench.clock.now())
        await bench.sync()

        assert await numbers() == set(placed)
        assert await Event.filter(kind=EventKind.SEEN).count() == 9
        run = await SyncRun.get()
        assert (run.state, run.created) == (JobState.SUCCEEDED, 9)

    async def test_a_worker_that_lost_its_cursor_writes_nothing(self, bench):
        await bench.connect()
        await bench.place(count=3)
        await bench.pass_by(minutes=4)

        async def is_overtaken(request, forward):
            cursor = await SyncCursor.get()
            await SyncCursor.filter(id=cursor.id).update(fence=cursor.fence + 1)
            return await forward(request)

        bench.wire.happens("searchOrders", is_overtaken)
        await bench.sync()

        assert await numbers() == set()
        assert (await SyncRun.get()).pages == 0


class TestSlices:
    async def test_a_slice_of_too_many_pages_is_given_up_and_halved_but_keeps_its_orders(self, bench):
        store = await bench.connect()
        await bench.control("/limits", {"enabled": False})
        cursor = await SyncCursor.get(store_id=store.id)
        placed = []
        for _ in range(6):
            placed += await bench.place(count=5)
            await bench.pass_by(minutes=10)
        bench.with_limits(page_size=1)
        spans = []
        for _ in range(30):
            await bench.pass_by(hours=1)
            await bench.sync()
            spans.append((await SyncCursor.get(id=cursor.id)).span_seconds)

        assert await numbers() == set(placed)
        assert min(spans) < cursor.span_seconds
        assert (await SyncCursor.get(id=cursor.id)).watermark > cursor.watermark
        assert await Event.filter(kind=EventKind.SEEN).count() == len(placed)
