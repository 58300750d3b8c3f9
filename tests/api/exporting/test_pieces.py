import csv
import io
import tracemalloc
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.exporting.columns import OF_AMAZON, OF_COMMERCE
from api.exporting.pieces import PIECE, export_of
from api.schema.list_columns import AmazonOrderColumn, CommerceOrderColumn
from api.schema.tickets import Asked
from domain.accounts.saved_views import ListKind
from domain.amazon.facts import BuyerFacts
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord
from domain.commerce.records import CommerceOrder
from domain.errors import InvalidInput
from domain.sealing import Sealer
from tests.counted import IS_THOROUGH, Show
from tests.domain.channel.stage import BUYER, Stage, connected, item

AMAZON, COMMERCE = ListKind.AMAZON_ORDERS, ListKind.COMMERCE_ORDERS
COPIED = "account_id, store_id, amazon_status, display_status, import_state, fulfillment_channel, updated_at, "
COPIED += "programs, total_minor, currency, breakdowns, packages, problems, facts_hash, fetched_at, seen_at, version, "
COPIED += "evaluate_attempts, last_sequence, extra"


@pytest.fixture
async def stage(database: str, now: datetime, sealer: Sealer) -> Stage:
    return await connected(now, sealer)


async def file_of(
    stage: Stage, kind: ListKind, columns: Sequence[str], *where: Any, has_mark: bool = False
) -> list[list[str]]:
    """Write a file and return its rows, heads first."""
    export = export_of(Asked(kind, where, [str(name) for name in columns], has_mark), stage.sealer)
    text = b"".join([piece async for piece in export.pieces()]).decode("utf-8-sig" if has_mark else "utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


async def test_every_column_has_what_its_list_shows(stage: Stage) -> None:
    assert (set(OF_AMAZON), set(OF_COMMERCE)) == (set(AmazonOrderColumn), set(CommerceOrderColumn))
    await stage.products({"sku": "MUG", "quantity": "9"})
    placed = stage.now
    order = await stage.arrive(item("MUG", 3, quantity_shipped=1), programs=("PRIME",))
    stage.later(minutes=5)
    blocked = await stage.arrive(item("=NEW"), buyer=None, address=None)
    number = (await CommerceOrder.get()).number

    heads, newest, oldest = await file_of(stage, AMAZON, list(AmazonOrderColumn))
    assert heads == [name.lower() for name in AmazonOrderColumn]
    assert dict(zip(heads, oldest, strict=True)) == {
        "purchased_at": f"{placed:%Y-%m-%dT%H:%M:%S.000Z}",
        "amazon_order_id": order.number,
        "display_status": "UNSHIPPED",
        "total": "19.90",
        "currency": "EUR",
        "note": "Invoice created for Amazon marketplace order.",
        "store": "Shop",
        "commerce_number": number,
        "status": "UNSHIPPED",
        "import_outcome": "IMPORTED",
        "fulfillment_channel": "MERCHANT",
        "items_ordered": "3",
        "items_shipped": "1",
        "items_unshipped": "2",
        "reserved": "yes",
        "latest_ship_at": f"{placed + timedelta(days=2):%Y-%m-%dT%H:%M:%S.000Z}",
        "last_updated_at": f"{placed:%Y-%m-%dT%H:%M:%S.000Z}",
        "is_prime": "yes",
        "buyer_name": "Ada Byron",
    }
    shown = dict(zip(heads, newest, strict=True))
    assert (shown["amazon_order_id"], shown["import_outcome"], shown["reserved"]) == (blocked.number, "BLOCKED", "no")
    assert (shown["commerce_number"], shown["buyer_name"]) == ("", "")

    heads, row = await file_of(stage, COMMERCE, list(CommerceOrderColumn))
    shown = dict(zip(heads, row, strict=True))
    assert (shown["number"], shown["amazon_order_id"], shown["store"]) == (number, order.number, "Shop")
    assert (shown["total"], shown["subtotal"], shown["total_paid"], shown["total_refunded"]) == (
        "19.90",
        "19.90",
        "19.90",
        "0.00",
    )
    assert (shown["items_ordered"], shown["items_shipped"], shown["completed_at"]) == ("3", "0", "")
    assert (shown["bill_to_name"], shown["ship_to_name"], shown["is_guest"]) == ("Ada Byron", "Ada Byron", "yes")
    assert shown["customer_email"] == BUYER.email


async def test_only_what_was_asked_for_is_in_the_file_and_buyers_as_long_as_they_are_kept(stage: Stage) -> None:
    first = await stage.arrive(item("A"), buyer=BuyerFacts(name="=cmd|' /C calc'!A0", email=None))
    second = await stage.arrive(item("B"))
    rows = await file_of(stage, AMAZON, ["AMAZON_ORDER_ID", "BUYER_NAME"], {"sku": {"eq": "A"}}, {"onHold": False})
    assert rows == [["amazon_order_id", "buyer_name"], [first.number, "'=cmd|' /C calc'!A0"]]
    by_name = await file_of(stage, AMAZON, ["AMAZON_ORDER_ID"], {"buyerName": {"startsWith": "byr"}}, has_mark=True)
    assert by_name == [["amazon_order_id"], [second.number]]
    await BuyerRecord.all().delete()
    assert await file_of(stage, AMAZON, ["BUYER_NAME"], {"sku": {"eq": "B"}}) == [["buyer_name"], [""]]
    assert await file_of(stage, COMMERCE, ["NUMBER"]) == [["number"]]


async def test_what_this_version_does_not_know_is_refused(stage: Stage) -> None:
    for asked in (
        Asked(AMAZON, [], ["SHOE"], False),
        Asked(AMAZON, [{"shoe": 1}], ["TOTAL"], False),
        Asked(COMMERCE, [{"ids": ["x"]}], ["TOTAL"], False),
    ):
        with pytest.raises(InvalidInput):
            export_of(asked, stage.sealer)


async def multiply(stage: Stage, count: int) -> None:
    """Let there be so many orders more, like the first one."""
    await AmazonOrder.raw(
        f"WITH RECURSIVE nth(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM nth WHERE n < {count}) "
        f"INSERT INTO amazon_order (number, purchased_at, {COPIED}) "
        f"SELECT 'copy-' || n, strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-03-02', '-' || n || ' seconds'), {COPIED} "
        "FROM amazon_order, nth WHERE id = 1"
    )


async def peak_of(stage: Stage) -> tuple[int, int]:
    """Return how many lines a file has, and how much memory writing it took at most, in bytes."""
    export = export_of(Asked(AMAZON, [], [*AmazonOrderColumn], False), stage.sealer)
    tracemalloc.start()
    lines = 0
    async for piece in export.pieces():
        lines += piece.count(b"\r\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return lines, peak


async def test_a_long_file_takes_no_more_memory_than_a_short_one(stage: Stage, show: Show) -> None:
    await stage.arrive(item("MUG"))
    await multiply(stage, PIECE)
    short = await peak_of(stage)
    more = 20_000 if IS_THOROUGH else 3 * PIECE
    await AmazonOrder.raw("UPDATE amazon_order SET number = 'older-' || number WHERE number LIKE 'copy-%'")
    await multiply(stage, more)
    long = await peak_of(stage)
    show(
        f"an export of {long[0] - 1} orders took at most {long[1] >> 10} KB, one of {short[0] - 1} {short[1] >> 10} KB"
    )
    assert (short[0], long[0]) == (PIECE + 2, PIECE + 2 + more)
    assert long[1] < 1.3 * short[1] + 300_000
