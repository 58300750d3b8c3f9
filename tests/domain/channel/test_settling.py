import pytest

from domain.amazon.commands import enqueue
from domain.amazon.facts import Breakdown, BreakdownKind, PackageFacts
from domain.amazon.records import AmazonOrder, Command, CommandKind
from domain.catalog.records import Reservation
from domain.change import change
from domain.channel.records import Attention
from domain.commerce.records import CommerceOrder, CreditMemo, DocumentLine, Package, Shipment
from domain.timeline import SYSTEM
from tests.domain.channel.stage import (
    Stage,
    commands_of,
    commerce_of,
    euro,
    item,
    items_of,
    mugs,
    open_attention,
    package,
    parcel,
    shelf,
    states,
    told,
)


async def test_a_shipped_order_is_completed_at_the_next_pass(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    await Command.all().update(state="ACCEPTED")
    packages = (parcel("7000", ("item-MUG", 3), ("item-CUP", 1)),)
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1), packages=packages)

    commerce, _ = await commerce_of(order)
    assert await states(order) == ["CONFIRMED"]
    assert (commerce.state, commerce.status, commerce.completed_at) == ("COMPLETE", "complete", stage.now)
    assert (order.display_status, order.completed_at) == ("COMPLETED", stage.now)
    assert (await told(order))[-2:] == ["MARKETPLACE_CONFIRMED", "COMPLETED"]
    assert await Shipment.all().count() == 1
    assert (await shelf("MUG"), await shelf("CUP")) == ((2, 0), (4, 0))


async def test_a_late_shipped_after_completion_changes_nothing(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, status="SHIPPED")
    events, completed = await told(order), order.completed_at
    order = await stage.change(order, status="SHIPPED", service_level="Other")
    assert (order.display_status, order.completed_at) == ("COMPLETED", completed)
    assert [kind for kind in await told(order) if kind != "CHANGED"] == events
    assert await Shipment.all().count() == 1


async def test_a_partial_shipment_is_confirmed_and_the_order_stays_open(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 2)))
    await Command.all().update(state="ACCEPTED")
    packages = (parcel("7000", ("item-MUG", 2)),)
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=mugs(2), packages=packages)
    assert (await states(order), order.display_status) == (["CONFIRMED"], "PARTIALLY_SHIPPED")
    assert (await commerce_of(order))[0].state == "PROCESSING"
    assert await Shipment.all().count() == 1
    assert await shelf() == (3, 1)


async def test_without_packages_the_quantities_prove_what_arrived(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 1)))
    await stage.ship(order, package((mug.id, 1)), key="k2")
    await stage.ship(order, key="k3")
    await Command.filter(order_seq__lte=2).update(state="ACCEPTED")
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=mugs(1))
    assert await states(order) == ["CONFIRMED", "ACCEPTED", "QUEUED"]
    order = await stage.change(order, items=mugs(2))
    assert await states(order) == ["CONFIRMED", "CONFIRMED", "QUEUED"]
    await Command.filter(order_seq=3).update(state="SENT")
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))
    assert await states(order) == ["CONFIRMED"] * 3


async def test_quantities_that_left_elsewhere_prove_nothing_of_ours(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=mugs(1))
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 1)))
    await Command.all().update(state="ACCEPTED")
    order = await stage.change(order, service_level="Other")
    assert await states(order) == ["ACCEPTED"]
    order = await stage.change(order, items=mugs(2))
    assert await states(order) == ["CONFIRMED"]
    assert (await commerce_of(order))[1][0].quantity_shipped == 2


async def test_what_left_elsewhere_becomes_a_shipment_with_amazons_packages(stage: Stage, order: AmazonOrder) -> None:
    at = stage.now
    first = parcel("A1", ("item-MUG", 1), at=at)
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=mugs(1), packages=(first,))
    assert await shelf() == (4, 2)
    second = PackageFacts(reference="A2", items=(("item-MUG", 2), ("item-CUP", 1), ("strange", 1)))
    void = parcel("A3", ("item-MUG", 2), status="CANCELLED")
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1), packages=(first, second, void))

    commerce, lines = await commerce_of(order)
    assert commerce.state == "COMPLETE"
    assert [line.quantity_shipped for line in lines] == [3, 1]
    one, other = await Shipment.all().order_by("id")
    assert [(row.source, row.shipped_at) for row in (one, other)] == [
        ("AMAZON", at),
        ("AMAZON", order.updated_at),
    ]
    assert await Package.all().order_by("id").values_list("package_reference", "carrier_code") == [
        ("A1", "DHL"),
        ("A2", "Other"),
    ]
    packed = await DocumentLine.filter(document="PACKAGE").order_by("id").values_list("quantity", flat=True)
    assert packed == [1, 2, 1]
    assert await commands_of(order) == []
    assert (await shelf("MUG"), await shelf("CUP")) == ((2, 0), (4, 0))


async def test_a_shipment_without_times_left_when_amazon_last_changed_it(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))
    assert (await Shipment.get(order_id=order.commerce_order_id)).shipped_at == order.updated_at


async def test_an_order_on_hold_that_has_shipped_is_complete(stage: Stage, order: AmazonOrder) -> None:
    await CommerceOrder.all().update(state="ON_HOLD", status="holded")
    order = await stage.change(order, status="SHIPPED")
    assert (await commerce_of(order))[0].state == "COMPLETE"


async def test_a_closed_order_stays_closed_when_it_has_shipped(stage: Stage, order: AmazonOrder) -> None:
    await CommerceOrder.all().update(state="CLOSED", status="closed")
    order = await stage.change(order, status="SHIPPED")
    assert ((await commerce_of(order))[0].state, order.display_status) == ("CLOSED", "COMPLETED")
    assert await shelf() == (2, 0)


async def test_the_documented_rule_deducts_everything_by_the_end(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3, quantity_shipped=1), status="PARTIALLY_SHIPPED")
    await stage.ship(order)
    assert await shelf() == (3, 1)
    await stage.change(order, status="SHIPPED", items=(item("MUG", 3, quantity_shipped=3),))
    assert await shelf() == (2, 0)
    assert await Reservation.filter(state="ACTIVE").count() == 0


@pytest.mark.parametrize("end", ["COMPLETE", "CLOSED", "CANCELED"])
async def test_a_cancellation_gives_everything_back(stage: Stage, order: AmazonOrder, end: str) -> None:
    await stage.settings(canceled_order_end_state=end)
    order = await stage.change(order, status="CANCELED", items=())

    commerce, lines = await commerce_of(order)
    assert (commerce.state, commerce.refunded_minor, order.display_status) == (end, 2490, "CANCELED")
    assert [line.quantity_refunded for line in lines] == [3, 1]
    memo = await CreditMemo.get(order_id=commerce.id)
    assert (memo.number, memo.total_minor, memo.shipping_minor, memo.adjustment_minor) == ("000000001", 2490, 0, 0)
    covered = await DocumentLine.filter(document="CREDIT_MEMO").order_by("id")
    assert [(row.quantity, row.amount_minor) for row in covered] == [(3, 1990), (1, 500)]
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 0), (5, 0))
    assert (await told(order))[-3:] == ["STOCK_RELEASED", "REFUNDED", "CANCELED"]
    assert await open_attention(order) == []

    events = await told(order)
    order = await stage.change(order, service_level="Other")
    assert [kind for kind in await told(order) if kind != "CHANGED"] == events
    assert await CreditMemo.all().count() == 1


async def test_a_credit_memo_gives_back_only_what_was_not_given_back_before(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    tip = Breakdown(BreakdownKind.DELIVERY_TIP, euro(200))
    mug = item("MUG", 2, parts={"ITEM": 2000, "SHIPPING": 500})
    order = await stage.arrive(mug, breakdowns=(tip,), grand_total=euro(2700))
    commerce, (line,) = await commerce_of(order)
    earlier = await CreditMemo.create(
        order_id=commerce.id,
        account_id=commerce.account_id,
        store_view="default",
        number="M-1",
        currency="EUR",
        shipping_minor=100,
        total_minor=1100,
        reason="BUYER_RETURN",
        created_at=stage.now,
    )
    await DocumentLine.create(
        document="CREDIT_MEMO",
        document_id=earlier.id,
        account_id=commerce.account_id,
        line_id=line.id,
        quantity=1,
        amount_minor=1000,
    )
    commerce.refunded_minor, line.quantity_refunded = 1100, 1
    await commerce.save()
    await line.save()
    await stage.change(order, status="CANCELED")

    memo = await CreditMemo.exclude(id=earlier.id).get()
    assert (memo.total_minor, memo.shipping_minor, memo.adjustment_minor) == (1600, 400, 200)
    (covered,) = await DocumentLine.filter(document="CREDIT_MEMO", document_id=memo.id)
    assert (covered.quantity, covered.amount_minor) == (1, 1000)


async def test_a_cancellation_withdraws_what_was_not_sent_and_flags_what_was(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    for key in ("k1", "k2", "k3", "k4"):
        lines = package((mug.id, 1)) if key != "k4" else package()
        await stage.ship(order, lines, key=key)
    await Command.filter(order_seq=2).update(state="ACCEPTED")
    await Command.filter(order_seq=3).update(state="REFUSED")
    order = await stage.change(order, status="CANCELED")
    assert await states(order) == ["WITHDRAWN", "REFUSED", "REFUSED", "WITHDRAWN"]
    (shown,) = await open_attention(order)
    assert (shown.kind, shown.facts["package"]) == ("COMMAND_REFUSED", "7001")
    assert await shelf() == (2, 0)


async def test_shipping_elsewhere_withdraws_what_waits_and_closes_what_was_refused(
    stage: Stage, order: AmazonOrder
) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 1)))
    await stage.ship(order, package((mug.id, 1)), key="k2")
    await Command.filter(order_seq=1).update(state="REFUSED")
    command = await Command.get(order_seq=1)
    await Attention.create(
        account_id=order.account_id,
        store_id=order.store_id,
        kind="COMMAND_REFUSED",
        subject="COMMAND_REFUSED:1:command:1",
        order_id=order.id,
        command_id=command.id,
        message="Refused.",
        opened_at=stage.now,
        last_checked_at=stage.now,
    )
    order = await stage.change(order, status="SHIPPED", packages=(parcel("A1", ("item-MUG", 3)),))
    assert await states(order) == ["WITHDRAWN", "WITHDRAWN"]
    assert await open_attention(order) == []
    assert order.display_status == "COMPLETED"


async def test_a_refused_package_that_amazon_knows_is_confirmed(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 1)))
    await Command.all().update(state="REFUSED")
    packages = (parcel("7000", ("item-MUG", 1)),)
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=mugs(1), packages=packages)
    assert (await states(order), order.display_status) == (["CONFIRMED"], "PARTIALLY_SHIPPED")


async def ask_to_cancel(stage: Stage, order: AmazonOrder, state: str) -> Command:
    async with change(now=stage.now, actor=SYSTEM) as unit:
        unit.quiet()
        command = await enqueue(unit=unit, order=order, kind=CommandKind.CANCEL, payload={})
    await Command.filter(id=command.id).update(state=state)
    return command


@pytest.mark.parametrize(
    ("state", "status", "after"),
    [
        ("ACCEPTED", "CANCELED", "CONFIRMED"),
        ("QUEUED", "CANCELED", "WITHDRAWN"),
        ("ACCEPTED", "SHIPPED", "REFUSED"),
        ("QUEUED", "SHIPPED", "WITHDRAWN"),
        ("QUEUED", "PARTIALLY_SHIPPED", "WITHDRAWN"),
        ("ACCEPTED", "PARTIALLY_SHIPPED", "ACCEPTED"),
        ("QUEUED", "UNSHIPPED", "QUEUED"),
    ],
)
async def test_what_becomes_of_a_cancellation_we_asked_for(
    stage: Stage, order: AmazonOrder, state: str, status: str, after: str
) -> None:
    await ask_to_cancel(stage, order, state)
    order = await stage.change(order, status=status, service_level="Other")
    assert await states(order) == [after]
    assert len(await open_attention(order)) == (1 if after == "REFUSED" else 0)


async def test_a_cancellation_that_amazon_refused_leaves_the_fact_to_be_seen(stage: Stage, order: AmazonOrder) -> None:
    await ask_to_cancel(stage, order, "REFUSED")
    order = await stage.change(order, service_level="Other")
    assert order.display_status == "UNSHIPPED"


async def test_a_cancellation_asked_for_before_the_import_keeps_the_order_waiting(stage: Stage) -> None:
    order = await stage.arrive(item("NEW"))
    await ask_to_cancel(stage, order, "ACCEPTED")
    await stage.products({"sku": "NEW", "quantity": "5"})
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).import_state == "WAITING"
    order = await stage.change(order, status="CANCELED")
    assert (order.import_state, await states(order)) == ("SKIPPED", ["CONFIRMED"])
