import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.amazon.facts import AmazonOrderStatus, Breakdown, BreakdownKind, ItemFacts
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner, read
from domain.commerce.customer_records import Customer
from domain.commerce.records import CommerceOrder, DocumentLine, Invoice, Shipment
from domain.timeline import Event
from tests.domain.channel.stage import (
    BUYER,
    Stage,
    commerce_of,
    decision_of,
    euro,
    item,
    open_attention,
    shelf,
    told,
)


async def test_an_unshipped_order_becomes_a_processing_order_invoiced_in_full(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    order = await stage.arrive(
        item("MUG", 2, parts={"ITEM": 3980, "SHIPPING": 490, "TAX": 714, "DISCOUNT": -300}),
        item("CUP", 1, parts={"ITEM": 1000, "GIFT_WRAP": 250, "OTHER": 7}),
    )

    commerce, lines = await commerce_of(order)
    assert (commerce.number, commerce.state, commerce.status) == ("000000001", "PROCESSING", "processing")
    assert (commerce.subtotal_minor, commerce.shipping_minor, commerce.gift_wrap_minor) == (4980, 490, 250)
    assert (commerce.tax_minor, commerce.discount_minor, commerce.other_minor) == (714, -300, 7)
    assert (commerce.total_minor, commerce.currency, commerce.customer_id) == (6141, "EUR", None)
    assert [(line.sku, line.quantity_ordered, line.quantity_invoiced, line.total_minor) for line in lines] == [
        ("MUG", 2, 2, 4884),
        ("CUP", 1, 1, 1257),
    ]
    assert [line.unit_price_minor for line in lines] == [1990, 1000]
    assert (order.import_state, order.commerce_order_id, order.evaluate_due) == ("IMPORTED", commerce.id, None)
    invoice = await Invoice.get(order_id=commerce.id)
    assert (invoice.number, invoice.total_minor) == ("000000001", 6141)
    covered = await DocumentLine.filter(document="INVOICE", document_id=invoice.id).order_by("line_id")
    assert [(line.quantity, line.amount_minor) for line in covered] == [(2, 4884), (1, 1257)]
    assert await shelf("MUG") == (5, 2)
    assert await told(order) == ["SEEN", "DECISION", "STOCK_RESERVED", "IMPORTED", "INVOICED"]
    imported = await Event.get(order_id=order.id, kind="IMPORTED")
    assert imported.details["number"] == "000000001"


async def test_evaluating_again_never_makes_a_second_order(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive()
    events = await told(order)
    result = await stage.evaluate(only=[order.id, order.id])

    assert (result.evaluated, result.settled, result.imported) == (1, 1, 0)
    assert await CommerceOrder.all().count() == 1
    assert await shelf() == (5, 1)
    assert await told(order) == events


async def test_numbers_of_a_store_view_follow_each_other_and_carry_the_prefix(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    await stage.see(*(stage.facts() for _ in range(3)))
    await stage.evaluate()
    await stage.settings(order_number_prefix="AMZ-")
    await stage.arrive()

    numbers = await CommerceOrder.all().order_by("id").values_list("number", flat=True)
    assert numbers == ["000000001", "000000002", "000000003", "AMZ-000000004"]


async def test_amazons_number_can_be_the_commerce_number(stage: Stage) -> None:
    await stage.settings(order_number_source="AMAZON")
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive()

    assert (await commerce_of(order))[0].number == order.number


async def test_a_taken_number_parks_its_order_and_lets_the_others_through(stage: Stage) -> None:
    await stage.settings(order_number_source="AMAZON")
    await stage.products({"sku": "MUG", "quantity": "50"})
    first = await stage.arrive()
    await CommerceOrder.filter(channel_order_id=first.id).update(number="902-0000000-0000002")
    taken, free = await stage.see(stage.facts(), stage.facts())
    result = await stage.evaluate()

    assert (result.evaluated, result.imported, result.failed) == (2, 1, 1)
    assert await CommerceOrder.filter(channel_order_id=free.id).exists()
    (parked,) = await open_attention(taken)
    assert parked.kind == "FAILED"
    assert "902-0000000-0000002 is taken" in parked.message
    assert parked.message in (await told_messages(taken))[-1]
    taken = await AmazonOrder.get(id=taken.id)
    assert (taken.import_state, taken.display_status) == ("BLOCKED", "ERROR")
    assert await shelf() == (50, 2)

    stage.later(minutes=1)
    await stage.evaluate()
    again = await AmazonOrder.get(id=taken.id)
    assert again.evaluate_attempts == 2
    assert again.evaluate_due is not None
    assert (again.evaluate_due - stage.now).total_seconds() == 120
    assert [row.id for row in await open_attention(taken)] == [parked.id]

    await stage.settings(order_number_source="COMMERCE")
    await stage.evaluate(only=[taken.id])
    assert (await commerce_of(taken))[0].number == "000000001"
    assert await open_attention(taken) == []
    taken = await AmazonOrder.get(id=taken.id)
    assert (taken.import_state, taken.display_status) == ("IMPORTED", "UNSHIPPED")


async def test_an_imported_order_that_cannot_be_settled_stays_imported(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    order = await stage.arrive()
    stage.later(minutes=1)
    await stage.see(replace(stage.seen[order.number], status=AmazonOrderStatus.SHIPPED, updated_at=stage.now))
    await AmazonOrder.filter(id=order.id).update(packages=[{}])
    assert (await stage.evaluate()).failed == 1

    order = await AmazonOrder.get(id=order.id)
    assert (order.import_state, order.display_status) == ("IMPORTED", "SHIPPED")
    assert [row.kind for row in await open_attention(order)] == ["FAILED"]


async def told_messages(order: AmazonOrder) -> list[str]:
    return [event.message for event in await Event.filter(order_id=order.id).order_by("sequence")]


async def test_an_order_that_breaks_the_evaluation_is_parked_without_its_data(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    orders = await stage.see(*(stage.facts() for _ in range(3)))
    await AmazonOrder.filter(id=orders[1].id).update(problems=[["a", "Ada Byron"]])
    result = await stage.evaluate()

    assert (result.imported, result.failed) == (2, 1)
    assert await CommerceOrder.all().values_list("channel_order_id", flat=True) == [orders[0].id, orders[2].id]
    (parked,) = await open_attention(orders[1])
    assert (parked.message, parked.facts) == (
        "Cannot create sales order: internal error TypeError",
        {"error": "TypeError"},
    )
    assert "Ada" not in caplog.text
    assert f"Evaluating order {orders[1].number} failed with TypeError at " in caplog.text
    assert await told(orders[1]) == ["SEEN", "ATTENTION_OPENED"]
    assert await shelf() == (50, 2)


async def test_evaluating_the_same_orders_at_the_same_time_makes_each_once(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    orders = await stage.see(*(stage.facts() for _ in range(4)))
    ids = [order.id for order in orders]
    await asyncio.gather(*(stage.evaluate(only=ids) for _ in range(4)))
    assert await CommerceOrder.all().count() == 4
    assert await shelf() == (50, 4)


async def test_waiting_after_failures_doubles_up_to_an_hour(stage: Stage) -> None:
    await stage.settings(order_number_source="AMAZON")
    await stage.products({"sku": "MUG", "quantity": "50"})
    first = await stage.arrive()
    await CommerceOrder.filter(channel_order_id=first.id).update(number="902-0000000-0000002")
    (order,) = await stage.see(stage.facts())
    waits = []
    for _ in range(9):
        await stage.evaluate()
        due = (await AmazonOrder.get(id=order.id)).evaluate_due
        assert due is not None
        waits.append((due - stage.now).total_seconds() / 60)
        stage.now = due
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize("status", ["SHIPPED", "INVOICE_UNCONFIRMED"])
async def test_a_shipped_order_is_imported_complete_and_its_goods_are_deducted(stage: Stage, status: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2, quantity_shipped=2), status=status)

    commerce, lines = await commerce_of(order)
    assert (commerce.state, commerce.status, commerce.completed_at) == ("COMPLETE", "complete", stage.now)
    assert [line.quantity_shipped for line in lines] == [2]
    assert (order.display_status, order.completed_at) == ("COMPLETED", stage.now)
    assert await shelf() == (3, 0)
    assert (await Shipment.get(order_id=commerce.id)).source == "AMAZON"
    assert (await decision_of(order)).row == 13
    assert (await told(order))[-3:] == ["SHIPPED", "STOCK_DEDUCTED", "COMPLETED"]


async def test_a_shipped_order_leaves_the_stock_alone_if_only_unshipped_goods_count(stage: Stage) -> None:
    await stage.settings(stock_rule="UNSHIPPED_ONLY")
    await stage.products({"sku": "MUG", "quantity": "0"})
    order = await stage.arrive(item("MUG", 2, quantity_shipped=2), status="SHIPPED")

    assert order.import_state == "IMPORTED"
    assert await shelf() == (0, 0)


@pytest.mark.parametrize(("unshipped", "held"), [(None, 2), (1, 1)])
async def test_a_partly_shipped_order_holds_what_the_stock_rule_says(
    stage: Stage, unshipped: int | None, held: int
) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    some = item("MUG", 3, quantity_shipped=1, quantity_unshipped=unshipped)
    first = await stage.arrive(some, status="PARTIALLY_SHIPPED")
    assert await shelf("MUG") == (5, 3)
    await stage.settings(stock_rule="UNSHIPPED_ONLY")
    other = item("CUP", 3, quantity_shipped=1, quantity_unshipped=unshipped)
    await stage.arrive(other, status="PARTIALLY_SHIPPED")
    assert await shelf("CUP") == (5, held)

    commerce, lines = await commerce_of(first)
    assert (commerce.state, [line.quantity_shipped for line in lines]) == ("PROCESSING", [1])


async def test_what_amazon_sends_is_imported_once_shipped_without_a_buyer_and_without_stock(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    order = await stage.arrive(
        item("MUG", 2), fulfillment_channel="AMAZON", buyer=None, address=None, status="UNSHIPPED"
    )
    assert (order.import_state, (await decision_of(order)).code) == ("WAITING", "AMAZON_FULFILS")
    order = await stage.change(order, status="SHIPPED")

    commerce, _ = await commerce_of(order)
    assert (commerce.state, order.display_status) == ("COMPLETE", "COMPLETED")
    assert await shelf() == (0, 0)
    assert await BuyerRecord.all().count() == 0


async def test_what_amazon_sends_can_be_made_to_need_stock_which_is_only_checked(stage: Stage) -> None:
    await stage.settings(fba_requires_stock=True)
    await stage.products({"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(item("MUG", 2), fulfillment_channel="AMAZON", status="SHIPPED")
    assert order.import_state == "BLOCKED"
    await stage.products({"sku": "MUG", "quantity": "2"})
    await stage.evaluate()

    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"
    assert await shelf() == (2, 0)


async def test_a_custom_status_is_given_to_a_processing_order(stage: Stage) -> None:
    await stage.settings(initial_status_mode="CUSTOM", initial_status="fraud")
    await stage.products({"sku": "MUG", "quantity": "5"})
    commerce, _ = await commerce_of(await stage.arrive())
    assert (commerce.state, commerce.status) == ("PROCESSING", "fraud")


async def test_items_of_quantity_0_are_left_out(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 1), item("GONE", 0, cents=None))
    assert [line.sku for line in (await commerce_of(order))[1]] == ["MUG"]


async def test_a_line_without_parts_is_its_price_and_a_tip_belongs_to_the_order_alone(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    plain = ItemFacts(
        order_item_id="1", seller_sku="MUG", quantity_ordered=3, proceeds_total=euro(1000), unit_price=euro(333)
    )
    tip = Breakdown(BreakdownKind.DELIVERY_TIP, euro(200))
    order = await stage.arrive(plain, grand_total=euro(1200), breakdowns=(tip,))

    commerce, (line,) = await commerce_of(order)
    assert (commerce.subtotal_minor, commerce.other_minor, commerce.total_minor) == (1000, 200, 1200)
    assert (line.price_minor, line.unit_price_minor, line.title) == (1000, 333, "MUG")


async def test_buyer_data_is_copied_sealed_and_dated_when_the_order_is_complete(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive()
    commerce, _ = await commerce_of(order)
    copied = await read(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, sealer=stage.sealer)
    assert copied is not None
    assert copied["buyer"]["email"] == BUYER.email
    kept = await BuyerRecord.get(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id)
    assert kept.purge_at is None

    await stage.change(order, status="SHIPPED")
    kept = await BuyerRecord.get(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id)
    amazons = await BuyerRecord.get(owner=Owner.AMAZON_ORDER, owner_id=order.id)
    assert kept.purge_at == amazons.purge_at is not None


async def test_a_buyer_becomes_one_customer_however_the_address_is_written(stage: Stage) -> None:
    await stage.settings(customer_creation="NEW_CUSTOMER")
    await stage.products({"sku": "MUG", "quantity": "50"})
    await stage.see(stage.facts(), stage.facts(buyer=replace(BUYER, email="ada@example.org ")))
    await stage.evaluate()
    await stage.arrive(buyer=replace(BUYER, email=None))
    await stage.arrive(buyer=None, address=None, fulfillment_channel="AMAZON", status="SHIPPED")

    first, second, nameless, unknown = await CommerceOrder.all().order_by("id").values_list("customer_id", flat=True)
    assert first == second
    assert len({first, nameless, unknown}) == 3
    assert await Customer.all().count() == 3
    assert await BuyerRecord.filter(owner=Owner.CUSTOMER).count() == 2


async def test_those_that_ship_first_get_the_stock(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    late, soon = await stage.see(
        stage.facts(latest_ship_at=stage.now + timedelta(days=3)),
        stage.facts(latest_ship_at=stage.now + timedelta(days=1)),
    )
    (whenever,) = await stage.see(stage.facts(latest_ship_at=None))
    result = await stage.evaluate()

    assert (result.imported, result.blocked) == (1, 2)
    states = dict(await AmazonOrder.all().values_list("id", "import_state"))
    assert (states[late.id], states[soon.id], states[whenever.id]) == ("BLOCKED", "IMPORTED", "BLOCKED")
    assert await shelf() == (1, 1)


async def test_only_so_many_orders_as_asked_are_evaluated_at_a_time(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    await stage.see(*(stage.facts() for _ in range(5)))
    assert [(await stage.evaluate(limit=2)).evaluated for _ in range(4)] == [2, 2, 1, 0]


async def test_an_order_that_left_needs_no_address_once_its_buyer_data_may_not_be_kept(stage: Stage):
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2, quantity_shipped=2), status="SHIPPED", buyer=None, address=None)

    assert order.import_state == "IMPORTED"
    assert (await commerce_of(order))[0].state == "COMPLETE"
