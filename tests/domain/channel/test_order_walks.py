from collections import Counter, defaultdict

import pytest

from domain.amazon.commands import PackageConfirmation
from domain.amazon.records import AmazonOrder, Command, CommandKind
from domain.catalog.records import Product, Reservation, ReservationState
from domain.commerce.records import (
    CommerceOrder,
    CommerceOrderLine,
    CreditMemo,
    Document,
    DocumentLine,
    Invoice,
    Package,
    Shipment,
)
from domain.timeline import Event
from tests.counted import IS_THOROUGH
from tests.domain.channel.stage import Stage, shelf
from tests.domain.channel.walk import MANAGED, Walk
from tests.domain.histories import check_histories

STEPS = 150


@pytest.mark.parametrize("seed", range(3 if IS_THOROUGH else 1))
async def test_whatever_happens_to_orders_stock_money_and_timelines_agree(stage: Stage, seed: int) -> None:
    walk = await Walk.start(stage, seed)
    for step in range(STEPS):
        await walk.step()
        await shelf("P0")
        if step % 10 == 9:
            await check_everything(stage)
    for facts in list(stage.seen.values()):
        stage.later(minutes=1)
        ended = walk.as_status(facts, walk.dice.choice(["SHIPPED", "CANCELED"]))
        await stage.see(await walk.with_packages(ended))
    stage.later(hours=1)
    for sku in MANAGED:
        await stage.products({"sku": sku, "enabled": "yes"})
    while (await stage.evaluate()).evaluated:
        pass
    await check_everything(stage)
    assert await Reservation.filter(state=ReservationState.ACTIVE).count() == 0
    for sku in MANAGED:
        on_hand, _ = await shelf(sku)
        assert on_hand == walk.restocked[sku] - await left_with_orders(sku, documented=seed % 2 == 0)
    assert await CommerceOrder.all().count() >= 5


async def check_everything(stage: Stage) -> None:
    await check_orders(stage)
    await check_money()
    await check_quantities()
    await check_timelines()
    await check_histories()


async def check_orders(stage: Stage) -> None:
    commerce = {order.channel_order_id: order for order in await CommerceOrder.all()}
    assert len(commerce) == await CommerceOrder.all().count()
    held = {row.order_id for row in await Reservation.filter(state=ReservationState.ACTIVE)}
    for order in await AmazonOrder.all():
        own = commerce.get(order.id)
        assert (order.import_state == "IMPORTED") == (own is not None)
        assert order.commerce_order_id == (own.id if own else None)
        if own:
            assert own.total_minor == order.total_minor
        is_settled = order.evaluate_due is None or order.evaluate_due > stage.now
        if is_settled and (order.amazon_status == "CANCELED" or order.import_state == "SKIPPED" or order.completed_at):
            assert order.id not in held
        if is_settled and order.import_state == "BLOCKED" and order.amazon_status != "CANCELED":
            assert order.display_status == "ERROR"


async def check_money() -> None:
    sums = ("price_minor", "shipping_minor", "gift_wrap_minor", "tax_minor", "discount_minor", "other_minor")
    memos = Counter[int]()
    for memo in await CreditMemo.all():
        memos[memo.order_id] += memo.total_minor
    lines = defaultdict(list)
    for line in await CommerceOrderLine.all():
        assert line.total_minor == sum(getattr(line, name) for name in sums)
        lines[line.order_id].append(line)
    bills = {bill.order_id: bill.total_minor for bill in await Invoice.all()}
    for order in await CommerceOrder.all():
        assert order.total_minor == order.subtotal_minor + sum(getattr(order, name) for name in sums[1:])
        assert order.subtotal_minor == sum(line.price_minor for line in lines[order.id])
        assert order.tax_minor == sum(line.tax_minor for line in lines[order.id])
        assert bills[order.id] == order.total_minor
        assert memos[order.id] == order.refunded_minor
        assert order.refunded_minor in (0, order.total_minor)


async def check_quantities() -> None:
    covered: defaultdict[Document, Counter[int]] = defaultdict(Counter)
    for row in await DocumentLine.all():
        covered[row.document][row.line_id] += row.quantity
    for line in await CommerceOrderLine.all():
        assert 0 <= line.quantity_shipped <= line.quantity_ordered == line.quantity_invoiced
        assert line.quantity_refunded in (0, line.quantity_ordered)
        assert covered[Document.INVOICE][line.id] == line.quantity_invoiced
        assert covered[Document.SHIPMENT][line.id] == line.quantity_shipped
        assert covered[Document.CREDIT_MEMO][line.id] == line.quantity_refunded
    await check_parcels(covered[Document.PACKAGE])


async def check_parcels(packed: Counter[int]) -> None:
    """Check that Amazon is told last of each parcel what is in it and its number, and of no parcel's making twice."""
    told: defaultdict[str | None, list[Command]] = defaultdict(list)
    for command in await Command.all().order_by("order_seq"):
        told[command.package_reference].append(command)
    for messages in told.values():
        assert [message.kind for message in messages].count(CommandKind.CONFIRM_SHIPMENT) <= 1
    for parcel in await Package.all():
        last = told[parcel.package_reference][-1:]
        inside = [row.quantity for row in await DocumentLine.filter(document="PACKAGE", document_id=parcel.id)]
        assert all(quantity > 0 for quantity in inside)
        for message in last:
            said = PackageConfirmation.of(message.payload)
            assert said.tracking_number == parcel.tracking_number
            assert sum(quantity for _, quantity in said.items) == sum(inside)
    for line in await CommerceOrderLine.all():
        assert packed[line.id] <= line.quantity_shipped


async def check_timelines() -> None:
    events: defaultdict[int, list[Event]] = defaultdict(list)
    for event in await Event.filter(order_id__isnull=False).order_by("id"):
        events[event.order_id or 0].append(event)
    for order in await AmazonOrder.all():
        told = events[order.id]
        assert [event.sequence for event in told] == list(range(1, len(told) + 1))
        assert order.last_sequence == len(told)
        kinds = Counter(event.kind.value for event in told)
        assert kinds["SEEN"] == 1
        assert kinds["IMPORTED"] == kinds["INVOICED"] == (order.import_state == "IMPORTED")
        assert kinds["COMPLETED"] <= 1
        assert kinds["CANCELED"] <= 1


async def left_with_orders(sku: str, *, documented: bool) -> int:
    product = await Product.get(sku=sku)
    merchants = set(await AmazonOrder.filter(fulfillment_channel="MERCHANT").values_list("id", flat=True))
    total = 0
    for line in await CommerceOrderLine.filter(product_id=product.id):
        order = await CommerceOrder.get(id=line.order_id)
        if order.channel_order_id in merchants:
            total += await left_with(line, order, documented=documented)
    return total


async def left_with(line: CommerceOrderLine, order: CommerceOrder, *, documented: bool) -> int:
    ended = (
        await Event.filter(order_id=order.channel_order_id, kind__in=("COMPLETED", "CANCELED")).order_by("id").first()
    )
    assert ended is not None
    shipments = await Shipment.filter(order_id=order.id, created_at__lte=ended.at)
    before = [one for one in shipments if one.created_at == order.created_at and one.source == "AMAZON"]
    reserved_too = documented and ended.kind == "COMPLETED"
    return await _shipped(line, shipments) - (0 if reserved_too else await _shipped(line, before))


async def _shipped(line: CommerceOrderLine, shipments: list[Shipment]) -> int:
    covered = DocumentLine.filter(document=Document.SHIPMENT, document_id__in=[one.id for one in shipments])
    return sum(row.quantity for row in await covered.filter(line_id=line.id))
