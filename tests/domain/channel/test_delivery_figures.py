from datetime import timedelta

import pytest

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.channel.cancel_policy import CountsAgainstSeller, verdict_on
from domain.channel.delivery_figures import DeliveryFigures, delivery_figures, percent
from domain.channel.partial_cancel import cancel_rest
from domain.commerce.records import Package, Shipment
from tests.domain.channel.stage import CLERK, Stage, item, items_of


@pytest.fixture(autouse=True)
async def mugs(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})


async def figures(stage: Stage, days: int = 30) -> DeliveryFigures:
    return await delivery_figures([stage.store.id], now=stage.now, days=days)


async def shipped(stage: Stage, *, after: timedelta, key: str) -> AmazonOrder:
    """Let an order come that is due in two days, and be confirmed to Amazon so long after its time."""
    order = await stage.arrive(item("MUG"))
    await stage.ship(order, key=key)
    assert order.latest_ship_at is not None
    await Command.filter(order_id=order.id).update(
        state=CommandState.CONFIRMED, accepted_at=order.latest_ship_at + after
    )
    return await stage.change(order, status="SHIPPED")


async def test_nothing_has_no_percentages(stage: Stage):
    found = await figures(stage)
    assert (found.due, found.late, found.packages, found.orders, found.cancellations) == (0, 0, 0, 0, ())
    assert (found.late_percent, found.tracked_percent, found.canceled_percent) == (None, None, None)


async def test_an_order_is_late_if_amazon_took_its_confirmation_after_its_time(stage: Stage):
    await shipped(stage, after=timedelta(), key="a")
    await shipped(stage, after=timedelta(milliseconds=1), key="b")
    await shipped(stage, after=timedelta(days=-1), key="c")
    stage.later(days=3)
    found = await figures(stage)
    assert (found.due, found.late, str(found.late_percent)) == (3, 1, "33.33")


async def test_what_has_not_shipped_is_late_once_its_time_has_passed(stage: Stage):
    order = await stage.arrive(item("MUG"))
    assert order.latest_ship_at is not None
    stage.now = order.latest_ship_at
    assert (await figures(stage)).due == 0
    stage.later(seconds=0.001)
    found = await figures(stage)
    assert (found.due, found.late) == (1, 1)


async def test_of_what_was_shipped_elsewhere_the_shipment_counts(stage: Stage):
    late, in_time = await stage.arrive(item("MUG")), await stage.arrive(item("MUG"))
    for order, hours in ((late, 1), (in_time, -1)):
        await stage.change(order, status="SHIPPED")
        assert order.latest_ship_at is not None
        commerce = (await AmazonOrder.get(id=order.id)).commerce_order_id
        await Shipment.filter(order_id=commerce).update(shipped_at=order.latest_ship_at + timedelta(hours=hours))
    stage.later(days=4)
    found = await figures(stage)
    assert (found.due, found.late) == (2, 1)


async def test_canceled_orders_and_amazons_own_are_not_due(stage: Stage):
    order = await stage.arrive(item("MUG"))
    await stage.change(order, status="CANCELED")
    await stage.arrive(item("MUG"), fulfillment_channel="AMAZON")
    stage.later(days=4)
    assert (await figures(stage)).due == 0


async def test_the_window_is_so_many_days_to_the_millisecond(stage: Stage):
    order = await stage.arrive(item("MUG"))
    assert order.latest_ship_at is not None
    stage.now = order.latest_ship_at + timedelta(days=7)
    assert (await figures(stage, days=7)).due == 1
    stage.later(seconds=0.001)
    assert (await figures(stage, days=7)).due == 0


async def test_a_package_counts_as_tracked_unless_its_confirmation_failed(stage: Stage):
    kept, refused, without = [await shipped(stage, after=timedelta(), key=key) for key in "abc"]
    await Command.filter(order_id=refused.id).update(state=CommandState.REFUSED)
    await Package.filter(order_id=without.commerce_order_id).update(tracking_number=" ")
    stage.later(days=1)
    told = await Command.get(order_id=kept.id)
    await Command.create(
        account_id=told.account_id,
        store_id=told.store_id,
        order_id=told.order_id,
        order_seq=2,
        kind=CommandKind.UPDATE_TRACKING,
        state=CommandState.WITHDRAWN,  # another number that a later one replaced
        package_id=told.package_id,
        created_at=told.created_at,
    )
    found = await figures(stage)
    assert (found.packages, found.tracked, str(found.tracked_percent)) == (3, 1, "33.33")


async def test_cancellations_are_counted_by_reason(stage: Stage):
    orders = [await stage.arrive(item("MUG")) for _ in range(5)]
    reasons = ["NO_INVENTORY", "NO_INVENTORY", "BUYER_CANCELED", "BUYER_CANCELED", "PRICING_ERROR"]
    await AmazonOrder.filter(id=orders[2].id).update(cancel_requested_at=stage.now)
    for at, (order, reason) in enumerate(zip(orders, reasons, strict=True)):
        await stage.cancel(order, key=f"c{at}", reason=CancelReason(reason))
    await Command.filter(order_id=orders[4].id).update(state=CommandState.WITHDRAWN)
    stage.later(days=1)
    found = await figures(stage)
    assert [(one.reason.value, one.counts.value, one.orders) for one in found.cancellations] == [
        ("NO_INVENTORY", "YES", 2),
        ("BUYER_CANCELED", "NO", 1),
        ("BUYER_CANCELED", "UNKNOWN", 1),
    ]
    assert (found.orders, str(found.canceled_percent)) == (5, "40.00")


async def test_an_order_canceled_in_parts_for_two_reasons_counts_once_in_the_rate(stage: Stage):
    order = await stage.arrive(item("MUG", 4))
    (mug,) = await items_of(order)
    for reason in (CancelReason.NO_INVENTORY, CancelReason.PRICING_ERROR):
        command = await cancel_rest(
            order_id=order.id,
            lines=((mug.id, 1),),
            reason=reason,
            note=None,
            restock=True,
            expected_version=None,
            idempotency_key=reason.value,
            now=stage.now,
            actor=CLERK,
            sealer=stage.sealer,
        )
        await Command.filter(id=command.id).update(state=CommandState.CONFIRMED)
    stage.later(days=1)
    found = await figures(stage)
    assert [(one.counts.value, one.orders) for one in found.cancellations] == [("YES", 1), ("YES", 1)]
    assert (found.orders, str(found.canceled_percent)) == (1, "100.00")


async def test_another_stores_orders_do_not_count(stage: Stage):
    await stage.arrive(item("MUG"))
    stage.later(days=5)
    found = await delivery_figures([stage.store.id + 1], now=stage.now, days=30)
    assert (found.due, found.orders) == (0, 0)


@pytest.mark.parametrize("reason", list(CancelReason))
@pytest.mark.parametrize("asked", [None, True, False])
def test_every_reason_has_a_verdict_and_says_why(reason: CancelReason, asked: bool | None):
    verdict = verdict_on(reason, buyer_asked=asked)
    assert verdict.because.endswith(".")
    if reason is CancelReason.BUYER_CANCELED:
        assert verdict.counts is (CountsAgainstSeller.NO if asked else CountsAgainstSeller.UNKNOWN)
    else:
        assert verdict.counts is CountsAgainstSeller.YES


@pytest.mark.parametrize(("part", "of", "shown"), [(1, 3, "33.33"), (2, 3, "66.67"), (1, 800, "0.13"), (0, 5, "0.00")])
def test_shares_are_rounded_half_up(part: int, of: int, shown: str):
    assert str(percent(part, of=of)) == shown
