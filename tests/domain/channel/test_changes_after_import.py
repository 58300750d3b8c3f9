from dataclasses import replace

from domain.amazon.records import AmazonItem, AmazonOrder
from domain.channel.records import Attention
from domain.commerce.records import DocumentLine, Shipment
from tests.domain.channel.stage import (
    ADDRESS,
    Stage,
    commerce_of,
    item,
    mugs,
    open_attention,
    shelf,
    told,
)


async def test_what_amazon_changes_after_the_import_is_shown_and_not_applied(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, items=(item("MUG", 2), item("CUP", 1, cents=400), item("NEW", 1, cents=100)))
    shown = {row.facts["what"]: (row.facts["was"], row.facts["is"]) for row in await open_attention(order)}
    assert shown == {"quantity": (3, 2), "price": ("5.00 EUR", "4.00 EUR"), "item": (0, 1)}
    commerce, lines = await commerce_of(order)
    assert ([line.quantity_ordered for line in lines], commerce.total_minor) == ([3, 1], 2490)
    assert await shelf() == (5, 3)

    order = await stage.change(order, items=(item("MUG", 4), item("NEW", 0, cents=100)))
    messages = [row.message for row in await open_attention(order)]
    assert len(messages) == 2
    assert any("MUG from 3 to 4" in message for message in messages)
    assert any("CUP from 1 to 0" in message for message in messages)

    order = await stage.change(order, items=mugs(0))
    assert await open_attention(order) == []
    assert await AmazonItem.filter(order_id=order.id, gone_at__isnull=True).count() == 2


async def test_what_amazon_took_off_before_everything_left_is_released_and_stays_a_conflict(
    stage: Stage, order: AmazonOrder
) -> None:
    fewer = item("MUG", 2), item("CUP", 1, cents=500)
    order = await stage.change(order, items=fewer)
    order = await stage.change(order, status="SHIPPED")

    commerce, lines = await commerce_of(order)
    assert (commerce.state, [line.quantity_shipped for line in lines]) == ("COMPLETE", [2, 1])
    covered = await DocumentLine.filter(document="SHIPMENT").order_by("id").values_list("quantity", flat=True)
    assert covered == [2, 1]
    assert (await shelf("MUG"), await shelf("CUP")) == ((3, 0), (4, 0))
    assert (await told(order)).count("STOCK_RELEASED") == 1
    (shown,) = await open_attention(order)
    assert (shown.kind, shown.facts) == ("CONFLICT", {"what": "quantity", "was": 3, "is": 2})

    events = await told(order)
    order = await stage.change(order, service_level="Other")
    assert [kind for kind in await told(order) if kind != "CHANGED"] == [kind for kind in events if kind != "CHANGED"]
    assert (await Shipment.all().count(), await shelf("MUG")) == (1, (3, 0))


async def test_of_a_line_without_a_rest_leaves_what_amazon_counted(stage: Stage, order: AmazonOrder) -> None:
    counted = item("MUG", 3, quantity_shipped=2, quantity_unshipped=0), item("CUP", 1, cents=500)
    order = await stage.change(order, status="SHIPPED", items=counted)
    assert [line.quantity_shipped for line in (await commerce_of(order))[1]] == [2, 1]
    assert (await shelf("MUG"), await shelf("CUP")) == ((3, 0), (4, 0))


async def test_what_amazon_took_off_is_not_released_where_nothing_was_held(stage: Stage) -> None:
    await stage.products({"sku": "CARD", "manages_stock": "no"})
    order = await stage.arrive(item("CARD", 3))
    order = await stage.change(order, status="SHIPPED", items=(item("CARD", 2),))
    assert [line.quantity_shipped for line in (await commerce_of(order))[1]] == [2]
    assert "STOCK_RELEASED" not in await told(order)


async def test_of_a_line_that_amazon_dropped_nothing_leaves(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, status="SHIPPED", items=(item("MUG", 3),))
    assert [line.quantity_shipped for line in (await commerce_of(order))[1]] == [3, 0]
    assert (await shelf("MUG"), await shelf("CUP")) == ((2, 0), (5, 0))
    assert [row.facts["is"] for row in await open_attention(order)] == [0]


async def test_an_address_that_moved_is_shown_by_the_names_of_its_parts(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, address=replace(ADDRESS, line1="Nebenstr. 2", city="Potsdam"))
    (shown,) = await open_attention(order)
    assert (shown.kind, shown.facts) == ("CONFLICT", {"what": "address", "parts": "city, line1"})
    assert "Potsdam" not in shown.message + shown.subject
    await Attention.filter(id=shown.id).update(state="DISMISSED")
    order = await stage.change(order, service_level="Other")
    assert await open_attention(order) == []
    order = await stage.change(order, address=replace(ADDRESS, line1="Am Ende 3", city="Potsdam"))
    assert len(await open_attention(order)) == 1
    order = await stage.change(order, status="SHIPPED")
    assert await open_attention(order) == []


async def test_a_difference_that_was_refunded_is_none(stage: Stage, order: AmazonOrder) -> None:
    _, (mug, _) = await commerce_of(order)
    mug.quantity_refunded = 1
    await mug.save()
    order = await stage.change(order, items=(item("MUG", 2), item("CUP", 1, cents=500)))
    assert await open_attention(order) == []


async def test_amounts_that_amazon_withholds_later_are_no_difference(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, items=(item("MUG", 3, cents=None), item("CUP", 1, cents=None)), grand_total=None)
    assert await open_attention(order) == []


async def test_an_unknown_status_after_the_import_is_shown_too(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, status="UNKNOWN", raw_status="Odd")
    assert [row.kind for row in await open_attention(order)] == ["UNKNOWN_STATUS"]
