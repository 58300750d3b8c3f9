import pytest

from domain.amazon.records import AmazonOrder, Command
from domain.catalog.records import StockMove
from domain.channel.command_choices import give_up_command
from domain.channel.records import Attention
from domain.commerce.records import CreditMemo
from tests.domain.channel.stage import (
    CLERK,
    Stage,
    commerce_of,
    decision_of,
    item,
    mugs,
    open_attention,
    shelf,
    states,
    told,
)


async def settled(state: str) -> None:
    await Command.filter(kind="CANCEL").update(state=state, due_at=None)


@pytest.mark.parametrize(("restock", "after"), [(True, ((5, 0), (5, 0))), (False, ((2, 0), (4, 0)))])
@pytest.mark.parametrize("state", ["SENT", "ACCEPTED", "PARKED", "REFUSED"])
async def test_goods_of_a_canceled_order_are_free_again_or_written_off_as_was_asked(
    stage: Stage, order: AmazonOrder, restock: bool, after: tuple[tuple[int, int], ...], state: str
) -> None:
    await stage.cancel(order, restock=restock)
    await settled(state)
    order = await stage.change(order, status="CANCELED", items=())

    assert await states(order) == ["CONFIRMED"]
    assert (await shelf("MUG"), await shelf("CUP")) == after
    commerce, _ = await commerce_of(order)
    memo = await CreditMemo.get(order_id=commerce.id)
    assert (commerce.state, commerce.refunded_minor, memo.total_minor, memo.restocked) == (
        "COMPLETE",
        2490,
        2490,
        restock,
    )
    stock = "STOCK_RELEASED" if restock else "STOCK_DEDUCTED"
    assert [kind for kind in await told(order) if kind in ("STOCK_RELEASED", "STOCK_DEDUCTED")] == [stock]
    reasons = set(await StockMove.filter(order_id=order.id).values_list("reason", flat=True))
    assert reasons == {"RESERVED", "RELEASED" if restock else "WRITTEN_OFF"}

    events = await told(order)
    order = await stage.change(order, service_level="Other")
    assert [kind for kind in await told(order) if kind != "CHANGED"] == events
    assert await CreditMemo.all().count() == 1
    assert (await shelf("MUG"), await shelf("CUP")) == after


async def test_a_cancellation_that_was_never_sent_does_not_say_what_becomes_of_the_goods(
    stage: Stage, order: AmazonOrder
) -> None:
    await stage.cancel(order, restock=False)
    order = await stage.change(order, status="CANCELED")
    assert (await states(order), await shelf("MUG")) == (["WITHDRAWN"], (5, 0))
    assert (await CreditMemo.get()).restocked


async def test_a_cancellation_given_up_does_not_say_what_becomes_of_the_goods(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order, restock=False)
    await settled("PARKED")
    await give_up_command(command_id=command.id, note="the goods were found", now=stage.now, actor=CLERK)
    order = await stage.change(order, status="CANCELED")
    assert (await states(order), await shelf("MUG")) == (["WITHDRAWN"], (5, 0))


async def test_the_last_cancellation_says_what_becomes_of_the_goods(stage: Stage, order: AmazonOrder) -> None:
    await stage.cancel(order, restock=False)
    await settled("REFUSED")
    await stage.cancel(order, restock=True, key="c2")
    await Command.filter(order_seq=2).update(state="ACCEPTED")
    order = await stage.change(order, status="CANCELED")
    assert (await states(order), await shelf("MUG")) == (["WITHDRAWN", "CONFIRMED"], (5, 0))


@pytest.mark.parametrize(("restock", "after"), [(True, (5, 0)), (False, (3, 0))])
async def test_what_an_order_holds_before_its_import_is_settled_the_same_way(
    stage: Stage, restock: bool, after: tuple[int, int]
) -> None:
    await stage.settings(pending_order_stock="RESERVE")
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2), status="PENDING")
    assert await shelf() == (5, 2)
    await AmazonOrder.filter(id=order.id).update(amazon_status="UNSHIPPED")
    await stage.cancel(order, restock=restock)
    await settled("ACCEPTED")
    order = await stage.change(order, status="CANCELED")
    assert (order.import_state, order.display_status, await states(order)) == ("SKIPPED", "CANCELED", ["CONFIRMED"])
    assert await shelf() == after
    assert await CreditMemo.all().count() == 0
    events = await told(order)
    await stage.change(order, service_level="Other")
    assert [kind for kind in await told(order) if kind != "CHANGED"] == events
    assert await shelf() == after


async def test_goods_written_off_are_not_given_to_the_next_order_of_the_same_batch(stage: Stage) -> None:
    await stage.settings(pending_order_stock="RESERVE")
    await stage.products({"sku": "MUG", "quantity": "2"})
    gone = await stage.arrive(item("MUG", 2), status="PENDING")
    await AmazonOrder.filter(id=gone.id).update(amazon_status="UNSHIPPED")
    await stage.cancel(gone, restock=False)
    await settled("ACCEPTED")
    (waiting,) = await stage.see(stage.facts(item("MUG", 2)))
    await stage.change(gone, status="CANCELED")
    assert (await AmazonOrder.get(id=waiting.id)).import_state == "BLOCKED"
    assert await Attention.filter(kind="FAILED").count() == 0
    assert await shelf() == (0, 0)


async def test_goods_that_had_left_already_are_neither_restocked_nor_written_off_again(
    stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order)
    await Command.all().update(state="ACCEPTED")
    order = await stage.change(order, status="CANCELED")
    assert (await shelf("MUG"), await shelf("CUP")) == ((2, 0), (4, 0))
    assert not (await CreditMemo.get()).restocked
    (shown,) = await open_attention(order)
    assert shown.kind == "COMMAND_REFUSED"


@pytest.mark.parametrize("state", ["SENT", "ACCEPTED", "PARKED", "DEAD"])
async def test_a_package_that_had_left_is_refused_however_its_confirmation_stood(
    stage: Stage, order: AmazonOrder, state: str
) -> None:
    await stage.ship(order)
    await Command.all().update(state=state)
    order = await stage.change(order, status="CANCELED")
    assert await states(order) == ["REFUSED"]
    assert [row.kind for row in await open_attention(order)] == ["COMMAND_REFUSED"]


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("QUEUED", "WITHDRAWN"),
        ("SENT", "REFUSED"),
        ("ACCEPTED", "REFUSED"),
        ("PARKED", "REFUSED"),
        ("DEAD", "REFUSED"),
    ],
)
async def test_a_shipment_seen_at_amazon_ends_a_cancellation(
    stage: Stage, order: AmazonOrder, state: str, after: str
) -> None:
    await stage.cancel(order, restock=False)
    await settled(state)
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))
    assert (await states(order), order.display_status) == ([after], "COMPLETED")
    assert (await commerce_of(order))[0].state == "COMPLETE"
    assert await CreditMemo.all().count() == 0
    assert (await shelf("MUG"), await shelf("CUP")) == ((2, 0), (4, 0))
    assert [row.kind for row in await open_attention(order)] == (["COMMAND_REFUSED"] if after == "REFUSED" else [])


async def test_a_cancellation_that_was_not_sent_is_dropped_once_amazon_cannot_fulfill_the_order(
    stage: Stage, order: AmazonOrder
) -> None:
    await stage.cancel(order)
    order = await stage.change(order, status="UNFULFILLABLE")
    assert (await states(order), order.display_status) == (["WITHDRAWN"], "UNFULFILLABLE")


async def test_an_order_whose_cancellation_may_have_reached_amazon_is_not_imported(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    order = await stage.arrive()
    command = await stage.cancel(order)
    await settled("PARKED")
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.evaluate()
    assert ((await decision_of(order)).code, await shelf()) == ("CANCEL_REQUESTED", (5, 0))
    await give_up_command(command_id=command.id, note="It is not canceled there.", now=stage.now, actor=CLERK)
    await stage.evaluate()
    assert ((await decision_of(order)).code, await shelf()) == ("IMPORTED", (5, 1))
