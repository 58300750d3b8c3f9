from datetime import UTC, datetime

from domain.amazon.display import ImportState
from domain.amazon.records import AmazonOrder
from domain.channel.records import Attention
from domain.commerce.records import CommerceOrder
from domain.money import Money
from tests.api.worker.conftest import AMAZON, Bench
from tests.counted import Show
from tests.real_data.playing import connect, outcomes, read_to_the_end, stock_up
from tests.real_data.shared import NEEDS_SHARED, amazon_orders

pytestmark = NEEDS_SHARED


async def test_amazons_own_orders_come_in_with_amazons_totals_or_are_blocked_with_the_reason(bench: Bench, show: Show):
    theirs = amazon_orders()
    bench.clock.set(datetime(2025, 3, 16, tzinfo=UTC))
    assert (await bench.http.put(f"{AMAZON}/_sim/orders", json={"orders": theirs})).status_code == 200
    await bench.control("/limits", {"enabled": False})
    for marketplace_id in sorted({order["salesChannel"]["marketplaceId"] for order in theirs}):
        await connect(bench, marketplace_id, import_from=datetime(2024, 12, 1, tzinfo=UTC))
    await stock_up(
        bench, [item["product"]["sellerSku"] for order in theirs for item in order["orderItems"]], quantity=9
    )

    await read_to_the_end(bench)

    for order in theirs:
        ours = await AmazonOrder.get(number=order["orderId"])
        if ours.import_state is ImportState.IMPORTED:
            made = await CommerceOrder.get(channel_order_id=ours.id)
            total = order["proceeds"]["grandTotal"]
            assert Money(made.total_minor, made.currency) == Money.parse(total["amount"], total["currencyCode"])
        else:
            assert await Attention.filter(order_id=ours.id).exists()
    counts = await outcomes()
    show(f"Amazon's own orders: {len(theirs)} read; " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    assert counts.total() == len(theirs)
    assert counts["IMPORTED IMPORTED"] == len(theirs)


async def test_each_of_amazons_own_orders_comes_back_equal(bench: Bench):
    theirs = amazon_orders()
    bench.clock.set(datetime(2025, 3, 16, tzinfo=UTC))
    await bench.http.put(f"{AMAZON}/_sim/orders", json={"orders": theirs})

    for order in theirs:
        state = (await bench.http.get(f"{AMAZON}/_sim/state", params={"orderId": order["orderId"]})).json()
        assert [entry["order"] for entry in state["orders"]] == [order]
