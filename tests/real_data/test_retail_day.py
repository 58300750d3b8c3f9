from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.accounts.records import Store, SyncRun
from domain.accounts.sync_requests import request_sync
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Stock
from domain.channel.records import Attention
from domain.commerce.records import CommerceOrder
from domain.timeline import SYSTEM, Event
from tests.api.worker.conftest import AMAZON, Bench
from tests.counted import Show
from tests.real_data import retail
from tests.real_data.playing import connect, outcomes, read_to_the_end, stock_up
from tests.real_data.shared import NEEDS_SHARED

pytestmark = NEEDS_SHARED


@pytest.fixture
async def day(bench: Bench) -> list[dict[str, Any]]:
    theirs = retail.orders()
    bench.clock.set(datetime(2010, 12, 2, tzinfo=UTC))
    response = await bench.http.put(f"{AMAZON}/_sim/orders", json={"orders": theirs})
    assert response.status_code == 200, response.text
    await bench.control("/limits", {"enabled": False})
    await connect(bench, retail.MARKETPLACE, import_from=datetime(2010, 12, 1, tzinfo=UTC))
    await stock_up(bench, [line.sku for line in retail.lines()], quantity=100_000)
    await read_to_the_end(bench)
    return theirs


async def test_every_invoice_of_the_day_ends_imported_blocked_or_skipped_and_the_sums_are_equal(
    day: list[dict[str, Any]], show: Show
):
    counts = await outcomes()
    blocked = Counter([entry.blocker_kind.value async for entry in Attention.filter(kind="BLOCKER")])
    show(f"retail day: {len(day)} invoices: {dict(counts)}, blockers {dict(blocked)}")
    assert counts.total() == len(day) == 143
    assert counts["SKIPPED CANCELED"] == 6
    assert set(counts) <= {"IMPORTED IMPORTED", "SKIPPED CANCELED", "BLOCKED BLOCKED"}
    assert blocked == {"MARKETPLACE_DATA_INVALID": counts["BLOCKED BLOCKED"]}

    by_number = {order["orderId"]: order for order in day}
    expected: Counter[str] = Counter()
    imported: Counter[str] = Counter()
    for made in await CommerceOrder.all():
        total = by_number[made.channel_number]["proceeds"]["grandTotal"]
        expected[total["currencyCode"]] += int(Decimal(total["amount"]) * 100)
        imported[made.currency] += made.total_minor
    assert imported == expected
    assert len(await CommerceOrder.all()) == counts["IMPORTED IMPORTED"]
    everything = sum(int(line.price * line.quantity * 100) for line in retail.lines() if line.invoice[0] != "C")
    blocked_total = await _total_of_blocked(by_number)
    show(f"retail day: {dict(imported)} minor units imported, {blocked_total} blocked, {everything} on the day")
    assert imported["GBP"] + blocked_total == everything


async def test_reading_the_day_again_changes_nothing(bench: Bench, day: list[dict[str, Any]]):
    before = await _everything()
    store = await Store.get()
    whole_day = (datetime(2010, 12, 1, tzinfo=UTC), datetime(2010, 12, 1, 23, 50, tzinfo=UTC))
    asked = await request_sync(store_id=store.id, window=whole_day, now=bench.clock.now(), actor=SYSTEM)

    await read_to_the_end(bench)

    run = await SyncRun.get(id=asked.id)
    assert (run.seen, run.unchanged, run.created, run.updated) == (143, 143, 0, 0)
    assert await _everything() == before


async def _total_of_blocked(by_number: dict[str, dict[str, Any]]) -> int:
    blocked = await AmazonOrder.filter(import_state="BLOCKED")
    totals = [by_number[order.number]["proceeds"]["grandTotal"]["amount"] for order in blocked]
    return sum(int(Decimal(total) * 100) for total in totals)


async def _everything() -> tuple[object, ...]:
    return (
        await AmazonOrder.all().order_by("id").values_list("id", "version", "facts_hash", "import_state"),
        await CommerceOrder.all().order_by("id").values_list("id", "number", "version"),
        await Stock.all().order_by("id").values_list("id", "on_hand", "reserved"),
        await Event.filter(order_id__isnull=False).count(),
    )
