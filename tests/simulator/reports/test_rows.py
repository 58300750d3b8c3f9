import copy
import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cast.people import Crowd
from simulator.clock import SimulatedClock
from simulator.instants import DAY
from simulator.orders import arrivals
from simulator.orders.disclosure import INCLUDED_DATA, show
from simulator.orders.search import Search, find_page
from simulator.reports import reporting
from simulator.reports.queue import Report, Reports, ReportType
from simulator.storage.documents import StoredDocuments
from simulator.world import World
from tests.counted import rounds
from tests.simulator.playing import Amazon
from tests.simulator.reports.asking import AMERICAN, BY_ORDER_DATE, GERMAN, read, rows

JAPANESE = "A1VC38T7YXB528"
V0_STATUS = {
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
FAMILIES = {ReportType.BY_ORDER_DATE: "created", ReportType.BY_LAST_UPDATE: "lastUpdated"}


CROWDS = {seed: Crowd(seed) for seed in "ab"}  # drawing buyers takes longer than all the rest


def small_world(count: int, seed: str, days: int) -> World:
    clock = SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC))
    world = World(clock=clock, seed=seed)
    world.crowd = CROWDS[seed]
    arrivals.seed_orders(world, count=count, marketplace_ids=(AMERICAN, GERMAN, JAPANESE))
    clock.advance(days * DAY / 1_000)
    world.catch_up()
    return world


def made(world: World, kind: ReportType, marketplaces: tuple[str, ...], span: tuple[int, int]) -> Report:
    report = world.reports.add(kind, seller="demo", marketplace_ids=marketplaces, span=span, at=world.catch_up())
    reporting.plan(world, report)
    world.clock.advance(60)
    world.catch_up()
    return report


def found(world: World, report: Report) -> list[dict[str, Any]]:
    """The paid orders of a search by the same times and marketplaces, with everything that it shows."""
    search = Search(
        seller="demo",
        family=FAMILIES[report.report_type],
        after=report.start,
        before=report.end,
        marketplace_ids=frozenset(report.marketplace_ids),
    )
    now = world.catch_up()
    orders = find_page(world.book, search, start=search.start(), limit=10_000, now=now).orders
    shown = [show(order, INCLUDED_DATA, now=now) for order in orders]
    return [one for one in shown if not one["fulfillment"]["fulfillmentStatus"].startswith("PENDING")]


def amounts(row: dict[str, str]) -> Decimal:
    """What a row brings: prices and taxes less discounts."""
    plus = ("item-price", "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price", "gift-wrap-tax")
    minus = ("item-promotion-discount", "ship-promotion-discount")
    return sum((Decimal(row[name] or 0) for name in plus), Decimal(0)) - sum(
        (Decimal(row[name] or 0) for name in minus), Decimal(0)
    )


def without_column(item: dict[str, Any]) -> Decimal:
    """What an item brings that the report has no column for: fees, other charges and the tax on them."""
    rest = Decimal(0)
    for part in item["proceeds"]["breakdowns"]:
        if part["type"] in ("COD_FEE", "OTHER"):
            rest += Decimal(part["subtotal"]["amount"])
        if part["type"] == "TAX":
            taxes = [one for one in part["detailedBreakdowns"] if one["subtype"] in ("COD_FEE", "OTHER")]
            rest += sum((Decimal(one["value"]["amount"]) for one in taxes), Decimal(0))
    return rest


@settings(max_examples=rounds(300), deadline=None)
@given(
    count=st.integers(0, 40),
    seed=st.sampled_from(sorted(CROWDS)),
    days=st.integers(0, 3),
    kind=st.sampled_from(ReportType),
    marketplaces=st.sampled_from([(AMERICAN,), (GERMAN, AMERICAN), (JAPANESE,)]),
    ends=st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_the_rows_of_a_report_are_the_items_of_the_orders_that_a_search_finds(
    count: int, seed: str, days: int, kind: ReportType, marketplaces: tuple[str, ...], ends: tuple[int, int]
) -> None:
    world = small_world(count, seed, days)
    now = world.catch_up()
    report = made(world, kind, marketplaces, (now - max(ends) * DAY, now - min(ends) * DAY))
    orders = found(world, report)

    if not orders:
        assert (report.status, report.document_id) == ("CANCELLED", None)
        return
    document = world.documents.find(report.document_id or "", now=world.catch_up())
    assert document is not None
    written = read(_unpacked(document.contents or b""))
    assert [row["amazon-order-id"] for row in written] == [one["orderId"] for one in orders for _ in one["orderItems"]]
    pairs = [(one, item) for one in orders for item in one["orderItems"]]
    for row, (order, item) in zip(written, pairs, strict=True):
        assert row["order-status"] == V0_STATUS[order["fulfillment"]["fulfillmentStatus"]]
        assert datetime.fromisoformat(row["purchase-date"]) == _whole_second(order["createdTime"])
        assert datetime.fromisoformat(row["last-updated-date"]) == _whole_second(order["lastUpdatedTime"])
        assert (row["sku"], row["quantity"]) == (item["product"]["sellerSku"], str(item["quantityOrdered"]))
        assert row["ship-postal-code"] == order["recipient"]["deliveryAddress"].get("postalCode", "")
        total = item["proceeds"]["proceedsTotal"]
        told = amounts(row) + without_column(item)
        assert (told, row["currency"]) == (Decimal(total["amount"]), total["currencyCode"])


def test_what_is_kept_comes_back() -> None:
    world = small_world(5, "a", 0)
    now = world.catch_up()
    report = made(world, ReportType.BY_ORDER_DATE, (AMERICAN, GERMAN, JAPANESE), (now - 30 * DAY, now))
    reports, documents = Reports(world.seed), StoredDocuments(world.seed)
    for part, copied in ((world.reports, reports), (world.documents, documents)):
        kept = json.dumps(part.keep())
        copied.restore(json.loads(kept))
        assert json.dumps(copied.keep()) == kept

    assert reports.get(report.report_id) == report
    assert documents.find(report.document_id or "", now=now) == world.documents.find(report.document_id or "", now=now)
    again: dict[str, Any] = {"seller": "demo", "marketplace_ids": (AMERICAN,), "span": (0, 0), "at": now}
    assert reports.add(ReportType.BY_ORDER_DATE, **again) == world.reports.add(ReportType.BY_ORDER_DATE, **again)


LEAST: dict[str, Any] = {
    "orderId": "902-0000001-0000002",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": AMERICAN},
    "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {}}],
}


class TestLoadedOrders:
    async def rows(self, amazon: Amazon, order: dict[str, Any]) -> list[dict[str, str]]:
        dated = order | {"createdTime": "2026-10-20T10:00:00Z", "lastUpdatedTime": "2026-10-20T10:00:00.999Z"}
        answer = await amazon.sim("PUT", "/orders", {"orders": [dated]})
        assert answer.status_code == 200, answer.text
        return await rows(amazon, BY_ORDER_DATE, marketplaceIds=[order["salesChannel"]["marketplaceId"]])

    async def test_the_least_that_an_order_can_be_has_a_row(self, amazon: Amazon) -> None:
        [row] = await self.rows(amazon, LEAST)

        assert {name: value for name, value in row.items() if value} == {
            "amazon-order-id": "902-0000001-0000002",
            "merchant-order-id": "902-0000001-0000002",
            "purchase-date": "2026-10-20T10:00:00+00:00",
            "last-updated-date": "2026-10-20T10:00:00+00:00",
            "quantity": "2",
            "is-business-order": "false",
        }

    async def test_no_text_of_an_order_breaks_its_row(self, amazon: Amazon) -> None:
        order = copy.deepcopy(LEAST)
        order["orderItems"][0]["product"]["title"] = 'A\tB\r\nC\u2028D\x00E "F" Ä 茶'

        [row] = await self.rows(amazon, order)

        assert row["product-name"] == 'A B C D E "F" Ä 茶'

    async def test_amounts_without_details_belong_to_the_item(self, amazon: Amazon) -> None:
        order = copy.deepcopy(LEAST)

        def part(kind: str, amount: str) -> dict[str, Any]:
            return {"type": kind, "subtotal": {"amount": amount, "currencyCode": "USD"}}

        order["orderItems"][0]["proceeds"] = {"breakdowns": [part("TAX", "1.10"), part("DISCOUNT", "-0.50")]}

        [row] = await self.rows(amazon, order)

        told = ("currency", "item-price", "item-tax", "shipping-tax", "item-promotion-discount")
        assert [row[name] for name in told] == ["USD", "", "1.10", "", "0.50"]


async def test_each_item_of_a_partly_shipped_order_has_a_status_of_its_own(amazon: Amazon) -> None:
    skus = ["MUG-STONEWARE-350", "LAMP-DESK-LED", "YOGA-MAT-6MM"]
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=[{"sku": sku, "quantity": 2} for sku in skus])
    items = (await amazon.order(order_id))["orderItems"]
    sent = [
        {"orderItemId": items[0]["orderItemId"], "quantity": 2},
        {"orderItemId": items[1]["orderItemId"], "quantity": 1},
    ]
    await amazon.sim("POST", f"/orders/{order_id}/ship", {"items": sent})

    found = {row["sku"]: (row["order-status"], row["item-status"]) for row in await rows(amazon, BY_ORDER_DATE)}

    assert found == {
        skus[0]: ("PartiallyShipped", "Shipped"),
        skus[1]: ("PartiallyShipped", "PartiallyShipped"),
        skus[2]: ("PartiallyShipped", "Unshipped"),
    }


async def test_business_orders_and_their_numbers_are_told(amazon: Amazon) -> None:
    await amazon.place(fulfillmentStatus="UNSHIPPED", programs=["AMAZON_BUSINESS"])

    [row, *_] = await rows(amazon)

    assert (row["is-business-order"], row["purchase-order-number"].startswith("PO-")) == ("true", True)


def _whole_second(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def _unpacked(contents: bytes) -> bytes:
    return gzip.decompress(contents) if contents.startswith(b"\x1f\x8b") else contents
