import pytest
from tortoise.connection import get_connection

from domain.amazon.facts import Breakdown, BreakdownKind
from domain.amazon.records import AmazonOrder
from domain.commerce.invoices import store_invoice
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Document, DocumentLine, Invoice
from domain.errors import AmountTooLarge, QuantityTooLarge
from tests.domain.channel.refunds import check_books, memos_of, part, refund, request
from tests.domain.channel.stage import Stage, commerce_of, euro, item, items_of


async def bill(stage: Stage, order: AmazonOrder, *quantities: int) -> None:
    """Bill so many of each line more."""
    commerce, lines = await commerce_of(order)
    billed = {line.id: quantity for line, quantity in zip(lines, quantities, strict=True) if quantity}
    await store_invoice(get_connection("default"), order=commerce, lines=lines, quantities=billed, now=stage.now)


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Let an order of 3 mugs and 2 cups for 28.02 arrive, of which nothing is billed."""
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    tip = Breakdown(BreakdownKind.DELIVERY_TIP, euro(101))
    listed = (
        item("MUG", 3, parts={"ITEM": 1000, "SHIPPING": 200}),
        item("CUP", 2, parts={"ITEM": 1001, "SHIPPING": 500}),
    )
    order = await stage.arrive(*listed, breakdowns=(tip,), grand_total=euro(2802))
    await Invoice.all().delete()
    await DocumentLine.filter(document=Document.INVOICE).delete()
    await CommerceOrderLine.all().update(quantity_invoiced=0)
    await CommerceOrder.all().update(paid_minor=0)
    return order


async def test_only_what_was_billed_can_be_given_back(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = (one.id for one in await items_of(order))
    await bill(stage, order, 2, 0)
    await check_books(order)
    with pytest.raises(QuantityTooLarge) as units:
        await refund(stage, order, request(part(mug, 3)))
    with pytest.raises(QuantityTooLarge):
        await refund(stage, order, request(part(cup, 1)))
    with pytest.raises(AmountTooLarge) as amount:
        await refund(stage, order, request(part(mug, amount="6.68")))
    with pytest.raises(AmountTooLarge) as shipping:
        await refund(stage, order, request(part(mug, 1), shipping="1.34"))
    assert (units.value.available, amount.value.available, shipping.value.available) == (2, 667, 133)
    commerce, _ = await commerce_of(order)
    assert commerce.paid_minor == 800 + 30  # and of what belongs to no line as much as of the lines
    await refund(stage, order, request())
    assert await memos_of(order) == [(830, 133, 30, 0)]
    await check_books(order)


async def test_bills_and_refunds_in_turn_add_up(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = (one.id for one in await items_of(order))
    await bill(stage, order, 1, 1)
    await refund(stage, order, request(part(mug, 1), part(cup, 1, "2.22"), shipping="0.50"), key="a")
    await bill(stage, order, 2, 0)
    await check_books(order)
    await refund(stage, order, request(part(mug, 1)), key="b")
    await bill(stage, order, 0, 1)
    await check_books(order)
    before = (await commerce_of(order))[0].refunded_minor
    await refund(stage, order, request(), key="c")
    commerce, lines = await commerce_of(order)
    assert before < commerce.refunded_minor == commerce.total_minor == 2802
    assert [line.quantity_refunded for line in lines] == [3, 2]
    await check_books(order)
